"""Writes large-logits-*.json: networks whose attention logits are about +1000 or -1000.

    python3 large_logits.py

Needs nothing but Python. It follows the equations field by field in float64 complex numbers and has
no backward pass: the gradient of the loss L in a parameter p is Im(L(p + ih)) / h with h = 1e-30,
which has no difference of nearby numbers in it and is exact to rounding.

The first number of an embedding is +4 for two fields and -4 for the other two; it makes queries large,
and the keys of head 0, whose logits are about +1000 for half of the fields and -1000 for the others.
The second number is 2; it makes the mean query large, and the keys of head 1, whose logits are all of
one sign. The others are small and decide between fields whose large parts are equal. All of them are
multiples of 1/4, so that float32 holds every logit exactly. One id of a field has 4.25 instead of 4:
its rows have a single winner.
"""
import cmath
import json
import random

FIELDS, SIZES, D, HEADS, C, ROWS = 4, [3, 3, 2, 4], 4, 2, 2, 12
STEP = 1e-30
SIGNS = [1, 1, -1, -1]


def affine(p, name, x):
    bias = p.get(name + ".bias")
    y = [sum(w * a for w, a in zip(line, x)) for line in p[name + ".weight"]]
    return y if bias is None else [a + b for a, b in zip(y, bias)]


def relu(x):
    return [a if a.real > 0 else 0j for a in x]


def mean(vectors):
    return [sum(column) / len(vectors) for column in zip(*vectors)]


def softmax(logits):
    top = max(s.real for s in logits)
    e = [cmath.exp(s - top) for s in logits]
    total = sum(e)
    return [a / total for a in e]


def layer(p, config, x, logits_seen):
    first = relu if config["relu_before_attention"] else lambda y: y
    project = lambda name: [first(affine(p, "layers.0." + name, a)) for a in x]
    pairs = config["attention"] in ("both", "plain")
    unary = config["attention"] in ("both", "unary")
    linear = config["unary"] == "linear"
    q = project("query") if pairs else None
    k = project("key") if pairs or not linear else None
    v = project("value")
    z = [[0j] * (HEADS * C) for _ in x]
    for h in range(HEADS):
        part = range(h * C, (h + 1) * C)
        dot = lambda a, b: sum(a[i] * b[i] for i in part)
        shared = [0j] * FIELDS
        if unary and linear:
            shared = [affine(p, "layers.0.unary_query", a)[h] for a in x]
        elif unary:
            query = mean(project("unary_query"))
            shared = [dot(query, key) for key in k]
        if unary:
            logits_seen += shared
            shared = softmax(shared)
        for m in range(FIELDS):
            a = [0j] * FIELDS
            if pairs:
                centre = config["attention"] != "plain"
                mq = mean(q) if centre else [0j] * (HEADS * C)
                mk = mean(k) if centre else [0j] * (HEADS * C)
                less = lambda s, t: [i - j for i, j in zip(s, t)]
                logits = [dot(less(q[m], mq), less(key, mk)) for key in k]
                logits_seen += logits
                a = softmax(logits)
            for n in range(FIELDS):
                for i in part:
                    z[m][i] += (a[n] + shared[n]) * v[n][i]
    return z


def logit(p, config, ids, logits_seen):
    e = [p["embedding.weight"][i] for i in ids]
    z = layer(p, config, e, logits_seen)
    residual = {"each_layer": "layers.0.residual", "last_layer": "residual"}.get(config["residual"])
    for m in range(FIELDS):
        if residual:
            z[m] = [a + b for a, b in zip(z[m], affine(p, residual, e[m]))]
        z[m] = relu(z[m])
    return affine(p, "output", [a for field in z for a in field])[0]


def loss(p, config, batch):
    total = 0
    for ids, label in zip(batch["indices"], batch["labels"]):
        sign = 1 if label else -1
        total += cmath.log(1 + cmath.exp(-sign * logit(p, config, ids, [])))
    return total / len(batch["labels"])


def quarters(rng, most):
    return rng.choice([i for i in range(-most, most + 1) if i]) / 4


