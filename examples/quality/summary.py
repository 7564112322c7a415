"""Figures of all models by table as Markdown: mean and standard deviation over seeds, and intervals.

    python summary.py RESULTS OUTPUT

RESULTS is a directory of run.sh, results/TABLE/MODEL/SEED.json and .npy. The last column is the
difference between a model's mean log loss and that of destine on the same rows and seeds, with
an interval of 95 % from 1,000 bootstrap samples of the test rows. Above zero destine is better.
"""

import glob
import json
import os
import sys

import numpy
import pandas

MODELS = {
    "destine": "DESTINE, defaults",
    "destine-no-rates": "DESTINE without label rates",
    "destine-plain": "DESTINE without crosses",
    "autoint": "AutoInt",
    "deepfm": "DeepFM",
    "fm": "factorization machine",
    "lr": "logistic regression",
    "torch": "PyTorch, the same network",
    "trees-catboost": "CatBoost",
    "trees-lightgbm": "LightGBM",
    "trees-xgboost": "XGBoost",
}


def losses(probabilities, labels):
    p = numpy.clip(probabilities, 1e-15, 1 - 1e-15)
    return -numpy.where(labels == 1, numpy.log(p), numpy.log1p(-p))


def seeds(directory):
    """Figures and probabilities by seed."""
    found = {}
    for path in glob.glob(os.path.join(directory, "*.json")):
        with open(path) as file:
            found[os.path.basename(path)[:-5]] = (
                json.load(file),
                numpy.load(os.path.splitext(path)[0] + ".npy"),
            )
    return found


def spread(values, digits):
    mean = f"{numpy.mean(values):.{digits}f}"
    return mean if len(values) == 1 else f"{mean} ± {numpy.std(values, ddof=1):.{digits}f}"


def interval(model, best, labels):
    common = sorted(set(model) & set(best))
    apart = numpy.mean(
        [losses(model[seed][1], labels) - losses(best[seed][1], labels) for seed in common], axis=0
    )
    random = numpy.random.RandomState(1)
    means = [apart[random.randint(0, len(apart), len(apart))].mean() for _ in range(1000)]
    low, high = numpy.percentile(means, [2.5, 97.5])
    return f"{apart.mean():+.4f} ({low:+.4f} to {high:+.4f})"


def table(directory, rows):
    labels = pandas.read_csv(rows, usecols=[0]).iloc[:, 0].to_numpy()
    found = {
        model: seeds(os.path.join(directory, model))
        for model in MODELS
        if os.path.isdir(os.path.join(directory, model))
    }
    lines = [
        "| model | AUC | log loss | seconds | log loss minus that of DESTINE |",
        "|---|---|---|---|---|",
    ]
    for model, runs in found.items():
        if not runs:
            continue
        values = {key: [run[0][key] for run in runs.values()] for key in ("auc", "log_loss", "seconds")}
        apart = interval(runs, found["destine"], labels) if found.get("destine") else ""
        lines.append(
            f"| {MODELS[model]} | {spread(values['auc'], 4)} | {spread(values['log_loss'], 4)}"
            f" | {numpy.mean(values['seconds']):.0f} | {'' if model == 'destine' else apart} |"
        )
    return lines


def main(results, output):
    lines = []
    for name in sorted(os.listdir(results)):
        rows = os.path.join(os.path.dirname(results), "tables", name, "test.csv.gz")
        lines += [f"### {name}", ""] + table(os.path.join(results, name), rows) + [""]
    with open(output, "w") as file:
        file.write("\n".join(lines))


if __name__ == "__main__":
    main(*sys.argv[1:])
