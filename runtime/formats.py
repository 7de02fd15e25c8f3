"""What all layers take for granted: the usual element type, the smallest divisor, where channels stand."""

from typing import Any, Literal

import torch

from runtime.errors import ParameterError, did_you_mean

Layout = Literal["channels_last", "channels_first"]

FLOATS = ("bfloat16", "float16", "float32", "float64")
WHOLE = ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64")
COMPLEX = ("complex64", "complex128")
DTYPES = (*FLOATS, *WHOLE, *COMPLEX, "bool")
"""Element types by name, as Keras and torch both write them."""

_PYTHON_TYPES: dict[Any, str] = {
    str: "string",
    bool: "bool",
    int: "int32",
    float: "float32",
    complex: "complex64",
    "int": "int32",
    "float": "float32",
}

_state: dict[str, Any] = {"floatx": "float32", "epsilon": 1e-7, "image_data_format": "channels_last"}


def floatx() -> str:
    """Name of the usual element type for numbers with a fraction, "float32" unless it was set."""
    return _state["floatx"]


def set_floatx(value: str) -> None:
    """Chooses the usual element type for everything that is made from now on.

    For training in half precision choose `set_dtype_policy("mixed_bfloat16")` instead: weights in half
    precision learn badly.

    Args:
        value: "float32", "float64", "float16" or "bfloat16".

    Raises:
        ParameterError: It is none of these.
    """
    if value not in FLOATS:
        raise ParameterError(
            f"set_floatx got {value!r}.",
            parameter="value",
            received=value,
            hint=f"Use one of {', '.join(repr(name) for name in FLOATS)}.",
        )
    _state["floatx"] = str(value)


def torch_floatx() -> torch.dtype:
    """The usual element type, as torch has it."""
    return getattr(torch, _state["floatx"])


def epsilon() -> float:
    """The small number that keeps divisions and logarithms from going wrong, 1e-7 unless it was set."""
    return _state["epsilon"]


def set_epsilon(value: float) -> None:
    """Chooses the small number that keeps divisions and logarithms from going wrong.

    Args:
        value: The number, such as 1e-7.

    Raises:
        ParameterError: It is no number above 0.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise ParameterError(
            f"set_epsilon got {value!r}.",
            parameter="value",
            received=value,
            hint="Give a small number above 0, such as 1e-7.",
        )
    _state["epsilon"] = value


def image_data_format() -> Layout:
    """Where the channels of pictures stand unless a layer says otherwise."""
    return _state["image_data_format"]


def set_image_data_format(data_format: str) -> None:
    """Chooses where the channels of pictures stand for layers that do not say it themselves.

    Args:
        data_format: "channels_last" for (height, width, channels), or "channels_first" for (channels,
            height, width).

    Raises:
        ParameterError: It is neither.
    """
    _state["image_data_format"] = standardize_data_format(str(data_format))


def standardize_data_format(data_format: str | None) -> Layout:
    """The layout itself, or for None the one that was set for all.

    Raises:
        ParameterError: There is no such layout.
    """
    if data_format is None:
        return _state["image_data_format"]
    lower = str(data_format).lower()
    if lower not in ("channels_last", "channels_first"):
        raise ParameterError(
            f"The data_format is {data_format!r}.",
            parameter="data_format",
            received=data_format,
            hint="Use 'channels_last' or 'channels_first'.",
        )
    return "channels_first" if lower == "channels_first" else "channels_last"


def standardize_dtype(dtype: Any) -> str:
    """Name of an element type given as text or as the type of Python, numpy or torch; None is the usual one.

    Raises:
        ParameterError: There is no such element type.
    """
    if dtype is None:
        return _state["floatx"]
    if isinstance(dtype, str) and dtype in DTYPES:
        return dtype
    known = _PYTHON_TYPES.get(dtype) if isinstance(dtype, str | type) else None
    if known is not None:
        return known
    name = getattr(dtype, "name", None) or getattr(dtype, "__name__", None) or str(dtype)
    name = str(name).rpartition(".")[2]
    if name in DTYPES or name == "string":
        return name
    close = did_you_mean(name, DTYPES)
    raise ParameterError(
        f"The dtype {name!r} is not known.",
        parameter="dtype",
        received=dtype,
        hint=f"Did you mean {close[0]!r}?" if close else "Use 'float32', or 'int32' for ids.",
    )


def is_float_dtype(dtype: Any) -> bool:
    """True for element types of numbers with a fraction."""
    return standardize_dtype(dtype) in FLOATS


def is_int_dtype(dtype: Any) -> bool:
    """True for element types of whole numbers."""
    return standardize_dtype(dtype) in WHOLE
