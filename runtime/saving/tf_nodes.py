"""Nodes of a graph of TensorFlow 2.0 to 2.3 between layers, as operations that do the same here.

Source: https://www.tensorflow.org/api_docs/python/tf/raw_ops
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from runtime.errors import FileFormatError, RefusedError
from runtime.saving.call_arguments import Call, references
from runtime.saving.json_text import parse_json

CLASS = "TensorFlowOpLayer"

_OF_TWO = {
    "Add": "Add",
    "AddV2": "Add",
    "Div": "TrueDivide",
    "FloorDiv": "FloorDivide",
    "FloorMod": "Mod",
    "Maximum": "Maximum",
    "Minimum": "Minimum",
    "Mul": "Multiply",
    "Pow": "Power",
    "RealDiv": "TrueDivide",
    "Sub": "Subtract",
}
_OF_ONE = {
    "Abs": "Absolute",
    "Cos": "Cos",
    "Elu": "Elu",
    "Exp": "Exp",
    "Log": "Log",
    "Neg": "Negative",
    "Relu": "Relu",
    "Relu6": "Relu6",
    "Sigmoid": "Sigmoid",
    "Sin": "Sin",
    "Softmax": "Softmax",
    "Sqrt": "Sqrt",
    "Square": "Square",
    "Tanh": "Tanh",
}
_REDUCED = {"Max": "Max", "Mean": "Mean", "Min": "Min", "Sum": "Sum"}
_MASKS = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")


def translated_node(config: Mapping[str, Any], calls: list[Call]) -> tuple[dict[str, Any], list[Call]]:
    """The config of the operation in place of a node, and its calls.

    Args:
        config: Arguments of the layer: "name", "node_def" (JSON) and "constants" (by place among the inputs).
        calls: How it is called.

    Raises:
        RefusedError: The node does something that is not known here.
        FileFormatError: It is wrong in another way.
    """
    text, constants = config.get("node_def"), config.get("constants") or {}
    node = parse_json(text, "The node") if isinstance(text, str) else text
    if not isinstance(node, dict) or not isinstance(constants, dict) or not isinstance(node.get("op"), str):
        raise FileFormatError(f"its node is {str(text)[:100]!r}.")
    attributes = node.get("attr")
    fixed = {int(place): value for place, value in constants.items() if str(place).isdecimal()}
    try:
        operation, settings, places = _operation(node["op"], attributes or {}, fixed)
    except RefusedError:
        raise
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise FileFormatError(f"its node {node['op'][:60]} cannot be read: {error}.") from error
    made: list[Call] = []
    for call in calls:
        given = list(call.args[0]) if call.args and isinstance(call.args[0], list) else list(call.args)
        for place in sorted(places):
            given.insert(place, places[place])
        args = [given] if operation == "Concatenate" else given
        made.append(replace(call, args=args, kwargs={}, references=references(args)))
    name = {"name": config.get("name")}
    return {"module": "keras.src.ops", "class_name": operation, "config": {**name, **settings}}, made


def _operation(
    op: str, attributes: dict[str, Any], constants: dict[int, Any]
) -> tuple[str, dict[str, Any], dict[int, Any]]:
    """Class of the operation, its settings, and the constants that stay among its arguments."""
    if op in _OF_ONE and not constants:
        return _OF_ONE[op], {}, {}
    if op in _OF_TWO:
        return _OF_TWO[op], {}, {place: _constant(value) for place, value in constants.items()}
    if op in _REDUCED:
        keeps = attributes.get("keep_dims", {}).get("b") is True
        return _REDUCED[op], {"axis": constants[1], "keepdims": keeps}, {}
    if op == "ConcatV2" and len(constants) == 1:
        return "Concatenate", {"axis": int(next(iter(constants.values())))}, {}
    if op == "Reshape":
        return "Reshape", {"newshape": [int(size) for size in constants[1]]}, {}
    if op == "ExpandDims":
        return "ExpandDims", {"axis": int(constants[1])}, {}
    if op == "Squeeze":
        axes = [int(axis) for axis in attributes["squeeze_dims"]["list"]["i"]]
        return "Squeeze", {"axis": axes}, {}
    if op == "StridedSlice":
        return "GetItem", {}, {1: _slices(attributes, *(constants[place] for place in (1, 2, 3)))}
    raise RefusedError(
        f"the node of TensorFlow '{op[:60]}' is not known here.",
        what=op[:60],
        hint="Put the step into a layer of your own in the program that makes the model.",
    )


def _slices(attributes: dict[str, Any], begin: Any, end: Any, step: Any) -> list[Any]:
    """What stands in the brackets of x[…]; the masks have one bit for each entry."""
    masks = {name: int(attributes.get(name, {}).get("i", 0)) for name in _MASKS}
    found: list[Any] = []
    for place in range(len(begin)):
        starts, ends, rest, new, one = (masks[name] >> place & 1 for name in _MASKS)
        if rest:
            found.append(...)
        elif new:
            found.append(None)
        elif one:
            found.append(int(begin[place]))
        else:
            first, last = None if starts else int(begin[place]), None if ends else int(end[place])
            found.append(slice(first, last, int(step[place])))
    return found


def _constant(value: Any) -> Any:
    return np.array(value, dtype="float32") if isinstance(value, list) else value
