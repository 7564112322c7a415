#!/usr/bin/env bash
# Measures speed on this machine:
#
#   bench.sh kernel|step|vocabulary|predict|determinism|replica [options]
#                                    one JSON line per measurement on standard output
#   bench.sh jmh [options of JMH]    microbenchmarks, as JMH prints them
#   bench.sh --help                  the options and their defaults
#
# Builds what is missing. Runs in a JVM that is started as submit-local.sh starts the driver. See
# docs/benchmarks.md.
set -euo pipefail
# shellcheck source=submit-scripts/spark.sh
source "$(dirname "${BASH_SOURCE[0]}")/spark.sh"

# Prints the value of option $1 among the other arguments, or nothing.
value_of() {
  local name=$1 value=
  shift
  while (($# > 1)); do
    [[ $1 == "$name" ]] && value=$2
    shift
  done
  printf '%s' "$value"
}

find_spark
find_benchmarks
find_jar
own=("$benchmarks"/benchmarks-*.jar)
classes=$(printf '%s:' "${own[0]}" "$jar" "$benchmarks"/lib/*.jar)

spark_options=()
primary=${own[0]}
main=io.destine.benchmark.BenchmarkMain
case ${1-} in
  jmh)
    main=org.openjdk.jmh.Main
    shift
    ;;
  step)
    main=io.destine.spark.bench.StepBenchmark
    shift
    [[ -n $(value_of --threads "$@") ]] || set -- --threads "$(nproc)" "$@"
    [[ -n $(value_of --batch "$@") ]] || set -- --batch 4096 "$@"
    spark_options=(--master "local[$(value_of --threads "$@")]")
    ;;
  replica)
    main=io.destine.spark.bench.ReplicaBenchmark
    shift
    # An executor in a process of its own, which gets the job's jar.
    primary=$jar
    spark_options=(--master 'local-cluster[1,1,4096]' --conf spark.executor.memory=4g)
    ;;
esac
add_local_options
add_properties
use_log_settings
run_spark_submit "${spark_options[@]}" --driver-class-path "${classes%:}" --class "$main" \
  "$primary" "$@"