def parameters(rng, config):
    width = HEADS * C
    bias, relu_first = config["bias"], config["relu_before_attention"]
    small = lambda: [quarters(rng, 4) for _ in range(2)]
    p = {"embedding.weight": []}
    for m, size in enumerate(SIZES):
        for i in range(size):
            large = 4.25 if i == 1 else 4.0
            p["embedding.weight"].append([SIGNS[m] * large, 2.0] + small())

    def projection(name, lines, biased):
        p[name + ".weight"] = lines
        if biased:
            p[name + ".bias"] = [quarters(rng, 2) for _ in lines]

    large = 16.0 if relu_first else 8.0
    tiny = lambda: [0.25 * quarters(rng, 3) for _ in range(D)]
    if config["attention"] in ("both", "plain"):
        projection("layers.0.query", [line for s in (1, -1) for line in
                                      ([s * large, 0.0, 0.0, 0.0], [0.0, 0.0] + small())], bias)
    if config["attention"] != "unary" or config["unary"] != "linear":
        projection("layers.0.key", [[large, 0.0, 0.0, 0.0], [0.0, 0.0] + small(),
                                    [0.0, 16.0, 0.0, 0.0], [0.0, 0.0] + small()], bias)
    projection("layers.0.value", [tiny() for _ in range(width)], bias)
    if config["attention"] in ("both", "unary"):
        if config["unary"] == "linear":
            projection("layers.0.unary_query", [[256.0, 0.0] + small(), [0.0, -512.0] + small()], False)
        else:
            projection("layers.0.unary_query", [line for s in (1, -1) for line in
                                                ([0.0, s * 16.0, 0.0, 0.0], [0.0, 0.5] + small())], bias)
    residual = {"each_layer": "layers.0.residual", "last_layer": "residual"}.get(config["residual"])
    if residual:
        projection(residual, [tiny() for _ in range(width)], bias)
    p["output.weight"] = [[quarters(rng, 4) for _ in range(FIELDS * width)]]
    p["output.bias"] = [0.25]
    return p


def gradients(p, config, batch):
    found = {}
    for name, values in p.items():
        lines = values if isinstance(values[0], list) else [values]
        slopes = [[0.0] * len(line) for line in lines]
        for i, line in enumerate(lines):
            for j, value in enumerate(line):
                line[j] = complex(value, STEP)
                slopes[i][j] = loss(p, config, batch).imag / STEP
                line[j] = value
        found[name] = slopes if isinstance(values[0], list) else slopes[0]
    return found


def write(name, seed, **options):
    rng = random.Random(seed)
    config = {"fields": FIELDS, "field_sizes": SIZES, "embedding_dim": D, "heads": HEADS, "head_dim": C,
              "layers": 1, "attention": "both", "unary": "mean_query", "residual": "each_layer",
              "scale": False, "relu_before_attention": False, "bias": False, "wide": False, "fm": False,
              "deep": []}
    config.update(options)
    p = parameters(rng, config)
    starts = [sum(SIZES[:m]) for m in range(FIELDS)]
    batch = {"indices": [[s + rng.randrange(n) for s, n in zip(starts, SIZES)] for _ in range(ROWS)],
             "labels": [rng.randrange(2) for _ in range(ROWS)]}
    seen = []
    logits = [logit(p, config, ids, seen).real for ids in batch["indices"]]
    assert max(s.real for s in seen) > 900 and min(s.real for s in seen) < -900, "not large"
    document = {
        "config": config,
        "parameters": p,
        "batch": batch,
        "expected": {
            "logits": logits,
            "probabilities": [1 / (1 + cmath.exp(-z)).real for z in logits],
            "loss": loss(p, config, batch).real,
            "gradients": gradients(p, config, batch),
        },
    }
    with open(f"large-logits-{name}.json", "w", encoding="utf-8") as file:
        json.dump(document, file)
        file.write("\n")


write("both", 1)
write("plain", 2, attention="plain", residual="last_layer", bias=True)
write("unary", 3, attention="unary", residual="last_layer")
write("linear", 4, unary="linear", residual="none")
write("relu", 5, relu_before_attention=True, bias=True)
