"""Functions around models and data, under the name Keras has for them."""

from runtime.callbacks import Progbar
from runtime.data import (
    PyDataset,
    pack_x_y_sample_weight,
    pad_sequences,
    to_categorical,
    unpack_x_y_sample_weight,
)
from runtime.data import PyDataset as Sequence
from runtime.saving import get_custom_objects, register_keras_serializable
from runtime.seeds import set_random_seed

__all__ = [
    "Progbar",
    "PyDataset",
    "Sequence",
    "get_custom_objects",
    "pack_x_y_sample_weight",
    "pad_sequences",
    "register_keras_serializable",
    "set_random_seed",
    "to_categorical",
    "unpack_x_y_sample_weight",
]
