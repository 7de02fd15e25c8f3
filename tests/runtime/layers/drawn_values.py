"""What cases of layers are made of: shapes, values of parameters, input tensors."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from runtime.layers.parameters import ParamSpec

Shape = tuple[int, ...]
Shapes = dict[str, Any]
Arguments = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]


@dataclass(frozen=True)
class Values:
    """An input tensor: its values follow from these and the seed of the case.

    Args:
        shape: Its sizes.
        dtype: Its element type.
        low: Smallest whole number.
        high: Largest whole number.
        masked: True if a random mask of its steps (the first two axes) comes with it.
    """

    shape: Shape
    dtype: str = "float32"
    low: int = -3
    high: int = 5
    masked: bool = False


@dataclass(frozen=True)
class Case:
    """A layer to be made and called.

    Args:
        layer: Its name.
        arguments: Arguments of the constructor, as JSON values.
        inputs: Input port → values, or a list of them for a port that takes many.
        settings: Further arguments of the call.
        unknown: Axes behind the batch that are unknown where only shapes are looked at.
        seed: Makes weights and inputs.
    """

    layer: str
    arguments: Arguments
    inputs: dict[str, Any]
    settings: Arguments = field(default_factory=dict)
    unknown: tuple[int, ...] = ()
    seed: int = 0


sizes = st.sampled_from([4, 5, 3, 2, 1, 7, 6, 8])
small = st.integers(1, 4)
batches = st.integers(1, 3)
fractions = st.sampled_from([0.5, 0.25, 0.0, 1.0, 0.1])
NAMES = {
    "activations": [
        "relu",
        "tanh",
        "sigmoid",
        "softmax",
        "gelu",
        "elu",
        "silu",
        "softplus",
        "linear",
        "mish",
    ],
    "initializers": [
        "zeros",
        "ones",
        "he_normal",
        "glorot_uniform",
        {"class_name": "Constant", "config": {"value": 0.5}},
    ],
    "regularizers": ["l1", "l2", "l1l2", {"class_name": "L2", "config": {"l2": 0.3}}],
    "constraints": [
        "non_neg",
        "unit_norm",
        "max_norm",
        {"class_name": "MaxNorm", "config": {"max_value": 1}},
    ],
}
CHANNELS_FIRST = "channels_first"


def named(config: dict[str, Any], name: str) -> dict[str, Any]:
    return config | {"config": config["config"] | {"name": name}}


def rank_of(name: str) -> int | None:
    """Number of axes a layer wants if its name tells, the batch included."""
    for rank in (1, 2, 3):
        if f"{rank}D" in name:
            return rank + 2
    return None


def random_shape(draw: Draw, rank: int | None) -> Shape:
    """Sizes for a tensor of that many axes, or of any number."""
    if rank is None:
        rank = draw(st.integers(2, 4))
    elif draw(st.integers(0, 29)) == 29:
        rank = draw(st.integers(1, 5))
    limit = 5 if rank > 4 else 8
    return (draw(batches), *[min(draw(sizes), limit) for _ in range(rank - 1)]) if rank else ()


def value_of(draw: Draw, param: ParamSpec, shape: Shape) -> Any:
    """A value for a parameter, by its kind and bounds; now and then one just out of bounds."""
    low = param.range.min
    first = int(low) if low is not None else -2
    match param.kind:
        case "int" | "ints" if "axis" in param.name or "axes" in param.name:
            value = axis_or_axes(draw, len(shape), several=param.kind == "ints")
        case "int" | "size" if low is not None and draw(st.integers(0, 39)) == 39:
            value = first - 1
        case "int":
            value = draw(st.integers(first, first + 4))
        case "float" | "floats":
            value = draw(st.sampled_from([0.5, 0.25, 0.0, 1.0, 2.0, -0.5]).filter(lambda x: x in param.range))
        case "bool":
            value = draw(st.booleans())
        case "choice" | "registry" if param.kind == "choice" or param.registry not in NAMES:
            value = draw(st.sampled_from(param.names))
        case "registry":
            value = draw(st.sampled_from(NAMES[param.registry]))
        case "size":
            several = st.lists(st.integers(first, first + 2), min_size=param.axes, max_size=param.axes)
            value = draw(st.one_of(st.integers(first, first + 2), several))
        case "layer":
            value = named(draw(inner_layers), "inner")
        case _:
            value = param.default
    return value


def axis_or_axes(draw: Draw, rank: int, *, several: bool) -> Any:
    """An axis, mostly one there is; or several."""
    axis = st.integers(-rank, rank - 1) if rank else st.just(0)
    axis = st.one_of(axis.filter(lambda place: place % rank != 0) if rank > 1 else axis, axis)
    if several and draw(st.integers(0, 2)) == 2:
        return draw(st.lists(axis, min_size=1, max_size=2, unique_by=lambda place: place % max(rank, 1)))
    return draw(axis)


inner_layers = st.sampled_from(
    [
        {"class_name": "Dense", "config": {"units": 3}},
        {"class_name": "Dense", "config": {"units": 2, "activation": "relu"}},
        {"class_name": "Flatten", "config": {}},
        {"class_name": "Dropout", "config": {"rate": 0.0}},
        {"class_name": "BatchNormalization", "config": {}},
        {"class_name": "Conv1D", "config": {"filters": 2, "kernel_size": 2}},
        {"class_name": "LSTM", "config": {"units": 2}},
    ]
).map(lambda config: {"module": "keras.layers", "registered_name": None, **config})
