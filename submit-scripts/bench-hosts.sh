#!/usr/bin/env bash
# Measures training steps on several hosts on this machine, with a network of limited bandwidth
# between them: with executors as owners of the parameter tables, and with the driver.
#
#   bench-hosts.sh [HOSTS...]        one JSON line per measurement on standard output; 2 4 8 unless
#                                    given
#   bench-hosts.sh --help            this text
#
# A step has 512 rows per host and a kernel without arithmetic, so the network determines the time. An
# executor computes its rows of a step in one task and has two cores by default, so the task of the
# next step starts early, on the other core, as in a training run on executors with several cores.
#
# Each line is that of bench.sh step without threads, plus hosts and driver_card_bytes_per_step: the
# sum of the bytes that the driver's network card receives and sends.
#
# Environment: BANDWIDTH, per host, 50mbit unless set; CORES, per executor, 2 unless set;
# SECONDS_EACH, the length of a measurement, 40 unless set, after a warm-up of the same length. Needs
# root on Linux, see hosts.sh. Executors fetch the jar over the same network: one without ND4J
# (mvn package -DskipTests -Pwithout-nd4j) has 9 MB.
set -euo pipefail
# shellcheck source=submit-scripts/spark.sh
source "$(dirname "${BASH_SOURCE[0]}")/spark.sh"

case ${1-} in
  --help | -h)
    usage
    exit
    ;;
esac
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export HOSTS_NAME=bench
seconds=${SECONDS_EACH-40}
printed=$(mktemp -d)
for n in ${*:-2 4 8}; do
  [[ $n =~ ^[1-9][0-9]*$ ]] || misuse "HOSTS must be whole numbers, got \"$n\""
done
trap '"$scripts/hosts.sh" down > /dev/null 2>&1 || true; rm -rf "$printed"' EXIT

# Prints the bytes of the driver's network card so far, without loopback.
card() {
  ip netns exec "$HOSTS_NAME-driver" cat /proc/net/dev | awk '/:/ && !/lo:/ { sum += $2 + $10 } END { printf "%d", sum }'
}

for n in ${*:-2 4 8}; do
  "$scripts/hosts.sh" up "$n" --bandwidth "${BANDWIDTH-50mbit}" --delay 0 --memory 2048 --cores "${CORES-2}" >&2
  for owners in executors driver; do
    "$scripts/hosts.sh" run "$scripts/bench.sh" step --master spark://10.99.0.1:7077 --executor-memory 1500m \
      --kernel idle --layers 1 --heads 1 --head-dim 4 --tasks "$n" --batch $((512 * n)) --blocks-per-step 16 \
      --rows 32768 --seconds "$seconds" --one-thread-rows-per-second 20000 --owners "$owners" \
      > "$printed/line" 2> "$printed/errors" &
    bench=$!
    until grep -q '^measuring' "$printed/errors"; do
      kill -0 $bench 2> /dev/null || { cat "$printed/errors" >&2 && exit 1; }
      sleep 0.2
    done
    before=$(card)
    sleep $((seconds / 2))
    bytes=$(($(card) - before))
    wait $bench
    python3 - "$printed/line" "$bytes" $((seconds / 2)) "$n" << 'END'
import json, sys
line = json.loads(open(sys.argv[1]).read().splitlines()[-1])
steps = float(sys.argv[3]) * 1000 / line["step_time"]["total_ms"]
del line["threads"]
line["hosts"] = int(sys.argv[4])
line["driver_card_bytes_per_step"] = round(int(sys.argv[2]) / steps)
print(json.dumps(line), flush=True)
END
  done
  "$scripts/hosts.sh" down >&2
done
