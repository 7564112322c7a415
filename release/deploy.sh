#!/usr/bin/env bash
# Deploys the published modules for each version of Spark, with their sources, documentation and poms:
#
#   deploy.sh -DaltDeploymentRepository=local::file:DIRECTORY    to a local repository, unsigned
#   deploy.sh -P central                                         to Maven Central, signed
#
# The arguments go to Maven. The build for the first version of Spark also deploys the modules without Spark. Runs no
# tests. DIRECTORY is an absolute path. DESTINE_PROFILE names the one version to deploy for: a Maven profile, or "-"
# for the first one.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=submit-scripts/spark.sh
source "$here/../submit-scripts/spark.sh"

usage_if_asked "$@"
cd "$project"
wanted=${DESTINE_PROFILE-}
known=$(supported | cut -d ' ' -f 1)
[[ -z $wanted ]] || grep -qxF -e "$wanted" <<<"$known" ||
  misuse "DESTINE_PROFILE is $wanted; it must be one of ${known//$'\n'/, }"
while read -r profile spark scala; do
  [[ ${wanted:-$profile} == "$profile" ]] || continue
  say "deploying for Spark $spark with Scala $scala"
  extra=
  [[ $profile == - ]] || extra=,$profile
  mvn -B -q -P "release,without-nd4j$extra" -Dmaven.test.skip deploy -pl release -am "$@" </dev/null
done < <(supported)
