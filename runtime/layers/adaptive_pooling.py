"""Adaptive pooling: as many windows as are wanted, of whatever size the input makes them."""

from collections.abc import Callable
from typing import Any, ClassVar

import torch
import torch.nn.functional as F  # noqa: N812

from runtime.layers.arguments import DataFormat
from runtime.layers.registration import register
from runtime.layers.spatial import PerAxis, Spatial, per_axis
from runtime.types import Shape


class AdaptivePooling(Spatial):
    """Base of all adaptive pooling layers.

    Along each axis, window number i of n reaches from floor(i · size / n) to ceil((i + 1) · size / n).

    Args:
        output_size: How many numbers come out along each axis.
        data_format: Where the channels stand; None is "channels_last".
    """

    _functions: ClassVar[dict[int, Callable[..., torch.Tensor]]]
    """torch's function for each rank; sequences are computed as pictures of height 1."""

    def __init__(self, output_size: PerAxis, data_format: DataFormat = None, **kwargs: Any) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.output_size = per_axis(output_size, self.rank)
        self._torch_size = self.for_torch(self.output_size)
        self.built = True

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """One number for each channel and window."""
        return self.from_torch(self._functions[self.rank](self.as_torch(inputs), self._torch_size))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """`output_size` along the spatial axes, whatever they were; the channels stay."""
        self.check_rank(input_shape)
        return self.shape_with(input_shape[0], self.output_size, self.channels_of(input_shape))


class _AdaptiveAveragePooling(AdaptivePooling):
    _functions: ClassVar[dict[int, Callable[..., torch.Tensor]]] = {
        1: F.adaptive_avg_pool2d,
        2: F.adaptive_avg_pool2d,
        3: F.adaptive_avg_pool3d,
    }


class _AdaptiveMaxPooling(AdaptivePooling):
    _functions: ClassVar[dict[int, Callable[..., torch.Tensor]]] = {
        1: F.adaptive_max_pool2d,
        2: F.adaptive_max_pool2d,
        3: F.adaptive_max_pool3d,
    }


@register("Pooling", rank=2)
class AdaptiveAveragePooling1D(_AdaptiveAveragePooling, rank=1):
    """Splits a sequence of any length into a fixed number of windows, and keeps the mean of each.

    Call args:
        inputs: (batch, steps, channels) → (batch, output_size, channels).

    Source:
        https://keras.io/api/layers/pooling_layers/adaptive_average_pooling1d/
    """


@register("Pooling", rank=2)
class AdaptiveAveragePooling2D(_AdaptiveAveragePooling, rank=2):
    """Splits a picture of any size into a fixed number of windows, and keeps the mean of each.

    Call args:
        inputs: (batch, height, width, channels) → (batch, *output_size, channels).

    Source:
        https://keras.io/api/layers/pooling_layers/adaptive_average_pooling2d/
    """


@register("Pooling", rank=2)
class AdaptiveAveragePooling3D(_AdaptiveAveragePooling, rank=3):
    """Splits a volume of any size into a fixed number of windows, and keeps the mean of each.

    Call args:
        inputs: (batch, depth, height, width, channels) → (batch, *output_size, channels).

    Source:
        https://keras.io/api/layers/pooling_layers/adaptive_average_pooling3d/
    """


@register("Pooling", rank=2)
class AdaptiveMaxPooling1D(_AdaptiveMaxPooling, rank=1):
    """Splits a sequence of any length into a fixed number of windows, and keeps the largest number of each.

    Call args:
        inputs: (batch, steps, channels) → (batch, output_size, channels).

    Source:
        https://keras.io/api/layers/pooling_layers/adaptive_max_pooling1d/
    """


@register("Pooling", rank=2)
class AdaptiveMaxPooling2D(_AdaptiveMaxPooling, rank=2):
    """Splits a picture of any size into a fixed number of windows, and keeps the largest number of each.

    Call args:
        inputs: (batch, height, width, channels) → (batch, *output_size, channels).

    Source:
        https://keras.io/api/layers/pooling_layers/adaptive_max_pooling2d/
    """


@register("Pooling", rank=2)
class AdaptiveMaxPooling3D(_AdaptiveMaxPooling, rank=3):
    """Splits a volume of any size into a fixed number of windows, and keeps the largest number of each.

    Call args:
        inputs: (batch, depth, height, width, channels) → (batch, *output_size, channels).

    Source:
        https://keras.io/api/layers/pooling_layers/adaptive_max_pooling3d/
    """
