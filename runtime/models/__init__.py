"""Models: functional, sequential and subclassed."""

from runtime.models.cloning import clone_model, model_from_config, model_from_json
from runtime.models.functional import Functional
from runtime.models.model import Model
from runtime.models.sequential import Sequential
from runtime.saving import load_model, save_model

__all__ = [
    "Functional",
    "Model",
    "Sequential",
    "clone_model",
    "load_model",
    "model_from_config",
    "model_from_json",
    "save_model",
]
