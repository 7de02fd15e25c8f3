"""Distillation: a small model learns from a large one.

Source: Hinton et al. 2015, https://arxiv.org/abs/1503.02531
"""

from runtime.distillation.distiller import Distiller
from runtime.distillation.losses import DistillationLoss, FeatureDistillation, LogitsDistillation

__all__ = ["DistillationLoss", "Distiller", "FeatureDistillation", "LogitsDistillation"]
