"""Types of arguments that many layers share; each says at once what the inspector may offer."""

from typing import Annotated, Any, Literal

from runtime.formats import standardize_data_format
from runtime.types import From, Range

ActivationLike = Annotated[Any, From("activations")] | None
InitializerLike = Annotated[Any, From("initializers")]
RegularizerLike = Annotated[Any, From("regularizers")]
ConstraintLike = Annotated[Any, From("constraints")]

Count = Annotated[int, Range(min=1)]
"""How many of something there are: at least one."""
Rate = Annotated[float, Range(min=0, max=1)]
"""A fraction between 0 and 1."""
Bounds = float | tuple[float, float]
"""A number, or a lower and an upper one between which values are drawn."""
Factor = Annotated[Bounds, Range(min=0, max=1)]
"""A fraction, or a lower and an upper one."""
SignedFactor = Annotated[Bounds, Range(min=-1, max=1)]
"""A fraction to either side, or a lower and an upper one."""
PixelRange = tuple[float, float]
"""Least and largest value of a pixel."""
Epsilon = Annotated[float, Range(min=0, exclusive_min=True)]
"""A small number that keeps a division from going wrong."""
Seed = int | None
"""A whole number that makes random draws repeat; None for new ones each time."""
DataFormat = Literal["channels_last", "channels_first"] | None
"""Where the channels stand; None is what `set_image_data_format` says, "channels_last" by default."""
Padding = Literal["valid", "same"]


def data_format_of(layer: Any, given: str | None) -> str:
    """Where the channels stand for a layer; files say it, whatever was set for all when it was made.

    Args:
        layer: The layer.
        given: Its argument.
    """
    layout = standardize_data_format(given)
    if given is None and layout != "channels_last":
        layer._arguments["data_format"] = layout
    return layout
