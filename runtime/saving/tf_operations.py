"""Functions of TensorFlow between the layers of a Keras 2 model, as the operations that do the same here."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from runtime.errors import RefusedError
from runtime.saving.call_arguments import Call, references

CLASSES = ("SlicingOpLambda", "TFOpLambda")
"""The layers into which Keras 2 puts a function of TensorFlow; they only name the function."""

_SLICING = ("__operators__.getitem", "strided_slice")


@dataclass(frozen=True)
class _Same:
    """An operation that does what a function of TensorFlow does.

    Args:
        operation: Its class.
        second: TensorFlow's name of a second tensor or number, if there is one.
        settings: TensorFlow's names of settings → those of the operation.
    """

    operation: str
    second: str = ""
    settings: Mapping[str, str] = field(default_factory=dict[str, str])


_REDUCED = {"axis": "axis", "keepdims": "keepdims"}
_SAME = {
    **{
        name: _Same(operation, second="y")
        for operation, names in {
            "Add": ("math.add", "__operators__.add"),
            "Subtract": ("math.subtract", "__operators__.sub"),
            "Multiply": ("math.multiply", "__operators__.mul"),
            "TrueDivide": ("math.divide", "math.truediv", "__operators__.truediv", "realdiv"),
            "FloorDivide": ("math.floordiv", "__operators__.floordiv"),
            "Mod": ("math.floormod", "__operators__.mod"),
            "Power": ("math.pow", "__operators__.pow"),
            "Maximum": ("math.maximum",),
            "Minimum": ("math.minimum",),
        }.items()
        for name in names
    },
    **{
        name: _Same(operation)
        for name, operation in {
            "math.abs": "Absolute",
            "math.exp": "Exp",
            "math.log": "Log",
            "math.negative": "Negative",
            "math.sigmoid": "Sigmoid",
            "math.sin": "Sin",
            "math.cos": "Cos",
            "math.sqrt": "Sqrt",
            "math.square": "Square",
            "math.tanh": "Tanh",
            "nn.relu": "Relu",
            "nn.sigmoid": "Sigmoid",
            "nn.tanh": "Tanh",
            "nn.elu": "Elu",
            "nn.relu6": "Relu6",
        }.items()
    },
    "math.reduce_mean": _Same("Mean", settings=_REDUCED),
    "math.reduce_sum": _Same("Sum", settings=_REDUCED),
    "math.reduce_max": _Same("Max", settings=_REDUCED),
    "math.reduce_min": _Same("Min", settings=_REDUCED),
    "linalg.matmul": _Same("Matmul", second="b"),
    "nn.softmax": _Same("Softmax", settings={"axis": "axis"}),
    "cast": _Same("Cast", settings={"dtype": "dtype"}),
    "concat": _Same("Concatenate", settings={"axis": "axis"}),
    "expand_dims": _Same("ExpandDims", settings={"axis": "axis"}),
    "reshape": _Same("Reshape", settings={"shape": "newshape"}),
    "squeeze": _Same("Squeeze", settings={"axis": "axis"}),
    "transpose": _Same("Transpose", settings={"perm": "axes"}),
}


def translated(config: Mapping[str, Any], calls: list[Call]) -> tuple[dict[str, Any], list[Call]]:
    """The config of the operation in place of a function of TensorFlow, and its calls.

    Args:
        config: Arguments of the layer: "name" and "function".
        calls: How it is called.

    Raises:
        RefusedError: The function is none of those that are known, or is called with something else.
    """
    function = config.get("function")
    if function in _SLICING:
        return _sliced(config, calls)
    same = _SAME.get(function) if isinstance(function, str) else None
    if same is None:
        raise _refused(function, "is not known here")
    settings: dict[str, Any] = {}
    made: list[Call] = []
    for call in calls:
        given = {name: value for name, value in call.kwargs.items() if name != "name" and value is not None}
        args = [*call.args, *([given.pop(same.second)] if same.second in given else [])]
        settings |= {ours: given.pop(theirs) for theirs, ours in same.settings.items() if theirs in given}
        if any(value is not False for value in given.values()):
            raise _refused(function, f"is called with {', '.join(map(str, given))[:100]}")
        made.append(replace(call, args=args, kwargs={}, references=references(args)))
    name = {"name": config.get("name")}
    return {"module": "keras.src.ops", "class_name": same.operation, "config": {**name, **settings}}, made


def _sliced(config: Mapping[str, Any], calls: list[Call]) -> tuple[dict[str, Any], list[Call]]:
    """Brackets behind a tensor: x[:, 0]."""
    made: list[Call] = []
    for call in calls:
        spec = call.kwargs.get("slice_spec")
        if set(call.kwargs) - {"slice_spec", "name"} or spec is None:
            raise _refused(config.get("function"), f"is called with {', '.join(call.kwargs)[:100]}")
        inside = [_bracket(item) for item in (spec if isinstance(spec, list | tuple) else [spec])]
        args = [*call.args, inside]
        made.append(replace(call, args=args, kwargs={}, references=references(args)))
    return {"module": "keras.src.ops", "class_name": "GetItem", "config": {"name": config.get("name")}}, made


def _bracket(item: Any) -> Any:
    if isinstance(item, dict):
        if item.get("class_name") == "__ellipsis__":
            return ...
        ends = [item.get(name) for name in ("start", "stop", "step")]
        if all(end is None or type(end) is int for end in ends):
            return slice(*ends)
    elif item is None or type(item) is int:
        return item
    raise _refused(_SLICING[0], f"is given {str(item)[:100]!r}")


def _refused(function: Any, why: str) -> RefusedError:
    return RefusedError(
        f"the function of TensorFlow '{str(function)[:60]}' {why}.",
        what=str(function)[:60],
        hint="Put it into a layer of your own in the program that makes the model.",
    )
