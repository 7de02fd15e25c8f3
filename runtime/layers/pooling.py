"""Pooling: makes a sequence, picture or volume smaller by keeping one number for each window."""

from collections.abc import Callable
from typing import Any, ClassVar

import torch
import torch.nn.functional as F  # noqa: N812

from runtime.layers.arguments import DataFormat, Padding
from runtime.layers.registration import register
from runtime.layers.spatial import PerAxis, per_axis
from runtime.layers.windows import Windowed
from runtime.types import Shape


class Pooling(Windowed):
    """Base of all pooling layers over windows.

    Args:
        pool_size: Size of the window.
        strides: How far the window moves from one place to the next; None moves it by its own size.
        padding: "valid" leaves out a rest that is smaller than the window, "same" uses it too.
        data_format: Where the channels stand; None is "channels_last".
    """

    traits = frozenset({"pools"})

    def __init__(self, pool_size: Any, strides: Any, padding: str, data_format: Any, **kwargs: Any) -> None:
        super().__init__(
            pool_size, pool_size if strides is None else strides, padding, 1, data_format, **kwargs
        )
        self.pool_size = per_axis(pool_size, self.rank)

    def pool(self, pixels: torch.Tensor, padding: tuple[int, ...], round_up: bool) -> torch.Tensor:
        """One number for each window of a tensor in torch's layout; padding does not count."""
        raise NotImplementedError

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """One number for each channel and place of the window."""
        pixels = self.as_torch(inputs)
        if self.padding == "valid":
            return self.from_torch(self.pool(pixels, (0,) * (pixels.ndim - 2), False))
        # "same" may add one more at the end. For strides > 1 torch does it when it rounds the number of
        # windows up; for strides of 1 it is added at both ends, and the first window, one too many, left out.
        edges = list(zip(self.edges(pixels), self._torch_strides, strict=True))
        outputs = self.pool(pixels, tuple(edge[1 if stride == 1 else 0] for edge, stride in edges), True)
        for axis, ((before, after), stride) in enumerate(edges, start=2):
            if stride == 1 and before < after:
                outputs = outputs.narrow(axis, 1, outputs.shape[axis] - 1)
        return self.from_torch(outputs)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """One place for each position of the window; the channels stay."""
        self.check_rank(input_shape)
        return self.window_shape(input_shape, self.channels_of(input_shape), "pool_size")


class _MaxPooling(Pooling):
    """Base of largest numbers in windows.

    Formula: output[p] = maxₖ inputs[p·strides + k]
    """

    _functions: ClassVar[dict[int, Callable[..., torch.Tensor]]] = {
        1: F.max_pool2d,
        2: F.max_pool2d,
        3: F.max_pool3d,
    }

    def __init__(
        self,
        pool_size: PerAxis = 2,
        strides: PerAxis | None = None,
        padding: Padding = "valid",
        data_format: DataFormat = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(pool_size, strides, padding, data_format, **kwargs)

    def pool(self, pixels: torch.Tensor, padding: tuple[int, ...], round_up: bool) -> torch.Tensor:
        """The largest number of each window."""
        return self._functions[self.rank](
            pixels, self._torch_window, self._torch_strides, padding, ceil_mode=round_up
        )


class _AveragePooling(Pooling):
    """Base of means in windows.

    Formula: output[p] = meanₖ inputs[p·strides + k]
    """

    _functions: ClassVar[dict[int, Callable[..., torch.Tensor]]] = {
        1: F.avg_pool2d,
        2: F.avg_pool2d,
        3: F.avg_pool3d,
    }

    def __init__(
        self,
        pool_size: PerAxis,
        strides: PerAxis | None = None,
        padding: Padding = "valid",
        data_format: DataFormat = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(pool_size, strides, padding, data_format, **kwargs)

    def pool(self, pixels: torch.Tensor, padding: tuple[int, ...], round_up: bool) -> torch.Tensor:
        """The mean of each window's numbers, those outside the input left out of the count."""
        small = any(n < size for n, size in zip(pixels.shape[2:], self._torch_window, strict=True))
        if small and self.rank == 3:
            return self._pool_small(pixels, padding)
        return self._functions[self.rank](
            pixels, self._torch_window, self._torch_strides, padding, round_up, count_include_pad=False
        )

    def _pool_small(self, volume: torch.Tensor, padding: tuple[int, ...]) -> torch.Tensor:
        """The same for a volume smaller than the window, which torch's function does not take.

        It is filled up with zeros; sums are divided by the count of true numbers.
        """
        edges: list[int] = []
        for axis in (2, 1, 0):
            missing = self._torch_window[axis] - volume.shape[axis + 2] - 2 * padding[axis]
            edges += [padding[axis], padding[axis] + max(missing, 0)]
        sums, counts = (
            F.avg_pool3d(
                F.pad(numbers, edges),
                self._torch_window,
                self._torch_strides,
                ceil_mode=True,
                divisor_override=1,
            )
            for numbers in (volume, torch.ones_like(volume[:1, :1]))
        )
        return sums / counts


@register("Pooling", rank=0, aliases=("MaxPool1D",))
class MaxPooling1D(_MaxPooling, rank=1):
    """Keeps the largest number of every few steps: the sequence becomes shorter.

    Call args:
        inputs: (batch, steps, channels) → (batch, steps left, channels).

    Source:
        https://keras.io/api/layers/pooling_layers/max_pooling1d/
    """


@register("Pooling", rank=0, aliases=("MaxPool2D",))
class MaxPooling2D(_MaxPooling, rank=2):
    """Keeps the largest number of each small window: the picture becomes smaller, what was found stays.

    Call args:
        inputs: (batch, height, width, channels) → (batch, height left, width left, channels).

    Source:
        https://keras.io/api/layers/pooling_layers/max_pooling2d/
    """


@register("Pooling", rank=0, aliases=("MaxPool3D",))
class MaxPooling3D(_MaxPooling, rank=3):
    """Keeps the largest number of each small window of a volume.

    Call args:
        inputs: (batch, depth, height, width, channels) → (batch, …, channels).

    Source:
        https://keras.io/api/layers/pooling_layers/max_pooling3d/
    """


@register("Pooling", rank=0, aliases=("AvgPool1D",))
class AveragePooling1D(_AveragePooling, rank=1):
    """Keeps the mean of every few steps: the sequence becomes shorter and smoother.

    Call args:
        inputs: (batch, steps, channels) → (batch, steps left, channels).

    Source:
        https://keras.io/api/layers/pooling_layers/average_pooling1d/
    """


@register("Pooling", rank=0, aliases=("AvgPool2D",))
class AveragePooling2D(_AveragePooling, rank=2):
    """Keeps the mean of each small window: the picture becomes smaller and smoother.

    Call args:
        inputs: (batch, height, width, channels) → (batch, height left, width left, channels).

    Source:
        https://keras.io/api/layers/pooling_layers/average_pooling2d/
    """


@register("Pooling", rank=0, aliases=("AvgPool3D",))
class AveragePooling3D(_AveragePooling, rank=3):
    """Keeps the mean of each small window of a volume.

    Call args:
        inputs: (batch, depth, height, width, channels) → (batch, …, channels).

    Source:
        https://keras.io/api/layers/pooling_layers/average_pooling3d/
    """
