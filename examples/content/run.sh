#!/usr/bin/env bash
# Measures the value of titles and genres for movies without ratings: trains on the ratings of
# MovieLens-latest with and without a side table of the movies, and compares both on movies with and
# without ratings in training:
#
#   run.sh [--seeds N] [--directory DIR]
#
#   --seeds      number of seeds of training. Default: 5
#   --directory  for rows, models and figures, runs/content by default. Existing figures are not
#                computed again
#
# Needs JDK, Maven, Python 3 with venv, and apt-get: the package r-cran-dslabs is unpacked into the
# directory, not installed. Five seeds take about twenty minutes on two cores.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
project=$(cd "$here/../.." && pwd -P)
seeds=5
directory=$project/runs/content
while [[ $# -gt 0 ]]; do
  if [[ $# -lt 2 ]]; then
    sed -n '2,/^set /{/^#/p}' "$0" | cut -c3-
    [[ $1 == --help ]] && exit 0
    exit 2
  fi
  case $1 in
    --seeds) seeds=$2 ;;
    --directory) directory=$2 ;;
    *)
      echo "run.sh: unknown option $1; --help lists them" >&2
      exit 2
      ;;
  esac
  shift 2
done
mkdir -p "$directory"
directory=$(cd "$directory" && pwd -P)

venv=$directory/venv
if [[ ! -e $venv/ready ]]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install -q numpy pandas pyreadr
  touch "$venv/ready"
fi
python=$venv/bin/python
if [[ ! -e $directory/movies.csv ]]; then
  "$python" "$here/movielens.py" rows "$directory"
fi

# The settings of a model.
fields() {
  case $1 in
    ids) echo "fields = [user, movie]" ;;
    content) echo "fields = [user]" ;;
    both) echo "fields = [user, movie]" ;;
    dropout) printf 'fields = [user, movie]\nmodel.key-dropout = 0.2\n' ;;
    pooling) printf 'fields = [user, movie]\nmodel { key-dropout = 0.2, list-pooling = attention }\n' ;;
  esac
  if [[ $1 != ids ]]; then
    cat << EOF
tables.movie {
  path = "$directory/movies.csv", key = movie
  fields = [
    { name = title, kind = text }
    { name = genres, kind = multi }
    { name = released, kind = numeric, transform = quantile }
  ]
}
EOF
  fi
}

for ((seed = 1; seed <= seeds; seed++)); do
  for model in ids content both dropout pooling; do
    work=$directory/work/$model-$seed
    result=$directory/results/$model-$seed.csv
    [[ -e $result ]] && continue
    echo "$(date +%T) $model, seed $seed" >&2
    rm -rf "$work"
    mkdir -p "$work" "$directory/results"
    cat > "$work/job.conf" << EOF
split.paths {
  train = "$directory/train.csv"
  validation = "$directory/validation.csv"
  test = "$directory/test.csv"
}
label = label
crosses = none
train.seed = $seed
output.model = "$work/model"
$(fields $model)
EOF
    "$project/submit-scripts/submit-local.sh" train --config "$work/job.conf" \
      > "$work/train.json" 2> "$work/train.log" || {
      tail -n 5 "$work/train.log" >&2
      exit 1
    }
    "$project/submit-scripts/submit-local.sh" predict --model "$work/model" \
      --input "$directory/test.csv" --output "$work/scores" --format csv --files 1 --no-reason \
      --columns row > "$work/predict.json" 2> "$work/predict.log" || {
      tail -n 5 "$work/predict.log" >&2
      exit 1
    }
    # The result exists only when it is complete: the next call does not compute it again.
    cat "$work"/scores/*.csv > "$result.new"
    mv "$result.new" "$result"
    rm -rf "$work"
  done
done
"$python" "$here/movielens.py" figures "$directory" | tee "$directory/content.md"
