#!/usr/bin/env bash
# Writes the flights as train.csv, validation.csv and test.csv, for conf/flights-split.conf and for
# other programs that are compared with the project on the same rows:
#
#   split.sh [DIRECTORY]
#
# DIRECTORY is runs/flights-split by default, where conf/flights-split.conf looks. Needs a JDK and
# Maven (for Spark). Takes about 20 seconds.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=submit-scripts/spark.sh
source "$here/../../submit-scripts/spark.sh"

find_spark
run_source "$here/FlightsSplit.java" "$here/flights.parquet" "${1-$project/runs/flights-split}"
