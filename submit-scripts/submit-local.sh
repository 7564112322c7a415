#!/usr/bin/env bash
# Runs one command of the job on this machine:
#
#   submit-local.sh [spark-submit options] COMMAND [options]
#
# Builds what is missing. Defaults: --master local[*], --driver-memory half of the machine's memory
# and at most 8g, conf/spark-defaults.conf, no Spark UI (--conf spark.ui.enabled=true turns it on).
# The exit code is the job's.
set -euo pipefail
# shellcheck source=submit-scripts/spark.sh
source "$(dirname "${BASH_SOURCE[0]}")/spark.sh"

half_of_memory() {
  local megabytes=8192
  if [[ -r /proc/meminfo ]]; then
    megabytes=$(awk '/^MemTotal:/ { print int($2 / 2048) }' /proc/meminfo)
  fi
  printf '%dm' $((megabytes < 8192 ? megabytes : 8192))
}

split_arguments "$@"
find_spark
find_jar

has_option --master spark.master || spark_options+=(--master 'local[*]')
has_option --driver-memory spark.driver.memory ||
  spark_options+=(--driver-memory "$(half_of_memory)")
has_option '' spark.ui.enabled || spark_options+=(--conf spark.ui.enabled=false)
add_properties
use_log_settings

if [[ $(option_value --master 'local[*]') == local* ]]; then
  export SPARK_LOCAL_IP=${SPARK_LOCAL_IP-127.0.0.1}
fi
export OMP_NUM_THREADS=${OMP_NUM_THREADS-1} OPENBLAS_NUM_THREADS=${OPENBLAS_NUM_THREADS-1}

# The JVM cannot tell: on a terminal the job updates one progress line instead of adding lines.
if [[ -t 2 ]]; then export DESTINE_TERMINAL=1; fi

run_spark_submit "${spark_options[@]}" "$jar" "${job_arguments[@]}"
