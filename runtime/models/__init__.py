"""Models: functional, sequential and subclassed."""

from runtime.models.functional import Functional
from runtime.models.model import Model
from runtime.models.sequential import Sequential
from runtime.saving import load_model, save_model

__all__ = ["Functional", "Model", "Sequential", "load_model", "save_model"]
