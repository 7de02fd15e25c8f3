"""A document as a torch module: its statements, and its arrays by the names of its state dict."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from graph_compiler.analysis import Analysis, analyze
from graph_compiler.bypassing import without_bypassed
from graph_compiler.codegen.variables import Variables, choose_variables
from graph_compiler.document import GraphDocument, Node
from graph_compiler.instances import find_spec, instance_of
from graph_compiler.lowering import CompilationError, lower
from graph_compiler.parameter_count import outline
from graph_compiler.wiring import Wiring
from runtime.errors import ExportError
from runtime.layers import Layer
from runtime.layers.torch_forms import Call, ModuleText, Value
from runtime.layers.torch_forms.sources import piece_names
from runtime.types import TEXT, Shape, TensorSpec

Array = npt.NDArray[Any]

RESERVED = frozenset({"self", "torch", "nn", "F", "np", "math"}) | piece_names()
"""Names that variables of `forward` leave alone."""


@dataclass
class Statement:
    """A line of `forward` that gives a layer's output.

    Args:
        code: The statement.
        comment: The shape of what it gives.
        note: What the author wrote about the layer.
    """

    code: str
    comment: str = ""
    note: str = ""


@dataclass
class Module:
    """A document as a torch module.

    Args:
        text: What its layers need.
        arguments: Variables of the inputs, in order.
        statements: The lines of `forward`, without the last.
        outputs: Expressions of the outputs, in order.
    """

    text: ModuleText
    arguments: list[str]
    statements: list[Statement]
    outputs: list[str]


def torch_weights(document: GraphDocument, model: Any = None) -> dict[str, Array]:
    """The weights of a design in torch's layouts, by the names the program's `state_dict` has.

    Args:
        document: A design without errors.
        model: The model that was made of it and trained; None for a new one.

    Returns:
        Arrays for `np.savez`, which the program's `load_weights` reads.

    Raises:
        CompilationError: The document has errors.
        ExportError: A layer has no form in PyTorch that computes the same.
    """
    model = lower(document, compile=False) if model is None else model
    layers = {layer.name: layer for layer in model.layers}
    # Functions have no weights, and are no layers of the model.
    module = write_module(document, lambda node, inputs: layers.get(node.name) or outlined(node, inputs))
    return {
        name: np.ascontiguousarray(tensor.detach().cpu().numpy())
        for name, tensor in module.text.arrays.items()
    }


def outlined(node: Node, inputs: dict[str, Any]) -> Layer:
    """The layer of a node, built with weights that have a shape and no memory."""
    layer = instance_of(node).make()
    if inputs:
        outline(layer, inputs)
    return layer


def write_module(
    document: GraphDocument,
    make: Callable[[Node, dict[str, Any]], Layer] = outlined,
    reserved: Collection[str] = (),
) -> Module:
    """Writes the layers of a document into a module.

    Args:
        document: A design without errors.
        make: Gives the built layer of a node, for shapes by port.
        reserved: Further names that variables leave alone.

    Raises:
        CompilationError: The document has errors.
        ExportError: A layer has no form in PyTorch that computes the same.
    """
    document = without_bypassed(document)
    analysis = analyze(document)
    if not analysis.ok:
        raise CompilationError(document, analysis.errors)
    variables = choose_variables(document, analysis, RESERVED | {*reserved})
    return _Writing(document, analysis, variables, make).module()


class _Writing:
    """The way along the nodes of a document."""

    def __init__(
        self,
        document: GraphDocument,
        analysis: Analysis,
        variables: Variables,
        make: Callable[[Node, dict[str, Any]], Layer],
    ) -> None:
        self.document = document
        self.analysis = analysis
        self.variables = variables
        self.make = make
        self.wiring = Wiring(document)
        self.text = ModuleText(variables={*RESERVED, *variables.values()})
        self.values: dict[tuple[str, str], Value] = {}
        self.statements: list[Statement] = []
        self.layers: dict[str, Layer] = {}

    def module(self) -> Module:
        """All nodes, in order."""
        for node_id in self.analysis.order:
            spec = find_spec(self.document.nodes[node_id].layer)
            if spec is not None and spec.is_source:
                self._enter(node_id)
            else:
                self._write(node_id)
        outputs = [self.values[self._first_port(node_id)] for node_id in self.analysis.outputs]
        given = [f"{each.code}.movedim(1, -1)" if each.first else each.code for each in outputs]
        arguments = [self.variables[self._first_port(node_id)] for node_id in self.analysis.inputs]
        return Module(self.text, arguments, _used(self.statements, given), given)

    def _first_port(self, node_id: str) -> tuple[str, str]:
        return node_id, next(iter(self.analysis.shapes[node_id]))

    def _enter(self, node_id: str) -> None:
        key = self._first_port(node_id)
        tensor = self.analysis.shapes[node_id][key[1]]
        if tensor.dtype == TEXT:
            name = self.document.nodes[node_id].name
            raise ExportError(
                f"The input '{name}' takes texts, which PyTorch's tensors cannot hold.",
                layer=name,
                hint="Turn texts into numbers before the model.",
            )
        self.values[key] = Value(self.variables[key], tensor.shape, tensor.dtype)

    def _write(self, node_id: str) -> None:
        node = self.document.nodes[node_id]
        spec = find_spec(node.layer)
        inputs: dict[str, list[Value]] = {}
        shapes: dict[str, Any] = {}
        for port in spec.inputs if spec else ():
            edges = self.wiring.incoming[node_id].get(port.name, ())
            found = [self.values[edge.source, edge.source_port] for edge in edges]
            if found:
                inputs[port.name] = found
                sizes = [value.shape for value in found]
                shapes[port.name] = sizes if port.variadic else sizes[0]
        ports = self.analysis.shapes[node_id]
        names = [self.variables[node_id, port] for port in ports]
        owner = self.document.owner_of(node) or node
        if owner.id not in self.layers:
            self.layers[owner.id] = self.make(owner, shapes)
        layer = self.layers[owner.id]
        settings, stated = instance_of(node).settings, list(ports.values())
        call = Call(self.text, layer, node.name, inputs, settings, names, stated)
        call.write_layer()
        given = call.finish([(spec.shape, spec.dtype) for spec in ports.values()])
        self._take(node, ports, names, given)

    def _take(self, node: Node, ports: Any, names: list[str], given: list[Value]) -> None:
        """The layer's own statements, then one for each output that is used."""
        self.statements += [Statement(code) for code in self.text.forward]
        begin = len(self.statements) - len(self.text.forward)
        self.text.forward.clear()
        for (port, value), name in zip(zip(ports, given, strict=True), names, strict=True):
            if name == "_":
                self.values[node.id, port] = value
                continue
            shown = Value(name, value.shape, value.dtype, value.first, value.mask)
            if value.code != name:
                self.statements.append(Statement(f"{name} = {value.code}"))
            self.statements[-1].comment = shape_comment(shown.shape_in_program)
            self.values[node.id, port] = shown
        if begin < len(self.statements):
            self.statements[begin].note = node.note


def _used(statements: list[Statement], outputs: list[str]) -> list[Statement]:
    """The statements without those for a mask that nobody asks for."""
    kept: list[Statement] = []
    words = set(re.findall(r"\w+", " ".join(outputs)))
    for statement in reversed(statements):
        name, assigned, code = statement.code.partition(" = ")
        if not name.endswith("_mask") or not assigned or name in words:
            kept.append(statement)
            words |= set(re.findall(r"\w+", code if assigned else statement.code))
    return kept[::-1]


def shape_comment(shape: Shape) -> str:
    """A shape as a comment shows it."""
    sizes = ["batch" if size is None and not place else str(size) for place, size in enumerate(shape)]
    return f"({', '.join(sizes)}{',' * (len(sizes) == 1)})"


def inputs_of(document: GraphDocument, analysis: Analysis) -> list[TensorSpec]:
    """Shape and dtype of each input of the model."""
    return [next(iter(analysis.shapes[node_id].values())) for node_id in analysis.inputs]
