#!/usr/bin/env bash
# Runs one command of the job on YARN:
#
#   submit-yarn.sh [spark-submit options] COMMAND [options]
#
# HADOOP_CONF_DIR (or YARN_CONF_DIR) names the cluster's configuration. Defaults: --master yarn,
# --deploy-mode client, --driver-memory 4g, conf/spark-defaults.conf; with the project's own Spark,
# its jars are uploaded once a submission, unless spark.yarn.jars or spark.yarn.archive says where
# the cluster has them. The exit code is the job's in client mode; in cluster mode it is 0 or 1.
set -euo pipefail
# shellcheck source=submit-scripts/spark.sh
source "$(dirname "${BASH_SOURCE[0]}")/spark.sh"

split_arguments "$@"
if [[ -z ${HADOOP_CONF_DIR-}${YARN_CONF_DIR-} && ${job_arguments[0]} != -* ]]; then
  misuse "HADOOP_CONF_DIR must name the cluster's configuration directory, got nothing"
fi
find_spark
find_jar

if [[ ${job_arguments[0]} == -* ]]; then
  # Help needs no cluster.
  spark_options=(--master 'local[1]')
else
  has_option --master spark.master || spark_options+=(--master yarn)
  has_option --deploy-mode spark.submit.deployMode || spark_options+=(--deploy-mode client)
  has_option --driver-memory spark.driver.memory || spark_options+=(--driver-memory 4g)
fi
add_properties
use_log_settings
export OMP_NUM_THREADS=${OMP_NUM_THREADS-1} OPENBLAS_NUM_THREADS=${OPENBLAS_NUM_THREADS-1}

run_spark_submit "${spark_options[@]}" "$jar" "${job_arguments[@]}"
