"""Turns a model into a graph of torch's operations, with as many open axes as it has itself."""

import re
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import nn

from runtime.data.nested import flatten
from runtime.errors import LayerloomError, NotBuiltError, RefusedError
from runtime.export.blame import layer_of
from runtime.export.quiet import quiet
from runtime.export.signature import Signature
from runtime.layers import Layer
from runtime.models.arrangement import functional_of, graph_of
from runtime.models.program import compile_program
from runtime.naming import module_name

BATCH = 3
"""Samples in the data that go through while the graph is drawn. Sizes 0 and 1 would be taken for fixed."""
SIZES = (12, 32, 64, 128, 224)
"""Sizes that are tried for other open axes, in this order: a deep stack of poolings wants large ones."""


class Traced(nn.Module):
    """A model as a function of plain tensors, each layer of its graph a step with the layer's name.

    Args:
        model: The model; it must be built.
        signature: Its inputs.
    """

    def __init__(self, model: Any, signature: Signature) -> None:
        super().__init__()
        self.model = model
        self.steps = nn.Module()
        self.names: list[str] = []
        """Names of the outputs, known after the first call."""
        self._signature = signature
        self._graph = graph_of(model)

    @property
    def device(self) -> Any:
        """Where the model computes."""
        return next((weight.device for weight in self.model.weights), "cpu")

    def forward(self, *tensors: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """The outputs, in order."""
        model: Any = self.model
        if self._graph is not None:
            stated = (getattr(torch, tensor.dtype) for tensor in model.inputs)
            inputs = [one.to(dtype) for one, dtype in zip(tensors, stated, strict=True)]
            found = model.program(training=False)(*inputs)
            self.names = model.output_names
            if len(self.names) != len(found):
                self.names = [tensor.node.layer.name for tensor in model.outputs]
        else:
            arguments = self._signature.arranged(list(tensors))
            flag = {"training": False} if model.call_takes_training() else {}
            outputs = model(*arguments, **flag)
            found = flatten(outputs)
            keys = sorted(outputs, key=str) if isinstance(outputs, dict) else []
            self.names = keys if len(keys) == len(found) else _numbered(len(found))
        return tuple(_without_bfloat16(value) for value in found)

    @contextmanager
    def named_steps(self) -> Generator[None]:
        """Within this, the programs of the model and of the models inside call named steps."""
        with ExitStack() as undoing:
            seen: set[int] = set()
            for layer in self.model.flatten_layers():
                functional = None if graph_of(layer) is None else functional_of(layer)
                if functional is not None and id(functional) not in seen:
                    seen.add(id(functional))
                    undoing.enter_context(self._with_steps(functional, outermost=layer is self.model))
            yield

    @contextmanager
    def _with_steps(self, functional: Any, *, outermost: bool) -> Generator[None]:
        prefix = "" if outermost else f"{functional.name}/"
        functional.program(training=False)
        before = functional._programs[False]
        functional._programs[False] = compile_program(
            functional.graph,
            training=False,
            around=lambda layer, function: self._step(prefix, layer, function),
        )
        try:
            yield
        finally:
            functional._programs[False] = before

    def _step(self, prefix: str, layer: Layer, function: Callable[..., Any]) -> Callable[..., Any]:
        name = module_name(self.steps, f"{prefix}{layer.name}")
        return self.steps._modules.setdefault(name, _Step(function))  # type: ignore[return-value]


class _Step(nn.Module):
    """A layer in a program, by whose path its operations are told from those of others."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        # Not as an attribute of the module: a layer in it would be there twice.
        self._function = [function]

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self._function[0](*args, **kwargs)


def check_model(model: Any) -> None:
    """Raises unless a model can be exported at all.

    Raises:
        LayerloomError: It is no model, has no weights yet, or keeps something from call to call.
    """
    if not isinstance(model, Layer) or not hasattr(model, "flatten_layers"):
        raise LayerloomError(f"{model!r} is no model.", hint="Give a model of this package.")
    for layer in model.flatten_layers():
        if getattr(layer, "stateful", False):
            raise RefusedError(
                f"{layer.label} keeps its state from call to call, which an exported model does not.",
                what=type(layer).__name__,
                hint="Set stateful=False, or hand states in and out with initial_state and return_state.",
            )
    if graph_of(model) is None and not model.built and not any(True for _ in model.weights):
        raise NotBuiltError(
            f"Model '{model.name}' has no weights yet.", hint="Call it on data or build() it first."
        )


def fitting_size(traced: Traced, signature: Signature) -> int:
    """A size for open axes with which the model can be computed; sees the names of the outputs as well.

    Raises:
        Exception: What the model says of the last size.
    """
    sizes = SIZES if signature.has_open_axes else SIZES[:1]
    for size in sizes:
        try:
            with torch.no_grad():
                traced(*signature.zeros(BATCH, size, traced.device))
        except Exception:
            if size == sizes[-1]:
                raise
        else:
            return size
    raise AssertionError("One of the sizes was the last.")


def trace(traced: Traced, signature: Signature, size: int) -> torch.export.ExportedProgram:
    """The graph of a model.

    Args:
        traced: The model.
        signature: Its inputs.
        size: Size of open axes other than the batch while the graph is drawn.

    Raises:
        LayerloomError: A layer decides by the numbers in a tensor what to compute, or an open axis cannot
            stay open.
    """
    auto = torch.export.Dim.AUTO(min=1)
    axes = [{axis: auto for axis, known in enumerate(one.shape) if known is None} for one in signature.inputs]
    try:
        with traced.named_steps(), torch.no_grad(), quiet():
            program = torch.export.export(
                traced,
                tuple(signature.zeros(BATCH, size, traced.device)),
                dynamic_shapes=(tuple(axes),),
                strict=False,
            )
    except LayerloomError:
        raise
    except Exception as error:
        where = layer_of(error)
        raise LayerloomError(
            f"{where or f'Model {traced.model.name!r}'} cannot be exported: what it computes depends on "
            f"numbers that are known only when it runs, or torch cannot follow it ({_first_line(error)}).",
            hint="Replace the layer, or state all sizes with input_signature=[InputSpec(shape=…)].",
        ) from error
    finally:
        for layer in traced.model.flatten_layers():
            # Penalties of the trace are letters, no numbers.
            layer._losses = []
            layer._checked_sizes = []
    _check_axes(program, signature)
    return program


def open_names(program: torch.export.ExportedProgram, signature: Signature) -> dict[str, str]:
    """Words for torch's letters of open sizes: "batch", else the name of the input and the axis."""
    words: dict[str, str] = {}
    for one, shape in zip(signature.inputs, shapes_of(program)[0], strict=True):
        for axis, size in enumerate(shape):
            if not str(size).isdigit():
                words.setdefault(str(size), f"{one.name}_axis_{axis}" if axis else "batch")
    return words


def in_names(size: Any, words: dict[str, str]) -> int | str:
    """A size in the words of `open_names`, such as "2*batch"."""
    text = re.sub(r"\w+", lambda match: words.get(match.group(), match.group()), str(size))
    return int(text) if text.isdigit() else text


def shapes_of(program: torch.export.ExportedProgram) -> tuple[list[Any], list[Any]]:
    """Sizes of each input and of each output."""
    nodes = {node.name: node for node in program.graph.nodes}
    signature = program.graph_signature
    return tuple(  # type: ignore[return-value]
        [nodes[str(name)].meta["val"].shape for name in names]
        for names in (signature.user_inputs, signature.user_outputs)
    )


def _check_axes(program: torch.export.ExportedProgram, signature: Signature) -> None:
    for one, shape in zip(signature.inputs, shapes_of(program)[0], strict=True):
        for axis, (known, size) in enumerate(zip(one.shape, shape, strict=True)):
            # A bound size may still be of the type of the open ones.
            if known is None and str(size).isdigit():
                example = tuple(20 if place == axis else other for place, other in enumerate(one.shape))
                what = "the batch" if axis == 0 else f"axis {axis}"
                raise LayerloomError(
                    f"The size of {what} of input '{one.name}' cannot stay open: the model computes with "
                    "it step by step, or as with a fixed number.",
                    hint=f"State it: input_signature=[InputSpec(shape={example})], for example.",
                )


def _first_line(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return (text[0] if text else type(error).__name__)[:200]


def _numbered(count: int) -> list[str]:
    return ["output"] if count == 1 else [f"output_{number}" for number in range(count)]


def _without_bfloat16(value: torch.Tensor) -> torch.Tensor:
    """As what `predict` returns: numpy has no such type."""
    return value.float() if value.dtype == torch.bfloat16 else value
