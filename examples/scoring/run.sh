#!/usr/bin/env bash
# Serves the flights model of runs/nightly-flights on this machine, sends requests without a pause,
# and checks every answer against the model named in it:
#
#   run.sh [SECONDS]                 60 by default, longer if the nightly run takes longer
#
# Meanwhile a nightly run publishes a model and a rollback makes the previous one live again. Prints
# the number of answers by model, and of wrong and lost ones, as JSON; the exit code is 0 if no
# answer is wrong or lost and at least two models answered. Replays seven nightly runs first if there
# is no model.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=submit-scripts/spark.sh
source "$here/../../submit-scripts/spark.sh"

if [[ ${1-} == --help || ${1-} == -h ]]; then
  usage
  exit
fi
seconds=${1-60}
[[ $seconds =~ ^[0-9]+$ ]] || misuse "SECONDS is $seconds; use a whole number"
cd "$project"
models=runs/nightly-flights
port=${PORT-8080}
scorer=scorer/target/destine-scorer.jar
[[ -f $scorer ]] || build scorer "a minute"
[[ -d $models/published ]] || submit-scripts/replay-flights.sh 7 --scratch-days 0

newest=$(find "$models/models" -mindepth 1 -maxdepth 1 -name '2*' -printf '%f\n' | sort | tail -n 1)
night=$(date -u -d "${newest:0:10} + 1 day" +%F)

java --add-modules jdk.incubator.vector -cp "$scorer" "$here/ScoringService.java" "$models" "$port" &
service=$!
trap 'kill $service 2>/dev/null || true; rm -f "${stop-}"' EXIT
for ((i = 0; i < 100; i++)); do
  curl -fs -d '[{}]' "localhost:$port/score" >/dev/null && break
  sleep 0.2
done
stop=$(mktemp -u)
java -cp "$scorer" "$here/ScoringLoad.java" "$models" "$port" "$seconds" "$stop" &
load=$!
say "a nightly run for $night, then a rollback"
submit-scripts/submit-local.sh nightly --config conf/nightly-flights.conf --date "$night" >/dev/null || true
sleep 5
submit-scripts/submit-local.sh rollback --config conf/nightly-flights.conf >/dev/null
sleep 5
touch "$stop"
wait "$load"
