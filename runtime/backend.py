"""Questions about element types and the session, under the name Keras has for them.

Source: https://keras.io/api/utils/backend_utils/
"""

from runtime.config import backend
from runtime.formats import (
    epsilon,
    floatx,
    image_data_format,
    is_float_dtype,
    is_int_dtype,
    set_epsilon,
    set_floatx,
    set_image_data_format,
    standardize_dtype,
)
from runtime.naming import clear_session, get_uid
from runtime.promotion import result_type
from runtime.utils.symbols import is_keras_tensor

__all__ = [
    "backend",
    "clear_session",
    "epsilon",
    "floatx",
    "get_uid",
    "image_data_format",
    "is_float_dtype",
    "is_int_dtype",
    "is_keras_tensor",
    "result_type",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "standardize_dtype",
]
