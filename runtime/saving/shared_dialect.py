"""A model's config in `.h5` files as both Keras 2 and Keras 3 read it, where there is such a form.

Both read calls as lists of [layer, call, output, settings], one for each tensor. They differ in how they
count the calls of a model inside of a model: for Keras 2, the making of the inner model is its first call.
So each such call is written twice: call 2k of Keras 3 and call 2k + 1 of Keras 2 are then the same.
"""

from collections.abc import Iterator
from typing import Any

from runtime.configurable import constructor_parameters, to_json
from runtime.layers import registry
from runtime.layers.parameters import find_registry
from runtime.saving.reading import model_classes

_SINCE_KERAS_3 = {
    "ema_momentum",
    "ema_overwrite_frequency",
    "gradient_accumulation_steps",
    "loss_scale_factor",
    "use_ema",
    "weight_decay",
    "antialias",
    "data_format",
    "factor",
    "fill_mode",
    "fill_value",
    "flash_attention",
    "pad_to_aspect_ratio",
    "score_mode",
    "seed",
    "sliding_window",
    "use_cudnn",
    "use_gate",
    "value_range",
    "zero_output_for_mask",
}
"""Arguments that some layers and optimizers did not always have; those that say nothing are not written."""


class _NotInBothError(Exception):
    """Something that one of the two has no form for."""


def in_both(config: dict[str, Any]) -> dict[str, Any]:
    """The config as both read it; unchanged where something in it is there only since Keras 3.

    Args:
        config: What `short_config` returned.
    """
    try:
        return _layer(config)
    except _NotInBothError:
        return config


def _layer(config: dict[str, Any]) -> dict[str, Any]:
    name, inner = config["class_name"], config["config"]
    if name == "InputLayer":
        inner = {"batch_input_shape" if key == "batch_shape" else key: inner[key] for key in inner}
        return {**config, "config": inner}
    if name not in model_classes:
        return {**config, "config": _arguments(name, inner)}
    layers = [_layer(layer) for layer in inner["layers"]]
    if "input_layers" not in inner:
        return {**config, "config": {**inner, "layers": layers}}
    models = {layer["name"] for layer in layers if layer["class_name"] in model_classes}
    functional = {layer["name"] for layer in layers if "input_layers" in layer["config"]}
    for layer in layers:
        calls = [_call(call, models) for call in layer["inbound_nodes"]]
        layer["inbound_nodes"] = [call for call in calls for _ in range(2 if layer["name"] in models else 1)]
    ends = {key: _ends(inner[key], models, functional) for key in ("input_layers", "output_layers")}
    return {**config, "config": {**inner, "layers": layers, **ends}}


def optimizer_in_both(config: dict[str, Any]) -> dict[str, Any]:
    """The config of an optimizer as both read it: a Keras 2 takes it for one of before 2.11."""
    family = find_registry("optimizers")
    if config["class_name"] not in family:
        return config
    return {**config, "config": _older(family.lookup(config["class_name"]), config["config"])}


def _arguments(class_name: str, config: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a layer as both read them."""
    if class_name not in registry.names():
        return config
    if isinstance(policy := config.get("dtype"), dict):
        config = {**config, "dtype": policy["config"]["name"]}
    return _older(registry.lookup(class_name), config)


def _older(cls: Any, config: dict[str, Any]) -> dict[str, Any]:
    """Arguments without those of a newer Keras, as long as they say nothing."""
    defaults = {key: to_json(one.default) for key, one in constructor_parameters(cls).items()}
    former = {new: old for old, new in getattr(cls, "_former_arguments", {}).items()}
    unsaid = {key: value for key, value in defaults.items() if key in _SINCE_KERAS_3}
    implied: dict[str, Any] = getattr(cls, "_implied_in_keras_2", {})
    kept: dict[str, Any] = {}
    for key, value in config.items():
        if any(key in known and value == known[key] for known in (unsaid, implied)):
            continue
        kept[former.get(key, key)] = _inside(value)
    return kept


def _inside(value: Any) -> Any:
    """Layers that are arguments of other layers, in the same form."""
    if isinstance(value, list):
        return [_inside(item) for item in value]
    if isinstance(value, dict) and value.get("class_name") in registry.names():
        return _layer(value)
    return value


def _call(call: dict[str, Any], models: set[str]) -> list[Any]:
    """A call as a list of its tensors; the settings stand with each."""
    args, settings = call["args"], call["kwargs"]
    if len(args) != 1 or any(_histories(settings)):
        raise _NotInBothError
    tensors = args[0] if isinstance(args[0], list) else args
    histories = [_history(tensor) for tensor in tensors]
    return [[*_counted(history, models), settings] for history in histories]


def _history(tensor: Any) -> list[Any]:
    if not isinstance(tensor, dict) or tensor.get("class_name") != "__keras_tensor__":
        raise _NotInBothError
    return tensor["config"]["keras_history"]


def _counted(history: list[Any], models: set[str]) -> list[Any]:
    """A tensor's place; of a model's calls, which stand there twice, the second."""
    name, call, output = history
    return [name, 2 * call + 1 if name in models else call, output]


def _ends(ends: Any, models: set[str], functional: set[str]) -> Any:
    """Inputs or outputs of the model, in their structure."""
    if isinstance(ends, dict):
        return {key: _ends(end, models, functional) for key, end in ends.items()}
    if not isinstance(ends[0], str):
        return [_ends(end, models, functional) for end in ends]
    name, call, output = ends
    return _counted([name, call - (name in functional), output], models)


def _histories(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        if value.get("class_name") == "__keras_tensor__":
            yield value
        for item in value.values():
            yield from _histories(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _histories(item)
