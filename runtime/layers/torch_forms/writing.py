"""The text of a torch module while it is being written, and one layer's place in it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor

from runtime.errors import ExportError
from runtime.layers.base import Layer
from runtime.layers.spec import layer_spec
from runtime.layers.torch_forms.registration import form_of, reason_against
from runtime.layers.torch_forms.sources import piece_source
from runtime.regularizers import L1L2
from runtime.types import Shape, TensorSpec

MOST_AXES = 5
"""A batch of volumes: what torch has functions for."""
_TAKEN = frozenset(dir(torch.nn.Module())) | {"penalty"}


@dataclass(frozen=True)
class Value:
    """A tensor of the program.

    Args:
        code: An expression for it.
        shape: Its shape in the design, where channels stand last.
        dtype: Its element type.
        first: True if the program has its last axis, the channels, behind the batch, as torch wants it.
        mask: An expression for which steps count; None for all.
    """

    code: str
    shape: Shape
    dtype: str = "float32"
    first: bool = False
    mask: str | None = None

    @property
    def shape_in_program(self) -> Shape:
        """The shape the tensor has in the program."""
        return (self.shape[0], self.shape[-1], *self.shape[1:-1]) if self.first else self.shape

    @property
    def is_floating(self) -> bool:
        """True for numbers with fractions."""
        return "float" in self.dtype


@dataclass
class ModuleText:
    """What has been written of a module so far.

    Args:
        attributes: Names of attributes that are used.
        variables: Names of variables that are used in `forward`.
        init: Statements of `__init__`.
        forward: Statements of `forward`.
        pieces: Source of the functions and classes the module needs, by name.
        arrays: Its parameters and buffers, by their names in the state dict.
        made: The attribute of what a layer has made, by layer and what it is: a layer that is called again
            makes nothing anew.
        penalties: Expressions of what regularizers add to the loss.
        notes: What training the program does otherwise than the design.
    """

    attributes: set[str] = field(default_factory=set[str])
    variables: set[str] = field(default_factory=set[str])
    init: list[str] = field(default_factory=list[str])
    forward: list[str] = field(default_factory=list[str])
    pieces: dict[str, str] = field(default_factory=dict[str, str])
    arrays: dict[str, Tensor] = field(default_factory=dict[str, Tensor])
    made: dict[tuple[int, str], str] = field(default_factory=dict[tuple[int, str], str])
    penalties: list[str] = field(default_factory=list[str])
    notes: list[str] = field(default_factory=list[str])

    def attribute(self, wanted: str) -> str:
        """An attribute's name that nothing else has."""
        while wanted in self.attributes or wanted in _TAKEN:
            wanted += "_"
        self.attributes.add(wanted)
        return wanted

    def variable(self, wanted: str) -> str:
        """A variable of `forward` that nothing else has."""
        while wanted in self.variables:
            wanted += "_"
        self.variables.add(wanted)
        return wanted


