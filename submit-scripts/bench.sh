#!/usr/bin/env bash
# Measures speed on this machine:
#
#   bench.sh kernel|step|vocabulary|predict|determinism|encode|score [options]
#                                    one JSON line per measurement on standard output
#   bench.sh jmh [options of JMH]    microbenchmarks, as JMH prints them
#   bench.sh --help                  this text
#
#   kernel        a training step without Spark, in --threads threads that share nothing
#   step          training steps through Spark, one treeAggregate each, in local[threads], or on the
#                 master given as the first option, such as --master 'local-cluster[2,1,4096]': two
#                 executors of one core, in processes of their own; the second option may be
#                 --executor-memory, 4g unless given
#   vocabulary    a training step on a small and on a large table, --vocab SMALL,LARGE
#   predict       scoring of rows in memory
#   determinism   a step with order-independent sums, compared with plain float sums
#   encode        encoding of a table with Criteo's columns to files of ids, compared with Spark ML's
#                 StringIndexer; --rows 1000000 --fields 26 --numeric 13 --skew 0.75 --repeats 2 --seconds 0
#   score         raw rows to probabilities in one thread: the scorer compared with ONNX Runtime, on
#                 the model of --model DIRECTORY, or on the shape below with
#                 --vocab 100000 --batch 1000 --seconds 60
#   jmh           microbenchmarks; bench.sh jmh -l lists them
#
# Options and their defaults; bench.sh MEASUREMENT --help has the measurement's own:
#   --fields 39  --vocab 1000000  --d 16  --heads 2  --head-dim 16  --layers 3
#   --batch 4096  --threads 1 (step: all cores)  --kernel auto  --seconds 10
#
# Builds jars that are missing or older than their sources. Runs in a JVM with the options of the
# driver of submit-local.sh. See docs/benchmarks.md.
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

case ${1-} in
  kernel | step | vocabulary | predict | determinism | encode | score | jmh) ;;
  --help | -h)
    usage
    exit
    ;;
  '') misuse "no measurement; see bench.sh --help" ;;
  *) misuse "unknown measurement \"$1\"; see bench.sh --help" ;;
esac
find_spark
find_benchmarks
find_jar
classes=$(printf '%s:' "$benchmark_jar" "$jar" "$benchmarks"/lib/*.jar)

spark_options=()
main=io.destine.benchmark.BenchmarkMain
case ${1-} in
  jmh)
    main=org.openjdk.jmh.Main
    shift
    ;;
  step)
    shift
    if [[ ${1-} == --master ]]; then
      (($# > 1)) || misuse "option --master needs a value"
      # Executors get both jars.
      spark_options=(--master "$2" --jars "$jar")
      memory=4g
      shift 2
      if [[ ${1-} == --executor-memory ]]; then
        (($# > 1)) || misuse "option --executor-memory needs a value"
        memory=$2
        shift 2
      fi
      spark_options+=(--conf "spark.executor.memory=$memory")
    else
      [[ -n $(value_of --threads "$@") ]] || set -- --threads "$(nproc)" "$@"
      spark_options=(--master "local[$(value_of --threads "$@")]")
    fi
    set -- step "$@"
    ;;
esac
add_local_options
add_properties
use_log_settings
run_spark_submit "${spark_options[@]}" --driver-class-path "${classes%:}" --class "$main" \
  "$benchmark_jar" "$@"
