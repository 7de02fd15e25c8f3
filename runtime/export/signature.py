"""What an exported model takes: name, shape and element type of each input, in order."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from runtime.data.nested import flatten, packer
from runtime.errors import DataError, NotBuiltError
from runtime.formats import standardize_dtype
from runtime.models.arrangement import graph_of
from runtime.types import TEXT, Shape, is_shape


@dataclass(frozen=True)
class ExportInput:
    """One input of an exported model.

    Args:
        name: Its name in the file.
        shape: Sizes, batch first; None stays open.
        dtype: Element type.
    """

    name: str
    shape: Shape
    dtype: str

    def sizes(self, batch: int, other: int) -> tuple[int, ...]:
        """The shape with sizes for what is open in it.

        Args:
            batch: Number of samples.
            other: Size of every other open axis.
        """
        return tuple(
            (other if axis else batch) if size is None else size for axis, size in enumerate(self.shape)
        )


@dataclass(frozen=True)
class Signature:
    """All inputs of an exported model.

    Args:
        inputs: One entry a tensor, in the order of the file.
        arranged: Puts a flat list of tensors into the arguments of the model's call.
    """

    inputs: tuple[ExportInput, ...]
    arranged: Callable[[list[Any]], list[Any]]

    @property
    def has_open_axes(self) -> bool:
        """True if there is an axis of no stated size besides the batch."""
        return any(None in one.shape[1:] for one in self.inputs)

    @property
    def has_open_batch(self) -> bool:
        """True if the number of samples is not stated."""
        return any(one.shape[:1] == (None,) for one in self.inputs)

    def zeros(self, batch: int, other: int, device: Any) -> list[torch.Tensor]:
        """Inputs of zeros."""
        return [
            torch.zeros(one.sizes(batch, other), dtype=getattr(torch, one.dtype), device=device)
            for one in self.inputs
        ]

    def random(self, batch: int, other: int, ids: int) -> list[np.ndarray]:
        """Inputs of random numbers, the same ones each time.

        Args:
            batch: Number of samples.
            other: Size of every other open axis.
            ids: Whole numbers are below this.
        """
        random = np.random.default_rng(batch)
        arrays: list[np.ndarray] = []
        for one in self.inputs:
            sizes = one.sizes(batch, other)
            if one.dtype == "bool":
                arrays.append(random.integers(0, 2, sizes).astype(bool))
            elif "float" in one.dtype:
                arrays.append(random.normal(size=sizes).astype("float32"))
            else:
                arrays.append(random.integers(0, ids, sizes).astype(one.dtype))
        return arrays


def signature_of(model: Any, stated: Any = None) -> Signature:
    """The inputs of a model.

    Args:
        model: The model.
        stated: What the caller says of them, in place of what the model says of itself: a structure of
            `InputSpec`, symbolic tensors, tensors or arrays, in a list with one entry an argument.

    Raises:
        NotBuiltError: The model has never seen data, and nothing is stated.
        DataError: What is stated does not fit, or an input is text.
    """
    if graph_of(model) is not None:
        signature = _of_graph(model, flatten(stated))
    else:
        signature = _of_own_call(model, stated)
    for one in signature.inputs:
        if one.dtype == TEXT:
            raise DataError(
                f"Input '{one.name}' of model '{model.name}' is text, which exported models do not take.",
                hint="Export the part behind the layer that turns texts into numbers.",
            )
    return signature


def _of_graph(model: Any, stated: list[Any]) -> Signature:
    names = model.input_names
    if len(names) != len(model.inputs):
        # Dicts with lists inside: the names of the Inputs are all there is.
        names = [tensor.node.layer.name for tensor in model.inputs]
    inputs = [
        ExportInput(str(name), tuple(tensor.shape), tensor.dtype)
        for name, tensor in zip(names, model.inputs, strict=True)
    ]
    if stated:
        if len(stated) != len(inputs):
            raise DataError(
                f"input_signature describes {len(stated)} inputs, but '{model.name}' has {len(inputs)}.",
                hint=f"They are {', '.join(names)}.",
            )
        inputs = [_as_stated(spec, known) for spec, known in zip(stated, inputs, strict=True)]
    return Signature(_with_own_names(inputs), lambda flat: [flat])


def _of_own_call(model: Any, stated: Any) -> Signature:
    if stated is None:
        stated = _built_for(model)
    arguments = list(stated) if isinstance(stated, list | tuple) else [stated]
    named = isinstance(arguments[0], dict) and len(arguments) == 1 and sorted(arguments[0], key=str)
    leaves = flatten(arguments)
    names = named if named and len(named) == len(leaves) else [f"input_{n}" for n in range(len(leaves))]
    inputs = [
        _as_stated(spec, ExportInput(str(name), (), model.input_dtype))
        for name, spec in zip(names, leaves, strict=True)
    ]
    return Signature(_with_own_names(inputs), packer(arguments)[0])


def _built_for(model: Any) -> list[Any]:
    """The shapes a model of one's own was built for, its batch open."""
    symbolic = getattr(model, "input", None) if hasattr(model, "prepare_inputs") else None
    if symbolic is not None:
        return [symbolic]
    shapes = getattr(model, "_build_shapes", None)
    if not model.built or not shapes:
        raise NotBuiltError(
            f"Model '{model.name}' has never been called: its inputs are not known.",
            hint="Call it on data, or say input_signature=[InputSpec(shape=(None, …))].",
        )
    return [_open(shape) for shape in shapes.values()]


