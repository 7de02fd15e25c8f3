"""What networks compute without weights, for programs."""

import torch


def depth_to_space(x: torch.Tensor, block: int) -> torch.Tensor:
    """Pictures made larger: the channels of a place become a block of pixels."""
    batch, height, width, _ = x.shape
    parts = x.reshape(batch, height, width, block, block, -1)
    return parts.transpose(2, 3).reshape(batch, height * block, width * block, -1)


def space_to_depth(x: torch.Tensor, block: int) -> torch.Tensor:
    """Pictures made smaller: a block of pixels becomes the channels of a place."""
    batch, height, width, channels = x.shape
    rows, columns = height // block, width // block
    parts = x.reshape(batch, rows, block, columns, block, channels)
    return parts.transpose(2, 3).reshape(batch, rows, columns, -1)


def normalize_over(
    x: torch.Tensor, dim: tuple[int, ...], epsilon: float
) -> torch.Tensor:
    """The numbers brought to mean 0 and spread 1 over axes."""
    variance, mean = torch.var_mean(x, dim, correction=0, keepdim=True)
    return (x - mean) * (variance + epsilon).rsqrt()


def binary_surprise(
    target: torch.Tensor, output: torch.Tensor, epsilon: float
) -> torch.Tensor:
    """Surprise at yes-or-no labels that were given a probability."""
    likely = output.clamp(epsilon, 1 - epsilon)
    return -(target * likely.log() + (1 - target) * (1 - likely).log())


def class_surprise(
    target: torch.Tensor, output: torch.Tensor, dim: int, epsilon: float
) -> torch.Tensor:
    """Surprise at one-hot labels whose classes were given probabilities."""
    shares = (output / output.sum(dim, keepdim=True)).clamp(epsilon, 1 - epsilon)
    return -(target * shares.log()).sum(dim)
