#!/usr/bin/env bash
# Runs FlightDelays.java on this machine; the model goes to the given directory:
#
#   run.sh [DIRECTORY]               runs/flight-delays by default
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=submit-scripts/spark.sh
source "$here/../../submit-scripts/spark.sh"

find_spark
find_jar
mkdir -p "$here/target/classes"
javac -cp "$jar:$SPARK_HOME/jars/*" -d "$here/target/classes" "$here/FlightDelays.java"
jar --create --file "$here/target/flight-delays.jar" -C "$here/target/classes" .

spark_options=(--class FlightDelays --jars "$jar")
add_local_options
add_properties
use_log_settings
run_spark_submit "${spark_options[@]}" "$here/target/flight-delays.jar" \
  "$here/../flights/flights.parquet" "${1-runs/flight-delays}"
