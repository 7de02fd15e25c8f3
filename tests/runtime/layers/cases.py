"""Layers drawn with their arguments and inputs, from the description of each class.

Sizes are drawn first, then arguments, of which some (axes, groups, target shapes) have to fit the sizes.
`RULES` has what a description cannot say; every other layer, a new one too, gets along without a line there.
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

from runtime.layers import layer_spec, registry
from runtime.layers.image_layers import RandomPictures
from runtime.layers.parameters import ParamSpec
from runtime.layers.spec import LayerSpec, PortSpec

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


def _named(config: dict[str, Any], name: str) -> dict[str, Any]:
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
            value = _named(draw(inner_layers), "inner")
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


@dataclass(frozen=True)
class Rule:
    """What a description does not say of a layer.

    Args:
        rank: Number of axes of its inputs.
        shapes: Draws the shapes, by port, in place of one for all ports.
        values: Parameter → a function that draws its value for the shapes and the arguments before it.
        needed: Optional parameters that are always given.
        dtypes: Element types its inputs may have.
        inputs: Draws the values of the inputs for the arguments and shapes.
    """

    rank: int | None = None
    shapes: Callable[[Draw], Shapes] | None = None
    values: dict[str, Callable[[Draw, Shapes, Arguments], Any]] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ()
    inputs: Callable[[Draw, Shapes, Arguments], dict[str, Any]] | None = None


def one_of(*values: Any) -> Callable[[Draw, Shapes, Arguments], Any]:
    """Draws one of these whatever the shapes are."""
    return lambda draw, shapes, arguments: draw(st.sampled_from(values))


def _groups(draw: Draw, shapes: Shapes, arguments: Arguments) -> int:
    shape = shapes["inputs"]
    channels = shape[1 if arguments.get("data_format") == CHANNELS_FIRST else -1]
    common = math.gcd(channels, max(arguments.get("filters", channels), 0))
    return draw(
        st.sampled_from([n for n in range(1, common + 1) if common % n == 0] or [1]) | st.integers(1, 3)
    )


def _group_norm_groups(draw: Draw, shapes: Shapes, arguments: Arguments) -> int:
    shape = shapes["inputs"]
    divisors = [n for n in range(1, 9) if any(size % n == 0 for size in shape[1:])]
    return draw(st.sampled_from([*divisors, -1]))


def _target_shape(draw: Draw, shapes: Shapes, arguments: Arguments) -> list[int]:
    total = math.prod(shapes["inputs"][1:])
    first = draw(st.sampled_from([n for n in range(1, total + 1) if total % n == 0]))
    return draw(
        st.sampled_from([[total], [first, total // first], [first, -1], [-1], [-1, 1, first], [2, 3], []])
    )


def _permutation(draw: Draw, shapes: Shapes, arguments: Arguments) -> list[int]:
    rank = len(shapes["inputs"])
    return draw(st.permutations(range(1, rank)) | st.lists(st.integers(0, 3), min_size=1, max_size=3))


def _noise_shape(draw: Draw, shapes: Shapes, arguments: Arguments) -> list[int | None]:
    return [draw(st.sampled_from([None, 1, size])) for size in shapes["inputs"]]


def _paddings(axes: int) -> Callable[[Draw, Shapes, Arguments], Any]:
    def draw_padding(draw: Draw, shapes: Shapes, arguments: Arguments) -> Any:
        number = st.integers(0, 2)
        pairs = st.lists(st.lists(number, min_size=2, max_size=2), min_size=axes, max_size=axes)
        return draw(st.one_of(number, st.lists(number, min_size=axes, max_size=axes), pairs))

    return draw_padding


def _similar_shapes(draw: Draw) -> Shapes:
    first = random_shape(draw, None)
    shapes = [first]
    for _ in range(draw(st.sampled_from([1, 1, 2, 0]))):
        shape = [size if draw(st.integers(0, 7)) < 7 else 1 for size in first]
        shape[0] = first[0] if draw(st.integers(0, 19)) < 19 else shape[0]
        if draw(st.integers(0, 7)) == 7 and len(shape) > 2:
            del shape[1]
        shapes.append(tuple(shape))
    return {"inputs": shapes}


def _joined_shapes(draw: Draw) -> Shapes:
    first = random_shape(draw, None)
    axis = draw(st.integers(1, len(first) - 1))
    others = [
        tuple(draw(sizes) if place == axis else size for place, size in enumerate(first))
        for _ in range(draw(st.sampled_from([1, 2, 0])))
    ]
    return {"inputs": [first, *others]}


def _join_axis(draw: Draw, shapes: Shapes, arguments: Arguments) -> int:
    first, *others = shapes["inputs"]
    different = [
        place for place in range(len(first)) if any(other[place] != first[place] for other in others)
    ]
    axis = different[0] if different else draw(st.integers(1, len(first) - 1))
    return draw(st.sampled_from([axis, axis - len(first)]) | st.integers(-3, 3))


def _dot_shapes(draw: Draw) -> Shapes:
    first, second = random_shape(draw, None), random_shape(draw, None)
    second = (first[0], *second[1:])
    if draw(st.integers(0, 7)) < 7:
        one, other = draw(st.integers(1, len(first) - 1)), draw(st.integers(1, len(second) - 1))
        second = tuple(first[one] if place == other else size for place, size in enumerate(second))
    return {"inputs": [first, second]}


def _dot_axes(draw: Draw, shapes: Shapes, arguments: Arguments) -> Any:
    first, second = shapes["inputs"]
    fits = [
        [one, other]
        for one in range(1, len(first))
        for other in range(1, len(second))
        if first[one] == second[other]
    ]
    fits += [[one - len(first), other - len(second)] for one, other in fits]
    fits += [one for one, other in fits if one == other]
    return draw(st.sampled_from(fits or [1]) | st.sampled_from([1, 2, -1, [1, 2]]))


EQUATIONS = {
    "ab,bc->ac": 2,
    "abc,cd->abd": 3,
    "...x,xy->...y": 3,
    "abc,bcd->ad": 3,
    "abcd,de->abce": 4,
    "abc,dc->abd": 3,
    "abc,cde->abde": 3,
    "ab...,bc->ac...": 3,
    "abc,cb->abc": 3,
}


def _einsum_shapes(draw: Draw) -> Shapes:
    return {"inputs": random_shape(draw, draw(st.sampled_from([3, 3, 2, 4])))}


def _equation(draw: Draw, shapes: Shapes, arguments: Arguments) -> str:
    fits = [text for text, rank in EQUATIONS.items() if rank == len(shapes["inputs"])]
    return draw(st.sampled_from(fits or list(EQUATIONS)))


def _einsum_output(draw: Draw, shapes: Shapes, arguments: Arguments) -> list[int | None]:
    equation, shape = arguments["equation"], shapes["inputs"]
    source, _, rest = equation.partition(",")
    target = rest.partition("->")[2].replace("...", "")
    known = {} if "..." in source else dict(zip(source, shape, strict=False))
    wanted = []
    for letter in target[1:] if not equation.startswith("...") else target:
        value = known.get(letter) if letter in known else draw(small)
        wanted.append(draw(st.sampled_from([None, value])) if letter in known else value)
    return wanted


def _bias_axes(draw: Draw, shapes: Shapes, arguments: Arguments) -> str | None:
    target = arguments["equation"].partition("->")[2].replace("...", "")
    return draw(st.sampled_from([None, target[-1], target[1:] or target[-1]]))


def _attention_shapes(draw: Draw) -> Shapes:
    rank = draw(st.sampled_from([3, 3, 3, 4]))
    query = random_shape(draw, rank)
    value = (*query[:1], *[draw(sizes) for _ in range(max(len(query) - 2, 0))], draw(sizes))
    if len(query) == 4:
        value = (*query[:2], *value[2:])
    shapes = {"query": query, "value": value}
    if draw(st.booleans()):
        shapes["key"] = (*value[:-1], draw(sizes))
    if len(query) == 3 and draw(st.integers(0, 3)) == 3:
        shapes["attention_mask"] = (draw(st.sampled_from([query[0], 1])), query[1], value[1])
    return shapes


def _attention_inputs(draw: Draw, shapes: Shapes, arguments: Arguments) -> dict[str, Any]:
    return {
        port: Values(shape, "bool", 0, 1)
        if port == "attention_mask"
        else Values(shape, masked=len(shape) == 3 and draw(st.integers(0, 3)) == 3)
        for port, shape in shapes.items()
    }


def _score_shapes(draw: Draw) -> Shapes:
    query = random_shape(draw, 3)
    value = (*query[:1], *[draw(sizes) for _ in query[1:-1]], query[-1]) if len(query) > 1 else query
    shapes = [query, value]
    if draw(st.booleans()):
        shapes.append((*value[:-1], query[-1]) if len(value) else value)
        shapes[1] = (*value[:-1], draw(sizes)) if len(value) else value
    return {"inputs": shapes}


def _pictures(draw: Draw) -> Shapes:
    channels = draw(st.sampled_from([3, 1, 3, 2]))
    picture = (draw(sizes), draw(sizes), channels)
    return {"inputs": (draw(batches), *picture)}


def _colors(draw: Draw) -> Shapes:
    return {"inputs": (draw(batches), draw(sizes), draw(sizes), 3)}


def _factor(draw: Draw, shapes: Shapes, arguments: Arguments) -> Any:
    return draw(st.sampled_from([0.2, [0.1, 0.3], 0.0, [0.2, 0.2]]))


def _statistics(draw: Draw, shapes: Shapes, arguments: Arguments) -> Any:
    shape = shapes["inputs"]
    axis = arguments.get("axis", -1)
    if axis is None:
        return 0.5
    axes = axis if isinstance(axis, list) else [axis]
    kept = [shape[place] for place in sorted(place % len(shape) for place in axes)]
    count = math.prod(kept)
    return draw(st.sampled_from([np.linspace(0.25, 2, count).reshape(kept).tolist(), 0.5]))


def _ids(high: int) -> Callable[[Draw, Shapes, Arguments], dict[str, Any]]:
    def draw_ids(draw: Draw, shapes: Shapes, arguments: Arguments) -> dict[str, Any]:
        limit = arguments.get("input_dim") or arguments.get("num_tokens") or high
        return {
            port: Values(shape, draw(st.sampled_from(["int32", "int64", "float32"])), 0, max(limit - 1, 0))
            if port == "inputs"
            else Values(shape)
            for port, shape in shapes.items()
        }

    return draw_ids


def _encoding_shapes(draw: Draw) -> Shapes:
    shape = random_shape(draw, draw(st.sampled_from([1, 2, 2, 3])))
    return {"inputs": shape, **({"count_weights": shape} if draw(st.integers(0, 2)) == 2 else {})}


def _recurrent_shapes(draw: Draw) -> Shapes:
    return {"sequences": random_shape(draw, 3)}


def _steps(draw: Draw, shapes: Shapes, arguments: Arguments) -> dict[str, Any]:
    return {
        port: Values(shape, masked=len(shape) == 3 and draw(st.integers(0, 2)) == 2)
        for port, shape in shapes.items()
    }


def _sequence_states(states: tuple[str, ...]) -> Callable[[Draw, Shapes, Arguments], dict[str, Any]]:
    def draw_steps(draw: Draw, shapes: Shapes, arguments: Arguments) -> dict[str, Any]:
        values = _steps(draw, shapes, arguments)
        if draw(st.integers(0, 3)) == 3:
            shape = (shapes["sequences"][0], max(arguments["units"], 1))
            values |= {port: Values(shape) for port in states}
        return values

    return draw_steps


cells = st.sampled_from(
    [
        {"class_name": "SimpleRNNCell", "config": {"units": 3}},
        {"class_name": "LSTMCell", "config": {"units": 2}},
        {"class_name": "GRUCell", "config": {"units": 2, "reset_after": False}},
        {"class_name": "GRUCell", "config": {"units": 3}},
    ]
).map(lambda config: {"module": "keras.layers", "registered_name": None, **config})


def _cell(draw: Draw, shapes: Shapes, arguments: Arguments) -> Any:
    if draw(st.integers(0, 3)) < 3:
        return _named(draw(cells), "cell")
    stack = {
        "cells": [_named(draw(cells), f"cell_{number}") for number in range(draw(st.integers(1, 2)))],
        "name": "cells",
    }
    return {
        "module": "keras.layers",
        "registered_name": None,
        "class_name": "StackedRNNCells",
        "config": stack,
    }


def _stateful(draw: Draw, shapes: Shapes, arguments: Arguments) -> bool:
    # Keras cannot reset the states of stacked cells.
    return arguments["cell"]["class_name"] != "StackedRNNCells" and draw(st.booleans())


def _recurrent_config(draw: Draw, shapes: Shapes, arguments: Arguments) -> Any:
    kind = draw(st.sampled_from(["LSTM", "GRU", "SimpleRNN"]))
    config = {"name": "inner", "units": draw(small), "return_sequences": draw(st.booleans())}
    if draw(st.integers(0, 3)) == 3:
        config["return_state"] = True
    return {"module": "keras.layers", "registered_name": None, "class_name": kind, "config": config}


def _cell_inputs(count: int) -> Callable[[Draw, Shapes, Arguments], dict[str, Any]]:
    def draw_states(draw: Draw, shapes: Shapes, arguments: Arguments) -> dict[str, Any]:
        shape = shapes["inputs"]
        state = Values((shape[0], max(arguments["units"], 1)))
        return {"inputs": Values(shape), "states": [state] * count}

    return draw_states


_CONVOLUTION = Rule(
    values={
        "filters": lambda draw, shapes, arguments: draw(st.sampled_from([2, 4, 3, 1, 6])),
        "groups": _groups,
    }
)
_MERGING = Rule(shapes=_similar_shapes)
_PICTURES = Rule(
    shapes=_pictures, values={"factor": _factor, "height_factor": _factor, "width_factor": _factor}
)
_COLORS = Rule(
    shapes=_colors,
    values={
        "factor": _factor,
        "value_range": one_of([0, 255], [0, 1]),
        "addition_factor": _factor,
        "threshold_factor": _factor,
        "data_format": one_of(None, "channels_last"),
    },
)
_LAYERS_OF_STEPS = {
    "LSTM": Rule(
        shapes=_recurrent_shapes,
        values={"use_cudnn": one_of("auto", False)},
        inputs=_sequence_states(("hidden_state", "cell_state")),
    ),
    "GRU": Rule(
        shapes=_recurrent_shapes,
        values={"use_cudnn": one_of("auto", False)},
        inputs=_sequence_states(("hidden_state",)),
    ),
    "SimpleRNN": Rule(shapes=_recurrent_shapes, inputs=_sequence_states(("hidden_state",))),
    "RNN": Rule(shapes=_recurrent_shapes, values={"cell": _cell, "stateful": _stateful}, inputs=_steps),
    "Bidirectional": Rule(
        shapes=_recurrent_shapes,
        values={"layer": _recurrent_config, "backward_layer": one_of(None)},
        inputs=_steps,
    ),
    "SimpleRNNCell": Rule(rank=2, inputs=_cell_inputs(1)),
    "GRUCell": Rule(rank=2, inputs=_cell_inputs(1)),
    "LSTMCell": Rule(rank=2, inputs=_cell_inputs(2)),
    "TimeDistributed": Rule(
        shapes=lambda draw: {"inputs": random_shape(draw, draw(st.integers(3, 4)))}, inputs=_steps
    ),
}

COLORED = (
    "RandomBrightness",
    "RandomColorDegeneration",
    "RandomColorJitter",
    "RandomContrast",
    "RandomGrayscale",
    "RandomHue",
    "RandomInvert",
    "RandomSaturation",
    "Solarization",
)
RULES: dict[str, Rule] = {
    **{
        f"{kind}{rank}D{end}": _CONVOLUTION
        for rank in (1, 2, 3)
        for kind, end in (("Conv", ""), ("Conv", "Transpose"), ("DepthwiseConv", ""), ("SeparableConv", ""))
    },
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"), _MERGING),
    **dict.fromkeys(COLORED, _COLORS),
    "Resizing": _PICTURES,
    "CenterCrop": _PICTURES,
    **_LAYERS_OF_STEPS,
    "RMSNormalization": Rule(values={"axis": one_of(-1, [-1])}),
    "RandomPosterization": Rule(
        shapes=_colors, values={"data_format": one_of(None, "channels_last"), "factor": one_of(3, [2, 4], 8)}
    ),
    "GroupNormalization": Rule(values={"groups": _group_norm_groups}, needed=("groups",)),
    "Reshape": Rule(values={"target_shape": _target_shape}),
    "Permute": Rule(values={"dims": _permutation}),
    "RepeatVector": Rule(rank=2),
    "Dropout": Rule(values={"noise_shape": _noise_shape}),
    "AlphaDropout": Rule(values={"noise_shape": _noise_shape}),
    "ZeroPadding2D": Rule(values={"padding": _paddings(2)}),
    "ZeroPadding3D": Rule(values={"padding": _paddings(3)}),
    "Cropping2D": Rule(values={"cropping": _paddings(2)}),
    "Cropping3D": Rule(values={"cropping": _paddings(3)}),
    "Concatenate": Rule(shapes=_joined_shapes, values={"axis": _join_axis}, needed=("axis",)),
    "Dot": Rule(shapes=_dot_shapes, values={"axes": _dot_axes}),
    "EinsumDense": Rule(
        shapes=_einsum_shapes,
        values={"equation": _equation, "output_shape": _einsum_output, "bias_axes": _bias_axes},
    ),
    "MultiHeadAttention": Rule(
        shapes=_attention_shapes,
        values={
            "output_shape": one_of(None, 3, [2], [2, 3]),
            "attention_axes": one_of(None, 1, [1]),
            "flash_attention": one_of(None, False),
        },
        inputs=_attention_inputs,
    ),
    "Attention": Rule(
        shapes=_score_shapes, inputs=lambda draw, shapes, arguments: _masked_list(draw, shapes)
    ),
    "AdditiveAttention": Rule(
        shapes=_score_shapes, inputs=lambda draw, shapes, arguments: _masked_list(draw, shapes)
    ),
    "Normalization": Rule(values={"mean": _statistics, "variance": _statistics}, needed=("mean", "variance")),
    "Embedding": Rule(inputs=_ids(4), values={"weights": one_of(None)}),
    "CategoryEncoding": Rule(shapes=_encoding_shapes, inputs=_ids(4), needed=("num_tokens",)),
    "Discretization": Rule(
        values={"bin_boundaries": one_of([-1.0, 0.5, 2.0], [0.0]), "num_bins": one_of(None)},
        needed=("bin_boundaries",),
    ),
    "BatchNormalization": Rule(values={"renorm_clipping": one_of(None)}),
    "Rescaling": Rule(values={"scale": one_of(2.0, 0.5, -1, 1 / 255), "offset": one_of(0.0, -1.0, 3)}),
}

NOT_DRAWN = {
    "InputLayer": "has no call",
    "StackedRNNCells": "is drawn as the cell of an RNN",
    **dict.fromkeys(("MelSpectrogram", "STFTSpectrogram"), "takes sounds alone; compared in its own tests"),
    **dict.fromkeys(("AugMix", "CutMix", "MixUp", "RandAugment"), "is random in each call"),
    "MaxNumBoundingBoxes": "takes boxes",
    "Pipeline": "takes other layers of pictures",
    "ReversibleEmbedding": "takes ids one way and numbers the other; compared in its own tests",
    "RandomCrop": "leaves pictures as they are outside of training, in Keras, against the shape it says",
    **dict.fromkeys(
        ("Hashing", "HashedCrossing", "IntegerLookup", "StringLookup", "TextVectorization"),
        "needs TensorFlow in the real Keras; compared with numbers recorded there",
    ),
}
COMMON: dict[str, Any] = {
    "activity_regularizer": st.sampled_from(NAMES["regularizers"]),
    "trainable": st.just(False),
    "dtype": st.just("float64"),
}
NEVER_GIVEN = {"synchronized"}


def _masked_list(draw: Draw, shapes: Shapes) -> dict[str, Any]:
    return {
        port: [Values(shape, masked=len(shape) == 3 and draw(st.integers(0, 3)) == 3) for shape in many]
        for port, many in shapes.items()
    }


def names() -> list[str]:
    """The layers that are drawn."""
    return [
        name
        for name in registry.names()
        if name not in NOT_DRAWN and layer_spec(registry.lookup(name)).inputs
    ]


def _shapes(draw: Draw, spec: LayerSpec, rule: Rule) -> Shapes:
    if rule.shapes:
        return rule.shapes(draw)
    ports: list[PortSpec] = [port for port in spec.inputs if not port.optional]
    shape = random_shape(draw, rule.rank or rank_of(spec.name))
    return {port.name: [shape, shape] if port.variadic else shape for port in ports}


def _arguments(draw: Draw, spec: LayerSpec, rule: Rule, shapes: Shapes) -> Arguments:
    first = next(iter(shapes.values()))
    shape = first[0] if isinstance(first, list) else first
    arguments: Arguments = {}
    # The layout and numbers of filters come first: others depend on them.
    params = sorted(spec.params, key=lambda param: param.name != "data_format")
    for param in params:
        if param.name in NEVER_GIVEN:
            continue
        odds = 7 if param.kind == "registry" else 2
        given = param.required or param.name in (*rule.needed, "seed") or draw(st.integers(0, odds)) == odds
        if not given:
            continue
        own = rule.values.get(param.name)
        value = own(draw, shapes, arguments) if own else value_of(draw, param, shape)
        arguments[param.name] = value
    holds_layers = any(param.kind == "layer" for param in spec.params)
    for name, strategy in COMMON.items():
        # Layers inside have dtypes of their own.
        if not (name == "dtype" and holds_layers) and draw(st.integers(0, 15)) == 15:
            arguments.setdefault(name, draw(strategy))
    return json.loads(json.dumps(arguments))


def _inputs(draw: Draw, spec: LayerSpec, rule: Rule, shapes: Shapes, arguments: Arguments) -> dict[str, Any]:
    if rule.inputs:
        return rule.inputs(draw, shapes, arguments)
    cls = registry.lookup(spec.name)
    masks = cls.supports_mask or cls.creates_mask  # type: ignore[union-attr]
    dtype = draw(st.sampled_from(["float32"] * 10 + ["float64", "int32"]))

    def make(shape: Shape) -> Values:
        masked = masks and len(shape) == 3 and draw(st.integers(0, 2)) == 2
        return Values(shape, dtype, masked=masked)

    return {
        port: [make(item) for item in shape] if isinstance(shape, list) else make(shape)
        for port, shape in shapes.items()
    }


@st.composite
def cases(draw: Draw, name: str) -> Case:
    """Cases of one layer."""
    spec = layer_spec(registry.lookup(name))
    rule = RULES.get(name, _PICTURES if issubclass(spec.cls, RandomPictures) else Rule())
    shapes = _shapes(draw, spec, rule)
    arguments = _arguments(draw, spec, rule, shapes)
    inputs = _inputs(draw, spec, rule, shapes, arguments)
    settings = {
        setting.name: draw(st.booleans()) for setting in spec.settings if draw(st.integers(0, 2)) == 2
    }
    unknown = draw(st.lists(st.integers(1, 3), max_size=2, unique=True)) if draw(st.booleans()) else []
    return Case(name, arguments, inputs, settings, tuple(unknown), draw(st.integers(0, 2**16)))
