"""Noise in training, for programs."""

import torch
from torch import nn


class AddNoise(nn.Module):
    """Adds normal numbers in training."""

    def __init__(self, deviation: float) -> None:
        super().__init__()
        self.deviation = deviation

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The numbers, with noise in training."""
        return x + self.deviation * torch.randn_like(x) if self.training else x


class MultiplyNoise(nn.Module):
    """Multiplies with normal numbers about 1 in training, to the effect of dropout."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.deviation = (rate / (1 - rate)) ** 0.5

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The numbers, with noise in training."""
        if not self.training:
            return x
        return x * (1 + self.deviation * torch.randn_like(x))
