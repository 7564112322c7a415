"""Gradient boosted trees (LightGBM) on the flights, on the rows of conf/flights-split.conf.

    pip install lightgbm==4.7.0 pandas==3.1.1 scikit-learn==1.9.1
    examples/flights/split.sh
    python3 examples/flights/boosted_trees.py [DIRECTORY]

DIRECTORY holds train.csv, validation.csv and test.csv, runs/flights-split by default. Each setting
below is trained until the AUC of the validation rows has not grown for 50 trees; the setting with
the highest validation AUC is reported. The test rows are not used for selection. Prints a JSON line
for each setting and one for the chosen one; takes about a minute a setting on two cores. On a busy
machine, OMP_WAIT_POLICY=passive keeps LightGBM's threads from busy-waiting.

All columns are categories, as in conf/flights.conf: each value of the training rows has a code;
other values are missing values.
"""

import json
import os
import sys
import time

import lightgbm
import pandas
from sklearn.metrics import log_loss, roc_auc_score

LABEL = "delayed"
MOST_TREES = 3000
PATIENCE = 50

# LightGBM sorts the categories of a column by their share of positives, shrunk towards zero by
# cat_smooth. Its default of 10 trusts routes and days of few rows too much: larger values help on
# this table. The three settings are the result of a search over 14 settings, judged on
# the validation rows.
SETTINGS = {
    "default smoothing": {"min_data_per_group": 20},
    "smoothing 200": {
        "min_data_per_group": 20,
        "max_cat_threshold": 16,
        "cat_smooth": 200,
    },
    "smoothing 600": {
        "min_data_per_group": 20,
        "max_cat_threshold": 16,
        "cat_smooth": 600,
    },
}
COMMON = {
    "objective": "binary",
    "metric": "auc",
    "num_leaves": 31,
    "learning_rate": 0.1,
    "seed": 1,
    "deterministic": True,
    "verbosity": -1,
}


def read(directory):
    """The columns as codes and the labels of each split, by its name."""
    tables = {
        split: pandas.read_csv(os.path.join(directory, split + ".csv"), dtype=str)
        for split in ("train", "validation", "test")
    }
    columns = [column for column in tables["train"].columns if column != LABEL]
    values = {column: pandas.Index(tables["train"][column].unique()) for column in columns}
    return {
        split: (
            pandas.DataFrame(
                {column: values[column].get_indexer(table[column]) for column in columns}
            ),
            table[LABEL].astype(int),
        )
        for split, table in tables.items()
    }


def figures(model, rows):
    """AUC and log loss (natural logarithm) of a model on a split."""
    codes, labels = rows
    probabilities = model.predict(codes, num_iteration=model.best_iteration)
    return {
        "auc": round(float(roc_auc_score(labels, probabilities)), 6),
        "log_loss": round(float(log_loss(labels, probabilities)), 6),
    }


def trained(name, splits):
    """Trains with the setting of that name; returns the content of its JSON line."""
    codes, labels = splits["train"]
    start = time.monotonic()
    processor = time.process_time()
    rows = lightgbm.Dataset(codes, labels, categorical_feature=list(codes.columns))
    held_out = lightgbm.Dataset(*splits["validation"], reference=rows)
    model = lightgbm.train(
        COMMON | SETTINGS[name],
        rows,
        num_boost_round=MOST_TREES,
        valid_sets=[held_out],
        callbacks=[lightgbm.early_stopping(PATIENCE, verbose=False)],
    )
    seconds = time.monotonic() - start
    processor = time.process_time() - processor
    return {
        "setting": name,
        **SETTINGS[name],
        "trees": model.best_iteration,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(processor, 1),
        "validation": figures(model, splits["validation"]),
        "test": figures(model, splits["test"]),
    }


def main():
    splits = read(sys.argv[1] if len(sys.argv) > 1 else "runs/flights-split")
    runs = []
    for name in SETTINGS:
        runs.append(trained(name, splits))
        print(json.dumps(runs[-1]), flush=True)
    best = max(runs, key=lambda run: run["validation"]["auc"])
    print(json.dumps({"chosen": best["setting"], **best["test"]}))


if __name__ == "__main__":
    main()
