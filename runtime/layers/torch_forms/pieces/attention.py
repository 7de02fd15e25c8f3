"""Attention as Keras computes it, for programs."""

import torch
from torch import nn


class HeadsOfAttention(nn.Module):
    """Heads that each look where they like, and a layer that joins what they see."""

    def __init__(
        self,
        sizes: tuple[int, int, int],
        heads: int,
        key_dim: int,
        value_dim: int,
        output_dim: int,
        key_heads: int | None = None,
        dropout: float = 0.0,
        bias: bool = True,
        gate: bool = False,
    ) -> None:
        super().__init__()
        self.heads, self.key_heads = heads, key_heads or heads
        self.query = nn.Linear(sizes[0], heads * key_dim, bias)
        self.key = nn.Linear(sizes[1], self.key_heads * key_dim, bias)
        self.value = nn.Linear(sizes[2], self.key_heads * value_dim, bias)
        self.gate = nn.Linear(sizes[0], heads * value_dim, bias) if gate else None
        self.output = nn.Linear(heads * value_dim, output_dim, bias)
        self.dropout = nn.Dropout(dropout)
        self.scale = key_dim**-0.5

    def forward(
        self,
        query: torch.Tensor,
        value: torch.Tensor,
        key: torch.Tensor | None = None,
        mask: torch.Tensor | None = None,
        zero: bool = False,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """(batch, …, steps, features) to the output, and the scores of each head.

        The mask is True where a query may look; one that may look nowhere looks
        everywhere, or with `zero` sees nothing.
        """
        queries = self._split(self.query(query), self.heads)
        keys = self._split(self.key(value if key is None else key), self.key_heads)
        values = self._split(self.value(value), self.key_heads)
        scores = (queries * self.scale) @ keys.transpose(-1, -2)
        if mask is not None:
            scores = scores.masked_fill(~mask, -1e9)
        scores = scores.softmax(-1)
        if mask is not None and zero:
            scores = scores.masked_fill(~mask, 0.0)
        seen = (self.dropout(scores) @ values).transpose(-2, -3).flatten(-2)
        if self.gate is not None:
            seen = seen * torch.sigmoid(self.gate(query))
        return self.output(seen), scores

    def _split(self, x: torch.Tensor, heads: int) -> torch.Tensor:
        shared = self.heads // heads
        x = x.unflatten(-1, (heads, -1)).transpose(-2, -3)
        return x if shared == 1 else x.repeat_interleave(shared, dim=-3)


def causal_mask(queries: int, keys: int) -> torch.Tensor:
    """True where a step may look at itself and at what came before it."""
    return torch.ones(1, queries, keys, dtype=torch.bool).tril()


def window_mask(queries: int, keys: int, width: int) -> torch.Tensor:
    """True where a step may look at its neighbours."""
    distance = torch.arange(queries).unsqueeze(1) - torch.arange(keys)
    return (distance.abs() < width).unsqueeze(0)


def look_up(
    scores: torch.Tensor, value: torch.Tensor, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """The values' means, weighted by scores where the mask is True; and the weights."""
    if mask is not None:
        scores = torch.where(mask, scores, scores - 1e9)
    weights = scores.softmax(-1)
    return weights @ value, weights
