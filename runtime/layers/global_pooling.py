"""Global pooling: one number for each channel, of a sequence, picture or volume of any size."""

from typing import Any

import torch

from runtime.layers.arguments import DataFormat
from runtime.layers.reach import Sight
from runtime.layers.registration import register
from runtime.layers.spatial import Spatial
from runtime.types import Shape, TensorSpec


class GlobalPooling(Spatial):
    """Base of all global pooling layers.

    Args:
        data_format: Where the channels stand; None is "channels_last".
        keepdims: True keeps the spatial axes, with size 1.
    """

    def __init__(self, data_format: DataFormat = None, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.keepdims = keepdims
        first = 1 if self._channels_last else 2
        self._spatial_axes = tuple(range(first, first + self.rank))
        self.built = True

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """All places."""
        del shape, place
        return {}

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Batch and channels; the spatial axes go, or stay with size 1."""
        self.check_rank(input_shape)
        sizes = (1,) * self.rank if self.keepdims else ()
        return self.shape_with(input_shape[0], sizes, self.channels_of(input_shape))


class _GlobalMaxPooling(GlobalPooling):
    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """The largest number of each channel."""
        return inputs.amax(self._spatial_axes, keepdim=self.keepdims)


class _GlobalAveragePooling(GlobalPooling):
    @classmethod
    def between(cls, given: TensorSpec, wanted: Shape | None) -> dict[str, Any] | None:
        """Makes a row of a sequence, picture or volume."""
        return {} if len(given.shape) == cls.rank + 2 and wanted is None else None

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """The mean of each channel."""
        inputs = inputs if inputs.is_floating_point() else inputs.to(getattr(torch, self.compute_dtype))
        return inputs.mean(self._spatial_axes, keepdim=self.keepdims)


@register("Pooling", aliases=("GlobalMaxPool1D",))
class GlobalMaxPooling1D(_GlobalMaxPooling, rank=1):
    """Keeps the largest number of each channel in the whole sequence.

    Call args:
        inputs: (batch, steps, channels) → (batch, channels).

    Source:
        https://keras.io/api/layers/pooling_layers/global_max_pooling1d/
    """


@register("Pooling", aliases=("GlobalMaxPool2D",))
class GlobalMaxPooling2D(_GlobalMaxPooling, rank=2):
    """Keeps the largest number of each channel in the whole picture: was the pattern found anywhere?

    Call args:
        inputs: (batch, height, width, channels) → (batch, channels).

    Source:
        https://keras.io/api/layers/pooling_layers/global_max_pooling2d/
    """


@register("Pooling", aliases=("GlobalMaxPool3D",))
class GlobalMaxPooling3D(_GlobalMaxPooling, rank=3):
    """Keeps the largest number of each channel in the whole volume.

    Call args:
        inputs: (batch, depth, height, width, channels) → (batch, channels).

    Source:
        https://keras.io/api/layers/pooling_layers/global_max_pooling3d/
    """


@register("Pooling", aliases=("GlobalAvgPool1D",))
class GlobalAveragePooling1D(_GlobalAveragePooling, rank=1):
    """Keeps the mean of each channel over the whole sequence; masked steps do not count.

    Call args:
        inputs: (batch, steps, channels) → (batch, channels).

    Source:
        https://keras.io/api/layers/pooling_layers/global_average_pooling1d/
    """

    def call(self, inputs: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """The mean of each channel over the steps that count."""
        if mask is None:
            return super().call(inputs)
        counted = mask.to(torch.bool).unsqueeze(2 if self._channels_last else 1)
        kept = torch.where(counted, inputs, 0)
        amount = counted.to(inputs.dtype).sum(self._spatial_axes, keepdim=self.keepdims)
        return kept.sum(self._spatial_axes, keepdim=self.keepdims) / amount


@register("Pooling", aliases=("GlobalAvgPool2D",))
class GlobalAveragePooling2D(_GlobalAveragePooling, rank=2):
    """Keeps the mean of each channel over the whole picture.

    Call args:
        inputs: (batch, height, width, channels) → (batch, channels).

    Source:
        Lin et al. 2013, https://arxiv.org/abs/1312.4400
    """


@register("Pooling", aliases=("GlobalAvgPool3D",))
class GlobalAveragePooling3D(_GlobalAveragePooling, rank=3):
    """Keeps the mean of each channel over the whole volume.

    Call args:
        inputs: (batch, depth, height, width, channels) → (batch, channels).

    Source:
        https://keras.io/api/layers/pooling_layers/global_average_pooling3d/
    """
