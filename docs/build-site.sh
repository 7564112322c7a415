#!/usr/bin/env bash
# Builds the documents as a site in target/site/site, and fails on a broken link:
#
#   docs/build-site.sh
#
# Needs Python 3 with venv, and a package index.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

stage=$PWD/target/site
rm -rf "$stage"
mkdir -p "$stage/source"
python3 -m venv "$stage/venv"
"$stage/venv/bin/pip" install -q --no-compile --disable-pip-version-check mkdocs==1.6.1 mkdocs-material==9.8.2
cp docs/mkdocs.yml "$stage"
cp -r ./*.md LICENSE NOTICE conf docs "$stage/source"
mkdir "$stage/source/examples"
for example in examples/*/; do
  mkdir "$stage/source/$example"
  find "$example" -maxdepth 1 -type f ! -name '*.parquet' -exec cp -t "$stage/source/$example" {} +
done
NO_MKDOCS_2_WARNING=1 "$stage/venv/bin/mkdocs" build --strict --quiet --config-file "$stage/mkdocs.yml"
echo "$stage/site/index.html"
