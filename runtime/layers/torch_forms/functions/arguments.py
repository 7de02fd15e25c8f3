"""The arguments of a function between layers as code, and what it gives."""

import math
from collections.abc import Callable, Mapping
from string import Formatter
from typing import Any

import numpy as np
import torch

from runtime.layers.operations import Operation
from runtime.layers.torch_forms.registration import FUNCTIONS
from runtime.layers.torch_forms.writing import Call, Value, literal
from runtime.ops.conversion import torch_dtype
from runtime.types import Shape

CASTS = {"float32": ".float()", "int32": ".int()", "int64": ".long()", "bool": ".bool()"}

Written = str | list[str]
"""An expression of the output, or one for each output."""


class Arguments:
    """The arguments of one call: tensors by wire, constants, and settings.

    Args:
        layer: The function's layer.
        call: Its place in the module that is written.
    """

    def __init__(self, layer: Operation, call: Call) -> None:
        self.layer = layer
        self.call = call
        parameters = layer.entry.parameters.items()
        defaults = {name: each.default for name, each in parameters if each.default is not each.empty}
        self.settings: dict[str, Any] = {**defaults, **call.settings, **layer.settings}

    def __getitem__(self, name: str) -> Any:
        """A setting, or an argument that is no tensor; None if it is not given."""
        return None if name in self.call.inputs else self.settings.get(name)

    def given(self, name: str) -> bool:
        """True if an argument is there."""
        return name in self.call.inputs or self[name] is not None

    def values(self, name: str) -> list[Value]:
        """The tensors that come by wire."""
        return list(self.call.inputs.get(name, ()))

    def shape(self, name: str) -> Shape:
        """Shape of an argument."""
        if name in self.call.inputs:
            return self.values(name)[0].shape
        return np.shape(self[name])

    def rank(self, name: str) -> int:
        """How many axes an argument has."""
        return len(self.shape(name))

    def dtype(self, name: str) -> str:
        """Element type of an argument."""
        if name in self.call.inputs:
            return self.values(name)[0].dtype
        return str(_tensor(self[name]).dtype).removeprefix("torch.")

    def code(self, name: str, form: str = "") -> str:
        """An argument as an expression.

        Args:
            name: The argument.
            form: "" for a tensor or a number, "t" for a tensor in any case, "f" for a tensor of fractions,
                "r" for one of the type that comes out, "i" for one of places.
        """
        if name in self.call.inputs:
            code, dtype = self.call.last(self.values(name)[0]), self.dtype(name)
        else:
            value = self[name]
            if form == "" and (value is None or isinstance(value, bool | int | float | str)):
                return number(value)
            code, dtype = self._constant(name, value), self.dtype(name)
        wanted = {"f": "float32", "r": self.result, "i": "int64"}.get(form, dtype)
        fits = dtype == wanted or (form == "f" and "float" in dtype) or (form == "f" and "complex" in dtype)
        return code if fits else f"{code}{cast(wanted)}"

    def _constant(self, name: str, value: Any) -> str:
        tensor = _tensor(value)
        if tensor.ndim == 0:
            return f"torch.tensor({number(tensor.item())})"
        numbers = _numbers(tensor)
        dtype = "" if tensor.dtype in (torch.float32, torch.bool) else f", dtype={tensor.dtype}"
        return self.call.constant(name, f"torch.tensor({numbers}{dtype})")

    def all(self, name: str) -> list[str]:
        """The tensors that come by wire, as expressions."""
        return [self.call.last(value) for value in self.values(name)]

    def unwired(self, name: str) -> Any:
        """A setting or an argument that no tensor may stand for.

        Raises:
            ExportError: A tensor comes by wire.
        """
        if name in self.call.inputs:
            raise self.call.refuse(f"its {name} is a tensor that is computed")
        value = self[name]
        return tuple(value.tolist()) if isinstance(value, np.ndarray) and value.ndim else value

    @property
    def result(self) -> str:
        """Element type of the first output."""
        return self.call.stated[0].dtype

    def over(self, name: str = "x", axis: str = "axis") -> str:
        """The axes that are reduced, and whether they stay, as arguments in brackets."""
        return f"({self.axes(name, axis)})"

    def axes(self, name: str = "x", axis: str = "axis") -> str:
        """The same without brackets."""
        places, keep = self.unwired(axis), bool(self.settings.get("keepdims"))
        if isinstance(places, list | tuple):
            if not places:
                raise self.call.refuse("it works along no axis")
            places = tuple(places)
        if places is None and not keep:
            return ""
        shown = literal(tuple(range(self.rank(name))) if places is None else places)
        return f"{shown}, keepdim=True" if keep else shown

    def fill(self, template: str) -> str:
        """A template with the arguments in it: "{x:f}.exp()"."""
        return Formatter().vformat(template, (), _Fields(self))

    def all_float(self) -> bool:
        """True if floating numbers go in and come out."""
        dtypes = [value.dtype for value in self.call.values] + [spec.dtype for spec in self.call.stated]
        return all(dtype == "float32" for dtype in dtypes)


