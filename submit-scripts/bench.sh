#!/usr/bin/env bash
# Measures speed on this machine:
#
#   bench.sh kernel|vocabulary|predict [options]   one JSON line per measurement on standard output
#   bench.sh jmh [options of JMH]                  microbenchmarks, as JMH prints them
#   bench.sh --help                                the options and their defaults
#
# Builds what is missing. Runs in a JVM that is started as submit-local.sh starts the driver. See
# docs/benchmarks.md.
set -euo pipefail
# shellcheck source=submit-scripts/spark.sh
source "$(dirname "${BASH_SOURCE[0]}")/spark.sh"

find_spark
find_benchmarks
find_jar
own=("$benchmarks"/benchmarks-*.jar)
classes=$(printf '%s:' "${own[0]}" "$jar" "$benchmarks"/lib/*.jar)

spark_options=()
add_local_options
add_properties
use_log_settings

main=io.destine.benchmark.BenchmarkMain
if [[ ${1-} == jmh ]]; then
  main=org.openjdk.jmh.Main
  shift
fi
run_spark_submit "${spark_options[@]}" --driver-class-path "${classes%:}" --class "$main" \
  "${own[0]}" "$@"
