"""Spectrograms: pictures of sounds, with the time along one axis and the pitch along the other."""

import math
from typing import Annotated, Any, Literal

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from runtime.errors import DTypeError, ParameterError, ShapeError
from runtime.initializers import STFT
from runtime.layers.arguments import Count, DataFormat, Padding, data_format_of
from runtime.layers.base import Layer
from runtime.layers.checking import require_known, require_rank
from runtime.layers.measured import product
from runtime.layers.registration import register
from runtime.layers.weights import Weight
from runtime.layers.windows import same_padding, window_count
from runtime.types import Range, Shape

_EPSILON = 1e-7

Mode = Literal["log", "magnitude", "psd", "real", "imag", "angle", "stft"]


@register("Sound")
class STFTSpectrogram(Layer):
    """Cuts a sound into short frames, and says how strong each frequency is in each of them.

    The waves the frames are compared with are weights: they may be trained along with the model.

    Args:
        mode: What is said of each frequency: its strength ("magnitude"), the logarithm of it ("log"), its
            power ("psd"), the parts of the complex number ("real", "imag", both as "stft") or its "angle".
        frame_length: How many steps a frame has.
        frame_step: How far it is from one frame to the next; None for half a frame.
        fft_length: Steps the waves are made for, which decides how many frequencies there are; None for the
            next power of two.
        window: Name of the window that fades the frame's ends, or its values; None for no window.
        periodic: True for the periodic form of a named window.
        scaling: What the window is divided by: "density" the root of its energy, "spectrum" its sum.
        padding: "valid" keeps the frames inside the sound, "same" adds silence around.
        expand_dims: True gives each channel of the sound a picture of its own.
        data_format: Where the channels stand; None is "channels_last".

    Call args:
        inputs: (batch, steps, channels) → (batch, frames, channels · frequencies), or with expand_dims
            (batch, frames, frequencies, channels).

    Source:
        https://keras.io/api/layers/preprocessing_layers/audio_preprocessing/stft_spectrogram/
    """

    real_kernel: Weight
    imag_kernel: Weight

    def __init__(
        self,
        mode: Mode = "log",
        frame_length: Count = 256,
        frame_step: Annotated[int | None, Range(min=1)] = None,
        fft_length: Annotated[int | None, Range(min=1)] = None,
        window: Any = "hann",
        periodic: bool = False,
        scaling: Literal["density", "spectrum"] | None = "density",
        padding: Padding = "valid",
        expand_dims: bool = False,
        data_format: DataFormat = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if frame_step is not None and frame_step > frame_length:
            raise ParameterError(
                f"STFTSpectrogram(frame_step=…) got {frame_step}, which leaves out steps between frames of "
                f"{frame_length}.",
                parameter="frame_step",
                received=frame_step,
                hint="Use at most frame_length; half of it is common.",
            )
        if frame_step is None and frame_length == 1:
            raise ParameterError(
                "STFTSpectrogram(frame_step=…) is not given: that means half a frame, and half of 1 is none.",
                parameter="frame_step",
                received=None,
                hint="Give frame_step 1, or longer frames.",
            )
        if fft_length is not None and fft_length < frame_length:
            raise _short_transform("STFTSpectrogram", "frame_length", frame_length, fft_length)
        # The window's name and its values are checked by the initializer.
        self._waves = {side: STFT(side, window, scaling, periodic) for side in ("real", "imag")}
        self.mode = mode
        self.frame_length = frame_length
        self.frame_step = frame_step
        self.fft_length = fft_length
        self.window = window
        self.periodic = periodic
        self.scaling = scaling
        self.padding = padding
        self.expand_dims = expand_dims
        self.data_format = data_format_of(self, data_format)
        self._step = frame_step or frame_length // 2
        self._frequencies = (fft_length or 2 ** math.ceil(math.log2(frame_length))) // 2 + 1
        self._channels_last = self.data_format == "channels_last"

    def build(self, input_shape: Shape) -> None:
        """Makes the waves (frame_length, 1, frequencies) that the mode needs."""
        del input_shape
        shape = (self.frame_length, 1, self._frequencies)
        if self.mode != "imag":
            self.real_kernel = self.add_weight(shape, self._waves["real"], name="real_kernel")
        if self.mode != "real":
            self.imag_kernel = self.add_weight(shape, self._waves["imag"], name="imag_kernel")

    def call(self, inputs: Tensor) -> Tensor:
        """The spectrogram of each channel."""
        if not inputs.is_floating_point():
            raise DTypeError(
                f"{self.label} wants a sound of floating numbers, but gets {inputs.dtype}.",
                port="inputs",
                hint="Convert it, and scale it to -1 … 1.",
            )
        return self._arranged(self._measured(inputs.movedim(-1, 1) if self._channels_last else inputs))

    def _measured(self, sounds: Tensor) -> Tensor:
        """What the mode asks for: (batch, channels, frequencies, frames)."""
        if self.mode in ("real", "imag"):
            return self._transformed(sounds, self.real_kernel if self.mode == "real" else self.imag_kernel)
        real, imaginary = (
            self._transformed(sounds, kernel) for kernel in (self.real_kernel, self.imag_kernel)
        )
        if self.mode == "angle":
            return torch.atan2(imaginary, real)
        if self.mode == "stft":
            return torch.cat([real, imaginary], dim=2)
        power = real.square() + imaginary.square()
        if self.mode == "psd":
            # All frequencies but the first and the last stand for a negative one as well.
            return power + F.pad(power[:, :, 1:-1], (0, 0, 1, 1))
        strength = power.clamp_min(_EPSILON).sqrt()
        return strength if self.mode == "magnitude" else strength.clamp_min(_EPSILON).log()

    def _transformed(self, sounds: Tensor, kernel: Tensor) -> Tensor:
        batch, channels, steps = sounds.shape
        waves = kernel.permute(2, 1, 0).to(sounds.dtype)
        signals = sounds.reshape(batch * channels, 1, steps)
        if self.padding == "same":
            signals = F.pad(signals, same_padding(steps, self.frame_length, self._step))
        return F.conv1d(signals, waves, stride=self._step).unflatten(0, (batch, channels))

    def macs(self, input_shape: Shape) -> int | None:
        """Each frame with each wave that the mode needs."""
        channels, steps = input_shape[-1], input_shape[1]
        if not self._channels_last:
            channels, steps = steps, channels
        frames = window_count(steps, self.frame_length, self._step, self.padding)
        waves = self._frequencies * (1 if self.mode in ("real", "imag") else 2)
        return product(channels, frames, self.frame_length, waves)

    def _arranged(self, spectra: Tensor) -> Tensor:
        """(batch, channels, frequencies, frames) → the order of axes that the arguments ask for."""
        if self.expand_dims:
            return spectra.permute(0, 3, 2, 1) if self._channels_last else spectra.transpose(2, 3)
        rows = spectra.flatten(1, 2)
        return rows.transpose(1, 2) if self._channels_last else rows

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Frames in place of steps, frequencies for each channel.

        Raises:
            ShapeError: It is no sound with channels, or is shorter than a frame.
        """
        words = "batch × steps × channels" if self._channels_last else "batch × channels × steps"
        require_rank(self, input_shape, 3, words, hint="Put a Reshape((-1, 1)) before it.")
        steps, axis = (input_shape[1], 2) if self._channels_last else (input_shape[2], 1)
        frames = window_count(steps, self.frame_length, self._step, self.padding)
        if frames is not None and frames < 1:
            raise ShapeError(
                f"{self.label} cuts frames of {self.frame_length} steps, but its input has only {steps}.",
                port="inputs",
                hint="Use a smaller frame_length, or padding='same'.",
            )
        channels = require_known(self, input_shape, axis, "number of channels")
        frequencies = self._frequencies * (2 if self.mode == "stft" else 1)
        if not self.expand_dims:
            sizes = (frames, frequencies * channels)
            return (input_shape[0], *(sizes if self._channels_last else sizes[::-1]))
        sizes = (frames, frequencies)
        return (input_shape[0], *((*sizes, channels) if self._channels_last else (channels, *sizes)))


@register("Sound")
class MelSpectrogram(Layer):
    """Turns a sound into a picture of how strong each pitch is at each moment, as the ear hears it.

    Args:
        fft_length: Steps of the Fourier transform, which decides how many frequencies there are.
        sequence_stride: How far it is from one frame to the next.
        sequence_length: How many steps a frame has; None for fft_length.
        window: What fades the ends of a frame: "hann", "hamming", its values, or None for no window.
        sampling_rate: How many steps of the sound make a second.
        num_mel_bins: How many pitches there are.
        min_freq: Lowest frequency, in hertz.
        max_freq: Highest frequency, in hertz; None for half the sampling rate.
        power_to_db: True gives decibels.
        top_db: Nothing is said to be quieter than the loudest by more than this, in decibels.
        mag_exp: Exponent of the strength: 1 for the strength itself, 2 for its power.
        min_power: What is weaker counts as this.
        ref_power: The power that is 0 decibels.

    Call args:
        inputs: (batch, steps) → (batch, num_mel_bins, frames).

    Source:
        https://keras.io/api/layers/preprocessing_layers/audio_preprocessing/mel_spectrogram/
    """

    def __init__(
        self,
        fft_length: Count = 2048,
        sequence_stride: Count = 512,
        sequence_length: Annotated[int | None, Range(min=1)] = None,
        window: Any = "hann",
        sampling_rate: Count = 16000,
        num_mel_bins: Count = 128,
        min_freq: Annotated[float, Range(min=0)] = 20.0,
        max_freq: Annotated[float | None, Range(min=0, exclusive_min=True)] = None,
        power_to_db: bool = True,
        top_db: Annotated[float, Range(min=0)] = 80.0,
        mag_exp: float = 2.0,
        min_power: Annotated[float, Range(min=0, exclusive_min=True)] = 1e-10,
        ref_power: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.fft_length = fft_length
        self.sequence_stride = sequence_stride
        self.sequence_length = sequence_length or fft_length
        self.window = window
        self.sampling_rate = sampling_rate
        self.num_mel_bins = num_mel_bins
        self.min_freq = min_freq
        self.max_freq = max_freq or int(sampling_rate / 2)
        self.power_to_db = power_to_db
        self.top_db = top_db
        self.mag_exp = mag_exp
        self.min_power = min_power
        self.ref_power = ref_power
        self.built = True
        if fft_length < self.sequence_length:
            raise _short_transform("MelSpectrogram", "sequence_length", self.sequence_length, fft_length)
        self._fade = _window(window, self.sequence_length)
        self._mel = self.linear_to_mel_weight_matrix(
            num_mel_bins, fft_length // 2 + 1, sampling_rate, min_freq, self.max_freq
        )

    def call(self, inputs: Tensor) -> Tensor:
        """The strength of each pitch in each frame: (batch, num_mel_bins, frames)."""
        sounds = inputs if inputs.dtype == torch.float64 else inputs.float()
        if sounds.shape[-1] <= self.fft_length // 2:
            raise self._too_short(sounds.shape[-1])
        spectrum = torch.stft(
            sounds.reshape(-1, sounds.shape[-1]),
            self.fft_length,
            self.sequence_stride,
            self.sequence_length,
            self._fade.to(sounds),
            return_complex=True,
        )
        strength = spectrum.abs() ** self.mag_exp
        pitches = self._mel.to(sounds).t() @ strength.reshape(*sounds.shape[:-1], *strength.shape[1:])
        if self.power_to_db:
            pitches = self._decibels(pitches)
        return pitches.to(getattr(torch, self.compute_dtype))

    def macs(self, input_shape: Shape) -> int | None:
        """Pitches from frequencies; the quick Fourier transform before it is not counted."""
        return product(*self.compute_output_shape(input_shape)[1:], self.fft_length // 2 + 1)

    def _decibels(self, power: Tensor) -> Tensor:
        reference = 10 * math.log10(max(abs(self.ref_power), self.min_power))
        decibels = 10 * power.clamp_min(self.min_power).log10() - reference
        return torch.maximum(decibels, decibels.amax() - self.top_db)

    def linear_to_mel_weight_matrix(
        self,
        num_mel_bins: int = 20,
        num_spectrogram_bins: int = 129,
        sampling_rate: int = 8000,
        lower_edge_hertz: float = 125.0,
        upper_edge_hertz: float = 3800.0,
        dtype: str = "float32",
    ) -> Tensor:
        """How much each frequency counts for each pitch: triangles of a width equal to the ear.

        Args:
            num_mel_bins: Number of pitches.
            num_spectrogram_bins: Number of frequencies, from 0 to half the sampling rate.
            sampling_rate: Steps a second.
            lower_edge_hertz: Lowest frequency that counts.
            upper_edge_hertz: Highest frequency that counts.
            dtype: Element type.

        Returns:
            (num_spectrogram_bins, num_mel_bins).

        Source:
            The HTK book, section 5.4, https://ai.stanford.edu/~amaas/data/htkbook.pdf
        """
        kind = getattr(torch, dtype)
        edges = torch.tensor([lower_edge_hertz, upper_edge_hertz], dtype=kind)
        low, high = _mel(edges).tolist()
        corners = torch.linspace(low, high, num_mel_bins + 2, dtype=kind)
        left, peak, right = corners[:-2], corners[1:-1], corners[2:]
        # The constant part of a sound, frequency 0, is no pitch.
        pitch = _mel(torch.linspace(0, sampling_rate / 2, num_spectrogram_bins, dtype=kind)[1:]).unsqueeze(1)
        rising, falling = (pitch - left) / (peak - left), (right - pitch) / (right - peak)
        return F.pad(torch.minimum(rising, falling).clamp_min(0), (0, 0, 1, 0))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Pitches and frames.

        Raises:
            ShapeError: It is no sound, or too short for the transform.
        """
        if len(input_shape) not in (1, 2):
            require_rank(
                self, input_shape, 2, "batch × steps", hint="Reshape the sound: it has no channels here."
            )
        steps = input_shape[-1]
        if steps is not None and steps <= self.fft_length // 2:
            raise self._too_short(steps)
        # Half a transform of mirrored sound is added at both ends.
        added = self.fft_length // 2 * 2 - self.fft_length
        frames = None if steps is None else (steps + added) // self.sequence_stride + 1
        return (*input_shape[:-1], self.num_mel_bins, frames)

    def _too_short(self, steps: int) -> ShapeError:
        return ShapeError(
            f"{self.label} transforms {self.fft_length} steps at a time, for which a sound of {steps} is too "
            "short.",
            port="inputs",
            hint=f"Use an fft_length below {2 * steps}.",
        )


def _short_transform(layer: str, name: str, length: int, fft_length: int) -> ParameterError:
    return ParameterError(
        f"{layer}(fft_length=…) got {fft_length}, which is less than its {name} of {length}.",
        parameter="fft_length",
        received=fft_length,
        hint=f"Make it at least {length}; powers of two are fast.",
    )


def _window(window: Any, length: int) -> Tensor:
    """The values of a window, given by name or as they are."""
    match window:
        case None:
            return torch.ones(length)
        case "hann":
            return torch.hann_window(length)
        case "hamming":
            return torch.hamming_window(length)
        case str():
            raise ParameterError(
                f"MelSpectrogram(window=…) got {window!r}.",
                parameter="window",
                received=window,
                hint="Use 'hann', 'hamming', or give the values.",
            )
        case _:
            values = torch.as_tensor(window, dtype=torch.float32)
    if values.shape != (length,):
        raise ParameterError(
            f"MelSpectrogram(window=…) got values of shape {tuple(values.shape)}, but frames have {length} "
            "steps.",
            parameter="window",
            received=tuple(values.shape),
            hint="Give one value for each step of a frame.",
        )
    return values


def _mel(hertz: Tensor) -> Tensor:
    """Pitch as the ear hears it, of a frequency in hertz."""
    return 1127.0 * torch.log1p(hertz / 700.0)
