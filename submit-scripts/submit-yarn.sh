#!/usr/bin/env bash
# Runs one command of the job on YARN:
#
#   submit-yarn.sh [spark-submit options] COMMAND [options]
#   submit-yarn.sh --version         the version of the job
#   submit-local.sh help             the commands; submit-local.sh COMMAND --help for their options
#
# HADOOP_CONF_DIR (or YARN_CONF_DIR) names the cluster's configuration. Defaults: --master yarn,
# --deploy-mode client, --driver-memory 4g, conf/spark-defaults.conf. With the project's own Spark
# its jars are uploaded with each submission, unless spark.yarn.jars or spark.yarn.archive names
# their place on the cluster. DESTINE_JAR may be an hdfs:// path: then the job's jar is not
# uploaded.
#
# In cluster mode (--deploy-mode cluster) the configuration is checked here, then shipped as one
# file with its includes, the environment and --set applied. The driver's output stays in its
# container, see docs/yarn.md. The exit code is the job's in both modes: 0, 2 for the user's
# mistakes, 3 for a model that the gate refused or for models that differ (diff, reproduce), 4 while
# another run is active, 1 for any other failure; after a signal, 128 + the signal's number.
set -euo pipefail
# shellcheck source=submit-scripts/spark.sh
source "$(dirname "${BASH_SOURCE[0]}")/spark.sh"

# Appends file $1 to those that spark-submit ships.
ship() {
  local i
  for ((i = 0; i < ${#spark_options[@]}; i += 1)); do
    if [[ ${spark_options[i]} == --files ]]; then
      spark_options[i + 1]+=,$1
      return
    fi
  done
  spark_options+=(--files "$1")
}

# Checks the configuration that the job's arguments name, and ships one resolved file of the same
# name instead. Does nothing without --config, as for evaluate.
ship_configuration() {
  local i word config='' sets=() kept=()
  for ((i = 0; i < ${#job_arguments[@]}; i += 1)); do
    word=${job_arguments[i]}
    case $word in
      --config | --set)
        ((i + 1 < ${#job_arguments[@]})) || misuse "option $word needs a value"
        i=$((i + 1))
        if [[ $word == --config ]]; then config=${job_arguments[i]}; else sets+=(--set "${job_arguments[i]}"); fi
        ;;
      --config=*) config=${word#*=} ;;
      --set=*) sets+=(--set "${word#*=}") ;;
      *) kept+=("$word") ;;
    esac
  done
  [[ -n $config ]] || return 0
  local java=java name=${config##*/}
  [[ -n ${JAVA_HOME-} ]] && java=$JAVA_HOME/bin/java
  "$java" -cp "$local_jar:$SPARK_HOME/jars/*" io.destine.spark.app.Main resolve --config "$config" \
    ${sets[@]+"${sets[@]}"} --output "$scratch/$name" || exit
  ship "$scratch/$name"
  job_arguments=("${kept[@]}" --config "$name")
}

# Passes on the output of spark-submit, with its reports of the application shortened to a line for
# each new state, and without the stack trace for a failed application: its own lines give the
# reason. Writes the application's exit code to file $1.
show_outcome() {
  local line id='' state='' report='' trace=''
  while IFS= read -r line; do
    case $line in
      ??:??:??' INFO  Client: Application report for application_'*)
        report=1
        line=${line#*Application report for }
        if [[ ${line#*state: } != "$state" ]]; then
          id=${line%% *}
          state=${line#*state: }
          say "$id: ${state%)}"
        fi
        ;;
      ??:??:??' INFO  Client: '*) report=1 ;;
      'Exception in thread "main" org.apache.spark.SparkException: Application application_'*)
        trace=1
        report=
        ;;
      *' Client: Application diagnostics message: User class threw exception: exit code '[1-9])
        report=
        printf '%s' "${line: -1}" >"$1"
        ;;
      ??:??:??' '*)
        report=
        say "$line"
        ;;
      *) [[ -n $report || ( -n $trace && $line == $'\tat '* ) || -z $line ]] || say "$line" ;;
    esac
  done
  [[ -z $id ]] || say "the driver's output: yarn logs -applicationId $id"
}

# Submits, and waits for the end.
submit_to_cluster() {
  local code=0
  export SPARK_SUBMIT_OPTS="$SPARK_SUBMIT_OPTS -Ddestine.yarn.client.level=info"
  { run_spark_submit "$@" 2>&1 >&3 3>&- | show_outcome "$scratch/code" 3>&-; } 3>&1 || code=$?
  if ((code != 0)) && [[ -s $scratch/code ]]; then code=$(<"$scratch/code"); fi
  exit "$code"
}

split_arguments "$@"
if [[ -z ${HADOOP_CONF_DIR-}${YARN_CONF_DIR-} && ${job_arguments[0]} != -* ]]; then
  misuse "HADOOP_CONF_DIR is not set; it names the cluster's configuration directory"
fi
find_spark
find_jars

cluster=
if [[ ${job_arguments[0]} == -* ]]; then
  # The version needs no cluster.
  spark_options=(--master 'local[1]')
  jar=$local_jar
else
  has_option --master spark.master || spark_options+=(--master yarn)
  has_option --deploy-mode spark.submit.deployMode || spark_options+=(--deploy-mode client)
  has_option --driver-memory spark.driver.memory || spark_options+=(--driver-memory 4g)
  # A cluster of this machine reads Spark's jars where they are, and stays on loopback.
  if [[ -f ${HADOOP_CONF_DIR-}/pseudo-cluster ]]; then
    has_option '' spark.yarn.jars || has_option '' spark.yarn.archive ||
      spark_options+=(--conf "spark.yarn.jars=local:$SPARK_HOME/jars/*")
    spark_options+=(--conf spark.yarn.appMasterEnv.SPARK_LOCAL_IP=127.0.0.1
      --conf spark.executorEnv.SPARK_LOCAL_IP=127.0.0.1)
    export SPARK_LOCAL_IP=127.0.0.1
  fi
  if in_cluster_mode; then cluster=1; fi
fi
add_properties
use_log_settings
export OMP_NUM_THREADS=${OMP_NUM_THREADS-1} OPENBLAS_NUM_THREADS=${OPENBLAS_NUM_THREADS-1}

if [[ -n $cluster ]]; then
  umask 077
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/destine-submit-XXXXXX")
  trap 'rm -rf "$scratch" ${properties:+"$properties"}' EXIT
  ship_configuration
  # Every container has this file first on its class path.
  ship "$project/conf/log4j2.properties"
  submit_to_cluster "${spark_options[@]}" "$jar" "${job_arguments[@]}"
fi
run_spark_submit "${spark_options[@]}" "$jar" "${job_arguments[@]}"
