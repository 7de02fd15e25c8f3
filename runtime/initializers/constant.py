"""Initializers without chance: each weight starts at a value known beforehand."""

from collections.abc import Sequence
from typing import Any, Literal, Self

import torch
from torch import Tensor
from torch.signal import windows

from runtime.errors import ParameterError, ShapeError
from runtime.initializers.base import DType, Initializer, registry, torch_dtype

NAMED_WINDOWS = ("bartlett", "blackman", "cosine", "hamming", "hann", "nuttall")


@registry.register(aliases=("zero",))
class Zeros(Initializer):
    """Starts all weights at 0. Usual for biases."""

    def __call__(self, shape: Sequence[int], dtype: DType = None) -> Tensor:
        """Makes a tensor of zeros."""
        return torch.zeros(tuple(shape), dtype=torch_dtype(dtype), device="cpu")


@registry.register(aliases=("one",))
class Ones(Initializer):
    """Starts all weights at 1. Usual for scales."""

    def __call__(self, shape: Sequence[int], dtype: DType = None) -> Tensor:
        """Makes a tensor of ones."""
        return torch.ones(tuple(shape), dtype=torch_dtype(dtype), device="cpu")


@registry.register
class Constant(Initializer):
    """Starts all weights at a number of your choice.

    Args:
        value: The number, or an array that fits the weight's shape.
    """

    def __init__(self, value: Any = 0.0) -> None:
        self.value = value

    def __call__(self, shape: Sequence[int], dtype: DType = None) -> Tensor:
        """Makes a tensor filled with the value."""
        try:
            value = torch.as_tensor(self.value, dtype=torch_dtype(dtype), device="cpu")
        except (TypeError, ValueError):
            raise ParameterError(
                f"Constant got value={self.value!r}.",
                parameter="value",
                received=self.value,
                hint="It is a number, or an array that fits the weight's shape.",
            ) from None
        return value.broadcast_to(tuple(shape)).clone()

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes an object from what `get_config` returned; reads the arrays that Keras writes too."""
        value = config.get("value", 0.0)
        return cls(value["config"]["value"] if isinstance(value, dict) else value)


@registry.register(aliases=("IdentityInitializer",))
class Identity(Initializer):
    """Starts a square matrix so that it passes its input through unchanged.

    Args:
        gain: What the input is multiplied with.
    """

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def __call__(self, shape: Sequence[int], dtype: DType = None) -> Tensor:
        """Makes ones on the diagonal, times the gain.

        Raises:
            ShapeError: The weight has not two axes.
        """
        if len(shape) != 2:
            raise ShapeError(
                f"Identity starts a weight with two axes, and this one has the shape {tuple(shape)}.",
                hint="Choose another initializer, such as 'glorot_uniform'.",
            )
        return self.gain * torch.eye(*shape, dtype=torch_dtype(dtype), device="cpu")


@registry.register(aliases=("STFTInitializer",))
class STFT(Initializer):
    """Starts a 1D convolution kernel so that it computes a short-time Fourier transform.

    The weight has the shape (frame length, 1, number of frequencies).

    Args:
        side: Real or imaginary half of the transform.
        window: Name of the window that fades the frame's ends, or its values; None for no window.
        scaling: What the window is divided by: "density" the root of its energy, "spectrum" its sum.
        periodic: True for the periodic form of a named window.
    """

    def __init__(
        self,
        side: Literal["real", "imag"] = "real",
        window: Any = "hann",
        scaling: Literal["density", "spectrum"] | None = "density",
        periodic: bool = False,
    ) -> None:
        if side not in ("real", "imag"):
            raise ParameterError(
                f"STFT got side={side!r}.", parameter="side", received=side, hint="Use 'real' or 'imag'."
            )
        if scaling not in ("density", "spectrum", None):
            raise ParameterError(
                f"STFT got scaling={scaling!r}.",
                parameter="scaling",
                received=scaling,
                hint="Use 'density', 'spectrum' or None.",
            )
        if isinstance(window, str) and window not in NAMED_WINDOWS:
            raise ParameterError(
                f"STFT knows no window {window!r}.",
                parameter="window",
                received=window,
                hint=f"Use one of {', '.join(NAMED_WINDOWS)}, or give the values.",
            )
        self.side = side
        self.window = window
        self.scaling = scaling
        self.periodic = periodic

    def __call__(self, shape: Sequence[int], dtype: DType = None) -> Tensor:
        """Computes the waves, one for each frequency."""
        frame_length, _, frequencies = shape
        time = torch.arange(frame_length, dtype=torch.float64).reshape(-1, 1, 1)
        frequency = torch.arange(frequencies, dtype=torch.float64) / (2 * (frequencies - 1))
        angle = -2 * torch.pi * time * frequency
        waves = torch.cos(angle) if self.side == "real" else torch.sin(angle)
        return (waves * self._window(frame_length).reshape(-1, 1, 1)).to(torch_dtype(dtype))

    def _window(self, length: int) -> Tensor:
        if self.window is None:
            return torch.ones(length, dtype=torch.float64)
        if isinstance(self.window, str):
            make = getattr(windows, self.window)
            window = make(length, sym=not self.periodic, dtype=torch.float64)
        else:
            window = torch.as_tensor(self.window, dtype=torch.float64)
        if window.shape != (length,):
            raise ShapeError(
                f"The window of STFT has the shape {tuple(window.shape)}, and the frame {length} values.",
                hint="Give one value for each step of the frame.",
            )
        if self.scaling == "density":
            return window / window.square().sum().sqrt()
        return window / window.abs().sum() if self.scaling == "spectrum" else window
