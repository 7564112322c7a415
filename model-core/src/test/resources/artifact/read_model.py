"""Reads a model directory with the standard library alone and compares it with expected.json.

    python3 read_model.py MODEL_DIRECTORY expected.json

expected.json: tensor or table name -> {"shape": [...], "values": [...]}.
"""
import hashlib
import json
import math
import struct
import sys

model, expected = sys.argv[1], json.load(open(sys.argv[2]))
manifest = json.load(open(f"{model}/manifest.json"))
for name, digest in manifest["files"].items():
    content = open(f"{model}/{name}", "rb").read()
    assert len(content) == digest["length"], name
    assert hashlib.sha256(content).hexdigest() == digest["sha256"], name
line = open(f"{model}/manifest.sha256").read()
own = hashlib.sha256(open(f"{model}/manifest.json", "rb").read()).hexdigest()
assert line == own + "  manifest.json\n", line


def load(path):
    raw = open(path, "rb").read()
    (n,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + n])
    header.pop("__metadata__", None)
    tensors = {}
    for name, t in header.items():
        begin, end = t["data_offsets"]
        size, code = {"F32": (4, "f"), "F64": (8, "d"), "I64": (8, "q")}[t["dtype"]]
        count = math.prod(t["shape"])
        assert end - begin == count * size, name
        values = struct.unpack(f"<{count}{code}", raw[8 + n + begin : 8 + n + end])
        tensors[name] = (t["shape"], list(values))
    return tensors


for kind in ("model", "optimizer"):
    index = json.load(open(f"{model}/{kind}.safetensors.index.json"))
    weight_map = index["weight_map"]
    found = {name: load(f"{model}/{file}")[name] for name, file in weight_map.items()}
    for table, cut in index["metadata"]["tables"].items():
        parts = [found.pop(n) for n in sorted(weight_map) if n == table or n.startswith(table + ".0")]
        assert len(parts) == len(cut["shards"]), table
        rows = sum(shape[0] for shape, _ in parts)
        found[table] = ([rows, cut["width"]], [v for _, values in parts for v in values])
    names = {n for n in expected if n.startswith("optimizer/") == (kind == "optimizer")}
    assert {n.removeprefix("optimizer/") for n in names} == set(found), (names, set(found))
    for name in names:
        shape, values = found[name.removeprefix("optimizer/")]
        assert shape == expected[name]["shape"], (name, shape)
        assert values == expected[name]["values"], name
print("plain ok", len(expected))

try:
    from safetensors.numpy import load_file
except ImportError:
    print("safetensors absent")
else:
    for kind in ("model", "optimizer"):
        weight_map = json.load(open(f"{model}/{kind}.safetensors.index.json"))["weight_map"]
        for name, file in weight_map.items():
            array = load_file(f"{model}/{file}")[name]
            shape, values = load(f"{model}/{file}")[name]
            assert list(array.shape) == shape and array.ravel().tolist() == values, name
    print("safetensors ok")
