"""EinsumDense: weighted sums along axes of one's own choice."""

import re
from dataclasses import dataclass
from typing import Annotated, Any

import torch

from runtime import activations, initializers
from runtime.errors import ParameterError, ShapeError
from runtime.layers.arguments import ActivationLike, ConstraintLike, InitializerLike, RegularizerLike
from runtime.layers.attention_heads import with_axes
from runtime.layers.base import Layer
from runtime.layers.measured import product
from runtime.layers.reach import SAME, Sight
from runtime.layers.registration import register
from runtime.layers.weights import Weight
from runtime.types import Range, Shape, show_shape

_FORM = re.compile(r"(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?")


@dataclass(frozen=True)
class Equation:
    """An equation such as "...ab,bc->...ac", taken apart.

    Args:
        inputs: Letters of the input's axes.
        kernel: Letters of the kernel's axes.
        outputs: Letters of the output's axes.
        dots: "left" or "right" where there are further axes, "" for none.
    """

    inputs: str
    kernel: str
    outputs: str
    dots: str


@register("Core", rank=2)
class EinsumDense(Layer):
    """A Dense layer for inputs of any form: an equation says which axes are summed over and which stay.

    Formula: output = activation(einsum(equation, inputs, kernel) + bias)

    Args:
        equation: Letters of the axes of input and kernel, and of the output: "abc,cd->abd" is a Dense on
            sequences. "..." at the start or the end stands for further axes.
        output_shape: Sizes of the output without the batch and the axes of "..."; None where an axis of the
            input stays.
        activation: Function applied to the sums; None for none.
        bias_axes: Letters of the output's axes that get a bias; None for no bias.
        kernel_initializer: Start values of the weights.
        bias_initializer: Start values of the biases.
        kernel_regularizer: Penalty on large weights.
        bias_regularizer: Penalty on large biases.
        kernel_constraint: Rule the weights are held to after each step.
        bias_constraint: Rule the biases are held to after each step.

    Call args:
        inputs: A tensor with the axes that the equation names, batch first.

    Source:
        https://keras.io/api/layers/core_layers/einsum_dense/
    """

    kernel: Weight
    bias: Weight | None

    def __init__(
        self,
        equation: str,
        output_shape: Annotated[Shape, Range(min=1)],
        activation: ActivationLike = None,
        bias_axes: str | None = None,
        kernel_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        kernel_regularizer: RegularizerLike = None,
        bias_regularizer: RegularizerLike = None,
        kernel_constraint: ConstraintLike = None,
        bias_constraint: ConstraintLike = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.equation = equation
        sizes = (output_shape,) if isinstance(output_shape, int) else output_shape
        self.partial_output_shape: Shape = tuple(sizes)
        self.activation = activations.get(activation)
        self.bias_axes = bias_axes
        self.kernel_initializer = kernel_initializer
        self.bias_initializer = bias_initializer
        self.kernel_regularizer = kernel_regularizer
        self.bias_regularizer = bias_regularizer
        self.kernel_constraint = kernel_constraint
        self.bias_constraint = bias_constraint
        self._parts = _taken_apart(equation)
        self._check_letters()

    def __new__(cls, equation: Any, output_shape: Any, *args: Any, **kwargs: Any) -> "EinsumDense":
        """Takes a single size, too."""
        sizes = (output_shape,) if isinstance(output_shape, int) else output_shape
        return super().__new__(cls, equation, sizes, *args, **kwargs)

    def _check_letters(self) -> None:
        parts = self._parts
        strange = set(parts.kernel) - set(parts.inputs + parts.outputs)
        new = set(parts.outputs) - set(parts.inputs + parts.kernel)
        for letters, problem in (
            (strange, "stands in the kernel alone"),
            (new, "stands in the output alone"),
        ):
            if letters:
                raise self._refused("equation", self.equation, f"'{min(letters)}' {problem}")
        wanted = len(parts.outputs) - (parts.dots != "left")
        if len(self.partial_output_shape) != wanted:
            raise self._refused(
                "output_shape", self.partial_output_shape, f"its output has {wanted} axes behind the batch"
            )
        if self.bias_axes is not None and (not self.bias_axes or set(self.bias_axes) - set(parts.outputs)):
            raise self._refused(
                "bias_axes", self.bias_axes, f"the axes of the output are {', '.join(parts.outputs)}"
            )

    def _refused(self, parameter: str, received: Any, problem: str) -> ParameterError:
        return ParameterError(
            f"EinsumDense({parameter}=…) got {received!r}, but {problem} in {self.equation!r}.",
            parameter=parameter,
            received=received,
            hint="For example EinsumDense('abc,cd->abd', (None, 8), bias_axes='d').",
        )

    def build(self, input_shape: Shape) -> None:
        """Makes the kernel, with an axis for each of its letters, and the bias."""
        self._axes_built = len(input_shape)
        parts, sizes = self._parts, self._sizes(input_shape)
        summed = [place for place, letter in enumerate(parts.kernel) if letter not in parts.outputs]
        kept = [place for place, letter in enumerate(parts.kernel) if letter in parts.outputs]
        self.kernel = self.add_weight(
            self._known([sizes[letter] for letter in parts.kernel], input_shape),
            with_axes(initializers.get(self.kernel_initializer), summed, kept),
            name="kernel",
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.bias = None
        if self.bias_axes is not None:
            first = min(parts.outputs.index(letter) for letter in self.bias_axes)
            behind = [sizes[letter] if letter in self.bias_axes else 1 for letter in parts.outputs[first:]]
            behind += [1] * (len(input_shape) - len(parts.inputs) if parts.dots == "right" else 0)
            self.bias = self.add_weight(
                self._known(behind, input_shape),
                self.bias_initializer,
                name="bias",
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def _known(self, sizes: list[int | None], input_shape: Shape) -> tuple[int, ...]:
        known = tuple(size for size in sizes if size is not None)
        if len(known) < len(sizes):
            raise ShapeError(
                f"{self.label} needs to know the sizes of its weights, but one of them is unknown in "
                f"{show_shape(input_shape)}.",
                port="inputs",
                hint="State the size in the Input, or in output_shape.",
            )
        return known

    def _sizes(self, input_shape: Shape) -> dict[str, int | None]:
        """Size by letter, out of the input's shape and the output's."""
        parts = self._parts
        more = len(input_shape) - len(parts.inputs)
        if more < (parts.dots == "left") or (more and not parts.dots):
            raise ShapeError(
                f"{self.label} wants an input with the axes {self.equation.partition(',')[0]}, but gets "
                f"{show_shape(input_shape)} ({len(input_shape)} axes).",
                port="inputs",
                hint="Name each axis of the input by a letter, the batch included, or by '...'.",
            )
        named = input_shape[more:] if parts.dots == "left" else input_shape[: len(parts.inputs)]
        sizes = dict(zip(parts.inputs, named, strict=True))
        letters = parts.outputs if parts.dots == "left" else parts.outputs[1:]
        sizes.setdefault(parts.outputs[0], input_shape[0])
        for letter, size in zip(letters, self.partial_output_shape, strict=True):
            there = sizes.get(letter) if letter in parts.inputs else None
            if None not in (size, there) and size != there:
                raise ShapeError(
                    f"{self.label} keeps axis '{letter}', which has size {there} in "
                    f"{show_shape(input_shape)}, but {size} in output_shape.",
                    port="inputs",
                    hint="Write None for it in output_shape.",
                )
            sizes[letter] = there if size is None else size
        return sizes

    def preactivation(self, inputs: torch.Tensor) -> torch.Tensor:
        """The sums before the activation."""
        inputs = inputs if inputs.is_floating_point() else inputs.to(self.kernel.dtype)
        sums = torch.einsum(self.equation, inputs, self.kernel)
        return sums if self.bias is None else sums + self.bias

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        """The sums through the activation."""
        sums = self.preactivation(inputs)
        return sums if self.activation is None else self.activation(sums)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The sizes of the output's letters; the axes of "..." stay."""
        parts, sizes = self._parts, self._sizes(input_shape)
        kernel = self._known([sizes[letter] for letter in parts.kernel], input_shape)
        if self.built and len(input_shape) != self._axes_built:
            raise ShapeError(
                f"{self.label} was built for {self._axes_built} axes, but gets {show_shape(input_shape)} "
                f"({len(input_shape)} axes).",
                port="inputs",
                hint="A layer that is used twice needs inputs of equal form.",
            )
        if self.built and kernel != tuple(self.kernel.shape):
            raise ShapeError(
                f"{self.label} was built for weights of {show_shape(tuple(self.kernel.shape))}, but "
                f"{show_shape(input_shape)} needs {show_shape(kernel)}.",
                port="inputs",
                hint="A layer that is used twice needs inputs of equal size.",
            )
        more = len(input_shape) - len(parts.inputs)
        output = tuple(sizes[letter] for letter in parts.outputs)
        return (
            (*input_shape[:more], *output)
            if parts.dots == "left"
            else (*output, *input_shape[len(input_shape) - more :])
        )

    def macs(self, input_shape: Shape) -> int | None:
        """One product for each combination of places of all letters; none if nothing is added up."""
        parts, sizes = self._parts, self._sizes(input_shape)
        if set(parts.inputs + parts.kernel) <= set(parts.outputs):
            return 0
        more = len(input_shape) - len(parts.inputs)
        if parts.dots == "left":
            return product(*input_shape[1:more], *sizes.values())
        del sizes[parts.outputs[0]]
        return product(*input_shape[len(input_shape) - more :], *sizes.values())

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """Axes whose letter goes on keep their places."""
        del place
        parts, more = self._parts, len(shape) - len(self._parts.inputs)
        before = more if parts.dots == "left" else 0
        behind = more if parts.dots == "right" else 0
        axes = {at: at for at in range(before)}
        axes |= {
            before + at: before + parts.inputs.index(letter)
            for at, letter in enumerate(parts.outputs)
            if letter in parts.inputs
        }
        axes |= {len(parts.outputs) + at: len(parts.inputs) + at for at in range(behind)}
        return {to: (source, SAME) for to, source in axes.items() if to and source}


def _taken_apart(equation: str) -> Equation:
    found = _FORM.fullmatch(equation.replace(" ", ""))
    before, inputs, behind, kernel, first, outputs, last = found.groups() if found else (None,) * 7
    if (
        inputs is None
        or kernel is None
        or outputs is None
        or (before, behind) != (first, last)
        or (before and behind)
    ):
        raise ParameterError(
            f"EinsumDense(equation=…) got {equation!r}, but it wants letters for the axes of input, "
            "kernel and output.",
            parameter="equation",
            received=equation,
            hint="For example 'ab,bc->ac', '...b,bc->...c' or 'ab...,bc->ac...'.",
        )
    return Equation(inputs, kernel, outputs, "left" if before else "right" if behind else "")
