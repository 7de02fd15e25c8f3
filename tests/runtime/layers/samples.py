"""Arguments and inputs with which the contract tries out every layer of the registry.

Both come from the layer's description: a value other than the default for each parameter, and the first of a
few common input shapes that fits. Only where that is not enough does a layer have a line in `SAMPLES`.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np

from runtime import layers
from runtime.errors import ShapeError
from runtime.layers import layer_spec
from runtime.layers.parameters import ParamSpec
from runtime.types import TensorSpec

SHAPES = [(4, 6), (4, 6, 4), (4, 6, 6, 4), (4, 6, 6, 6, 4)]
"""Input shapes that are tried, in this order."""

NAMES = {
    "activations": ["tanh", "sigmoid", "softsign"],
    "initializers": ["he_normal", "lecun_uniform", "random_normal", "random_uniform", "truncated_normal"],
    "regularizers": ["l2", "l1", "l1_l2"],
    "constraints": ["non_neg", "unit_norm", "max_norm"],
}


@dataclass(frozen=True)
class Sample:
    """What cannot be read from a layer's description.

    Args:
        arguments: Values of parameters for which no general one makes sense.
        alone: Parameters that contradict another one, so that they are changed in a try of their own.
        shapes: Input port → shape, or list of shapes for a variadic port.
    """

    arguments: dict[str, Any] = field(default_factory=dict)
    alone: tuple[str, ...] = ()
    shapes: dict[str, Any] = field(default_factory=dict)


_POSITIVE = {"class_name": "Constant", "config": {"value": 0.5}}
_CONVOLUTION = Sample({"filters": 4, "groups": 2}, alone=("dilation_rate",))
_TRANSPOSED = Sample({"strides": 3, "output_padding": 1}, alone=("dilation_rate",))
_PICTURES = {"inputs": (4, 6, 6, 3)}
_PADDING = {rank: tuple((axis, axis + 1) for axis in range(rank)) for rank in (2, 3)}

SAMPLES: dict[str, Sample] = {
    "InputLayer": Sample({"shape": (6,), "batch_shape": None, "dtype": "int32"}),
    "Permute": Sample({"dims": (2, 1)}, shapes={"inputs": (4, 3, 5)}),
    "Reshape": Sample({"target_shape": (3, -1)}),
    "Dropout": Sample({"noise_shape": (None, 1)}),
    "AlphaDropout": Sample({"noise_shape": (None, 1)}),
    "EinsumDense": Sample(
        {"equation": "abc,cd->abd", "output_shape": (None, 3), "bias_axes": "d"}, shapes={"inputs": (4, 2, 5)}
    ),
    "GroupNormalization": Sample({"groups": 2, "axis": 1}),
    "RMSNormalization": Sample({"axis": (1, 2)}, shapes={"inputs": (4, 3, 5)}),
    "UnitNormalization": Sample({"axis": (1, 2)}, shapes={"inputs": (4, 3, 5)}),
    "Dot": Sample({"axes": 1}),
    "Concatenate": Sample({"axis": 1}, shapes={"inputs": [(4, 2, 3), (4, 5, 3)]}),
    "BatchNormalization": Sample(
        {"axis": 1, "moving_variance_initializer": _POSITIVE, "renorm_clipping": {"rmax": 2.0}}
    ),
    "LayerNormalization": Sample({"axis": (1, 2)}, shapes={"inputs": (4, 3, 5)}),
    "PReLU": Sample({"shared_axes": (1,)}, shapes={"inputs": (4, 3, 5)}),
    "Softmax": Sample({"axis": (1, 2)}, shapes={"inputs": (4, 3, 5)}),
    **{f"Conv{rank}D": _CONVOLUTION for rank in (1, 2, 3)},
    **{f"Conv{rank}DTranspose": _TRANSPOSED for rank in (1, 2, 3)},
    "Embedding": Sample({"weights": None}),
    **{
        f"ConvLSTM{rank}D": Sample(alone=("dilation_rate",), shapes={"sequences": (4, 3, *[5] * rank, 2)})
        for rank in (1, 2, 3)
    },
    "LSTM": Sample({"use_cudnn": False}),
    "GRU": Sample({"use_cudnn": False}),
    "GroupQueryAttention": Sample(
        {"num_query_heads": 4, "num_key_value_heads": 2}, alone=("flash_attention",)
    ),
    "MultiHeadAttention": Sample({"output_shape": (5,), "attention_axes": (1,)}, alone=("flash_attention",)),
    "Bidirectional": Sample(
        {"layer": layers.LSTM(3), "backward_layer": layers.LSTM(3, go_backwards=True), "weights": None}
    ),
    "TimeDistributed": Sample({"layer": layers.Dense(3)}),
    "SpectralNormalization": Sample({"layer": layers.Dense(3)}),
    "STFTSpectrogram": Sample(
        {"mode": "stft", "frame_length": 4, "fft_length": 8, "window": "hamming"},
        alone=("scaling",),
        shapes={"inputs": (4, 300, 2)},
    ),
    "MelSpectrogram": Sample(
        {
            "fft_length": 16,
            "sequence_length": 8,
            "window": "hamming",
            "sampling_rate": 8000,
            "min_freq": 30.0,
            "max_freq": 3000.0,
        },
        shapes={"inputs": (4, 40)},
    ),
    "Normalization": Sample({"axis": (1,), "mean": (1.0, 2.0, 3.0, 4.0, 5.0, 6.0), "variance": (0.5,) * 6}),
    # num_bins in place of boundaries wants data first: see test_feature_layers.py.
    "Discretization": Sample({"bin_boundaries": (-0.5, 0.5), "num_bins": None}, shapes={"inputs": (4, 6)}),
    "CategoryEncoding": Sample(shapes={"inputs": (4, 6)}),
    "Resizing": Sample(
        {"fill_mode": "constant"}, alone=("crop_to_aspect_ratio", "pad_to_aspect_ratio"), shapes=_PICTURES
    ),
    "CenterCrop": Sample(shapes=_PICTURES),
    "RandomCrop": Sample(shapes=_PICTURES),
    "RandomFlip": Sample(shapes=_PICTURES),
    "RandomRotation": Sample({"factor": (0.1, 0.2)}, shapes=_PICTURES),
    "RandomGrayscale": Sample(shapes=_PICTURES),
    **{
        name: Sample({"height_factor": (0.1, 0.2), "width_factor": 0.2}, shapes=_PICTURES)
        for name in ("RandomZoom", "RandomTranslation")
    },
    **{
        name: Sample({"factor": (0.1, 0.2), "value_range": (-4, 4)}, shapes=_PICTURES)
        for name in (
            "RandomBrightness",
            "RandomColorDegeneration",
            "RandomContrast",
            "RandomHue",
            "RandomInvert",
            "RandomSaturation",
        )
    },
    "AutoContrast": Sample({"value_range": (-4, 4)}, shapes=_PICTURES),
    "ContrastLimitedAdaptiveHistogramEqualization": Sample(
        {"value_range": (-4, 4), "clip_limit": 2.0, "tile_grid_size": (2, 3)}, shapes=_PICTURES
    ),
    "RandomGaussianBlur": Sample(
        {"factor": (0.5, 1.0), "kernel_size": 5, "sigma": (0.5, 0.75), "value_range": (-4, 4)},
        shapes=_PICTURES,
    ),
    "RandomSharpness": Sample({"factor": (0.1, 0.2), "value_range": (-4, 4)}, shapes=_PICTURES),
    "RandomShear": Sample({"x_factor": (0.1, 0.2), "y_factor": 0.2}, shapes=_PICTURES),
    "RandomPerspective": Sample({"factor": (0.5, 0.75)}, shapes=_PICTURES),
    "RandomElasticTransform": Sample(
        {"factor": (0.5, 0.75), "scale": 0.5, "value_range": (-4, 4)}, shapes=_PICTURES
    ),
    "RandomErasing": Sample(
        {"factor": 0.5, "scale": 0.5, "fill_value": 0.5, "value_range": (-4, 4)}, shapes=_PICTURES
    ),
    "RandomColorJitter": Sample(
        {
            "value_range": (-4, 4),
            "brightness_factor": 0.1,
            "contrast_factor": 0.2,
            "saturation_factor": (0.4, 0.6),
            "hue_factor": 0.1,
        },
        shapes=_PICTURES,
    ),
    "RandAugment": Sample({"value_range": (-4, 4), "factor": (0.1, 0.2)}, shapes=_PICTURES),
    "AugMix": Sample({"value_range": (-4, 4), "factor": (0.1, 0.2)}, shapes=_PICTURES),
    "RandomPosterization": Sample({"factor": (2, 4), "value_range": (-4, 4)}, shapes=_PICTURES),
    "Solarization": Sample(
        {"addition_factor": 0.1, "threshold_factor": (0.1, 0.2), "value_range": (-4, 4)}, shapes=_PICTURES
    ),
    **{f"ZeroPadding{rank}D": Sample({"padding": _PADDING[rank]}) for rank in (2, 3)},
    **{f"Cropping{rank}D": Sample({"cropping": _PADDING[rank]}) for rank in (2, 3)},
}


def count_tries(name: str) -> int:
    """How many sets of arguments there are for a layer."""
    return 1 + len(SAMPLES.get(name, Sample()).alone)


def tries(name: str) -> list[dict[str, Any]]:
    """Arguments to make a layer with: every parameter appears once with a value other than its default.

    Layers among them are new each time, since tests build them, on one device or another.
    """
    spec = layer_spec(layers.registry.lookup(name))
    sample = deepcopy(SAMPLES.get(name, Sample()))
    numbers = {family: count() for family in NAMES}
    values = {
        param.name: sample.arguments[param.name]
        if param.name in sample.arguments
        else _other_value(name, param, numbers)
        for param in spec.params
    }
    required = {param.name: values[param.name] for param in spec.params if param.required}
    together = {key: value for key, value in values.items() if key not in sample.alone}
    return [together, *({**required, key: values[key]} for key in sample.alone)]


def _other_value(layer: str, param: ParamSpec, numbers: dict[str, Any]) -> Any:
    """A value that the parameter can have, and that is not its default."""
    match param.kind:
        case "bool":
            return not param.default
        case "int" | "size":
            candidates: list[Any] = [2, 3]
        case "float" | "floats":
            candidates = [0.25, 0.5]
        case "choice":
            # A data format that moves the channels is for tests of the layer: shapes here have them last.
            candidates = (
                [*reversed(param.choices)] if "channels_last" not in param.choices else ["channels_last"]
            )
        case "registry" if param.registry in NAMES:
            names = NAMES[param.registry]
            candidates = [names[(next(numbers[param.registry]) + turn) % len(names)] for turn in range(2)]
        case _:
            candidates = []
    for candidate in candidates:
        if candidate != param.default and param.default != (candidate,) * param.axes:
            return candidate
    raise AssertionError(
        f"{layer}({param.name}=…) is a {param.kind!r}: say a value for it in SAMPLES of {__file__}."
    )


def sample_shapes(layer: Any) -> dict[str, Any]:
    """Shapes for the wired ports of a layer: its own sample, or the first of `SHAPES` that fits."""
    spec = layer_spec(type(layer))
    own = SAMPLES.get(spec.name, Sample()).shapes
    if own or spec.is_source:
        return own
    for shape in SHAPES:
        shapes = {
            port.name: [shape, shape] if port.variadic else shape for port in spec.inputs if not port.optional
        }
        try:
            output_shapes(layer, shapes)
        except ShapeError:
            continue
        return shapes
    raise AssertionError(f"None of {SHAPES} fits {spec.name}: say shapes for it in SAMPLES of {__file__}.")


def output_shapes(layer: Any, shapes: dict[str, Any]) -> list[tuple[int | None, ...]]:
    """What the layer says of its outputs' shapes."""
    specs = {
        port: [TensorSpec(item) for item in shape] if isinstance(shape, list) else TensorSpec(shape)
        for port, shape in shapes.items()
    }
    return [spec.shape for spec in layer.output_spec(specs).values()]


def sample_inputs(layer: Any, shapes: dict[str, Any]) -> dict[str, Any]:
    """Random arrays of these shapes, by call argument."""
    spec = layer_spec(type(layer))
    random = np.random.default_rng(5)

    def make(shape: tuple[int, ...], whole: bool) -> Any:
        if whole:
            return random.integers(0, 2, shape)
        return random.normal(size=shape).astype("float32")

    arrays = {
        port.name: [make(shape, port.whole) for shape in shapes[port.name]]
        if port.variadic
        else make(shapes[port.name], port.whole)
        for port in spec.inputs
        if port.name in shapes
    }
    return spec.call_arguments(arrays)
