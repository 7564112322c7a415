#!/usr/bin/env bash
# Tests of the release: the version in every file that names it, and a local repository from which a stock Spark takes
# the jar by its coordinates:
#
#   tests.sh PYTHON      an interpreter with pyspark 3.5 and numpy
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=submit-scripts/spark.sh
source "$here/../submit-scripts/spark.sh"

usage_if_asked "$@"
PYSPARK_PYTHON=$(cd "$(dirname "$1")" && pwd -P)/${1##*/}
SPARK_HOME=$("$PYSPARK_PYTHON" -c 'import pathlib, pyspark; print(pathlib.Path(pyspark.__file__).parent)')
export PYSPARK_PYTHON SPARK_HOME
cd "$project"
version=$(sed -n '/<artifactId>destine-parent</,/<version>/ s:.*<version>\(.*\)</.*:\1:p' pom.xml)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Versions, in a copy of the files that may name them.
copy=$scratch/copy
mkdir "$copy"
cp --parents -r -t "$copy" ./*.md pom.xml ./*/pom.xml docs schedules submit-scripts release/*.sh
next() {
  "$copy/release/next-version.sh" "$1"
  local pom
  for pom in "$copy"/pom.xml "$copy"/*/pom.xml; do
    grep -A1 '<artifactId>destine-parent<' "$pom" | grep -q "<version>$1<" || fail "$pom does not have version $1"
  done
}
left() {
  grep -rnE "(destine-spark(-[0-9.]+_[0-9.]+)?[-: ]|/destine:)$1\>" "$copy" --exclude=CHANGELOG.md \
    --exclude=measurements.md
}
next 7.8.9
grep -q '^## 7.8.9, 20' "$copy/CHANGELOG.md" || fail "CHANGELOG.md has no version 7.8.9"
! grep -q '^## Unreleased' "$copy/CHANGELOG.md" || fail "changes of 7.8.9 are unreleased"
! left "${version//./\\.}" >&2 || fail "these are not of version 7.8.9"
next 7.9.0-SNAPSHOT
[[ $(grep -m1 '^## ' "$copy/CHANGELOG.md") == '## Unreleased' ]] || fail "no heading for changes of the next version"
! left '7\.8\.9' >&2 || fail "these are not of version 7.9.0-SNAPSHOT"
for wrong in 1.2 v1.2.3 1.2.3-rc1 ''; do
  ! "$copy/release/next-version.sh" "$wrong" 2>/dev/null || fail "$wrong is taken for a version"
done

# Publishing requires the project's metadata, such as its address.
refusal=$(mvn -B -q -N -P release,central validate -Drelease.url= 2>&1) && fail "published without an address"
[[ $refusal == *'release.url is not filled in'* ]] || fail "$refusal"

# A local repository with the build for the default Spark.
repository=$scratch/repository
DESTINE_PROFILE=- release/deploy.sh -DaltDeploymentRepository="local::file:$repository"
name=destine-spark-3.5_2.12
# Prints the file of artifact $1 that ends with $2; a snapshot has the time and number of its deployment in its name.
deployed() {
  compgen -G "$repository/io/destine/$1/$version/$1-${version/SNAPSHOT/????????.??????-?}$2"
}
for artifact in model-core destine-onnx destine-scorer $name; do
  for suffix in .pom .jar -sources.jar -javadoc.jar; do
    [[ -s $(deployed "$artifact" $suffix) ]] || fail "no $artifact$suffix"
  done
  ! grep -E 'parent>|[$][{]|<scope>test|testing' "$(deployed "$artifact" .pom)" ||
    fail "the pom of $artifact is not flat"
done
[[ $(find "$repository/io/destine" -mindepth 1 -maxdepth 1 | wc -l) == 4 ]] || fail "other modules are deployed"

cat >"$scratch/fit.py" <<'EOF'
import sys

from destine_spark import DestineClassifier
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
flights = spark.read.parquet(sys.argv[1]).sample(0.01, 1)
model = DestineClassifier(labelCol="delayed", layers=1, deep=[8], epochs=1).fit(flights)
assert model.metrics["kernel"] == "vector", model.metrics
print(model)
EOF
run_packaged() {
  "$SPARK_HOME/bin/spark-submit" --master 'local[2]' --properties-file conf/spark-defaults.conf \
    --conf spark.log.level=WARN --conf spark.jars.ivy="$scratch/ivy" --repositories "file:$repository" \
    --packages "io.destine:$name:$version" "$@" 2>"$scratch/log" || { cat "$scratch/log" >&2; return 1; }
}
said=$(run_packaged --class io.destine.spark.app.Main spark-internal --version)
[[ $said == *"DESTINE on Spark $version"* ]] || fail "$said"
run_packaged "$scratch/fit.py" examples/flights/flights.parquet
