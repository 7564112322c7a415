"""The independent implementation behind the golden files: float64, from the equations, no dependencies.

    python3 golden.py check FILE...
    python3 golden.py new [--seed 1] [--large] FILE [OPTION=VALUE...]

check computes the expected values of files from their configurations, parameters and rows, prints the
largest difference per file and fails above 1e-9. new draws parameters and rows for a network, computes
its expected values and writes a file; an OPTION is one of config, with its value in JSON:

    python3 golden.py new relu-norm.json deep=[5,3] batch_norm=true relu_before_attention=true

The last fields, as many as "lists", have a list of ids in each row; fields are named f0, f1 and so on.

The equations are evaluated field by field and row by row in complex numbers, without a backward pass:
the gradient of the loss L in a parameter p is the complex-step derivative Im(L(p + ih)) / h with h = 1e-30,
which has no cancellation and is exact to rounding. The loss is the mean over the rows of a training pass
(batch normalization by the rows' own mean and variance), the logits are those of scoring (by the running
ones, under "statistics").

--large draws attention logits of about +1000 and -1000. The first number of an embedding is +4 for two
fields and -4 for the other two; it makes queries large, and the keys of head 0, whose logits are about
+1000 for half of the fields and -1000 for the others. The second number is 2; it makes the mean query
large, and the keys of head 1, whose logits are all of one sign. The others are small and decide between
fields whose large parts are equal. All of them are multiples of 1/4, so that float32 holds every logit
exactly. One id of a field has 4.25 instead of 4: its rows have a single winner.
"""
import argparse
import cmath
import json
import math
import random
import sys

STEP = 1e-30
NORM_EPSILON = 1e-5
DEFAULTS = {"fields": 4, "field_sizes": [3, 3, 2, 4], "embedding_dim": 4, "heads": 2, "head_dim": 2,
            "layers": 1, "attention": "both", "unary": "mean_query", "residual": "each_layer",
            "scale": False, "relu_before_attention": False, "bias": False, "wide": False, "fm": False,
            "deep": [], "batch_norm": False, "consistency": 0, "lists": 0, "list_pooling": "mean"}


def option(config, name):
    return config.get(name, DEFAULTS[name])


def affine(p, name, x):
    bias = p.get(name + ".bias")
    y = [sum(w * a for w, a in zip(line, x)) for line in p[name + ".weight"]]
    return y if bias is None else [a + b for a, b in zip(y, bias)]


def relu(x):
    return [a if complex(a).real > 0 else 0 * a for a in x]


def plus(x, y):
    return [a + b for a, b in zip(x, y)]


def mean(vectors):
    return [sum(column) / len(vectors) for column in zip(*vectors)]


def softmax(logits):
    top = max(complex(s).real for s in logits)
    e = [cmath.exp(s - top) for s in logits]
    total = sum(e)
    return [a / total for a in e]


def layer(p, config, prefix, x, seen):
    """Equations 1 to 8: the fields' vectors x [M, in] after one layer [M, H c]."""
    heads, c = config["heads"], config["head_dim"]
    first = relu if config["relu_before_attention"] else lambda y: y
    project = lambda name: [first(affine(p, prefix + name, a)) for a in x]
    attention, linear = config["attention"], config["unary"] == "linear"
    pairs, unary = attention != "unary", attention in ("both", "unary")
    q = project("query") if pairs else None
    k = project("key") if pairs or not linear else None
    v = project("value")
    if pairs and attention != "plain":
        q, keys = ([[a - b for a, b in zip(y, mean(vs))] for y in vs] for vs in (q, k))
    else:
        keys = k
    z = [[0j] * (heads * c) for _ in x]
    for h in range(heads):
        part = range(h * c, (h + 1) * c)
        dot = lambda a, b: sum(a[i] * b[i] for i in part)
        shared = [0j] * len(x)
        if unary:
            if linear:
                logits = [affine(p, prefix + "unary_query", a)[h] for a in x]
            else:
                query = mean(project("unary_query"))
                logits = [dot(query, key) for key in k]
            seen += logits
            shared = softmax(logits)
        for m in range(len(x)):
            weights = shared
            if pairs:
                logits = [dot(q[m], key) / (math.sqrt(c) if config["scale"] else 1) for key in keys]
                seen += logits
                weights = plus(softmax(logits), shared)
            for a, value in zip(weights, v):
                for i in part:
                    z[m][i] += a * value[i]
    return z


