"""Converts the files of MMGCN to those of conf/presets/mmgcn.conf.

    python mmgcn.py SOURCE TARGET

SOURCE has train.npy, an array [n, 2] of users and items that belong together, val_full.npy and
test_full.npy, lists of a user and their items, and v_feat.npy, a_feat.npy and t_feat.npy, [items,
numbers]; the numbering of items may continue that of the users, as for the nodes of a graph.
TARGET gets items.parquet and the rows: label 1 for the pairs in SOURCE and, for each of them,
label 0 for a random item that the user has in no file.
"""

import os
import sys

import numpy
import pandas


def interactions(path):
    rows = numpy.load(path, allow_pickle=True)
    if rows.ndim == 2 and rows.dtype != object and rows.shape[1] == 2:
        return rows.astype(int)
    pairs = [(each[0], item) for each in rows for item in each[1:]]
    return numpy.array(pairs, dtype=int)


def main(source, target):
    features = {
        name: numpy.load(os.path.join(source, letter + "_feat.npy"))
        for name, letter in (("visual", "v"), ("acoustic", "a"), ("textual", "t"))
    }
    count = len(features["visual"])
    parts = {
        name: interactions(os.path.join(source, file + ".npy"))
        for name, file in (("train", "train"), ("validation", "val_full"), ("test", "test_full"))
    }
    first = min(part[:, 1].min() for part in parts.values())
    users = 1 + max(part[:, 0].max() for part in parts.values())
    behind = users if first >= users else 0
    taken = {(user, item - behind) for part in parts.values() for user, item in part}
    os.makedirs(target, exist_ok=True)
    pandas.DataFrame(
        {"item": range(count)} | {name: list(rows) for name, rows in features.items()}
    ).to_parquet(os.path.join(target, "items.parquet"))
    random = numpy.random.RandomState(2026)
    for name, part in parts.items():
        rows = []
        for user, item in part:
            rows.append((1, user, item - behind))
            other = random.randint(count)
            while (user, other) in taken:
                other = random.randint(count)
            rows.append((0, user, other))
        frame = pandas.DataFrame(rows, columns=["label", "user", "item"])
        frame.to_parquet(os.path.join(target, name + ".parquet"))


if __name__ == "__main__":
    main(*sys.argv[1:])
