"""Functions between layers as code: `ops.add(x, 1)`."""

from typing import Any

import numpy as np

from graph_compiler.codegen.expressions import Expression, call, keyword, list_of, text
from graph_compiler.codegen.values import literal
from graph_compiler.codegen.variables import Variables
from graph_compiler.document import Node
from graph_compiler.operations import constant, takes_many
from graph_compiler.wiring import Wiring
from runtime.layers.spec import LayerSpec


def function_call(spec: LayerSpec, node: Node, wiring: Wiring, variables: Variables) -> Expression:
    """The call of a node's function: tensors by place, settings by name.

    Args:
        spec: The function.
        node: The node.
        wiring: The wires of the design.
        variables: Variables of the tensors.
    """
    parameters = list(spec.cls.entry.parameters)  # type: ignore[attr-defined]
    many = next((name for name in parameters if takes_many(spec.cls, name)), None)
    by_place = True
    arguments: list[Expression] = []
    for name in parameters:
        edges = wiring.incoming[node.id].get(name, ())
        tensors = [text(variables[edge.source, edge.source_port]) for edge in edges]
        if name == many:
            arguments += tensors
            continue
        if tensors:
            value = tensors[0] if len(tensors) == 1 else list_of(tensors)
        elif name in node.settings:
            value = _constant(constant(node.settings[name]))
        elif name in node.params:
            value = literal(node.params[name], as_tuple=True)
        else:
            by_place = False
            continue
        by_place = by_place and (spec.port(name) is not None or many is not None)
        arguments.append(value if by_place else keyword(name, value))
    return call(spec.constructor, arguments)


def _constant(value: Any) -> Expression:
    if isinstance(value, np.ndarray):
        numbers = [literal(value.tolist()), keyword("dtype", literal(str(value.dtype)))]
        return call("ops.convert_to_tensor", numbers)
    if isinstance(value, tuple | slice) or value is ...:
        return text("..." if value is ... else repr(value).replace("Ellipsis", "..."))
    return literal(value)
