"""What layers and their arguments were called before: in Keras 1, and where Keras 2 had further classes.

Source: https://github.com/keras-team/keras/wiki/Keras-2.0-release-notes and the documentation of Keras 1.2.2.
"""

from collections.abc import Callable, Mapping
from typing import Any

from runtime.configurable import constructor_parameters
from runtime.errors import FileFormatError, RefusedError
from runtime.layers.registration import registry

Config = dict[str, Any]

_CLASSES = {
    "AtrousConv1D": "Conv1D",
    "AtrousConv2D": "Conv2D",
    "AtrousConvolution1D": "Conv1D",
    "AtrousConvolution2D": "Conv2D",
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "CuDNNGRU": "GRU",
    "CuDNNLSTM": "LSTM",
    "Deconvolution2D": "Conv2DTranspose",
    "Deconvolution3D": "Conv3DTranspose",
    "SyncBatchNormalization": "BatchNormalization",
    "ThresholdedReLU": "ReLU",
    "TimeDistributedDense": "Dense",
    "UnifiedGRU": "GRU",
    "UnifiedLSTM": "LSTM",
}
_GONE = {
    "Highway": "1.x",
    "LocallyConnected1D": "2.x",
    "LocallyConnected2D": "2.x",
    "MaxoutDense": "1.x",
    "ParametricSoftplus": "1.x",
    "SReLU": "1.x",
}
"""Layers that no later Keras has, and the last one that had them."""

_ARGUMENTS = {
    "U_constraint": "recurrent_constraint",
    "U_regularizer": "recurrent_regularizer",
    "W_constraint": "kernel_constraint",
    "W_regularizer": "kernel_regularizer",
    "atrous_rate": "dilation_rate",
    "b_constraint": "bias_constraint",
    "b_regularizer": "bias_regularizer",
    "beta_init": "beta_initializer",
    "bias": "use_bias",
    "border_mode": "padding",
    "dim_ordering": "data_format",
    "dropout_U": "recurrent_dropout",
    "dropout_W": "dropout",
    "filter_length": "kernel_size",
    "forget_bias_init": "unit_forget_bias",
    "gamma_init": "gamma_initializer",
    "init": "kernel_initializer",
    "inner_activation": "recurrent_activation",
    "inner_init": "recurrent_initializer",
    "length": "size",
    "nb_filter": "filters",
    "output_dim": "units",
    "p": "rate",
    "pool_length": "pool_size",
    "sigma": "stddev",
    "stride": "strides",
    "subsample": "strides",
    "subsample_length": "strides",
    "theta": "threshold",
}
_ARGUMENTS_OF = {
    "Embedding": {
        "W_constraint": "embeddings_constraint",
        "W_regularizer": "embeddings_regularizer",
        "init": "embeddings_initializer",
    },
    "PReLU": {"init": "alpha_initializer"},
    "SeparableConv2D": {"init": "depthwise_initializer"},
    "SeparableConvolution2D": {"init": "depthwise_initializer"},
}
_WITHOUT_EFFECT = frozenset({"consume_less", "dim_ordering", "input_dtype", "weights"})
_SIZES = (("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3"))
_MERGED = {
    "ave": "Average",
    "concat": "Concatenate",
    "dot": "Dot",
    "max": "Maximum",
    "mul": "Multiply",
    "sum": "Add",
}


def in_present_words(name: str, config: Any, keras_version: int) -> tuple[str, Any]:
    """Class and arguments of a layer as they are called now.

    Args:
        name: The class as the file has it.
        config: The arguments as the file has them.
        keras_version: Major version of the Keras that wrote them.

    Raises:
        RefusedError: No Keras has the layer any more, or the layer would run code.
        FileFormatError: An argument asks for something that later versions have not.
    """
    if name in _GONE:
        raise RefusedError(
            f"{name} is not known here; Keras {_GONE[name]} was the last that had it.",
            what=name,
            hint=f"Write the step as a layer class and give it in custom_objects={{'{name}': …}}.",
        )
    if not isinstance(config, dict) or (keras_version >= 3 and name not in _CLASSES):
        return name, config
    if name == "Merge":
        return _merge(config)
    change = _CHANGES.get(name)
    config = change(config) if change else config
    name = _CLASSES.get(name, name)
    return (name, _renamed(name, config)) if name in registry and keras_version < 3 else (name, config)


