#!/usr/bin/env bash
# HDFS and YARN on this machine, from Maven's artifacts, for trials and tests:
#
#   pseudo-cluster.sh start [options]   starts it unless it is up; prints how to use it
#   pseudo-cluster.sh stop [options]    ends it and every container; keeps the files of HDFS
#   pseudo-cluster.sh status [options]  exit code 0 when it is up, 3 when not
#   pseudo-cluster.sh fs ARGUMENTS      the same as "hdfs dfs ARGUMENTS": fs -mkdir data, fs -ls
#
# Options:
#   --dir DIR       for all its files (default: PSEUDO_CLUSTER_DIR or runs/pseudo-cluster)
#   --memory MIB    memory that containers may take together (default: half of the machine's memory)
#   --cores N       cores that containers may take together (default: the machine's, at least 4)
#   --timeout S     how long start waits (default: 120)
#
# It is one process, which listens on loopback only, without passwords: every account on this machine
# can use it. DIR/conf is the clients' HADOOP_CONF_DIR, DIR/log the process's output, DIR/yarn/logs
# the output of containers; deleting DIR deletes the files of HDFS.
set -euo pipefail
# shellcheck source=submit-scripts/spark.sh
source "$(dirname "${BASH_SOURCE[0]}")/spark.sh"

action=${1-}
dir=${PSEUDO_CLUSTER_DIR-$project/runs/pseudo-cluster}
memory=
cores=
timeout=120
if (($#)); then shift; fi
if [[ $action != fs ]]; then
  while (($#)); do
    case $1 in
      --help | -h)
        usage
        exit
        ;;
      --dir | --memory | --cores | --timeout)
        (($# > 1)) || misuse "option $1 needs a value"
        [[ $1 == --dir || $2 =~ ^[1-9][0-9]*$ ]] || misuse "$1 $2 is not a whole number of 1 or more"
        declare "${1#--}=$2"
        shift 2
        ;;
      *) misuse "unknown option $1; see pseudo-cluster.sh --help" ;;
    esac
  done
fi
case $dir in /*) ;; *) dir=$PWD/$dir ;; esac

# Prints the process id while the cluster's process runs. Process ids are reused, so the command
# line is checked, too.
cluster_pid() {
  local pid
  [[ -r $dir/pid ]] || return 1
  pid=$(<"$dir/pid")
  [[ $pid =~ ^[0-9]+$ && $(ps -o args= -p "$pid" 2>/dev/null) == *"PseudoCluster.java $dir "* ]] ||
    return 1
  printf '%s' "$pid"
}

# Prints the ids of the processes whose working directory is in a container's.
container_pids() {
  local link
  for link in /proc/[0-9]*/cwd; do
    case $(readlink "$link" 2>/dev/null) in
      "$dir"/yarn/local/*) link=${link#/proc/} && printf '%s\n' "${link%/cwd}" ;;
    esac
  done
}

show() {
  say "$(<"$dir/ready")"
  printf 'export HADOOP_CONF_DIR=%q\n' "$dir/conf"
}

start() {
  local pid java=${JAVA_HOME:+$JAVA_HOME/bin/}java second
  if pid=$(cluster_pid) && [[ -f $dir/ready ]]; then
    say "up already, process $pid"
    show
    return
  fi
  stop
  # Daemons of the project's own Spark; SPARK_HOME may name another one.
  SPARK_HOME='' && unset SPARK_HOME
  find_spark
  java=$(command -v "$java") || misuse "java is neither on the PATH nor under JAVA_HOME"
  # The node passes it to its containers.
  JAVA_HOME=$(dirname "$(dirname "$(readlink -f "$java")")")
  export JAVA_HOME
  memory=${memory:-$(awk '/^MemTotal:/ { print int($2 / 2048) }' /proc/meminfo)}
  [[ -n $cores ]] || { cores=$(nproc) && ((cores >= 4)) || cores=4; }
  mkdir -p "$dir"
  say "starting HDFS and YARN in $dir ($memory MiB and $cores cores for containers)"
  # Detached from this terminal, so that neither its end nor Ctrl-C reaches the cluster.
  (
    cd "$dir"
    exec setsid nohup "$java" -Xmx512m -XX:+UseSerialGC --add-opens=java.base/java.lang=ALL-UNNAMED \
      -Dlog4j2.configurationFile="file:${project// /%20}/conf/log4j2.properties" \
      -Dhadoop.log.dir="$dir" \
      -cp "$SPARK_HOME/minicluster/*:$SPARK_HOME/jars/*" \
      "$project/submit-scripts/PseudoCluster.java" "$dir" "$memory" "$cores" \
      </dev/null >log 2>&1
  ) &
  pid=$!
  printf '%s\n' "$pid" >"$dir/pid"
  for ((second = 0; second < 4 * timeout; second += 1)); do
    [[ -f $dir/ready ]] && break
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.25
  done
  if [[ ! -f $dir/ready ]]; then
    say "${0##*/}: not ready after $((second / 4)) s; the end of $dir/log:"
    tail -n 20 "$dir/log" >&2 || true
    stop
    exit 1
  fi
  show
}

# Ends the process, which ends its containers, and then kills the remaining processes of both.
stop() {
  local pid left i
  rm -f "$dir/ready"
  if pid=$(cluster_pid); then
    say "stopping process $pid"
    kill "$pid" 2>/dev/null || true
    for ((i = 0; i < 120; i += 1)); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.25
    done
    kill -9 "$pid" 2>/dev/null || true
  fi
  rm -f "$dir/pid"
  for ((i = 0; i < 20; i += 1)); do
    left=$(container_pids)
    [[ -n $left ]] || break
    # shellcheck disable=SC2086
    kill -9 $left 2>/dev/null || true
    sleep 0.25
  done
  rm -rf "$dir/yarn/local"
  [[ -z $left ]] || fail "processes of containers do not end: $left"
}

status() {
  local pid
  if pid=$(cluster_pid) && [[ -f $dir/ready ]]; then
    say "up, process $pid"
    show
  else
    say "not running ($dir)"
    exit 3
  fi
}

case $action in
  start | stop | status) "$action" ;;
  fs)
    find_spark
    export HADOOP_CONF_DIR=${HADOOP_CONF_DIR-$dir/conf}
    [[ -f $HADOOP_CONF_DIR/core-site.xml ]] ||
      misuse "HADOOP_CONF_DIR: no core-site.xml in $HADOOP_CONF_DIR"
    exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx128m \
      -Dlog4j2.configurationFile="file:${project// /%20}/conf/log4j2.properties" \
      -cp "$HADOOP_CONF_DIR:$SPARK_HOME/jars/*" org.apache.hadoop.fs.FsShell "$@"
    ;;
  --help | -h) usage ;;
  '') usage >&2 && exit 2 ;;
  *) misuse "unknown action \"$action\"; use start, stop, status or fs" ;;
esac
