"""How a window slides over spatial axes: how often it fits, and what is added around the edges."""

from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812

from runtime.errors import ShapeError
from runtime.layers.arguments import DataFormat
from runtime.layers.reach import Reach, Sight
from runtime.layers.spatial import Spatial, per_axis
from runtime.types import Shape


def window_count(size: int | None, window: int, stride: int, padding: str) -> int | None:
    """How many places a window takes along an axis; less than 1 if it is larger than the axis."""
    if size is None:
        return None
    if padding == "valid":
        return (size - window) // stride + 1
    return -(-size // stride)


def same_padding(size: int, window: int, stride: int) -> tuple[int, int]:
    """What padding "same" adds before and after an axis: the odd one goes to the end."""
    total = max((-(-size // stride) - 1) * stride + window - size, 0)
    return total // 2, total - total // 2


class Windowed(Spatial):
    """Base of layers that slide a window over their input.

    Args:
        strides: How far the window moves from one place to the next.
        padding: "valid" keeps the window inside the input, "same" adds zeros around it.
    """

    def __init__(
        self, window: Any, strides: Any, padding: str, dilation: Any, data_format: DataFormat, **kwargs: Any
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.strides = per_axis(strides, self.rank)
        self.padding = padding
        self.dilation_rate = per_axis(dilation, self.rank)
        self._window = tuple(
            (size - 1) * dilation + 1
            for size, dilation in zip(per_axis(window, self.rank), self.dilation_rate, strict=True)
        )
        self._torch_window = self.for_torch(self._window)
        self._torch_strides = self.for_torch(self.strides)
        self._torch_dilation = self.for_torch(self.dilation_rate)

    def edges(self, inputs: torch.Tensor) -> list[tuple[int, int]]:
        """What the padding adds before and after each axis of a tensor in torch's layout."""
        if self.padding == "valid":
            return [(0, 0)] * len(self._torch_window)
        if self.padding == "causal":
            return [(0, 0), (self._torch_window[1] - 1, 0)]
        sizes = zip(inputs.shape[2:], self._torch_window, self._torch_strides, strict=True)
        return [same_padding(size, window, stride) for size, window, stride in sizes]

    def padded(self, inputs: torch.Tensor) -> tuple[torch.Tensor, tuple[int, ...]]:
        """A tensor in torch's layout, and the padding torch still has to add: all, if it is symmetric."""
        edges = self.edges(inputs)
        if all(before == after for before, after in edges):
            return inputs, tuple(before for before, _ in edges)
        amounts = [amount for edge in reversed(edges) for amount in edge]
        return F.pad(inputs, amounts), (0,) * len(edges)

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """The window, at each of its places; channels are taken together."""
        del place
        sizes = zip(self.sizes_of(shape), self._window, self.strides, strict=True)
        first = 1 if self._channels_last else 2
        return {
            axis: (axis, Reach.window(window, stride, self._added_before(size, window, stride)))
            for axis, (size, window, stride) in enumerate(sizes, start=first)
        }

    def _step_between(self, axis: int) -> int:
        """The dilation."""
        return self.dilation_rate[axis - (1 if self._channels_last else 2)]

    def _added_before(self, size: int | None, window: int, stride: int) -> int:
        """What the padding adds before an axis; of unknown size, as if the stride divides it."""
        if self.padding == "valid":
            return 0
        return window - 1 if self.padding == "causal" else same_padding(size or stride, window, stride)[0]

    def window_shape(self, input_shape: Shape, channels: int | None, window_name: str) -> Shape:
        """Output shape of a window that slides over the input.

        Args:
            input_shape: Shape of the input.
            channels: Channels of the output.
            window_name: The argument that says the window's size, for the message.

        Raises:
            ShapeError: The input has other axes, or is smaller than the window.
        """
        self.check_rank(input_shape)
        sizes = self.sizes_of(input_shape)
        counts = tuple(
            window_count(size, window, stride, self.padding)
            for size, window, stride in zip(sizes, self._window, self.strides, strict=True)
        )
        if any(count is not None and count < 1 for count in counts):
            raise ShapeError(
                f"{self.label} slides a window of {self.window_hint(self._window)} over a {self.thing} of "
                f"only {self.window_hint(sizes)}.",
                port="inputs",
                hint=f"Use padding='same', a smaller {window_name}, or shrink less in the layers before it.",
            )
        return self.shape_with(input_shape[0], counts, channels)
