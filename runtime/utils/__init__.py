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
from runtime.formats import standardize_dtype
from runtime.naming import clear_session
from runtime.saving import (
    CustomObjectScope,
    custom_object_scope,
    deserialize_keras_object,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
    serialize_keras_object,
)
from runtime.seeds import set_random_seed
from runtime.switches import (
    disable_interactive_logging,
    enable_interactive_logging,
    is_interactive_logging_enabled,
)
from runtime.utils.audio_folders import audio_dataset_from_directory
from runtime.utils.downloads import get_file
from runtime.utils.drawing import model_to_dot, plot_model
from runtime.utils.image_folders import image_dataset_from_directory
from runtime.utils.images import array_to_img, img_to_array, load_img, save_img
from runtime.utils.scaling import normalize
from runtime.utils.splits import split_dataset
from runtime.utils.symbols import get_source_inputs, is_keras_tensor
from runtime.utils.text_folders import text_dataset_from_directory
from runtime.utils.timeseries import timeseries_dataset_from_array

__all__ = [
    "CustomObjectScope",
    "Progbar",
    "PyDataset",
    "Sequence",
    "array_to_img",
    "audio_dataset_from_directory",
    "clear_session",
    "custom_object_scope",
    "deserialize_keras_object",
    "disable_interactive_logging",
    "enable_interactive_logging",
    "get_custom_objects",
    "get_file",
    "get_registered_name",
    "get_registered_object",
    "get_source_inputs",
    "image_dataset_from_directory",
    "img_to_array",
    "is_interactive_logging_enabled",
    "is_keras_tensor",
    "load_img",
    "model_to_dot",
    "normalize",
    "pack_x_y_sample_weight",
    "pad_sequences",
    "plot_model",
    "register_keras_serializable",
    "save_img",
    "serialize_keras_object",
    "set_random_seed",
    "split_dataset",
    "standardize_dtype",
    "text_dataset_from_directory",
    "timeseries_dataset_from_array",
    "to_categorical",
    "unpack_x_y_sample_weight",
]
