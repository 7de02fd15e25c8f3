"""Files: whole models and weights, read as mere data, written so that the real Keras opens them."""

from runtime.saving.custom_objects import (
    CustomObjectScope,
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from runtime.saving.inspection import InspectedLayer, Inspection, inspect_model
from runtime.saving.model_file import load_model, load_weights, save_model, save_weights
from runtime.saving.objects import deserialize_keras_object, serialize_keras_object

__all__ = [
    "CustomObjectScope",
    "InspectedLayer",
    "Inspection",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "inspect_model",
    "load_model",
    "load_weights",
    "register_keras_serializable",
    "save_model",
    "save_weights",
    "serialize_keras_object",
]
