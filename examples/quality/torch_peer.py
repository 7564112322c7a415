"""The network of this project in PyTorch (benchmarks/pytorch/network.py), trained with the project's default settings
except label rates.

    python torch_peer.py TABLE SEED FIELDS RESULT

TABLE and RESULT are those of peers.py. All columns are categories. FIELDS is the _fields.json of a
model of the same table: the crosses that its training has found are columns here, too.
"""

import json
import pathlib
import sys
import time

import numpy
import pandas
import torch
from torch.nn import functional

from peers import write

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "benchmarks" / "pytorch"))
from network import Network  # noqa: E402

SHAPE = {"embedding_dim": 16, "heads": 2, "head_dim": 16, "layers": 2, "deep": (128, 64), "wide": True}
BATCH, EPOCHS, RATE, FACTOR, CUTS, L2_ROWS, LEAST_COUNT = 1024, 20, 0.002, 0.5, 3, 100, 2


def read(directory, crosses):
    """Ids [rows, M] and labels by split, and the number of ids; rare and new values share one."""
    tables = {
        split: pandas.read_csv(f"{directory}/{split}.csv.gz", dtype=str, keep_default_na=False)
        for split in ("train", "validation", "test")
    }
    labels, ids, size = {}, {split: [] for split in tables}, 0
    for split, table in tables.items():
        labels[split] = table.pop(table.columns[0]).astype(int).to_numpy()
        for parts in crosses:
            table["\x1f".join(parts)] = table[parts].agg("\x1f".join, axis=1)
    for column in tables["train"].columns:
        counts = tables["train"][column].value_counts()
        frequent = pandas.Index(counts.index[counts >= LEAST_COUNT])
        for split, table in tables.items():
            ids[split].append(size + 1 + frequent.get_indexer(table[column]))
        size += 1 + len(frequent)
    return {s: torch.from_numpy(numpy.stack(columns, 1)) for s, columns in ids.items()}, labels, size


def probabilities(network, ids):
    with torch.no_grad():
        logits = [network(ids[i : i + 8192]) for i in range(0, len(ids), 8192)]
    return torch.cat(logits).double().sigmoid().numpy()


def exchange(parameters, others):
    for one, other in zip(parameters, others):
        kept = one.data.clone()
        one.data.copy_(other)
        other.copy_(kept)


def loss_of(network, ids, labels):
    p = numpy.clip(probabilities(network, ids), 1e-15, 1 - 1e-15)
    return -numpy.where(labels == 1, numpy.log(p), numpy.log1p(-p)).mean()


def train(ids, labels, size, seed):
    """The network of the best epoch: the better of its parameters and of their average."""
    torch.manual_seed(seed)
    rows = len(labels["train"])
    targets = torch.from_numpy(labels["train"]).float()
    network = Network(size, ids["train"].shape[1], **SHAPE)
    parameters = list(network.parameters())
    optimizer = torch.optim.Adam(parameters, RATE)
    average = [p.detach().clone() for p in parameters]
    epoch_steps = -(-rows // BATCH)
    best, kept, cuts, step = numpy.inf, None, 0, 0
    for epoch in range(EPOCHS):
        order = numpy.random.RandomState(1000 * seed + epoch).permutation(rows)
        for first in range(0, rows, BATCH):
            chosen = order[first : first + BATCH]
            loss = functional.binary_cross_entropy_with_logits(
                network(ids["train"][chosen]), targets[chosen]
            )
            penalty = L2_ROWS / rows / 2 * network.embedding.weight.square().sum()
            optimizer.zero_grad()
            (loss + penalty).backward()
            optimizer.step()
            step += 1
            for mean, parameter in zip(average, parameters):
                mean.add_(parameter.detach() - mean, alpha=1 / min(step, epoch_steps))
        before = best
        for _ in range(2):
            found = loss_of(network, ids["validation"], labels["validation"])
            if found < best:
                best, kept = found, [p.detach().clone() for p in parameters]
            exchange(parameters, average)
        print(f"epoch {epoch + 1}: best validation log loss {best:.4f}", file=sys.stderr, flush=True)
        if best == before:
            cuts += 1
            if cuts == CUTS:
                break
            for group in optimizer.param_groups:
                group["lr"] *= FACTOR
        else:
            cuts = 0
    exchange(parameters, kept)
    return network


def main(table, seed, fields, result):
    with open(fields) as file:
        crosses = [field["parts"] for field in json.load(file)["fields"] if "parts" in field]
    ids, labels, size = read(table, crosses)
    begin = time.time()
    network = train(ids, labels, size, int(seed))
    write(result, labels["test"], probabilities(network, ids["test"]), time.time() - begin)


if __name__ == "__main__":
    main(*sys.argv[1:])
