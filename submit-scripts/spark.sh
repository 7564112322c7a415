# Functions of the submit scripts; sourced, not run.
#
# Environment:
#   SPARK_HOME       a distribution of Spark; without it the project's own spark-runtime is used
#   DESTINE_JAR      the application jar; without it the one under spark-job/target that is built for the
#                    Spark of SPARK_HOME, built if it is missing or older than its sources
#   DESTINE_PROFILE  Maven profiles of the build, such as spark-4.2, separated by commas; they also
#                    select the Spark of the project's own runtime
# shellcheck shell=bash disable=SC2034

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

say() {
  printf '%s\n' "$*" >&2
}

fail() {
  say "${0##*/}: $*"
  exit 1
}

misuse() {
  say "${0##*/}: $*"
  exit 2
}

# Prints the comment at the head of the script as its help.
usage() {
  sed -n '2,/^set -/ { /^#/ s/^# \{0,1\}//p; }' "$0"
}

# Prints that help and ends, if there are no arguments or the first one is --help or -h.
usage_if_asked() {
  [[ ${1---help} == --help || $1 == -h ]] || return 0
  usage
  exit
}

# Prints the commands of the job.
list_commands() {
  cat <<'EOF'

Commands:
  encode     reads the source table, builds the vocabulary, writes the encoded data set
  train      trains a model; encodes first when needed
  evaluate   AUC, log loss, calibration and more of a model
  tune       searches for the settings of the best model
  explain    attention of a model and importance of its fields
  predict    adds a probability to every row of a table
  inspect    architecture, figures, fields and files of a model
  average    averages models with different seeds into one
  diff       how two models differ: settings, rows, version, parameters
  reproduce  trains a model again from its manifest and compares the bits
  export     writes a model as an ONNX graph, a Triton model or an archive, or its embeddings as Parquet
  plan       memory of driver and executors for a data set of a given size
  generate   writes a click log with labels from a known model
  nightly    retrains the published model on the rows of a new day
  status     the live model and the last runs of nightly retraining
  rollback   makes an earlier model live again
  replay     replays past days through nightly retraining
  help       the help of the job; COMMAND --help lists the options of a command
EOF
}

# Names of keys with secret values; secret_words count only as whole words.
secret_names='secret|token|passw(or)?d|passphrase|credential|(access|account|api|private|shared|storage)[._-]?key'
secret_words='pw|sas|sig|signature'

# Prints the words without secrets: values of keys with the name of a secret, and passwords in
# addresses. A word with such a key is cut after the key, since its value may have blanks.
redacted() {
  local word words=()
  for word; do
    words+=("$(sed -z -E -e "s/(($secret_names)[^=:]*[=:]).*/\\1(hidden)/I" \
      -e "s/((pass|pwd|(^|[^a-z])($secret_words))([^a-z=:][^=:]*)?[=:]).*/\\1(hidden)/I" \
      -e 's#(://[^/:@[:space:]]*:)[^[:space:]]*@#\1(hidden)@#g' <<<"$word")")
  done
  printf '%s' "${words[*]-}"
}

# Splits "[spark-submit options] COMMAND [options]" into the arrays spark_options and job_arguments, and
# gives the job the name of the script, for its help.
# An option of spark-submit takes a value, unless it is a known flag or holds "=" itself.
split_arguments() {
  export DESTINE_PROGRAM=$0
  spark_options=()
  job_arguments=()
  while (($#)); do
    case $1 in
      --help | -h)
        usage
        list_commands
        exit
        ;;
      --version)
        job_arguments=("$@")
        return
        ;;
      --verbose | -v | --supervise | --load-spark-defaults)
        spark_options+=("$1")
        shift
        ;;
      --*=*)
        spark_options+=("${1%%=*}" "${1#*=}")
        shift
        ;;
      -*)
        (($# > 1)) || misuse "option $1 needs a value"
        spark_options+=("$1" "$2")
        shift 2
        ;;
      *)
        job_arguments=("$@")
        return
        ;;
    esac
  done
  misuse "no command; see ${0##*/} --help"
}