def interaction(p, config, e, seen):
    z = e
    for i in range(config["layers"]):
        x, z = z, layer(p, config, f"layers.{i}.", z, seen)
        if config["residual"] == "each_layer":
            z = [relu(plus(y, affine(p, f"layers.{i}.residual", a))) for y, a in zip(z, x)]
    if config["residual"] == "last_layer":
        z = [plus(y, affine(p, "residual", a)) for y, a in zip(z, e)]
    if config["residual"] != "each_layer":
        z = [relu(y) for y in z]
    return affine(p, "output", [a for field in z for a in field])[0]


def normalize(p, name, rows, statistics):
    if statistics is None:
        centre = mean(rows)
        variance = mean([[(a - b) ** 2 for a, b in zip(row, centre)] for row in rows])
    else:
        centre, variance = statistics[name + ".running_mean"], statistics[name + ".running_var"]
    return [[g * (a - m) / cmath.sqrt(v + NORM_EPSILON) + b for a, m, v, g, b in
             zip(row, centre, variance, p[name + ".weight"], p[name + ".bias"])] for row in rows]


def deep(p, config, rows, statistics):
    for i in range(len(config["deep"])):
        rows = [affine(p, f"deep.{i}", row) for row in rows]
        if option(config, "batch_norm"):
            rows = normalize(p, f"deep.{i}.norm", rows, statistics)
        rows = [relu(row) for row in rows]
    return [affine(p, f"deep.{len(config['deep'])}", row)[0] for row in rows]


def members(ids):
    return ids if isinstance(ids, list) else [ids]


def embedded(p, config, m, ids):
    """The embedding of field m: a table row, or those of a list by mean or attention."""
    rows = [p["embedding.weight"][i] for i in members(ids)]
    if isinstance(ids, list) and config["list_pooling"] == "attention":
        query = p[f"fields.f{m}.pooling"]
        shares = softmax([sum(w * a for w, a in zip(query, row)) for row in rows])
        return [sum(share * a for share, a in zip(shares, column)) for column in zip(*rows)]
    return mean(rows)


def first_order(p, ids):
    return sum(p["wide.weight"][i][0] for i in members(ids)) / len(members(ids))


def terms(p, config, indices, statistics=None, seen=None):
    """The logit's terms (attention, MLP, the rest) of each row."""
    config = {**DEFAULTS, **config}
    batch = [[embedded(p, config, m, ids) for m, ids in enumerate(row)] for row in indices]
    seen = [] if seen is None else seen
    none = [0j] * len(batch)
    attention, rest, mlp = none, none, none
    if config["layers"]:
        bias = p["output.bias"][0]
        attention = [interaction(p, config, e, seen) - bias for e in batch]
    rest = [p["output.bias"][0]] * len(batch)
    if config["fm"]:
        pairs = lambda e: sum(sum(a * b for a, b in zip(e[m], e[n])) for m in range(len(e)) for n in range(m))
        rest = plus(rest, [pairs(e) for e in batch])
    if config["wide"]:
        rest = plus(rest, [sum(first_order(p, ids) for ids in row) for row in indices])
    if config["deep"]:
        rows = [[a for field in e for a in field] for e in batch]
        mlp = deep(p, config, rows, statistics)
    return list(zip(attention, mlp, rest))


def logits(p, config, indices, statistics=None, seen=None):
    """The logits of a training pass or, with statistics, of a scoring pass; seen collects attention logits."""
    return [a + b + rest for a, b, rest in terms(p, config, indices, statistics, seen)]


def cross_entropy(z, label):
    return cmath.log(1 + cmath.exp(-z)) + (1 - label) * z


def objective(p, config, batch):
    """The loss, and with a consistency lambda the cross-entropy of each branch's own logit, rest + 2 a and
    rest + 2 b, with the network's probability, which the derivative treats as a constant."""
    total = 0
    for (a, b, rest), label in zip(terms(p, config, batch["indices"]), batch["labels"]):
        z = a + b + rest
        total += cross_entropy(z, label)
        if option(config, "consistency"):
            held = 1 / (1 + math.exp(-complex(z).real))
            total += config["consistency"] * sum(cross_entropy(rest + 2 * term, held) for term in (a, b))
    return total / len(batch["labels"])


def loss(p, config, batch):
    terms = [cmath.log(1 + cmath.exp(-z if label else z))
             for z, label in zip(logits(p, config, batch["indices"]), batch["labels"])]
    return sum(terms) / len(terms)


def gradients(p, config, batch):
    used = {i for row in batch["indices"] for ids in row for i in members(ids)}
    found = {}
    for name, values in p.items():
        table = name in ("embedding.weight", "wide.weight")
        lines = values if isinstance(values[0], list) else [values]
        slopes = [[0.0] * len(line) for line in lines]
        for i, line in enumerate(lines):
            if table and i not in used:
                continue
            for j, value in enumerate(line):
                line[j] = complex(value, STEP)
                slopes[i][j] = objective(p, config, batch).imag / STEP
                line[j] = value
        found[name] = slopes if isinstance(values[0], list) else slopes[0]
    return found


