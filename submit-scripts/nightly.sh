#!/usr/bin/env bash
# Runs the nightly command for one day; a scheduler may call it any number of times:
#
#   nightly.sh [options] [spark-submit options] -- --config FILE [options of the nightly command]
#
# Options, also as environment variables (DESTINE_NIGHTLY_DATE, ..., DESTINE_NIGHTLY_ON=yarn|local):
#   --yarn, --local  submits with submit-yarn.sh (the default) or with submit-local.sh
#   --date D         the day of the new rows, YYYY-MM-DD (default: LAG days before today in UTC)
#   --lag DAYS       days from the date to today (default: 1, which is yesterday)
#   --timeout TIME   seconds, or a number with s, m, h or d; then the job is killed (default: 6h)
#   --log-dir DIR    one log file per run, and the lock (default: runs/nightly of the project)
#   --keep N         number of newest log files to keep per configuration (default: 60)
#
# Standard output is the job's JSON line (none in cluster mode: output stays in the container);
# everything else goes to the log file. Errors and the log's name go to standard error.
#
# Two calls never train at the same time. On this machine a second call ends with 4. On YARN the
# application has the tag destine-nightly-NAME-HASH-DATE, from the configuration's path and the --set
# options; while an application with that tag runs, wherever it was submitted, a call waits for its
# end and returns its exit code if it failed.
#
# Exit code: the job's (0 done, or already done; 1 failed, call again; 2 a mistake, or rejected input;
# 3 refused by the gate, the published model stays; 4 another run is active), 124 after the timeout,
# 128 + the signal's number after a signal. A signal ends the local processes; an application in
# cluster mode continues, and the next call waits for it.
set -euo pipefail
# shellcheck source=submit-scripts/spark.sh
source "$(dirname "${BASH_SOURCE[0]}")/spark.sh"

# Seconds from SIGTERM to SIGKILL, and the time limit for killing an application.
grace=30
kill_seconds=120

on=${DESTINE_NIGHTLY_ON-yarn}
date=${DESTINE_NIGHTLY_DATE-}
lag=${DESTINE_NIGHTLY_LAG-1}
timeout=${DESTINE_NIGHTLY_TIMEOUT-6h}
log_dir=${DESTINE_NIGHTLY_LOG_DIR-$project/runs/nightly}
keep=${DESTINE_NIGHTLY_KEEP-60}
spark_options=()
job_arguments=()

parse() {
  while (($#)); do
    case $1 in
      --help | -h)
        usage
        exit
        ;;
      --yarn | --local)
        on=${1#--}
        shift
        ;;
      --verbose | -v | --supervise | --load-spark-defaults)
        spark_options+=("$1")
        shift
        ;;
      --)
        shift
        job_arguments=("$@")
        return
        ;;
      --*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
      -*)
        (($# > 1)) || misuse "option $1 needs a value"
        case $1 in
          --date) date=$2 ;;
          --lag) lag=$2 ;;
          --timeout) timeout=$2 ;;
          --log-dir) log_dir=$2 ;;
          --keep) keep=$2 ;;
          *) spark_options+=("$1" "$2") ;;
        esac
        shift 2
        ;;
      *) misuse "unexpected word \"$1\"; options of the nightly command come after --" ;;
    esac
  done
}

# Checks the options; sets seconds, and date if it was not given.
check() {
  [[ $on == yarn || $on == local ]] || misuse "DESTINE_NIGHTLY_ON is $on; use yarn or local"
  [[ $lag =~ ^[0-9]{1,4}$ ]] || misuse "--lag $lag is not a whole number of days"
  [[ $keep =~ ^[1-9][0-9]{0,5}$ ]] || misuse "--keep $keep is not a whole number of 1 or more"
  [[ $timeout =~ ^([1-9][0-9]{0,7})([smhd]?)$ ]] ||
    misuse "--timeout $timeout is not a whole number of seconds, or one with s, m, h or d"
  seconds=${BASH_REMATCH[1]}
  case ${BASH_REMATCH[2]} in
    m) seconds=$((seconds * 60)) ;;
    h) seconds=$((seconds * 3600)) ;;
    d) seconds=$((seconds * 86400)) ;;
  esac
  [[ -n $date ]] || date=$(date -u -d "$((10#$lag)) days ago" +%F)
  [[ $date =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}$ && $(date -u -d "$date" +%F 2>/dev/null) == "$date" ]] ||
    misuse "--date $date is not a date in the form YYYY-MM-DD"
  if [[ $on == yarn && -z ${HADOOP_CONF_DIR-}${YARN_CONF_DIR-} ]]; then
    misuse "HADOOP_CONF_DIR is not set; it names the cluster's configuration directory"
  fi
}

