"""The network of this project in PyTorch, written from its equations (docs/concepts.md)."""

import torch
from torch.nn import functional


class Layer(torch.nn.Module):
    """Decoupled attention of the fields of a row: [B, M, inputs] to [B, M, heads * head_dim]."""

    def __init__(self, inputs, heads, head_dim):
        super().__init__()
        self.shape = (heads, head_dim)
        for name in ("query", "key", "value", "unary_query", "residual"):
            setattr(self, name, torch.nn.Linear(inputs, heads * head_dim, bias=False))

    def heads(self, projected):
        return projected.unflatten(-1, self.shape).transpose(-2, -3)

    def forward(self, x):
        query, key, value = (self.heads(f(x)) for f in (self.query, self.key, self.value))
        centred = query - query.mean(-2, keepdim=True)
        pairwise = (centred @ (key - key.mean(-2, keepdim=True)).transpose(-1, -2)).softmax(-1)
        mean = self.heads(self.unary_query(x)).mean(-2, keepdim=True)
        unary = (mean @ key.transpose(-1, -2)).softmax(-1)
        mixed = ((pairwise + unary) @ value).transpose(-2, -3).flatten(-2)
        return functional.relu(mixed + self.residual(x))


class Network(torch.nn.Module):
    """Logits [B] of ids [B, M]: attention layers and, optionally, a multilayer perceptron and a weight per id.

    deep has the widths of the perceptron's hidden layers, empty for none. sparse makes the
    gradients of the embeddings sparse: they contain the rows of a batch only.
    """

    def __init__(self, ids, fields, embedding_dim, heads, head_dim, layers, deep=(), wide=False, sparse=False):
        super().__init__()
        self.embedding = torch.nn.Embedding(ids, embedding_dim, sparse=sparse)
        torch.nn.init.normal_(self.embedding.weight, std=0.01)
        self.wide = torch.nn.Embedding(ids, 1, sparse=sparse) if wide else None
        if wide:
            torch.nn.init.zeros_(self.wide.weight)
        width = heads * head_dim
        self.layers = torch.nn.Sequential(
            *(Layer(width if n else embedding_dim, heads, head_dim) for n in range(layers))
        )
        self.output = torch.nn.Linear(fields * width, 1)
        sizes = (fields * embedding_dim, *deep, 1)
        self.deep = torch.nn.ModuleList(
            torch.nn.Linear(sizes[n], sizes[n + 1]) for n in range(len(sizes) - 1) if deep
        )

    def forward(self, ids):
        x = self.embedding(ids)
        logit = self.output(self.layers(x).flatten(1))
        if self.deep:
            hidden = x.flatten(1)
            for linear in self.deep[:-1]:
                hidden = functional.relu(linear(hidden))
            logit = logit + self.deep[-1](hidden)
        if self.wide is not None:
            logit = logit + self.wide(ids).sum(1)
        return logit.squeeze(1)