# True when spark_options has option $1, or a setting --conf $2=...
has_option() {
  local i
  for ((i = 0; i < ${#spark_options[@]}; i += 1)); do
    case ${spark_options[i]} in
      "$1") return 0 ;;
      --conf | -c) [[ -n ${2-} && ${spark_options[i + 1]-} == "$2="* ]] && return 0 ;;
    esac
  done
  return 1
}

# The value of option $1 in spark_options, otherwise of the setting --conf $2=..., otherwise $3.
option_value() {
  local i option='' setting=${3-}
  for ((i = 0; i + 1 < ${#spark_options[@]}; i += 1)); do
    case ${spark_options[i]} in
      "$1") option=${spark_options[i + 1]} ;;
      --conf | -c) [[ -n ${2-} && ${spark_options[i + 1]} == "$2="* ]] && setting=${spark_options[i + 1]#*=} ;;
    esac
  done
  printf '%s' "${option:-$setting}"
}

# True if spark_options select YARN's cluster mode.
in_cluster_mode() {
  case " ${spark_options[*]-} " in
    *' --deploy-mode cluster '* | *' spark.submit.deployMode=cluster '*) return 0 ;;
  esac
  return 1
}

# Adds tag $1 to those that the application gets on YARN.
add_tag() {
  local tags
  tags=$(option_value '' spark.yarn.tags)
  spark_options+=(--conf "spark.yarn.tags=${tags:+$tags,}$1")
}

# Prints a line for each build of the project, the default first: its Maven profile or "-", its
# version of Spark, and that of Scala.
supported() {
  grep -v '^#' "$project/submit-scripts/spark-versions"
}

# Prints "SPARK SCALA", the versions of a distribution of Spark, by the name of its jar.
versions_of() {
  local core
  core=$(compgen -G "$1/jars/spark-core_*.jar" | head -n 1) ||
    misuse "SPARK_HOME: no spark-core_*.jar in $1/jars"
  core=${core##*/spark-core_}
  core=${core%.jar}
  printf '%s %s' "${core#*-}" "${core%%-*}"
}

# Sets profiles to the Maven profiles of the build, and target to the build directory of each
# module: for the Spark that DESTINE_PROFILE names, else that of SPARK_HOME, else the default.
find_build() {
  local profile spark scala wanted='' known='' versions
  profiles=${DESTINE_PROFILE-}
  target=target
  while read -r profile spark scala; do
    known+="${known:+, }$profile"
    case ,$profiles, in *",$profile,"*) target=target/$profile ;; esac
  done < <(supported)
  [[ $target != target || ,$profiles != *,spark-* ]] ||
    misuse "DESTINE_PROFILE is $profiles; the profiles for versions of Spark are ${known#-, }"
  [[ $target == target && -n ${SPARK_HOME-} ]] || return 0
  versions=$(versions_of "$SPARK_HOME") || exit
  local named=${known#-, }
  known=''
  while read -r profile spark scala; do
    spark=${spark%.*}
    known+="${known:+, }$spark with Scala $scala"
    case $versions in "$spark".*" $scala") wanted=$profile && break ;; esac
  done < <(supported)
  [[ -n $wanted ]] ||
    misuse "SPARK_HOME is Spark ${versions/ / with Scala }; the project is built for Spark $known; to try the build of a Maven profile, set DESTINE_PROFILE to one of $named"
  [[ $wanted != - ]] || return 0
  target=target/$wanted
  profiles=$wanted${profiles:+,$profiles}
}

# Builds modules without their tests. The arguments are the modules, with commas between, how long their first build
# takes, and a function that is true while the build is needed: another call may be building the same.
build() {
  command -v mvn >/dev/null || fail "cannot build ${1//,/ and }: Maven (mvn) is not on the PATH"
  exec 8>>"$project/.build.lock"
  if command -v flock >/dev/null && ! flock -n 8; then
    say "waiting for the build of another call"
    flock 8
  fi
  if "${3-true}"; then
    say "building ${1//,/ and }${profiles:+ with $profiles} (the first run takes about $2)"
    # Running jobs have the jar open: Maven must not write into it.
    [[ $1 != *spark-job && $1 != benchmarks ]] || rm -f "$project/spark-job/${target-target}"/destine-spark-*.jar
    # Otherwise Maven writes escape codes even if its output is not a terminal.
    export MAVEN_OPTS="${MAVEN_OPTS-} -Djansi.noreset=true"
    (cd "$project" && mvn -B -q ${profiles:+-P "$profiles"} -Dmaven.test.skip package -pl "$1" -am) >&2 ||
      fail "building ${1//,/ and } failed"
  fi
  exec 8>&-
}

# Prints the newest jar with a path that begins with $1, or nothing. Builds of other versions leave
# their jars there.
newest_jar() {
  local candidate newest=
  for candidate in "$1"*.jar; do
    [[ -f $candidate && (-z $newest || $candidate -nt $newest) ]] && newest=$candidate
  done
  printf '%s' "$newest"
}

# Sets jar to the application jar; true if it is missing or older than a source.
jar_outdated() {
  jar=$(newest_jar "$project/spark-job/$target/destine-spark-")
  [[ -z $jar || -n $(find "$project"/{model-core,scorer,onnx,spark-job}/src/main \
    "$project"/{.,model-core,scorer,onnx,spark-job}/pom.xml -newer "$jar" -print -quit 2>/dev/null) ]]
}

# Sets jar to the application jar.
find_jar() {
  jar=${DESTINE_JAR-}
  if [[ -n $jar ]]; then
    [[ -f $jar ]] || misuse "DESTINE_JAR: no such file: $jar"
    return
  fi
  find_build
  if jar_outdated; then
    build spark-job "2 minutes" jar_outdated
    jar=$(newest_jar "$project/spark-job/$target/destine-spark-")
    [[ -n $jar ]] || fail "building spark-job left no spark-job/$target/destine-spark-*.jar"
  fi
}

# Sets jar to the application jar for a cluster, an address or a file, and local_jar to a jar on
# this machine.
find_jars() {
  local remote=
  if [[ ${DESTINE_JAR-} == *://* ]]; then
    remote=$DESTINE_JAR
    local DESTINE_JAR=
  fi
  find_jar
  local_jar=$jar
  jar=${remote:-$jar}
}

# Sets benchmark_jar; true if it is missing or older than a source.
benchmarks_outdated() {
  benchmark_jar=$(newest_jar "$benchmarks/benchmarks-")
  [[ -z $benchmark_jar || -n $(find "$project"/{model-core,scorer,onnx,spark-job,benchmarks}/src/main \
    "$project"/{.,model-core,scorer,onnx,spark-job,benchmarks}/pom.xml -newer "$benchmark_jar" -print -quit) ]]
}

# Sets benchmarks to the directory of the benchmarks module's jars, and benchmark_jar to its own jar.
find_benchmarks() {
  find_build
  benchmarks=$project/benchmarks/$target
  if benchmarks_outdated; then
    build benchmarks "3 minutes" benchmarks_outdated
    benchmark_jar=$(newest_jar "$benchmarks/benchmarks-")
  fi
}

# True without the project's own runtime.
runtime_missing() {
  ! compgen -G "$project/spark-runtime/$target/spark-home/jars/spark-core_*.jar" >/dev/null
}

# Sets SPARK_HOME to the project's own runtime, unless it is set.
find_spark() {
  if [[ -z ${SPARK_HOME-} ]]; then
    find_build
    if runtime_missing; then
      # The application jar is needed next: one call of Maven builds both.
      local modules=spark-runtime
      [[ -n ${DESTINE_JAR-} ]] || modules+=,spark-job
      build "$modules" "2 minutes" runtime_missing
    fi
    export SPARK_HOME=$project/spark-runtime/$target/spark-home
  fi
  [[ -d $SPARK_HOME/jars ]] || misuse "SPARK_HOME: no directory jars in $SPARK_HOME"
  check_java
}

# Ends the script if the Spark of SPARK_HOME cannot run on this machine's Java: Hadoop 3.3 asks the
# security manager for the user, which Java 23 and later refuse.
check_java() {
  local java=${JAVA_HOME:+$JAVA_HOME/bin/}java release hadoop number
  java=$(command -v "$java") || return 0
  release=$(dirname "$(dirname "$(readlink -f "$java")")")/release
  hadoop=$(compgen -G "$SPARK_HOME/jars/hadoop-client-api-*.jar" | head -n 1) || return 0
  hadoop=${hadoop##*/hadoop-client-api-}
  hadoop=${hadoop%.jar}
  [[ -r $release && $hadoop =~ ^3\.[0-3]\. ]] || return 0
  number=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$release")
  [[ -z $number ]] || ((number < 23)) ||
    misuse "Spark with Hadoop $hadoop, in $SPARK_HOME, cannot run on Java $number; set JAVA_HOME to Java 17 or 21"
}

# Runs a single Java source file on Spark's jars; the arguments are the file and its own arguments.
run_source() {
  local opens=() name
  # The packages of the JDK that must be open for Spark's local SQL.
  for name in java.lang java.lang.invoke java.nio java.util sun.nio.ch; do
    opens+=("--add-opens=java.base/$name=ALL-UNNAMED")
  done
  SPARK_LOCAL_IP=127.0.0.1 "${JAVA_HOME:+$JAVA_HOME/bin/}java" "${opens[@]}" \
    -Dlog4j2.configurationFile="file:${project// /%20}/conf/log4j2.properties" \
    -cp "$SPARK_HOME/jars/*" "$@"
}

# Half of the machine's memory, at most 8g, in megabytes.
half_of_memory() {
  local megabytes=8192
  if [[ -r /proc/meminfo ]]; then
    megabytes=$(awk '/^MemTotal:/ { print int($2 / 2048) }' /proc/meminfo)
  fi
  printf '%dm' $((megabytes < 8192 ? megabytes : 8192))
}

# Adds defaults for this machine, unless the user sets them: master, memory, no web page, one thread
# for BLAS and OpenMP.
add_local_options() {
  has_option --master spark.master || spark_options+=(--master 'local[*]')
  has_option --driver-memory spark.driver.memory ||
    spark_options+=(--driver-memory "$(half_of_memory)")
  has_option '' spark.ui.enabled || spark_options+=(--conf spark.ui.enabled=false)
  if [[ $(option_value --master spark.master 'local[*]') == local* ]]; then
    export SPARK_LOCAL_IP=${SPARK_LOCAL_IP-127.0.0.1}
    # Tasks report their processed rows for the progress line with their heartbeats. On a busy
    # machine Spark may not be ready after a second, and then logs an error for the first heartbeat.
    has_option '' spark.executor.heartbeatInterval ||
      spark_options+=(--conf spark.executor.heartbeatInterval=3s)
  fi
  export OMP_NUM_THREADS=${OMP_NUM_THREADS-1} OPENBLAS_NUM_THREADS=${OPENBLAS_NUM_THREADS-1}
}

# Adds the project's settings, overridden by the distribution's own, unless the user names a file.
add_properties() {
  has_option --properties-file && return
  local ours=$project/conf/spark-defaults.conf
  local theirs=${SPARK_CONF_DIR:-$SPARK_HOME/conf}/spark-defaults.conf
  if [[ -f $theirs && $SPARK_HOME != "$project"/spark-runtime/target/* ]]; then
    properties=$(mktemp "${TMPDIR:-/tmp}/destine-spark-XXXXXX.conf")
    trap 'rm -f "$properties"' EXIT
    cat "$ours" <(echo) "$theirs" >"$properties"
    ours=$properties
  fi
  spark_options+=(--properties-file "$ours")
}

# Logs as in conf/log4j2.properties, in this process; containers get theirs from Spark.
use_log_settings() {
  local file=${project// /%20}/conf/log4j2.properties
  export SPARK_SUBMIT_OPTS="${SPARK_SUBMIT_OPTS-} -Dlog4j2.configurationFile=file:$file"
}

# Runs the words as a command, without the JVM's warning that the Vector API is an incubator module, and
# ends with its exit code. A signal to this script reaches the command.
run_and_exit() {
  local code=0 child filter signal
  exec 7> >(without_module_warning)
  filter=$!
  # By default the shell's background processes ignore SIGINT and have no standard input.
  (
    trap - INT
    exec "$@" 2>&7 7>&-
  ) <&0 &
  child=$!
  exec 7>&-
  for signal in HUP INT TERM; do
    # shellcheck disable=SC2064
    trap "kill -$signal $child 2>/dev/null || true" "$signal"
  done
  wait "$child" || code=$?
  while kill -0 "$child" 2>/dev/null; do
    code=0
    wait "$child" || code=$?
  done
  wait "$filter" 2>/dev/null || true
  exit "$code"
}

# Passes standard input on to standard error without the JVM's warning. The warning comes before all
# output of the job, and after the JVM's lines about its options.
without_module_warning() {
  trap '' HUP INT TERM
  local line
  while IFS= read -r line || { [[ -z $line ]] || printf '%s' "$line" >&2; false; }; do
    [[ $line != 'WARNING: Using incubator modules: jdk.incubator.vector' ]] || break
    printf '%s\n' "$line" >&2
    case $line in
      'Picked up '* | NOTE:* | WARNING:* | 'OpenJDK '* | 'Java HotSpot'*) ;;
      *) break ;;
    esac
  done
  exec cat >&2
}

# Sets words to the command that runs a class of Spark with its arguments: Spark's launcher prints an
# empty word and a line end, then the words of the java command, each ended by a NUL.
spark_command() {
  local java=${JAVA_HOME:+$JAVA_HOME/bin/}java versions word last
  words=()
  command -v "$java" >/dev/null || misuse "java is neither on the PATH nor under JAVA_HOME"
  # Spark reads this variable, which a distribution's scripts would have set.
  if [[ -z ${SPARK_SCALA_VERSION-} ]]; then
    versions=$(versions_of "$SPARK_HOME") || exit
    export SPARK_SCALA_VERSION=${versions#* }
  fi
  while IFS= read -r -d '' word; do
    words+=("${word#$'\n'}")
  done < <(
    "$java" -Xmx128m -cp "$SPARK_HOME/jars/*" org.apache.spark.launcher.Main "$@"
    printf '%d\0' $?
  )
  ((${#words[@]})) || exit 1
  last=$((${#words[@]} - 1))
  [[ ${words[last]} == 0 ]] || exit 1
  unset 'words[last]'
  words=("${words[@]:1}")
}

# Runs org.apache.spark.deploy.SparkSubmit with the arguments, by the distribution's own script or,
# without one, in the same way.
run_spark_submit() {
  if [[ -x $SPARK_HOME/bin/spark-submit ]]; then
    run_and_exit "$SPARK_HOME/bin/spark-submit" "$@"
  fi
  spark_command org.apache.spark.deploy.SparkSubmit "$@"
  run_and_exit "${words[@]}"
}
