"""Speed of a training step in PyTorch, to compare with bench.sh kernel: prints one JSON line.

    pip install torch
    OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 taskset -c 0 python benchmarks/pytorch/step.py --fields 39

Shape, ids and labels are those of bench.sh kernel: an id of a field is floor(u^4 V / M) for uniform u. A step is
forward pass, backward pass and Adam, which updates the embeddings of the batch only (SparseAdam). The rate is that of
the median step.
"""

import argparse
import json
import statistics
import time

import torch
from torch.nn import functional

from network import Network

CLICK_RATE = 0.25


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fields", type=int, default=39, help="M, fields of one id each")
    parser.add_argument("--vocab", type=int, default=1_000_000, help="V, ids of all fields")
    parser.add_argument("--d", type=int, default=16, help="embedding dimension")
    parser.add_argument("--heads", type=int, default=2, help="H, attention heads of a layer")
    parser.add_argument("--head-dim", type=int, default=16, help="c, width of a head")
    parser.add_argument("--layers", type=int, default=3, help="L, attention layers")
    parser.add_argument("--batch", type=int, default=4096, help="rows of a step")
    parser.add_argument("--threads", type=int, default=1, help="threads of an operation")
    parser.add_argument("--seconds", type=float, default=10, help="seconds of the measurement, after two steps")
    return parser.parse_args()


def rows(options):
    """A batch: ids [B, M] and labels [B]."""
    ids_of_field = options.vocab // options.fields
    uniform = torch.rand(options.batch, options.fields)
    ids = (uniform**4 * ids_of_field).long().clamp(max=ids_of_field - 1)
    labels = (torch.rand(options.batch) < CLICK_RATE).float()
    return ids + torch.arange(options.fields) * ids_of_field, labels


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    network = Network(
        options.vocab,
        options.fields,
        options.d,
        options.heads,
        options.head_dim,
        options.layers,
        sparse=True,
    )
    dense = [value for name, value in network.named_parameters() if not name.startswith("embedding")]
    optimizers = (torch.optim.SparseAdam([network.embedding.weight], 1e-3), torch.optim.Adam(dense, 1e-3))
    batches = [rows(options) for _ in range(4)]
    seconds = []
    while len(seconds) < 3 or sum(seconds[2:]) < options.seconds:
        ids, labels = batches[len(seconds) % len(batches)]
        begin = time.perf_counter()
        loss = functional.binary_cross_entropy_with_logits(network(ids), labels)
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
        seconds.append(time.perf_counter() - begin)
    step = statistics.median(seconds[2:])
    line = {"peer": "torch " + torch.__version__, **vars(options)}
    print(json.dumps(line | {"step_ms": round(step * 1e3, 1), "rows_per_second": round(options.batch / step)}))


if __name__ == "__main__":
    main()
