"""Layers that make training harder on purpose, so that a network does not learn its samples by heart."""

from typing import Annotated, Any

import torch
import torch.nn.functional as F  # noqa: N812

from runtime import regularizers
from runtime.errors import ShapeError
from runtime.layers.arguments import DataFormat, Rate, Seed, data_format_of
from runtime.layers.base import Layer
from runtime.layers.checking import require_rank
from runtime.layers.registration import register
from runtime.types import Range, Shape, show_shape

RateBelowOne = Annotated[float, Range(min=0, max=1, exclusive_max=True)]
"""A fraction that must leave something over."""


_SELU_LOWEST = -1.6732632423543772 * 1.0507009873554805
"""What selu makes of very negative numbers."""


class RandomInTraining(Layer):
    """Base of layers that disturb their input in training and pass it through otherwise.

    Args:
        seed: A whole number that makes the random draws repeat; None for new ones each time.
    """

    identity_in_inference = True
    traits = frozenset({"disturbs"})
    supports_mask = True

    def __init__(self, seed: Seed = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seed = seed
        self._generator: torch.Generator | None = None
        self.built = True

    def generator(self, device: torch.device) -> torch.Generator | None:
        """The layer's own source of random numbers; None is torch's common one."""
        if self.seed is not None and (self._generator is None or self._generator.device != device):
            self._generator = torch.Generator(device).manual_seed(self.seed)
        return self._generator

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays."""
        return input_shape


def drop(
    inputs: torch.Tensor, rate: float, shape: torch.Size, generator: torch.Generator | None
) -> torch.Tensor:
    """Turns a share of the numbers into 0 and raises the others, so that the mean stays.

    Args:
        inputs: Any tensor.
        rate: The share, a fraction 0-1.
        shape: Shape of the draws; along an axis of size 1 all share one fate.
        generator: Source of random numbers.
    """
    if generator is None and shape == inputs.shape:
        return F.dropout(inputs, rate)
    if rate >= 1:
        return inputs * 0
    kept = torch.empty(shape, dtype=inputs.dtype, device=inputs.device)
    return inputs * kept.bernoulli_(1 - rate, generator=generator).div_(1 - rate)


@register("Regularization")
class Dropout(RandomInTraining):
    """Turns a random share of the numbers into 0 while training, so that no unit is relied on alone.

    The others are raised by 1 / (1 - rate), so that sums stay as large as they are without dropout.

    Formula: output = inputs · m / (1 - rate), m is 0 with probability rate, else 1

    Args:
        rate: Share of the numbers that become 0, a fraction 0-1.
        noise_shape: Shape of the random draws; a size of 1 drops along that axis together. None for one draw
            a number.
        seed: A whole number that makes the random draws repeat; None for new ones each time.

    Call args:
        inputs: Any shape.

    Source:
        Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html
    """

    def __init__(
        self,
        rate: Rate,
        noise_shape: Annotated[Shape | None, Range(min=1)] = None,
        seed: Seed = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.rate = rate
        self.noise_shape = None if noise_shape is None else tuple(noise_shape)

    def call(self, inputs: torch.Tensor, training: bool = False) -> torch.Tensor:
        """The input itself, or while training what dropout leaves of it."""
        if not training or self.rate == 0:
            return inputs
        return drop(inputs, self.rate, self._draw_shape(inputs), self.generator(inputs.device))

    def _draw_shape(self, inputs: torch.Tensor) -> torch.Size:
        if self.noise_shape is None:
            return inputs.shape
        wanted = zip(self.noise_shape, inputs.shape, strict=True)
        return torch.Size([size if noise is None else noise for noise, size in wanted])

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays."""
        if self.noise_shape is not None:
            fits = len(self.noise_shape) == len(input_shape) and all(
                noise is None or noise == 1 or size is None or noise == size
                for noise, size in zip(self.noise_shape, input_shape, strict=True)
            )
            if not fits:
                raise ShapeError(
                    f"{self.label} has noise_shape {show_shape(self.noise_shape)}, which does not fit "
                    f"its input {show_shape(input_shape)}.",
                    port="inputs",
                    hint="Give noise_shape a size for each axis of the input: the input's, 1 or None.",
                )
        return input_shape


class _SpatialDropout(RandomInTraining):
    """Base of dropout for whole channels.

    Args:
        rate: Share of the channels that become 0, a fraction 0-1.
        data_format: Where the channels stand; None is "channels_last".
        seed: A whole number that makes the random draws repeat; None for new ones each time.
    """

    _axes = ""
    _channel_axis = -1

    def __init__(self, rate: float, seed: int | None, **kwargs: Any) -> None:
        super().__init__(seed=seed, **kwargs)
        self.rate = rate

    def get_config(self) -> dict[str, Any]:
        """As Keras writes it: these layers have nothing to train there, and refuse `trainable`."""
        return {name: value for name, value in super().get_config().items() if name != "trainable"}

    def call(self, inputs: torch.Tensor, training: bool = False) -> torch.Tensor:
        """The input itself, or while training the channels that dropout leaves."""
        if not training or self.rate == 0:
            return inputs
        shape = [inputs.shape[0], *[1] * (inputs.ndim - 1)]
        shape[self._channel_axis] = inputs.shape[self._channel_axis]
        return drop(inputs, self.rate, torch.Size(shape), self.generator(inputs.device))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays."""
        require_rank(self, input_shape, self._axes.count("×") + 1, self._axes)
        return input_shape


@register("Regularization")
class SpatialDropout1D(_SpatialDropout):
    """Dropout for sequences: turns whole channels into 0, for all steps of a sample.

    Call args:
        inputs: (batch, steps, channels).

    Source:
        Tompson et al. 2015, https://arxiv.org/abs/1411.4280
    """

    _axes = "batch × steps × channels"

    def __init__(self, rate: Rate, seed: Seed = None, **kwargs: Any) -> None:
        super().__init__(rate, seed, **kwargs)


@register("Regularization")
class SpatialDropout2D(_SpatialDropout):
    """Dropout for pictures: turns whole channels into 0, since neighbouring pixels say the same.

    Call args:
        inputs: (batch, height, width, channels).

    Source:
        Tompson et al. 2015, https://arxiv.org/abs/1411.4280
    """

    _axes = "batch × height × width × channels"

    def __init__(self, rate: Rate, data_format: DataFormat = None, seed: Seed = None, **kwargs: Any) -> None:
        super().__init__(rate, seed, **kwargs)
        self.data_format = data_format_of(self, data_format)
        if self.data_format == "channels_first":
            self._axes = "batch × channels × height × width"
            self._channel_axis = 1


@register("Regularization")
class SpatialDropout3D(_SpatialDropout):
    """Dropout for volumes: turns whole channels into 0, since neighbouring places say the same.

    Call args:
        inputs: (batch, depth, height, width, channels).

    Source:
        Tompson et al. 2015, https://arxiv.org/abs/1411.4280
    """

    _axes = "batch × depth × height × width × channels"

    def __init__(self, rate: Rate, data_format: DataFormat = None, seed: Seed = None, **kwargs: Any) -> None:
        super().__init__(rate, seed, **kwargs)
        self.data_format = data_format_of(self, data_format)
        if self.data_format == "channels_first":
            self._axes = "batch × channels × depth × height × width"
            self._channel_axis = 1


@register("Regularization")
class AlphaDropout(Dropout):
    """Dropout for networks of selu: dropped numbers get selu's lowest value, so that mean and spread stay.

    Formula: output = a · (m · inputs + (1 - m) · lowest) + b, m is 0 with probability rate, else 1

    Args:
        rate: Share of the numbers that are dropped, a fraction 0-1.

    Call args:
        inputs: Any shape.

    Source:
        Klambauer et al. 2017, https://arxiv.org/abs/1706.02515
    """

    def call(self, inputs: torch.Tensor, training: bool = False) -> torch.Tensor:
        """The input itself, or while training what is left of it, scaled back to mean 0 and spread 1."""
        if not training or self.rate == 0:
            return inputs
        shape, generator = self._draw_shape(inputs), self.generator(inputs.device)
        kept = torch.empty(shape, dtype=inputs.dtype, device=inputs.device)
        kept.bernoulli_(1 - self.rate, generator=generator)
        scale = ((1 - self.rate) * (1 + self.rate * _SELU_LOWEST**2)) ** -0.5
        return scale * (inputs * kept + _SELU_LOWEST * (1 - kept) - _SELU_LOWEST * self.rate)


@register("Regularization")
class GaussianNoise(RandomInTraining):
    """Adds random noise while training, so that small differences stop to matter.

    Formula: output = inputs + n, n normal with spread stddev

    Args:
        stddev: How strong the noise is: its standard deviation, 0-1.
        seed: A whole number that makes the random draws repeat; None for new ones each time.

    Call args:
        inputs: Any shape.

    Source:
        https://keras.io/api/layers/regularization_layers/gaussian_noise/
    """

    def __init__(self, stddev: Rate, seed: Seed = None, **kwargs: Any) -> None:
        super().__init__(seed=seed, **kwargs)
        self.stddev = stddev

    def call(self, inputs: torch.Tensor, training: bool = False) -> torch.Tensor:
        """The input itself, or while training the input with noise added."""
        if not training or self.stddev == 0:
            return inputs
        return inputs + _normal_like(inputs, self.generator(inputs.device)) * self.stddev


@register("Regularization")
class GaussianDropout(RandomInTraining):
    """Multiplies each number with a random one around 1 while training: as strong as dropout, but smooth.

    Formula: output = inputs · n, n normal around 1 with spread √(rate / (1 - rate))

    Args:
        rate: As in Dropout: the factors' standard deviation is sqrt(rate / (1 - rate)).
        seed: A whole number that makes the random draws repeat; None for new ones each time.

    Call args:
        inputs: Any shape.

    Source:
        Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html
    """

    def __init__(self, rate: RateBelowOne, seed: Seed = None, **kwargs: Any) -> None:
        super().__init__(seed=seed, **kwargs)
        self.rate = rate

    def call(self, inputs: torch.Tensor, training: bool = False) -> torch.Tensor:
        """The input itself, or while training the input times random factors."""
        if not training or self.rate == 0:
            return inputs
        spread = (self.rate / (1 - self.rate)) ** 0.5
        return inputs * (1 + _normal_like(inputs, self.generator(inputs.device)) * spread)


def _normal_like(inputs: torch.Tensor, generator: torch.Generator | None) -> torch.Tensor:
    return torch.empty_like(inputs).normal_(generator=generator)


@register("Regularization")
class ActivityRegularization(Layer):
    """Adds a penalty on large numbers to the loss, and passes its input through.

    Args:
        l1: Weight of the sum of absolute values: drives numbers to exactly 0.
        l2: Weight of the sum of squares: keeps numbers small.

    Call args:
        inputs: Any shape.

    Source:
        https://keras.io/api/layers/regularization_layers/activity_regularization/
    """

    supports_mask = True
    by_place = True

    def __init__(
        self,
        l1: Annotated[float, Range(min=0)] = 0.0,
        l2: Annotated[float, Range(min=0)] = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=regularizers.L1L2(l1=l1, l2=l2), **kwargs)
        self.l1 = l1
        self.l2 = l2
        self.built = True

    def get_config(self) -> dict[str, Any]:
        """The penalty is stated by `l1` and `l2` alone."""
        config = super().get_config()
        del config["activity_regularizer"]
        return config

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """The input itself."""
        return inputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape stays."""
        return input_shape
