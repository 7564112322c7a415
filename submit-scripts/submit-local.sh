#!/usr/bin/env bash
# Runs one command of the job on this machine:
#
#   submit-local.sh [spark-submit options] COMMAND [options]
#   submit-local.sh help             the commands; submit-local.sh COMMAND --help for their options
#   submit-local.sh --version        the version of the job
#
# Builds jars that are missing or older than their sources. Defaults: --master local[*],
# --driver-memory half of the machine's memory and at most 8g, conf/spark-defaults.conf, no Spark UI
# (--conf spark.ui.enabled=true turns it on). The exit code is the job's.
set -euo pipefail
# shellcheck source=submit-scripts/spark.sh
source "$(dirname "${BASH_SOURCE[0]}")/spark.sh"

split_arguments "$@"
find_spark
find_jar

add_local_options
add_properties
use_log_settings

# The JVM cannot detect a terminal, on which the job updates one progress line instead of adding
# lines.
if [[ -t 2 ]]; then export DESTINE_TERMINAL=1; fi

run_spark_submit "${spark_options[@]}" "$jar" "${job_arguments[@]}"
