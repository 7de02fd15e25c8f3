"""Losses as they are written into PyTorch programs: means over a batch.

The formulas are those of Keras for probabilities, as that is what a model gives out.
"""

import math

import torch
import torch.nn.functional as F  # noqa: N812


def mean_squared_error(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The mean of the squared differences."""
    return F.mse_loss(outputs, targets.reshape(outputs.shape))


def mean_absolute_error(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The mean of the differences without their signs."""
    return F.l1_loss(outputs, targets.reshape(outputs.shape))


def mean_absolute_percentage_error(
    outputs: torch.Tensor, targets: torch.Tensor
) -> torch.Tensor:
    """The mean of the differences in percent of the targets."""
    targets = targets.reshape(outputs.shape)
    return 100 * ((targets - outputs) / targets.abs().clamp(min=1e-7)).abs().mean()


def mean_squared_logarithmic_error(
    outputs: torch.Tensor, targets: torch.Tensor
) -> torch.Tensor:
    """The mean of the squared differences of logarithms."""
    targets = targets.reshape(outputs.shape)
    return F.mse_loss(outputs.clamp(min=1e-7).log1p(), targets.clamp(min=1e-7).log1p())


def cosine_similarity(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """-1 where output and target point the same way, 1 where they point apart."""
    targets = targets.reshape(outputs.shape)
    return -F.cosine_similarity(outputs, targets, dim=-1, eps=1e-12).mean()


def huber(
    outputs: torch.Tensor, targets: torch.Tensor, delta: float = 1.0
) -> torch.Tensor:
    """Squared for small differences, straight for large ones."""
    return F.huber_loss(outputs, targets.reshape(outputs.shape), delta=delta)


def log_cosh(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The logarithm of the hyperbolic cosine of the differences."""
    difference = outputs - targets.reshape(outputs.shape)
    return (difference + F.softplus(-2 * difference) - math.log(2)).mean()


def binary_crossentropy(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """How surprising yes and no are for the probabilities."""
    outputs = outputs.clamp(1e-7, 1 - 1e-7)
    return F.binary_cross_entropy(outputs, targets.reshape(outputs.shape))


def binary_focal_crossentropy(
    outputs: torch.Tensor, targets: torch.Tensor, gamma: float = 2.0
) -> torch.Tensor:
    """Crossentropy that counts doubtful outputs most."""
    targets = targets.reshape(outputs.shape)
    right = targets * outputs + (1 - targets) * (1 - outputs)
    outputs = outputs.clamp(1e-7, 1 - 1e-7)
    surprise = -targets * outputs.log() - (1 - targets) * (1 - outputs).log()
    return ((1 - right) ** gamma * surprise).mean()


def categorical_crossentropy(
    outputs: torch.Tensor, targets: torch.Tensor
) -> torch.Tensor:
    """How surprising the targets, one number a class, are for the probabilities."""
    shares = outputs / outputs.sum(-1, keepdim=True)
    return -(targets * shares.clamp(1e-7, 1 - 1e-7).log()).sum(-1).mean()


def categorical_focal_crossentropy(
    outputs: torch.Tensor,
    targets: torch.Tensor,
    alpha: float = 0.25,
    gamma: float = 2.0,
) -> torch.Tensor:
    """Crossentropy that counts doubtful classes most."""
    shares = (outputs / outputs.sum(-1, keepdim=True)).clamp(1e-7, 1 - 1e-7)
    surprise = -targets * shares.log()
    return (alpha * (1 - shares) ** gamma * surprise).sum(-1).mean()


def sparse_categorical_crossentropy(
    outputs: torch.Tensor, targets: torch.Tensor
) -> torch.Tensor:
    """How surprising the targets, class numbers, are for the probabilities."""
    shares = outputs / outputs.sum(-1, keepdim=True)
    surprise = -shares.clamp(1e-7, 1 - 1e-7).log()
    targets = targets.long().reshape(*outputs.shape[:-1], 1)
    return surprise.gather(-1, targets).mean()


def kl_divergence(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """How far the probabilities are from those of the targets."""
    outputs, targets = outputs.clamp(1e-7, 1), targets.clamp(1e-7, 1)
    return (targets * (targets / outputs).log()).sum(-1).mean()


def poisson(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """For counts: how surprising they are where so many are expected."""
    targets = targets.reshape(outputs.shape)
    return (outputs - targets * (outputs + 1e-7).log()).mean()


def categorical_generalized_cross_entropy(
    outputs: torch.Tensor, targets: torch.Tensor, q: float = 0.5
) -> torch.Tensor:
    """Crossentropy that bears wrong class numbers."""
    targets = targets.long().reshape(*outputs.shape[:-1], 1)
    return ((1 - outputs.gather(-1, targets) ** q) / q).mean()


def signed(targets: torch.Tensor) -> torch.Tensor:
    """Targets of 0 and 1 as -1 and 1."""
    return 2 * targets - 1 if ((targets == 0) | (targets == 1)).all() else targets


def hinge(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """How far outputs are from the right side, and at a distance of 1."""
    return (1 - signed(targets.reshape(outputs.shape)) * outputs).clamp(min=0).mean()


def squared_hinge(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The squares of how far outputs are from being 1 beyond the border."""
    missing = (1 - signed(targets.reshape(outputs.shape)) * outputs).clamp(min=0)
    return missing.square().mean()


def categorical_hinge(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """How far the right class is from being 1 above the best wrong one."""
    right, wrong = (targets * outputs).sum(-1), ((1 - targets) * outputs).amax(-1)
    return (wrong - right + 1).clamp(min=0).mean()


def dice(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """How little outputs and targets overlap."""
    overlap = (targets * outputs).sum()
    return 1 - 2 * overlap / (targets.sum() + outputs.sum() + 1e-7)


def tversky(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """How little they overlap; missed and invented places count alike."""
    overlap = (targets * outputs).sum()
    others = 0.5 * (targets * (1 - outputs) + (1 - targets) * outputs).sum()
    return 1 - overlap / (overlap + others + 1e-7)


def accuracy_of_classes(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The share of samples whose likeliest class is the right one."""
    if targets.shape == outputs.shape and outputs.shape[-1] > 1:
        targets = targets.argmax(-1)
    right = outputs.argmax(-1) == targets.reshape(outputs.shape[:-1])
    return right.float().mean()


def accuracy_of_sides(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The share of outputs on the right side of 0.5."""
    right = (outputs > 0.5).float() == targets.reshape(outputs.shape)
    return right.float().mean()