class _Field:
    def __init__(self, arguments: Arguments, name: str) -> None:
        self.arguments = arguments
        self.name = name

    def __format__(self, form: str) -> str:
        takes = self.arguments.layer.entry.takes
        if self.name in takes:
            return self.arguments.code(self.name, form)
        value = self.arguments.unwired(self.name)
        if form == "n":
            return str(value)
        return literal(tuple(value) if isinstance(value, list) else value)


class _Fields(Mapping[str, _Field]):
    def __init__(self, arguments: Arguments) -> None:
        self.arguments = arguments

    def __getitem__(self, name: str) -> _Field:
        return _Field(self.arguments, name)

    def __iter__(self) -> Any:
        return iter(self.arguments.settings)

    def __len__(self) -> int:
        return len(self.arguments.settings)


def function(*names: str, gives: str = "") -> Callable[[Callable[[Arguments], Written]], Any]:
    """Decorator of a function's form: says which functions it writes, by the names of their classes.

    Args:
        names: Class names.
        gives: The element type torch's function gives, if it is always the same.
    """

    def decorate(write: Callable[[Arguments], Written]) -> Callable[[Arguments], Written]:
        def form(layer: Operation, call: Call) -> None:
            arguments = Arguments(layer, call)
            written = write(arguments)
            codes = [written] if isinstance(written, str) else written
            for code, spec in zip(codes, call.stated, strict=True):
                plain = spec.dtype == gives or (not gives and arguments.all_float())
                call.give(code if plain else f"{whole(code)}{cast(spec.dtype)}", mask=None)

        for name in names:
            FUNCTIONS[name] = form
        return write

    return decorate


def templates(table: Mapping[str, str], gives: str = "") -> None:
    """Forms that are one expression each, by name of the function's class."""
    for name, template in table.items():
        function(name, gives=gives)(lambda arguments, template=template: arguments.fill(template))


def unpacked(arguments: Arguments, code: str) -> list[str]:
    """Variables for all outputs of an expression that gives several tensors."""
    call = arguments.call
    names = [call.variable(place, f"part_{place}") for place in range(len(call.stated))]
    call.write(f"{', '.join(names)}{',' * (len(names) == 1)} = {code}")
    return names


def cast(dtype: str) -> str:
    """What stands behind an expression to give it an element type."""
    return CASTS.get(dtype, f".to({torch_dtype(dtype)})")


def whole(code: str) -> str:
    """An expression that a method can be called on."""
    depth = 0
    for place, sign in enumerate(code):
        depth += (sign in "([") - (sign in ")]")
        if depth == 0 and (sign == " " or (place == 0 and sign in "-~")):
            return f"({code})"
    return code


def number(value: Any) -> str:
    """A number as Python code; infinite and missing ones by torch's names."""
    if isinstance(value, float) and not math.isfinite(value):
        return "torch.nan" if math.isnan(value) else "torch.inf" if value > 0 else "-torch.inf"
    return literal(value)


def _tensor(value: Any) -> torch.Tensor:
    """A constant as the design computes with it."""
    if isinstance(value, list | tuple) and not value:
        return torch.zeros(0)
    tensor = torch.as_tensor(np.asarray(value))
    usual = {torch.float64: torch.float32, torch.int64: torch.int32}
    return tensor if isinstance(value, np.ndarray) else tensor.to(usual.get(tensor.dtype, tensor.dtype))


def _numbers(tensor: torch.Tensor) -> str:
    if tensor.ndim > 1:
        return f"[{', '.join(_numbers(part) for part in tensor)}]"
    if not tensor.is_floating_point():
        return str(tensor.tolist())
    return f"[{', '.join(number(float(str(one))) for one in tensor.numpy())}]"