# Prints KEY=VALUE without secrets, which may change from one call to the next. Unlike redacted, it
# keeps the rest of the value, so that different values of other keys stay different.
identified() {
  local name=${1%%=*} any='[^=&]*'
  if [[ $(redacted "$name=x") == "$name=(hidden)" ]]; then
    printf '%s=(hidden)' "$name"
  elif [[ $1 == *=*\{* ]]; then
    redacted "$1"
  else
    # Passwords and parameters of addresses.
    sed -z -E -e 's#(://[^/:@[:space:]]*:)[^[:space:]]*@#\1(hidden)@#g' \
      -e "s/([?&]$any($secret_names|pass|pwd)$any=)[^&]*/\\1(hidden)/gI" \
      -e "s/([?&]($any[^a-z=&])?($secret_words)([^a-z=&]$any)?=)[^&]*/\\1(hidden)/gI" <<<"$1"
  fi
}

# Sets name and key, which are equal for two calls for the same model, and tag, which adds the date.
identify() {
  local i word config='' words=()
  for ((i = 0; i < ${#job_arguments[@]}; i += 1)); do
    word=${job_arguments[i]}
    case $word in
      --config) config=${job_arguments[i + 1]-} ;;
      --config=*) config=${word#*=} ;;
      --set) words+=("$(identified "${job_arguments[i + 1]-}")") ;;
      --set=*) words+=("$(identified "${word#*=}")") ;;
      --date | --date=*) misuse "--date must come before --: it is an option of nightly.sh" ;;
      --backfill | --backfill=*)
        misuse "--backfill is for several dates, nightly.sh for one; run it with submit-$on.sh nightly"
        ;;
    esac
  done
  [[ -n $config ]] || misuse "--config FILE is missing; it comes after --"
  name=${config##*/}
  name=$(printf '%s' "${name%.*}" | LC_ALL=C tr '[:upper:]' '[:lower:]' | LC_ALL=C tr -c '[:lower:][:digit:]' '-')
  name=${name:0:30}
  key=$(printf '%s\0' "$(realpath -m -- "$config")" ${words[@]+"${words[@]}"} | sha256sum)
  key=$name-${key:0:8}
  tag=destine-nightly-$key-$date
}

# Removes the oldest log files of this configuration.
prune() {
  local day='[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'
  find "$log_dir" -maxdepth 1 -type f -name "nightly-$key-$day-*.log" -printf '%T@ %p\0' |
    sort -z -n -r | tail -z -n "+$((keep + 1))" | cut -z -d ' ' -f 2- | xargs -0 -r rm -f --
}

note() {
  printf '%s nightly.sh: %s\n' "$(date -u +%FT%TZ)" "$*" >>"$log"
}

child=
signal=0

# The shell's children ignore SIGINT, so SIGTERM stands for both.
# shellcheck disable=SC2317
on_signal() {
  signal=$2
  note "SIG$1"
  if [[ -n $child ]]; then kill -TERM "$child" 2>/dev/null || true; fi
}

# Runs the words as a command in its own process group, for at most the remaining seconds, with standard
# output in $out and the rest in the log. Returns their exit code, 124 after the timeout, or 128 + the
# signal's number; in these two cases no process of the group remains.
run_bounded() {
  local left=$((deadline - SECONDS)) code=0
  ((signal == 0)) || return $((128 + signal))
  ((left > 0)) || return 124
  if [[ $on == yarn ]]; then
    # A job that outlives this script is found by its tag, and must not hold the lock.
    timeout --kill-after="$grace" "$left" "$@" </dev/null >"$out" 2>>"$log" 9>&- &
  else
    timeout --kill-after="$grace" "$left" "$@" </dev/null >"$out" 2>>"$log" &
  fi
  child=$!
  wait "$child" || code=$?
  while kill -0 "$child" 2>/dev/null; do
    code=0
    wait "$child" || code=$?
  done
  if ((signal != 0)); then
    code=$((128 + signal))
  elif ((SECONDS >= deadline && code == 137)); then
    code=124
  fi
  if ((code >= 124)); then kill -KILL -- "-$child" 2>/dev/null || true; fi
  child=
  return "$code"
}

# Lists the applications with the tag, waits for them or kills them: $1 is --list, --wait or --kill.
# The other words are the command that runs this.
applications() {
  local java=java option value mode=$1 words=()
  shift
  [[ -n ${JAVA_HOME-} ]] && java=$JAVA_HOME/bin/java
  for option in principal keytab; do
    value=$(option_value "--$option" "spark.kerberos.$option")
    [[ -z $value ]] || words+=("--$option" "$value")
  done
  # One of them may be in a file of settings: then the caller's ticket is used.
  ((${#words[@]} == 4)) || words=()
  "$@" "$java" -Xmx256m \
    -Dlog4j2.configurationFile="file:${project// /%20}/conf/log4j2.properties" \
    -cp "${HADOOP_CONF_DIR:+$HADOOP_CONF_DIR:}${YARN_CONF_DIR:+$YARN_CONF_DIR:}$local_jar:$SPARK_HOME/jars/*" \
    io.destine.spark.app.Main applications --tag "$tag" ${words[@]+"${words[@]}"} "$mode"
}

# Ends with exit code $1: the JSON line to standard output, or the error to standard error.
finish() {
  local code=$1 what
  if [[ -s $out ]]; then
    cat "$out" >>"$log"
    [[ $(tail -n 1 "$out") != '{'* ]] || tail -n 1 "$out"
  fi
  case $code in
    0) what='done' ;;
    2) what='a mistake, or rejected input' ;;
    3) what='refused by the gate, the published model stays' ;;
    4) what='another run is active' ;;
    124) what="not done within $timeout, killed" ;;
    129 | 130 | 143) what='ended by a signal' ;;
    *) what='failed; call again to resume' ;;
  esac
  note "exit code $code after $SECONDS s: $what"
  if ((code != 0)); then
    say "nightly.sh: $name $date: $what (exit code $code); log: $log"
    grep -E '^error: ' "$log" | tail -n 5 >&2 || true
  fi
  exit "$code"
}