def _renamed(name: str, config: Config) -> Config:
    """The arguments by their present names; what is known by its old name stays."""
    known = constructor_parameters(registry.lookup(name))
    names = {**_ARGUMENTS, **_ARGUMENTS_OF.get(name, {})}
    sizes = next((keys for keys in _SIZES if all(key in config for key in keys)), ())
    found: Config = (
        {"kernel_size": [config[key] for key in sizes]} if sizes and "kernel_size" in known else {}
    )
    for key, value in config.items():
        new = names.get(key, key)
        if key in known or key not in names:
            if key not in sizes and (key in known or key not in _WITHOUT_EFFECT):
                found[key] = value
        elif new in known:
            found[new] = _VALUES[key](value) if key in _VALUES else value
        elif key not in _WITHOUT_EFFECT:
            found[key] = value
    return found


def _data_format(value: Any) -> Any:
    return {"tf": "channels_last", "th": "channels_first", "default": "channels_last"}.get(value, value)


_VALUES: Mapping[str, Callable[[Any], Any]] = {
    "dim_ordering": _data_format,
    "forget_bias_init": lambda value: value in ("one", "ones"),
}


def _merge(config: Config) -> tuple[str, Config]:
    """The layer that does what one mode of Keras 1's Merge did."""
    mode = config.get("mode")
    if config.get("mode_type", "raw") != "raw" or config.get("layers"):
        what = "its mode is a function" if not config.get("layers") else "it joins models of its own"
        raise RefusedError(
            f"A Merge of Keras 1 is not read where {what}.",
            what="Merge",
            hint="Make the model anew as a functional one, and load its weights with load_weights.",
        )
    name = _MERGED.get(mode) if isinstance(mode, str) else None
    if name is None:
        raise RefusedError(
            f"Merge with the mode {str(mode)[:60]!r} is not known here; Keras 1.x was the last that had it.",
            what="Merge",
            hint=f"Known modes: {', '.join(_MERGED)}.",
        )
    kept = {key: config[key] for key in ("name", "trainable") if key in config}
    if name == "Concatenate":
        kept["axis"] = config.get("concat_axis", -1)
    if name == "Dot":
        axes = config.get("dot_axes", -1)
        # Keras 1 gave a pair of lists of one axis each.
        kept["axes"] = (
            [one[0] if isinstance(one, list) else one for one in axes] if isinstance(axes, list) else axes
        )
    return name, kept


def _kernel_of_graphics_card(config: Config) -> Config:
    """What the layers for graphics cards always computed with; the rest stands in their arguments."""
    return {**config, "activation": "tanh", "recurrent_activation": "sigmoid"}


def _gru(config: Config) -> Config:
    """Before the argument was there, the reset gate acted on the state."""
    return config if "reset_after" in config else {**config, "reset_after": False}


def _normalization(config: Config) -> Config:
    mode = config.get("mode", 0)
    if mode not in (0, None):
        raise FileFormatError(
            f"its mode {str(mode)[:20]} of Keras 1 is not known here.",
            hint="Only mode 0, features over the batch, is there since Keras 2.",
        )
    return {key: value for key, value in config.items() if key != "mode"}


def _deconvolution(config: Config) -> Config:
    """The size of the output was stated; it follows from the other arguments."""
    return {key: value for key, value in config.items() if key != "output_shape"}


_CHANGES: Mapping[str, Callable[[Config], Config]] = {
    "BatchNormalization": _normalization,
    "CuDNNGRU": lambda config: {**_kernel_of_graphics_card(config), "reset_after": True},
    "CuDNNLSTM": _kernel_of_graphics_card,
    "Deconvolution2D": _deconvolution,
    "Deconvolution3D": _deconvolution,
    "GRU": _gru,
    "GRUCell": _gru,
}