class Call:
    """One layer of a design, called in the `forward` of the module that is being written.

    A layer's form reads its inputs from here, adds what the module needs, and gives the outputs.

    Args:
        module: The module.
        layer: The layer, built; its weights may be without memory when only text is wanted.
        name: What the layer is called in the program.
        inputs: The tensors that come in, by port.
        settings: Arguments of the call that are no tensors.
        variables: Variables for the outputs; empty where the layer stands within another.
        stated: Shapes and element types of the outputs, as the design has them; empty there, too.
    """

    def __init__(
        self,
        module: ModuleText,
        layer: Layer,
        name: str,
        inputs: Mapping[str, Sequence[Value]],
        settings: Mapping[str, Any] | None = None,
        variables: Sequence[str] = (),
        stated: Sequence[TensorSpec] = (),
    ) -> None:
        self.text = module
        self.layer = layer
        self.name = name
        self.inputs = inputs
        self.settings = dict(settings or {})
        self.variables = tuple(variables)
        self.stated = tuple(stated)
        self.outputs: list[Value] = []
        self._covered: set[int] = set()

    # What comes in.

    @property
    def values(self) -> list[Value]:
        """All tensors that come in, in the order of the ports."""
        return [value for values in self.inputs.values() for value in values]

    @property
    def value(self) -> Value:
        """The first tensor."""
        return self.values[0]

    def last(self, value: Value | None = None, *, floating: bool = False) -> str:
        """A tensor with its channels last, as the design has it; the first tensor if none is said."""
        value = self.value if value is None else value
        code = self._floating(value) if floating else value.code
        return f"{code}.movedim(1, -1)" if value.first else code

    def channels_first(self, value: Value | None = None, *, floating: bool = True) -> str:
        """A tensor with its channels behind the batch, as torch's image functions want it."""
        value = self.value if value is None else value
        code = self._floating(value) if floating else value.code
        return code if value.first or len(value.shape) < 3 else f"{code}.movedim(-1, 1)"

    def any(self, value: Value | None = None, *, floating: bool = False) -> str:
        """A tensor as it is; the outputs are given as they are, too."""
        value = self.value if value is None else value
        return self._floating(value) if floating else value.code

    def _floating(self, value: Value) -> str:
        # Layers compute in float32, whatever the data come in.
        return value.code if value.dtype == "float32" else f"{value.code}.float()"

    @property
    def mask(self) -> str | None:
        """The mask the layer's own `mask` argument gets: as in Keras, none where it takes several tensors."""
        arguments = {layer_spec(type(self.layer)).port(name).argument for name in self.inputs}  # type: ignore[union-attr]
        return self.value.mask if len(arguments) < 2 else None

    # What the module needs.

    def module(self, suffix: str, code: str, **arrays: Tensor | None) -> str:
        """Adds a module with these weights, and gives the expression for it.

        Args:
            suffix: What it is called behind the layer's name; "" for the layer's name alone.
            code: How it is made: "nn.Linear(4, 2)".
            arrays: Its weights by their names within it; None for one it has not.
        """
        known = self.text.made.get((id(self.layer), suffix))
        if known is not None:
            return f"self.{known}"
        attribute = self._attribute(suffix)
        self.text.init.append(f"self.{attribute} = {code}")
        self.keep(attribute, arrays)
        if arrays and not self.layer.trainable:
            self.text.init.append(f"self.{attribute}.requires_grad_(False)")
        return f"self.{attribute}"

    def keep(self, attribute: str, arrays: Mapping[str, Tensor | None]) -> None:
        """Says what the weights of an attribute are."""
        for name, tensor in arrays.items():
            if tensor is not None:
                path = f"{attribute}.{name}" if name else attribute
                self.text.arrays[path] = tensor
                self._price(path, tensor)

    def parameter(self, suffix: str, tensor: Tensor, start: str = "zeros") -> str:
        """Adds a parameter of the module itself: `torch.<start>(shape)`."""
        known = self.text.made.get((id(self.layer), suffix))
        if known is not None:
            return f"self.{known}"
        attribute = self._attribute(suffix)
        frozen = "" if self.layer.trainable else ", requires_grad=False"
        shape = literal(tuple(tensor.shape)) if tensor.ndim != 1 else str(tensor.shape[0])
        self.text.init.append(f"self.{attribute} = nn.Parameter(torch.{start}({shape}){frozen})")
        self.keep(attribute, {"": tensor})
        return f"self.{attribute}"

    def buffer(self, suffix: str, tensor: Tensor, start: str = "zeros") -> str:
        """Adds numbers that are kept with the weights and not learnt."""
        known = self.text.made.get((id(self.layer), suffix))
        if known is not None:
            return f"self.{known}"
        attribute = self._attribute(suffix)
        shape = literal(tuple(tensor.shape)) if tensor.ndim != 1 else str(tensor.shape[0])
        self.text.init.append(f'self.register_buffer("{attribute}", torch.{start}({shape}))')
        self.text.arrays[attribute] = tensor
        return f"self.{attribute}"

    def constant(self, suffix: str, code: str) -> str:
        """Adds numbers that stand in the program itself: they move with the module, and are not saved."""
        attribute = self._attribute(suffix)
        self.text.init.append(f'self.register_buffer("{attribute}", {code}, persistent=False)')
        return f"self.{attribute}"

    def fixed(self, module: str, *names: str) -> None:
        """Freezes weights that the design has not, and that are there because torch has them."""
        lines = [f"{module}.{name}.requires_grad_(False)" for name in names if self.layer.trainable]
        self.text.init += [line for line in lines if line not in self.text.init]

    def _attribute(self, suffix: str) -> str:
        attribute = self.text.attribute(f"{self.name}_{suffix}" if suffix else self.name)
        self.text.made[id(self.layer), suffix] = attribute
        return attribute

    def _price(self, path: str, tensor: Tensor) -> None:
        """Writes the penalty of a weight's regularizer; the weight is known by being the tensor's source."""
        weight: Any = tensor if tensor._base is None else tensor._base
        regularizer = getattr(weight, "regularizer", None)
        if regularizer is None or not weight.requires_grad:
            return
        self._covered.add(id(weight))
        if type(regularizer).__call__ is not L1L2.__call__ and not isinstance(regularizer, L1L2):
            self.note(f"the regularizer {type(regularizer).__name__} is left out")
            return
        for price, size in ((regularizer.l1, "abs()"), (regularizer.l2, "square()")):
            if price:
                self.text.penalties.append(f"{literal(float(price))} * self.{path}.{size}.sum()")

    def piece(self, function: Callable[..., Any]) -> str:
        """Puts a function or class of `pieces` into the program, and gives its name."""
        for name, source in piece_source(function).items():
            self.text.pieces.setdefault(name, source)
        return function.__name__

    def note(self, words: str) -> None:
        """Says in the program what its training does otherwise than the design."""
        line = f"{self.name}: {words}"
        if line not in self.text.notes:
            self.text.notes.append(line)

    def let(self, suffix: str, code: str) -> str:
        """Gives an expression a variable of its own."""
        variable = self.local(suffix)
        self.text.forward.append(f"{variable} = {code}")
        return variable

    def write(self, statement: str) -> None:
        """Adds a statement to `forward`."""
        self.text.forward.append(statement)

    def variable(self, place: int, suffix: str) -> str:
        """The variable of an output, for statements that set it."""
        if place < len(self.variables) and self.variables[place] != "_":
            return self.variables[place]
        return "_" if self.variables else self.local(suffix)

    def local(self, suffix: str) -> str:
        """A variable of the layer's own."""
        return self.text.variable(f"{self.name}_{suffix}")

    def inside(self, layer: Layer, suffix: str, value: Value) -> list[Value]:
        """Writes a layer within this one, and gives its outputs."""
        port = layer_spec(type(layer)).inputs[0].name
        name = f"{self.name}_{suffix}" if suffix else self.name
        call = Call(self.text, layer, name, {port: [value]})
        call.write_layer()
        return call.outputs

    def write_layer(self) -> None:
        """Writes the layer into the module.

        Raises:
            ExportError: The layer has no form in PyTorch that computes the same.
        """
        dtype = self.layer.compute_dtype
        if dtype != "float32" or self.layer.variable_dtype != "float32":
            raise self.refuse(f"it computes in {dtype}", hint="Give it the dtype float32.")
        write = form_of(type(self.layer))
        if write is None:
            raise self.refuse(reason_against(type(self.layer)))
        write(self.layer, self)
        self._note_what_training_misses()

    # What comes out.

    def give(
        self, code: str, shape: Shape | None = None, *, first: bool = False, mask: str | bool | None = True
    ) -> None:
        """Gives the next output.

        Args:
            code: An expression for it.
            shape: Its shape, channels last; None lets the design say it.
            first: True if it stands in the program with its channels behind the batch.
            mask: Its mask; True for that of the input, if the layer hands masks on.
        """
        if mask is True:
            mask = self.value.mask if self.inputs and self.layer.supports_mask else None
        self.outputs.append(Value(code, shape or (), "float32", first, mask or None))

    def give_any(self, code: str) -> None:
        """Gives an output whose channels stand where those of the input do."""
        self.give(code, first=self.value.first)

    def image(self) -> tuple[str, bool]:
        """The tensor as torch's image functions want it, and whether the channels were moved for it."""
        if getattr(self.layer, "data_format", None) == "channels_first":
            return self.last(floating=True), False
        return self.channels_first(), len(self.value.shape) > 2

    def refuse(self, why: str, hint: str = "Take it out, or export another form.") -> ExportError:
        """The error for a layer that cannot be written."""
        return ExportError(
            f"{self.layer.label} cannot be written in PyTorch: {why}.", layer=self.layer.name, hint=hint
        )

    def finish(self, shapes: Sequence[tuple[Shape, str]]) -> list[Value]:
        """The outputs with their shapes and dtypes as the design has them."""
        return [
            replace(value, shape=value.shape or shape, dtype=dtype)
            for value, (shape, dtype) in zip(self.outputs, shapes, strict=True)
        ]

    def _note_what_training_misses(self) -> None:
        for weight in self.layer.weights:
            regularizer, constraint = (getattr(weight, n, None) for n in ("regularizer", "constraint"))
            if regularizer is not None and weight.requires_grad and id(weight) not in self._covered:
                self.note(f"the regularizer {type(regularizer).__name__} is left out")
            if constraint is not None:
                self.note(f"the constraint {type(constraint).__name__} is left out")
        if self.layer.activity_regularizer is not None:
            self.note("the price on its output (activity_regularizer) is left out")


def literal(value: Any) -> str:
    """A number, text or tuple as Python code."""
    if isinstance(value, tuple | list):
        inside = ", ".join(map(literal, value))
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, float):
        return _number(value)
    return repr(value)


def _number(value: float) -> str:
    if value == int(value) if abs(value) < 1e15 else False:
        return repr(float(value))
    whole = round(1 / value) if 0 < abs(value) < 1 else 0
    return f"1 / {whole}" if whole and len(repr(value)) > 8 and 1 / whole == value else repr(value)


def sizes(numbers: Sequence[int]) -> str:
    """Sizes for each axis; one number where they are equal, as torch takes it."""
    return str(numbers[0]) if len(set(numbers)) == 1 else literal(tuple(numbers))
