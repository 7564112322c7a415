#!/usr/bin/env bash
# Replays the flights of examples/flights as a stream of days through nightly runs, and compares
# the model that is retrained every night with one that is never trained again and with one that is
# trained from scratch on the four weeks before each day:
#
#   replay-flights.sh [DAYS] [options of the replay command]
#
# DAYS is 60 by default, at most 153. The first model is trained on 1 to 28 January 2001. The figures
# of every day go to standard error and to runs/replay-flights.csv, their means to the last line of
# standard output, as JSON. Models go to runs/nightly-flights and directories next to it, which must
# not exist. 60 days take about half an hour on two cores, a third of it without the models from
# scratch (--scratch-days 0).
set -euo pipefail
# shellcheck source=submit-scripts/spark.sh
source "$(dirname "${BASH_SOURCE[0]}")/spark.sh"

days=60
if (($#)) && [[ $1 != -* ]]; then
  days=$1
  shift
elif (($#)) && [[ $1 == --help || $1 == -h ]]; then
  usage
  exit
fi
if ! [[ $days =~ ^[1-9][0-9]{0,2}$ ]] || ((days > 153)); then
  misuse "DAYS is $days; use a number from 1 to 153"
fi

cd "$project"
find_spark
input=runs/flights-days
if [[ ! -f $input/_SUCCESS ]]; then
  say "writing the flights as days to $input"
  run_source examples/flights/FlightsDays.java examples/flights/flights.parquet "$input"
fi
exec submit-scripts/submit-local.sh --conf spark.sql.shuffle.partitions=4 \
  replay --config conf/nightly-flights.conf --table runs/replay-flights.csv --overwrite \
  --from 2001-01-28 --to "$(date -u -d "2001-01-28 + $days days" +%F)" "$@"