def _open(shapes: Any) -> Any:
    if is_shape(shapes):
        return torch.empty((0, *shapes[1:]), device="meta")
    if isinstance(shapes, dict):
        return {name: _open(shape) for name, shape in shapes.items()}
    return [_open(shape) for shape in shapes]


def _as_stated(spec: Any, known: ExportInput) -> ExportInput:
    shape = getattr(spec, "shape", None)
    if shape is None:
        raise DataError(
            f"input_signature holds {spec!r}, which states no shape.",
            hint="Give an InputSpec(shape=…), the batch first and None for what stays open.",
        )
    shape = tuple(None if size is None else int(size) for size in shape)
    if isinstance(spec, torch.Tensor | np.ndarray):
        # Data show how many samples there are just now, not how many there may be.
        shape = (None, *shape[1:])
    fits = len(shape) == len(known.shape) and all(
        a is None or b is None or a == b for a, b in zip(shape, known.shape, strict=True)
    )
    if known.shape and not fits:
        raise DataError(
            f"input_signature says {shape} of input '{known.name}', but the model takes {known.shape}.",
            hint="None may be replaced by a size; sizes may not.",
        )
    # A size that the model states holds in any case.
    merged = tuple(b if a is None else a for a, b in zip(shape, known.shape or shape, strict=True))
    dtype = getattr(spec, "dtype", None)
    name = getattr(spec, "name", None)
    return ExportInput(
        name if isinstance(name, str) and name and not known.shape else known.name,
        merged,
        known.dtype if dtype is None or (known.shape and dtype is None) else standardize_dtype(dtype),
    )


def _with_own_names(inputs: list[ExportInput]) -> tuple[ExportInput, ...]:
    names = unique_names([one.name for one in inputs])
    return tuple(replace(one, name=name) for one, name in zip(inputs, names, strict=True))


def unique_names(names: list[str], taken: set[str] | None = None) -> list[str]:
    """The same names, those that come again with a number behind them.

    Args:
        names: The names.
        taken: Names that are used elsewhere.
    """
    taken = set(taken or ())
    found: list[str] = []
    for name in names:
        own, number = name, 1
        while own in taken:
            own, number = f"{name}_{number}", number + 1
        taken.add(own)
        found.append(own)
    return found
