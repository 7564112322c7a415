"""Boosted trees on the rows of a table, and the metrics of given probabilities.

    python peers.py trees-lightgbm|trees-xgboost|trees-catboost TABLE SEED RESULT
    python peers.py number ROWS NUMBERED
    python peers.py figures ROWS PREDICTIONS SECONDS RESULT

TABLE is a directory of tables.py. Trees have their library's defaults (XGBoost with subsample 0.9),
categories as the library takes them, and the number of trees with the lowest validation log loss, at
most 2,000 (1,000 for CatBoost). RESULT is JSON with AUC, log loss and seconds; the probabilities of
the test rows are in a file of that name with .npy instead of .json. The command number adds a
column named row to a table; figures reads the probabilities of predict, in the order of that column.
"""

import json
import os
import sys
import time

import numpy
import pandas
from sklearn.metrics import log_loss, roc_auc_score

MOST_TREES = 2000
PATIENCE = 50


def read(directory):
    """Columns as categories of the training rows, and labels, by split."""
    tables = [
        pandas.read_csv(os.path.join(directory, split + ".csv.gz"), dtype=str, keep_default_na=False)
        for split in ("train", "validation", "test")
    ]
    label = tables[0].columns[0]
    columns = list(tables[0].columns[1:])
    labels = [table.pop(label).astype(int).to_numpy() for table in tables]
    for column in columns:
        values = pandas.Index(tables[0][column].unique())
        for table in tables:
            codes = values.get_indexer(table[column])
            table[column] = pandas.Categorical.from_codes(codes, categories=range(len(values)))
    return tables, labels


def lightgbm(tables, labels, seed):
    import lightgbm

    model = lightgbm.LGBMClassifier(n_estimators=MOST_TREES, random_state=seed, verbosity=-1)
    model.fit(
        tables[0],
        labels[0],
        eval_set=[(tables[1], labels[1])],
        eval_metric="binary_logloss",
        callbacks=[lightgbm.early_stopping(PATIENCE, verbose=False)],
    )
    return model.predict_proba(tables[2])[:, 1]


def xgboost(tables, labels, seed):
    import xgboost

    model = xgboost.XGBClassifier(
        n_estimators=MOST_TREES,
        enable_categorical=True,
        early_stopping_rounds=PATIENCE,
        random_state=seed,
        subsample=0.9,
    )
    model.fit(tables[0], labels[0], eval_set=[(tables[1], labels[1])], verbose=False)
    return model.predict_proba(tables[2])[:, 1]


def catboost(tables, labels, seed):
    import catboost

    texts = [table.apply(lambda column: column.cat.codes.astype(str)) for table in tables]
    columns = list(texts[0].columns)
    model = catboost.CatBoostClassifier(random_seed=seed, verbose=False, allow_writing_files=False)
    pool = catboost.Pool(texts[1], labels[1], cat_features=columns)
    model.fit(texts[0], labels[0], cat_features=columns, eval_set=pool, use_best_model=True)
    return model.predict_proba(texts[2])[:, 1]


def write(result, labels, probabilities, seconds):
    figures = {
        "auc": roc_auc_score(labels, probabilities),
        "log_loss": log_loss(labels, probabilities),
        "seconds": seconds,
    }
    numpy.save(os.path.splitext(result)[0] + ".npy", probabilities.astype(numpy.float64))
    with open(result + ".new", "w") as file:
        json.dump(figures, file)
    os.rename(result + ".new", result)


def trees(kind, table, seed, result):
    tables, labels = read(table)
    begin = time.time()
    probabilities = {"lightgbm": lightgbm, "xgboost": xgboost, "catboost": catboost}[kind](
        tables, labels, int(seed)
    )
    write(result, labels[2], probabilities, time.time() - begin)


def number(rows, numbered):
    table = pandas.read_csv(rows, dtype=str, keep_default_na=False)
    table.insert(0, "row", range(len(table)))
    table.to_csv(numbered, index=False)


def figures(rows, predictions, seconds, result):
    labels = pandas.read_csv(rows, usecols=[0]).iloc[:, 0].to_numpy()
    parts = [
        pandas.read_csv(os.path.join(predictions, name))
        for name in sorted(os.listdir(predictions))
        if name.endswith(".csv")
    ]
    scored = pandas.concat(parts).sort_values("row")
    if list(scored.row) != list(range(len(labels))):
        raise SystemExit(f"peers.py: {predictions} does not have one probability for each row of {rows}")
    write(result, labels, scored.probability.to_numpy(), float(seconds))


if __name__ == "__main__":
    if sys.argv[1].startswith("trees-"):
        trees(sys.argv[1].removeprefix("trees-"), *sys.argv[2:])
    else:
        {"number": number, "figures": figures}[sys.argv[1]](*sys.argv[2:])
