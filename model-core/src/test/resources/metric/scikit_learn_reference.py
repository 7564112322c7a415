"""Writes scikit-learn.json: rows with ties, weights and groups, and scikit-learn's metrics of them.

    python3 scikit_learn_reference.py > scikit-learn.json

Probabilities are sigmoids of logits rounded to 0.25, so that many are equal. Weights are multiples
of 1/8, which the fixed-point sums hold exactly. One group has a single class.
"""
import json

import numpy as np
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

rng = np.random.default_rng(20261124)
n = 300
logits = np.round(rng.normal(-0.7, 1.5, n) * 4) / 4
labels = (rng.random(n) < 1 / (1 + np.exp(-1.3 * logits + 0.2))).astype(int)
weights = rng.integers(1, 40, n) / 8
groups = rng.integers(0, 12, n)
labels[groups == 3] = 0
p = 1 / (1 + np.exp(-logits))


def metrics(w):
    total = np.ones(n) if w is None else w
    rate = np.average(labels, weights=w)
    loss = log_loss(labels, p, sample_weight=w)
    entropy = -rate * np.log(rate) - (1 - rate) * np.log(1 - rate)
    bins = np.minimum((p * 20).astype(int), 19)
    ece = sum(
        abs(np.sum(total[bins == b] * (p - labels)[bins == b])) for b in range(20)
    ) / total.sum()
    scored, sizes = [], []
    for g in range(12):
        rows = groups == g
        if 0 < labels[rows].sum() < rows.sum():
            scored.append(roc_auc_score(labels[rows], p[rows], sample_weight=total[rows]))
            sizes.append(total[rows].sum())
    return {
        "auc": roc_auc_score(labels, p, sample_weight=w),
        "pr_auc": average_precision_score(labels, p, sample_weight=w),
        "log_loss": loss,
        "normalized_entropy": loss / entropy,
        "calibration": float(np.sum(total * p) / np.sum(total * labels)),
        "ece": float(ece),
        "gauc": float(np.average(scored, weights=sizes)),
        "gauc_groups": len(scored),
        "base_rate": float(rate),
        "weight": float(total.sum()),
    }


print(json.dumps({
    "logits": logits.tolist(),
    "labels": labels.tolist(),
    "weights": weights.tolist(),
    "groups": groups.tolist(),
    "unweighted": metrics(None),
    "weighted": metrics(weights),
}))
