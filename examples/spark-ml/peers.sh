#!/usr/bin/env bash
# Fits DestineClassifier, LogisticRegression, FMClassifier and XGBoostClassifier to the flights on
# this machine and prints a table:
#
#   peers.sh                         about five minutes; XGBoost comes from Maven
#   peers.sh FMClassifier            one or more of them
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=submit-scripts/spark.sh
source "$here/../../submit-scripts/spark.sh"

find_spark
find_jar
if [[ ! -d $here/target/lib ]]; then
  mvn -B -q -f "$here/peers.xml" dependency:copy-dependencies -DincludeScope=runtime \
    -DoutputDirectory="$here/target/lib"
fi
libraries=("$here"/target/lib/*.jar)
mkdir -p "$here/target/classes"
javac -proc:none -cp "$jar:$SPARK_HOME/jars/*:$here/target/lib/*" -d "$here/target/classes" \
  "$here/Peers.java"
jar --create --file "$here/target/peers.jar" -C "$here/target/classes" .

spark_options=(--class Peers --jars "$(IFS=,; printf '%s' "$jar,${libraries[*]}")")
add_local_options
add_properties
use_log_settings
run_spark_submit "${spark_options[@]}" "$here/target/peers.jar" \
  "$here/../flights/flights.parquet" "$@"