# Kills the application that exceeded the timeout, and ends.
give_up() {
  if [[ $on == yarn ]]; then
    applications --kill timeout --kill-after=5 "$kill_seconds" >>"$log" 2>&1 ||
      say "nightly.sh: applications tagged $tag could not be killed; see $log"
  fi
  finish 124
}

# Waits for a running application with the tag, and ends with its exit code if it failed. After a
# success the job is submitted as well, because the result may be unknown: YARN reports a success of
# each application in client mode, and --wait returns 0 for an application that ended before it. The
# job does not repeat finished work.
attach() {
  local code=0
  applications --list run_bounded || code=$?
  ((code == 0)) || finish "$code"
  [[ -s $out ]] || return 0
  note "waiting for $(tr '\n' ' ' <"$out")"
  applications --wait run_bounded || code=$?
  ((code != 124)) || give_up
  ((code == 0)) || finish "$code"
}

parse "$@"
check
identify
mkdir -p "$log_dir" || misuse "--log-dir $log_dir cannot be written to"
exec 9>>"$log_dir/nightly-$key.lock"
if ! flock -n 9; then
  say "nightly.sh: $name $date: another run is active on this machine (exit code 4); lock: $log_dir/nightly-$key.lock"
  exit 4
fi

deadline=$((SECONDS + seconds))
log=$log_dir/nightly-$key-$date-$(date -u +%Y%m%dT%H%M%S.%3NZ).log
out=$(mktemp "${TMPDIR:-/tmp}/destine-nightly-XXXXXX")
trap 'rm -f "$out"' EXIT
trap 'on_signal HUP 1' HUP
trap 'on_signal INT 2' INT
trap 'on_signal TERM 15' TERM
# Only the owner can read the log, since a failed job may have printed rows. The job's own files
# keep the caller's umask.
(umask 077 && : >"$log") || misuse "--log-dir $log_dir cannot be written to"
note "date $date, timeout $timeout, on $on: $(redacted "${job_arguments[@]}")"
prune

if [[ $on == yarn ]]; then
  find_spark
  find_jars
  attach
  add_tag "$tag"
fi
code=0
run_bounded "${DESTINE_SUBMIT-$project/submit-scripts/submit-$on.sh}" \
  ${spark_options[@]+"${spark_options[@]}"} nightly --date "$date" "${job_arguments[@]}" || code=$?
((code != 124)) || give_up
finish "$code"
