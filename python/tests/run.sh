#!/usr/bin/env bash
# Builds the wheel, and tests it in fresh virtual environments with pyspark of each of the given versions:
#
#   python/tests/run.sh [VERSION ...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
(($#)) || set -- 3.5.9 4.2.0
serving=$PWD/python/target/serving

# Tests the wheel $1 with pyspark $2.
test_with() {
  local environment=$PWD/python/target/pyspark-$2
  rm -rf "$environment"
  python3 -m venv "$environment"
  "$environment/bin/pip" install -q --no-compile "$1" "pyspark==$2" mypy==2.4.1 optuna==5.0.0
  "$environment/bin/mypy" --strict --cache-dir "$environment/mypy" spark-job/src/test/python/typed_program.py
  # Options of the JVM for programs that run for some seconds.
  export JDK_JAVA_OPTIONS
  JDK_JAVA_OPTIONS=$(sed -n 's:.*<short.jvm.options>\(.*\)</.*:-XX\:+IgnoreUnrecognizedVMOptions \1:p' spark-job/pom.xml)
  # The tests of commands take the longest; the others run beside them.
  local part running=() code=0
  for part in commands others; do
    "$environment/bin/python" python/tests/test_wheel.py "$2" "$PWD/examples/flights/flights.parquet" \
      "$serving/bin/python" $part >"$environment/$part.log" 2>&1 &
    running+=($!)
  done
  for part in commands others; do
    wait "${running[0]}" || code=$?
    running=("${running[@]:1}")
    cat "$environment/$part.log"
  done
  return "$code"
}

# Installs a model server; runs while the jars are built.
install_serving() {
  rm -rf "$serving"
  python3 -m venv "$serving"
  "$serving/bin/pip" install -q --no-compile --only-binary=:all: mlserver==1.7.1 onnxruntime==1.26.0
}

mkdir -p python/target
install_serving &
installing=$!
wheel=$(python/build-wheel.sh)
wait "$installing"
running=()
for version; do
  test_with "$wheel" "$version" >"python/target/pyspark-$version.log" 2>&1 &
  running+=($!)
done
code=0
for version; do
  wait "${running[0]}" || code=$?
  running=("${running[@]:1}")
  cat "python/target/pyspark-$version.log" >&2
done
exit "$code"
