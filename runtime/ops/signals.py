"""Signals and the waves they are made of: Fourier transforms, and pieces of a signal.

Complex numbers go in and out as pairs (real part, imaginary part), as in Keras.

Source: https://keras.io/api/ops/fft/
"""

from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from runtime.errors import DTypeError, ParameterError, ShapeError
from runtime.ops.conversion import TensorLike, dtype_name, tensor, tensors
from runtime.ops.registration import math_op

Pair = tuple[TensorLike, TensorLike]


def _complex(x: Pair) -> Tensor:
    parts = tensors(x) if isinstance(x, list | tuple) else []
    if len(parts) != 2 or parts[0].shape != parts[1].shape:
        raise ShapeError(
            "Complex numbers are given as (real part, imaginary part), two tensors of one shape.",
            port="x",
            hint="Give zeros for numbers without imaginary part: (x, ops.zeros_like(x)).",
        )
    if not all(part.is_floating_point() for part in parts):
        raise DTypeError(
            f"Real and imaginary parts are floating numbers, but these are {dtype_name(parts[0].dtype)}.",
            hint="Convert them with ops.cast(x, 'float32').",
        )
    return torch.complex(*parts)


def _pair(x: Tensor) -> tuple[Tensor, Tensor]:
    return x.real, x.imag


@math_op(named="FFT")
def fft(x: Pair) -> tuple[Tensor, Tensor]:
    """The waves in a signal, along the last axis."""
    return _pair(torch.fft.fft(_complex(x)))


@math_op(named="FFT2")
def fft2(x: Pair) -> tuple[Tensor, Tensor]:
    """The waves in a picture, along the last two axes."""
    return _pair(torch.fft.fft2(_complex(x)))


@math_op(named="IFFT2")
def ifft2(x: Pair) -> tuple[Tensor, Tensor]:
    """A picture from its waves."""
    return _pair(torch.fft.ifft2(_complex(x)))


@math_op(named="RFFT")
def rfft(x: TensorLike, fft_length: int | None = None) -> tuple[Tensor, Tensor]:
    """The waves in a signal of real numbers: only the first half, the second mirrors it."""
    return _pair(torch.fft.rfft(tensor(x), n=fft_length))


@math_op(named="IRFFT")
def irfft(x: Pair, fft_length: int | None = None) -> Tensor:
    """A signal of real numbers from the first half of its waves."""
    return torch.fft.irfft(_complex(x), n=fft_length)


def _window(window: Any, length: int, like: Tensor) -> Tensor:
    if window is None:
        return torch.ones(length, dtype=like.dtype, device=like.device)
    kinds = {"hann": torch.hann_window, "hamming": torch.hamming_window}
    if isinstance(window, str):
        if window not in kinds:
            raise ParameterError(
                f"There is no window {window!r}.",
                parameter="window",
                received=window,
                hint="Take 'hann', 'hamming' or a tensor.",
            )
        return kinds[window](length, periodic=True, dtype=like.dtype, device=like.device)
    found = tensor(window, like.dtype)
    if tuple(found.shape) != (length,):
        raise ShapeError(f"The window has the shape {tuple(found.shape)}, but the pieces are {length} long.")
    return found


def _check_stride(sequence_stride: Any) -> None:
    if not isinstance(sequence_stride, int) or sequence_stride < 1:
        raise ParameterError(
            f"sequence_stride is {sequence_stride!r}, but it must be a whole number, at least 1.",
            parameter="sequence_stride",
            received=sequence_stride,
        )


@math_op(named="STFT")
def stft(
    x: TensorLike,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    window: Any = "hann",
    center: bool = True,
) -> tuple[Tensor, Tensor]:
    """The waves in each piece of a signal.

    Args:
        x: The signal, along the last axis.
        sequence_length: Length of the pieces.
        sequence_stride: Distance from one piece to the next.
        fft_length: Length to which pieces are filled up.
        window: What fades pieces in and out: "hann", "hamming", a tensor, or None.
        center: True puts the first piece's middle at the beginning.

    Raises:
        DTypeError: The signal is not of floating numbers.
        ParameterError: The lengths do not go together.
    """
    _check_stride(sequence_stride)
    x = tensor(x)
    if x.dtype not in (torch.float32, torch.float64):
        raise DTypeError(f"stft() takes float32 or float64, but got {dtype_name(x.dtype)}.", port="x")
    if fft_length < sequence_length:
        raise ParameterError(
            f"fft_length is {fft_length}, but it must be at least the sequence_length {sequence_length}.",
            parameter="fft_length",
            received=fft_length,
        )
    found = torch.stft(
        x.reshape(-1, x.shape[-1]) if x.ndim > 1 else x,
        n_fft=fft_length,
        hop_length=sequence_stride,
        win_length=sequence_length,
        window=_window(window, sequence_length, x),
        center=center,
        return_complex=True,
    )
    found = found.transpose(-2, -1)
    return _pair(found.reshape(*x.shape[:-1], *found.shape[-2:]))


@math_op(named="ISTFT")
def istft(
    x: Pair,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    length: int | None = None,
    window: Any = "hann",
    center: bool = True,
) -> Tensor:
    """A signal from the waves in its pieces."""
    _check_stride(sequence_stride)
    waves = _complex(x)
    if sequence_length == fft_length and center and window is not None:
        found = torch.istft(
            waves.reshape(-1, *waves.shape[-2:]).transpose(-2, -1),
            n_fft=fft_length,
            hop_length=sequence_stride,
            win_length=sequence_length,
            window=_window(window, sequence_length, waves.real),
            center=True,
            length=length,
        )
        return found.reshape(*waves.shape[:-2], found.shape[-1])
    pieces = torch.fft.irfft(waves, n=fft_length)
    if window is not None:
        pieces = pieces * _fade_out(_window(window, sequence_length, pieces), sequence_stride, fft_length)
    signal = _overlapped(pieces, sequence_stride)
    start = fft_length // 2 if center else 0
    if length is not None:
        return signal[..., start : start + length]
    end = -(fft_length // 2) if center else fft_length + sequence_stride * (pieces.shape[-2] - 1)
    return signal[..., start:end]


def _fade_out(window: Tensor, stride: int, fft_length: int) -> Tensor:
    """The window by the sum of the squares of all windows over a place, so that pieces add up right."""
    rest = fft_length - window.shape[0]
    window = F.pad(window, (rest // 2, rest - rest // 2))
    times = -(-fft_length // stride)
    squares = F.pad(window.square(), (0, times * stride - fft_length)).reshape(times, stride).sum(0)
    return window / squares.tile(times)[:fft_length]


def _overlapped(pieces: Tensor, stride: int) -> Tensor:
    """The signal whose pieces, at distances of `stride`, are added up."""
    count, length = pieces.shape[-2:]
    flat = pieces.reshape(-1, count, length)
    places = torch.arange(count, device=flat.device)[:, None] * stride + torch.arange(
        length, device=flat.device
    )
    size = stride * (count - 1) + length
    signal = flat.new_zeros(flat.shape[0], size).index_add(1, places.reshape(-1), flat.flatten(1))
    return signal.reshape(*pieces.shape[:-2], size)


@math_op()
def extract_sequences(x: TensorLike, sequence_length: int, sequence_stride: int) -> Tensor:
    """Pieces of a signal along the last axis, `sequence_stride` apart."""
    return tensor(x).unfold(-1, sequence_length, sequence_stride).clone()
