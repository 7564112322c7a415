"""Compares the network in PyTorch with files of expected values: logits, loss and gradients in float64.

    python benchmarks/pytorch/check.py model-core/src/test/resources/golden/*.json

Files of networks with options that network.py lacks are left out. The exit code is 1 when a value differs by more
than 1e-9, or no file could be compared.
"""

import json
import sys

import torch
from torch.nn import functional

from network import Network

SHAPE = ("embedding_dim", "heads", "head_dim", "layers", "deep", "wide")
OPTIONS = {
    "attention": "both",
    "unary": "mean_query",
    "residual": "each_layer",
    "scale": False,
    "relu_before_attention": False,
    "bias": False,
    "fm": False,
    "batch_norm": False,
    "consistency": 0,
    "lists": 0,
}


def difference(found, expected):
    return (found - torch.tensor(expected, dtype=torch.float64)).abs().max().item()


def differences(golden):
    """The largest differences by name."""
    config, batch, expected = golden["config"], golden["batch"], golden["expected"]
    shape = {name: config[name] for name in SHAPE}
    network = Network(sum(config["field_sizes"]), config["fields"], **shape).double()
    parameters = golden["parameters"].items()
    network.load_state_dict({name: torch.tensor(value, dtype=torch.float64) for name, value in parameters})
    logits = network(torch.tensor(batch["indices"]))
    loss = functional.binary_cross_entropy_with_logits(logits, torch.tensor(batch["labels"]).double())
    loss.backward()
    found = {"logits": difference(logits, expected["logits"]), "loss": difference(loss, expected["loss"])}
    for name, parameter in network.named_parameters():
        found[name] = difference(parameter.grad, expected["gradients"][name])
    return found


def main(files):
    compared, wrong = 0, 0
    for file in files:
        with open(file) as text:
            golden = json.load(text)
        config = golden.get("config", {})
        if "logits" not in golden.get("expected", {}) or any(
            config.get(name, value) != value for name, value in OPTIONS.items()
        ):
            continue
        compared += 1
        name, largest = max(differences(golden).items(), key=lambda item: item[1])
        wrong += largest > 1e-9
        print(f"{file}: largest difference {largest:.1e} ({name})")
    return 1 if wrong or not compared else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
