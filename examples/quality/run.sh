#!/usr/bin/env bash
# Trains DESTINE and the models that it is compared with on several tables, on the same rows, and
# writes the tables of docs/quality.md:
#
#   run.sh [--tables NAMES] [--models NAMES] [--seeds N] [--directory DIR] [--table NAME=DIR]
#
#   --tables     any of flights, nyc, movielens, insteval, adlog and those of --table, separated by
#                commas. Default: all
#   --models     any of destine, destine-plain, lr, fm, deepfm, autoint, trees-lightgbm, trees-xgboost,
#                trees-catboost. Default: all of these. Also: destine-no-rates, destine without label
#                rates, and torch, which downloads gigabytes. torch is the network of destine-no-rates with the same
#                crosses, trained by PyTorch; it needs the results of destine-no-rates
#   --seeds      number of seeds; each model is trained once with each. Default: 5
#   --directory  for tables, models and figures, runs/quality by default. Existing results are not
#                computed again, so a stopped run resumes
#   --table      one more table: DIR has train.csv.gz, validation.csv.gz and test.csv.gz, the label
#                in the first column, every other column a field. Can be repeated
#
# Needs JDK, Maven, Python 3 with venv, and for movielens and insteval apt-get: their packages
# are unpacked into the directory, not installed. Everything with five seeds takes a night on two
# cores; --tables flights --seeds 1 about a quarter of an hour.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
project=$(cd "$here/../.." && pwd -P)
tables=flights,nyc,movielens,insteval,adlog
models=destine,destine-plain,lr,fm,deepfm,autoint,trees-lightgbm,trees-xgboost,trees-catboost
seeds=5
directory=$project/runs/quality
own=()
chosen=
while [[ $# -gt 0 ]]; do
  option=$1
  value=${2-}
  if [[ $# -lt 2 ]]; then
    sed -n '2,/^set /{/^#/p}' "$0" | cut -c3-
    [[ $option == --help ]] && exit 0
    exit 2
  fi
  case $option in
    --tables) tables=$value chosen=1 ;;
    --models) models=$value ;;
    --seeds) seeds=$value ;;
    --directory) directory=$value ;;
    --table) own+=("$value") ;;
    *)
      echo "run.sh: unknown option $option; --help lists them" >&2
      exit 2
      ;;
  esac
  shift 2
done
mkdir -p "$directory"
directory=$(cd "$directory" && pwd -P)
for each in "${own[@]}"; do
  mkdir -p "$directory/tables"
  ln -sfn "$(cd "${each#*=}" && pwd -P)" "$directory/tables/${each%%=*}"
  [[ -n $chosen ]] || tables+=,${each%%=*}
done

venv=$directory/venv
if [[ ! -e $venv/ready ]]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install -q -r "$here/requirements.txt"
  touch "$venv/ready"
fi
python=$venv/bin/python
export OMP_WAIT_POLICY=passive

say() {
  echo "$(date +%T) $*" >&2
}

# The settings of a model of this project; "" for defaults.
settings() {
  local wide='model.wide=true' plain='crosses=none rates=none'
  case $1 in
    destine) ;;
    destine-no-rates) echo 'rates=none' ;;
    destine-plain) echo "$plain" ;;
    lr) echo "$plain model.layers=0 $wide model.deep=[]" ;;
    fm) echo "$plain model.layers=0 $wide model.deep=[] model.fm=true" ;;
    deepfm) echo "$plain model.layers=0 $wide model.fm=true" ;;
    autoint) echo "$plain $wide model.attention=plain model.layers=3" ;;
  esac
}

train_destine() {
  local table=$1 model=$2 seed=$3 result=$4 work=$5
  local rows=$directory/tables/$table
  rm -rf "$work"
  mkdir -p "$work"
  cat > "$work/job.conf" <<EOF
source { format = csv, options { header = true } }
split.paths {
  train = "$rows/train.csv.gz"
  validation = "$rows/validation.csv.gz"
  test = "$rows/test.csv.gz"
}
label = $(gzip -dc "$rows/train.csv.gz" | sed -n '1{s/,.*//;p;q}')
fields = "*"
train.seed = $seed
output.model = "$work/model"
EOF
  local options=()
  for setting in $(settings "$model"); do
    options+=(--set "$setting")
  done
  local begin=$SECONDS
  "$project/submit-scripts/submit-local.sh" train --config "$work/job.conf" "${options[@]}" \
    > "$work/train.json" 2> "$work/train.log" || {
    tail -n 5 "$work/train.log" >&2
    exit 1
  }
  local seconds=$((SECONDS - begin))
  "$python" "$here/peers.py" number "$rows/test.csv.gz" "$work/test.csv"
  "$project/submit-scripts/submit-local.sh" predict --model "$work/model" --input "$work/test.csv" \
    --output "$work/predictions" --format csv --no-reason --columns row --set source.format=csv \
    > "$work/predict.json" 2> "$work/predict.log" || {
    tail -n 5 "$work/predict.log" >&2
    exit 1
  }
  cp "$work/model/vocabulary/_fields.json" "${result%.json}.fields"
  "$python" "$here/peers.py" figures "$rows/test.csv.gz" "$work/predictions" "$seconds" "$result"
  rm -rf "$work"
}

for table in ${tables//,/ }; do
  if [[ ! -e $directory/tables/$table/train.csv.gz ]]; then
    say "$table: rows"
    if [[ $table == flights && ! -e $directory/flights-split/train.csv ]]; then
      "$project/examples/flights/split.sh" "$directory/flights-split" >&2
    elif [[ $table == adlog && ! -d $directory/adlog-rows ]]; then
      "$project/submit-scripts/submit-local.sh" generate --shape plain --rows 300000 --fields 9 \
        --numeric 3 --cardinality 2000 --days 14 --output "$directory/adlog-rows" >&2
    fi
    "$python" "$here/tables.py" "$table" "$directory"
  fi
  for ((seed = 1; seed <= seeds; seed++)); do
    for model in ${models//,/ }; do
      result=$directory/results/$table/$model/$seed.json
      if [[ -e $result ]]; then
        continue
      fi
      mkdir -p "${result%/*}"
      say "$table: $model, seed $seed"
      case $model in
        torch)
          "$python" -c 'import torch' 2> /dev/null || "$venv/bin/pip" install -q torch
          "$python" "$here/torch_peer.py" "$directory/tables/$table" "$seed" \
            "$directory/results/$table/destine-no-rates/$seed.fields" "$result"
          ;;
        trees-*) "$python" "$here/peers.py" "$model" "$directory/tables/$table" "$seed" "$result" ;;
        *) train_destine "$table" "$model" "$seed" "$result" "$directory/work/$table-$model-$seed" ;;
      esac
    done
  done
done
"$python" "$here/summary.py" "$directory/results" "$directory/quality.md"
cat "$directory/quality.md"
