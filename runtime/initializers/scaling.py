"""Initializers whose spread follows from the size of the layer."""

import math
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from torch import Tensor

from runtime.errors import ParameterError
from runtime.initializers.base import DType, RandomInitializer, registry
from runtime.types import Range

Axes = Sequence[int] | None

TRUNCATED_NORMAL_STDDEV = 0.87962566103423978
"""Spread that is left of a normal distribution of spread 1 when it is cut off at -2 and 2."""


@registry.register
class VarianceScaling(RandomInitializer):
    """Draws numbers whose spread fits the size of the layer, so that signals neither fade nor explode.

    Args:
        scale: Factor of the variance.
        mode: What the variance is divided by: the number of inputs, of outputs, or the mean of both.
        distribution: Shape of the distribution.
        seed: A whole number that makes each call give the same values.
        input_axes: Axes that count as inputs; None for Keras's rule (the last but one, times the window).
        output_axes: Axes that count as outputs; None for Keras's rule (the last, times the window).
    """

    def __init__(
        self,
        scale: Annotated[float, Range(min=0, exclusive_min=True)] = 1.0,
        mode: Literal["fan_in", "fan_out", "fan_avg"] = "fan_in",
        distribution: Literal[
            "truncated_normal", "untruncated_normal", "uniform", "normal"
        ] = "truncated_normal",
        seed: int | None = None,
        input_axes: Axes = None,
        output_axes: Axes = None,
    ) -> None:
        super().__init__(seed)
        _check("scale", scale, scale > 0, "It is a number above 0.")
        _check("mode", mode, mode in ("fan_in", "fan_out", "fan_avg"), "Use fan_in, fan_out or fan_avg.")
        known = str(distribution).lower() in ("truncated_normal", "untruncated_normal", "uniform", "normal")
        _check(
            "distribution",
            distribution,
            known,
            "Use truncated_normal, untruncated_normal, normal or uniform.",
        )
        self.scale = scale
        self.mode = mode
        self.distribution = distribution.lower()
        self.input_axes = input_axes
        self.output_axes = output_axes

    def __call__(self, shape: Sequence[int], dtype: DType = None) -> Tensor:
        """Draws the values."""
        fan_in, fan_out = compute_fans(shape, self.input_axes, self.output_axes)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, fan)
        if self.distribution == "uniform":
            limit = math.sqrt(3 * variance)
            return self.draw_uniform(shape, -limit, limit, dtype)
        if self.distribution == "untruncated_normal":
            return self.draw_normal(shape, 0.0, math.sqrt(variance), dtype)
        return self.draw_truncated_normal(shape, 0.0, math.sqrt(variance) / TRUNCATED_NORMAL_STDDEV, dtype)


@registry.register
class GlorotUniform(VarianceScaling):
    """Draws evenly, with a spread from inputs and outputs: the usual choice for kernels.

    Formula: even between ±√(6 / (inputs + outputs))

    Args:
        seed: A whole number that makes each call give the same values.
        input_axes: Axes that count as inputs; None for Keras's rule.
        output_axes: Axes that count as outputs; None for Keras's rule.

    Source: Glorot & Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html
    """

    def __init__(self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None) -> None:
        super().__init__(1.0, "fan_avg", "uniform", seed, input_axes, output_axes)


@registry.register
class GlorotNormal(VarianceScaling):
    """Draws from a bell curve, with a spread from inputs and outputs.

    Formula: normal with spread √(2 / (inputs + outputs)), cut off

    Args:
        seed: A whole number that makes each call give the same values.
        input_axes: Axes that count as inputs; None for Keras's rule.
        output_axes: Axes that count as outputs; None for Keras's rule.

    Source: Glorot & Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html
    """

    def __init__(self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal", seed, input_axes, output_axes)


@registry.register
class LecunNormal(VarianceScaling):
    """Draws from a bell curve, with a spread from the inputs: goes with selu.

    Formula: normal with spread √(1 / inputs), cut off

    Args:
        seed: A whole number that makes each call give the same values.
        input_axes: Axes that count as inputs; None for Keras's rule.
        output_axes: Axes that count as outputs; None for Keras's rule.

    Source: Klambauer et al. 2017, https://arxiv.org/abs/1706.02515
    """

    def __init__(self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None) -> None:
        super().__init__(1.0, "fan_in", "truncated_normal", seed, input_axes, output_axes)


@registry.register
class LecunUniform(VarianceScaling):
    """Draws evenly, with a spread from the inputs.

    Formula: even between ±√(3 / inputs)

    Args:
        seed: A whole number that makes each call give the same values.
        input_axes: Axes that count as inputs; None for Keras's rule.
        output_axes: Axes that count as outputs; None for Keras's rule.

    Source: Klambauer et al. 2017, https://arxiv.org/abs/1706.02515
    """

    def __init__(self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None) -> None:
        super().__init__(1.0, "fan_in", "uniform", seed, input_axes, output_axes)


@registry.register
class HeNormal(VarianceScaling):
    """Draws from a bell curve, with a wider spread from the inputs: goes with relu.

    Formula: normal with spread √(2 / inputs), cut off

    Args:
        seed: A whole number that makes each call give the same values.
        input_axes: Axes that count as inputs; None for Keras's rule.
        output_axes: Axes that count as outputs; None for Keras's rule.

    Source: He et al. 2015, https://arxiv.org/abs/1502.01852
    """

    def __init__(self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None) -> None:
        super().__init__(2.0, "fan_in", "truncated_normal", seed, input_axes, output_axes)


@registry.register
class HeUniform(VarianceScaling):
    """Draws evenly, with a wider spread from the inputs: goes with relu.

    Formula: even between ±√(6 / inputs)

    Args:
        seed: A whole number that makes each call give the same values.
        input_axes: Axes that count as inputs; None for Keras's rule.
        output_axes: Axes that count as outputs; None for Keras's rule.

    Source: He et al. 2015, https://arxiv.org/abs/1502.01852
    """

    def __init__(self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None) -> None:
        super().__init__(2.0, "fan_in", "uniform", seed, input_axes, output_axes)


def compute_fans(
    shape: Sequence[int], input_axes: Sequence[int] | None = None, output_axes: Sequence[int] | None = None
) -> tuple[int, int]:
    """How many inputs flow into, and outputs come out of, one unit of a weight.

    Args:
        shape: Sizes of the weight; of a convolution kernel (*window, channels in, channels out).
        input_axes: Axes that count as inputs.
        output_axes: Axes that count as outputs; both have to be given to be used.
    """
    shape = tuple(shape)
    if input_axes is not None and output_axes is not None:
        return math.prod(shape[axis] for axis in input_axes), math.prod(shape[axis] for axis in output_axes)
    if len(shape) < 2:
        return (shape[0], shape[0]) if shape else (1, 1)
    window = math.prod(shape[:-2])
    return window * shape[-2], window * shape[-1]


def _check(parameter: str, received: Any, valid: bool, hint: str) -> None:
    if not valid:
        raise ParameterError(
            f"VarianceScaling got {parameter}={received!r}.",
            parameter=parameter,
            received=received,
            hint=hint,
        )
