#!/usr/bin/env bash
# Rebuilds the flights table from its source, the npm package vega-datasets:
#
#   rebuild.sh [--full] [FILE]
#
# FILE is flights.parquet next to this script by default: one row in five. --full takes all of the
# three million rows. Needs a JDK, Maven (for Spark) and npm. Takes about a minute.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=submit-scripts/spark.sh
source "$here/../../submit-scripts/spark.sh"

package=vega-datasets@3.2.1
checksum=dbeb920c90f59b6ccaff823dcc3d08f25a97fa1ce128d93f40be4e931f5900b0
one_in=5
if [[ ${1-} == --full ]]; then
  one_in=1
  shift
fi
target=${1-$here/flights.parquet}

command -v npm >/dev/null || fail "npm must be on the PATH: the source is an npm package"
find_spark
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
(cd "$temporary" && npm pack --silent "$package" >/dev/null && tar -xzf ./*.tgz)
source=$temporary/package/data/flights-3m.parquet
echo "$checksum  $source" | sha256sum --check --quiet >&2

run_source "$here/FlightsTable.java" "$source" "$target" "$one_in"
