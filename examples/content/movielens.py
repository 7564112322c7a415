"""Ratings of MovieLens-latest, with cold-start movies, which occur only in test rows.

    python movielens.py rows DIRECTORY
    python movielens.py figures DIRECTORY

rows writes train.csv, validation.csv, test.csv and movies.csv. A sixth of the movies, drawn at
random, has ratings in test.csv only; of the other ratings, a tenth each is for validation and test.
The label is 1 from four stars on. figures reads results/MODEL-SEED.csv and prints a table.
"""

import glob
import os
import sys

import numpy
import pandas

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "quality"))

MODELS = {
    "ids": "user, movie",
    "content": "user, content",
    "both": "user, movie, content",
    "dropout": "the same with `model.key-dropout = 0.2`",
    "pooling": "the same with `model.list-pooling = attention`, too",
}


def write_rows(directory):
    from tables import frame

    ratings = frame("r-cran-dslabs", directory, "movieId").reset_index(drop=True)
    random = numpy.random.RandomState(2026)
    movies = ratings.drop_duplicates("movieId")[["movieId", "title", "genres", "year"]]
    movies.columns = ["movie", "title", "genres", "released"]
    cold = set(movies.movie.sample(frac=1 / 6, random_state=random))
    part = random.choice(3, len(ratings), p=[0.8, 0.1, 0.1])
    part[ratings.movieId.isin(cold)] = 2
    rows = pandas.DataFrame(
        {
            "label": (ratings.rating >= 4).astype(int),
            "user": ratings.userId.astype(int),
            "movie": ratings.movieId.astype(int),
            "row": numpy.arange(len(ratings)),
            "cold": ratings.movieId.isin(cold).astype(int),
        }
    )
    for number, name in enumerate(("train", "validation", "test")):
        rows[part == number].to_csv(os.path.join(directory, name + ".csv"), index=False)
    # Written last: if it exists, all files are complete.
    movies = movies.astype({"movie": int, "released": "Int64"})
    movies.to_csv(os.path.join(directory, "movies.csv"), index=False)


def auc(labels, scores):
    ranks = pandas.Series(scores).rank().to_numpy()
    positive = labels.sum()
    below = ranks[labels == 1].sum() - positive * (positive + 1) / 2
    return below / (positive * (len(labels) - positive))


def log_loss(labels, scores):
    return -numpy.where(labels == 1, numpy.log(scores), numpy.log1p(-scores)).mean()


def spread(values):
    mean = f"{numpy.mean(values):.4f}"
    return mean if len(values) == 1 else f"{mean} ± {numpy.std(values, ddof=1):.4f}"


def print_figures(directory):
    test = pandas.read_csv(os.path.join(directory, "test.csv")).set_index("row")
    counts = test.cold.value_counts()
    print(
        f"{counts[0]:,} test rows of movies with ratings in training, {counts[1]:,} of movies"
        " without\n"
    )
    print("| fields | AUC, log loss: movies with ratings in training | movies without |")
    print("|---|---|---|")
    for model, name in MODELS.items():
        figures = {0: ([], []), 1: ([], [])}
        for path in sorted(glob.glob(os.path.join(directory, "results", model + "-*.csv"))):
            scores = pandas.read_csv(path).set_index("row").probability
            for cold, (aucs, losses) in figures.items():
                of = test[test.cold == cold]
                aucs.append(auc(of.label.to_numpy(), scores[of.index].to_numpy()))
                losses.append(log_loss(of.label.to_numpy(), scores[of.index].to_numpy()))
        columns = [f"{spread(aucs)}, {spread(losses)}" for aucs, losses in figures.values()]
        print(f"| {name} | {columns[0]} | {columns[1]} |")


if __name__ == "__main__":
    {"rows": write_rows, "figures": print_figures}[sys.argv[1]](sys.argv[2])
