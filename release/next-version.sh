#!/usr/bin/env bash
# Sets the version of the project in all files that name it:
#
#   next-version.sh VERSION      such as 0.2.0-SNAPSHOT, or 0.2.0 for a release
#
# A release gives the changes under "Unreleased" in CHANGELOG.md its version and today's date; a snapshot opens a new
# "Unreleased". Changes files and commits nothing. The wheel has the same version, spelt 0.2.0.dev0 for a snapshot.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=submit-scripts/spark.sh
source "$here/../submit-scripts/spark.sh"

usage_if_asked "$@"
new=$1
[[ $# == 1 && $new =~ ^[0-9]+\.[0-9]+\.[0-9]+(-SNAPSHOT)?$ ]] ||
  misuse "the version is \"$*\"; use three numbers such as 0.2.0, and -SNAPSHOT at the end of one that is not released"
cd "$project"
version='[0-9]+\.[0-9]+\.[0-9]+(-SNAPSHOT)?'

# The root pom, and the parent's version in those of the modules.
sed -i -E "/<artifactId>destine-parent</,/<version>/ s:(<version>)$version:\1$new:" ./pom.xml ./*/pom.xml
# Names of the jar, Maven coordinates, and the image.
names="(destine-spark(-[0-9.]+_[0-9.]+)?[-: ]|/destine:)$version"
find README.md docs schedules -type f ! -name measurements.md -exec sed -i -E "s,$names,\1$new,g" {} +

if [[ $new != *-SNAPSHOT ]]; then
  sed -i "s/^## Unreleased\$/## $new, $(date -u +%F)/" CHANGELOG.md
elif ! grep -q '^## Unreleased$' CHANGELOG.md; then
  sed -i '0,/^## /s/^## /## Unreleased\n\n&/' CHANGELOG.md
fi