def expected(config, p, statistics, batch):
    scores = [complex(z).real for z in logits(p, config, batch["indices"], statistics)]
    return {"logits": scores, "probabilities": [1 / (1 + math.exp(-z)) for z in scores],
            "loss": loss(p, config, batch).real, "gradients": gradients(p, config, batch)}


def train(config, p, training):
    """The losses and final parameters of steps.

    Rows of tables that a step does not use stay as they are; Adam's epsilon for rows of tables comes
    before the bias correction, as in sparse Adam.
    """
    p = json.loads(json.dumps(p))
    first, second, losses = {}, {}, []
    for t, batch in enumerate(training["batches"], 1):
        losses.append(loss(p, config, batch).real)
        used = {i for row in batch["indices"] for ids in row for i in members(ids)}
        for name, slopes in gradients(p, config, batch).items():
            nested = isinstance(slopes[0], list)
            lines = slopes if nested else [slopes]
            table = name in ("embedding.weight", "wide.weight")
            for i, line in enumerate(lines):
                if table and i not in used:
                    continue
                for j, g in enumerate(line):
                    key = (name, i, j)
                    if training["optimizer"] == "adam":
                        first[key] = 0.9 * first.get(key, 0) + 0.1 * g
                        second[key] = 0.999 * second.get(key, 0) + 0.001 * g * g
                        root = math.sqrt(1 - 0.999 ** t)
                        divisor = math.sqrt(second[key]) / root + 1e-8 / (root if table else 1)
                        g = first[key] / (1 - 0.9 ** t) / divisor
                    elif training["optimizer"] == "adagrad":
                        second[key] = second.get(key, 0) + g * g
                        g = g / (math.sqrt(second[key]) + 1e-10)
                    (p[name][i] if nested else p[name])[j] -= training["learning_rate"] * g
    return losses, p


def projections(config):
    """The names and shapes of the dense layers but batch normalization's, and whether each has a bias."""
    d, width, heads = config["embedding_dim"], config["heads"] * config["head_dim"], config["heads"]
    pairs, linear = config["attention"] != "unary", config["unary"] == "linear"
    unary = config["attention"] in ("both", "unary")
    for i in range(config["layers"]):
        size = width if i else d
        if pairs:
            yield f"layers.{i}.query", width, size, config["bias"]
        if pairs or not linear:
            yield f"layers.{i}.key", width, size, config["bias"]
        yield f"layers.{i}.value", width, size, config["bias"]
        if unary:
            yield f"layers.{i}.unary_query", heads if linear else width, size, config["bias"] and not linear
        if config["residual"] == "each_layer":
            yield f"layers.{i}.residual", width, size, config["bias"]
    if config["layers"]:
        if config["residual"] == "last_layer":
            yield "residual", width, d, config["bias"]
        yield "output", 1, config["fields"] * width, True
    size = config["fields"] * d
    for i, out in enumerate(config["deep"] + ([1] if config["deep"] else [])):
        yield f"deep.{i}", out, size, True
        size = out


def draw(rng, config):
    """Parameters of a network without large logits, and its running statistics."""
    normal = lambda n: [rng.gauss(0, 0.3) for _ in range(n)]
    ids = sum(config["field_sizes"])
    p = {"embedding.weight": [normal(config["embedding_dim"]) for _ in range(ids)]}
    if config["wide"]:
        p["wide.weight"] = [normal(1) for _ in range(ids)]
    for name, out, size, biased in projections(config):
        p[name + ".weight"] = [normal(size) for _ in range(out)]
        if biased:
            p[name + ".bias"] = normal(out)
    if not config["layers"]:
        p["output.bias"] = normal(1)
    for m in range(config["fields"] - config["lists"], config["fields"]):
        if config["list_pooling"] == "attention":
            p[f"fields.f{m}.pooling"] = [rng.gauss(0, 2) for _ in range(config["embedding_dim"])]
    statistics = {}
    for i, out in enumerate(config["deep"] if config["batch_norm"] else []):
        name = f"deep.{i}.norm"
        p[name + ".weight"] = [rng.uniform(0.5, 1.5) for _ in range(out)]
        p[name + ".bias"] = normal(out)
        statistics[name + ".running_mean"] = normal(out)
        statistics[name + ".running_var"] = [rng.uniform(0.5, 2.0) for _ in range(out)]
    return p, statistics


