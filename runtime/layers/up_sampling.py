"""Up-sampling: makes a sequence, picture or volume larger without weights."""

from typing import Annotated, Any, Literal

import torch
import torch.nn.functional as F  # noqa: N812

from runtime.layers.arguments import DataFormat
from runtime.layers.reach import Reach, Sight
from runtime.layers.registration import register
from runtime.layers.reshaping import Rearranging
from runtime.layers.spatial import PerAxis, Spatial, per_axis
from runtime.types import Range, Shape


class UpSampling(Rearranging, Spatial):
    """Base of UpSampling1D, UpSampling2D and UpSampling3D."""

    size: tuple[int, ...]
    interpolation: str = "nearest"

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """Each place `size` times along each axis, or that many places blended of its neighbours."""
        if not inputs.is_floating_point():
            return self._repeated(inputs)
        pixels = self.as_torch(inputs)
        factors = self.for_torch(self.size)
        sizes = [size * times for size, times in zip(pixels.shape[2:], factors, strict=True)]
        if self.interpolation == "nearest":
            # torch's plain "nearest" takes some neighbours instead, from a size of 41 on.
            return self.from_torch(F.interpolate(pixels, sizes, mode="nearest-exact"))
        return self.from_torch(F.interpolate(pixels, sizes, mode=self.interpolation, align_corners=False))

    def _repeated(self, ids: torch.Tensor) -> torch.Tensor:
        """Whole numbers are repeated, and never blended."""
        for axis, times in enumerate(self.size, start=1 if self._channels_last else 2):
            ids = ids.repeat_interleave(times, axis)
        return ids

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """The place that is repeated; where neighbours are blended nothing is said."""
        del shape, place
        if self.interpolation != "nearest":
            return None
        first = 1 if self._channels_last else 2
        return {axis: (axis, Reach.spread(size, size)) for axis, size in enumerate(self.size, start=first)}

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Each size times `size`."""
        self.check_rank(input_shape)
        sizes = tuple(
            None if size is None else size * times
            for size, times in zip(self.sizes_of(input_shape), self.size, strict=True)
        )
        return self.shape_with(input_shape[0], sizes, self.channels_of(input_shape))


@register("Reshaping")
class UpSampling1D(UpSampling, rank=1):
    """Makes a sequence longer by repeating each step.

    Args:
        size: How often each step is repeated.

    Call args:
        inputs: (batch, steps, channels) → (batch, steps × size, channels).

    Source:
        https://keras.io/api/layers/reshaping_layers/up_sampling1d/
    """

    def __init__(self, size: Annotated[int, Range(min=1)] = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size = (size,)


@register("Reshaping")
class UpSampling2D(UpSampling, rank=2):
    """Makes a picture larger by repeating its pixels, or by drawing smooth transitions between them.

    Args:
        size: How often each row and each column is repeated.
        data_format: Where the channels stand; None is "channels_last".
        interpolation: "nearest" repeats pixels; "bilinear" and "bicubic" blend neighbours.

    Call args:
        inputs: (batch, height, width, channels) → (batch, height × size, width × size, channels).

    Source:
        https://keras.io/api/layers/reshaping_layers/up_sampling2d/
    """

    def __init__(
        self,
        size: PerAxis = 2,
        data_format: DataFormat = None,
        interpolation: Literal["nearest", "bilinear", "bicubic"] = "nearest",
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.size = per_axis(size, self.rank)
        self.interpolation = interpolation


@register("Reshaping")
class UpSampling3D(UpSampling, rank=3):
    """Makes a volume larger by repeating its places.

    Args:
        size: How often each place is repeated along each axis.
        data_format: Where the channels stand; None is "channels_last".

    Call args:
        inputs: (batch, depth, height, width, channels) → (batch, …, channels).

    Source:
        https://keras.io/api/layers/reshaping_layers/up_sampling3d/
    """

    def __init__(self, size: PerAxis = 2, data_format: DataFormat = None, **kwargs: Any) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.size = per_axis(size, self.rank)
