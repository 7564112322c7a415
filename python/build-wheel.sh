#!/usr/bin/env bash
# Builds the wheel of the Python package, with jars for Spark 3.5 and 4.2, in dist/:
#
#   python/build-wheel.sh
#
# Needs JDK 17, Maven, Python 3.9 or later with venv, and a package index. Apart from dist/, writes only below
# python/target and the modules' target directories. Installs nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

stage=$PWD/python/target/wheel
package=$stage/destine_spark
rm -rf "$stage"
mkdir -p "$package/jars" "$package/conf"

# Otherwise Maven writes escape codes even if its output is not a terminal.
export MAVEN_OPTS="${MAVEN_OPTS-} -Djansi.noreset=true"

# Builds the jar for a version of Spark. The arguments are that version, the version of Scala, and the Maven profiles.
build_jar() {
  echo "building the jar for Spark $1" >&2
  mvn -B -q -P "$3" -Dmaven.test.skip -Dapplication.jar="$stage/$1_$2.jar" package -pl spark-job -am >&2
}

build_jar 3.5 2.12 without-nd4j
build_jar 4.2 2.13 without-nd4j,spark-4.2
resources=spark-job/src/main/resources/destine_spark
cp "$resources"/*.py "$resources/py.typed" spark-job/target/classes/destine_spark/{params,version}.py "$package"
version=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' "$package/version.py")
for jar in "$stage"/*.jar; do
  mv "$jar" "$package/jars/destine-spark-$(basename "$jar" .jar)-$version.jar"
done
cp conf/spark-defaults.conf conf/log4j2.properties "$package/conf"
cp -r python/pyproject.toml LICENSE NOTICE licenses "$stage"

python3 -m venv python/target/build
python/target/build/bin/pip wheel -q --disable-pip-version-check --no-deps --wheel-dir dist "$stage"
ls dist/destine_spark-"$version"-*.whl
