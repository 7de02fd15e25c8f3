"""Models: functional, sequential and subclassed."""

from runtime.models.functional import Functional
from runtime.models.model import Model
from runtime.models.sequential import Sequential

__all__ = ["Functional", "Model", "Sequential"]