def draw_large(rng, config):
    """Parameters of one layer on four fields whose attention logits are about +1000 or -1000."""
    quarters = lambda most: rng.choice([i for i in range(-most, most + 1) if i]) / 4
    small = lambda: [quarters(4) for _ in range(2)]
    tiny = lambda: [0.25 * quarters(3) for _ in range(4)]
    large = 16.0 if config["relu_before_attention"] else 8.0
    lines = {
        "layers.0.query": lambda: [line for s in (1, -1) for line in
                                   ([s * large, 0.0, 0.0, 0.0], [0.0, 0.0] + small())],
        "layers.0.key": lambda: [[large, 0.0, 0.0, 0.0], [0.0, 0.0] + small(),
                                 [0.0, 16.0, 0.0, 0.0], [0.0, 0.0] + small()],
        "layers.0.unary_query": lambda: (
            [[256.0, 0.0] + small(), [0.0, -512.0] + small()] if config["unary"] == "linear" else
            [line for s in (1, -1) for line in ([0.0, s * 16.0, 0.0, 0.0], [0.0, 0.5] + small())]),
        "output": lambda: [[quarters(4) for _ in range(16)]],
    }
    p = {"embedding.weight": [[sign * (4.25 if i == 1 else 4.0), 2.0] + small()
                              for sign, size in zip([1, 1, -1, -1], config["field_sizes"])
                              for i in range(size)]}
    for name, out, _, biased in projections(config):
        p[name + ".weight"] = lines.get(name, lambda: [tiny() for _ in range(4)])()
        if biased:
            p[name + ".bias"] = [quarters(2) for _ in range(out)]
    return p, {}


def new(path, seed, large, options):
    rng = random.Random(seed)
    config = {**DEFAULTS, **options}
    p, statistics = (draw_large if large else draw)(rng, config)
    sizes = config["field_sizes"]
    starts = [sum(sizes[:m]) for m in range(len(sizes))]
    rows = 12
    single = config["fields"] - config["lists"]
    ids = lambda m: starts[m] + rng.randrange(sizes[m])
    value = lambda m: ids(m) if m < single else [ids(m) for _ in range(rng.randint(1, 4))]
    batch = {"indices": [[value(m) for m in range(len(sizes))] for _ in range(rows)],
             "labels": [rng.randrange(2) for _ in range(rows)]}
    seen = []
    logits(p, config, batch["indices"], None, seen)
    if large and not (max(s.real for s in seen) > 900 and min(s.real for s in seen) < -900):
        sys.exit("the attention logits of this network are not large")
    document = {"config": config, "parameters": p, "batch": batch,
                "expected": expected(config, p, statistics, batch)}
    if statistics:
        document["statistics"] = statistics
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file)
        file.write("\n")


def flat(values):
    if isinstance(values, dict):
        return [(f"{key} {name}", a) for key in sorted(values) for name, a in flat(values[key])]
    if isinstance(values, list):
        return [(f"[{i}]{name}", a) for i, value in enumerate(values) for name, a in flat(value)]
    return [("", values)]


def check(path):
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    config, p, batch = document["config"], document["parameters"], document["batch"]
    found = {"expected": expected(config, p, document.get("statistics"), batch)}
    held = {"expected": document["expected"]}
    if "training" in document:
        losses, final = train(config, p, document["training"])
        found["training"] = {"losses": losses, "final_parameters": final}
        held["training"] = {key: document["training"][key] for key in found["training"]}
    pairs = list(zip(flat(found), flat(held), strict=True))
    for (name, _), (other, _) in pairs:
        if name != other:
            sys.exit(f"{path}: {name} is missing, or {other} is unexpected")
    worst, name = max((abs(a - b) / max(1, abs(b)), name) for (name, a), (_, b) in pairs)
    print(f"{path}: {len(pairs)} numbers, largest difference {worst:.1e} ({name.strip()})")
    return worst < 1e-9


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check").add_argument("file", nargs="+")
    write = commands.add_parser("new")
    write.add_argument("file")
    write.add_argument("--seed", type=int, default=1)
    write.add_argument("--large", action="store_true")
    write.add_argument("option", nargs="*")
    arguments = parser.parse_args()
    if arguments.command == "check":
        sys.exit(0 if all([check(file) for file in arguments.file]) else 1)
    options = dict(option.split("=", 1) for option in arguments.option)
    unknown = sorted(set(options) - set(DEFAULTS))
    if unknown:
        sys.exit(f"{unknown[0]} is not an option of a network; options are {', '.join(DEFAULTS)}")
    values = {}
    for key, value in options.items():
        try:
            values[key] = json.loads(value)
        except ValueError:
            values[key] = value
    new(arguments.file, arguments.seed, arguments.large, values)


if __name__ == "__main__":
    main()
