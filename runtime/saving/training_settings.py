"""Compile settings and optimizer state in `.h5` files."""

from typing import Any, cast

import h5py

from runtime.configurable import to_json
from runtime.errors import FileFormatError
from runtime.layers.parameters import find_registry
from runtime.registries import Registry, snake_case
from runtime.saving.h5_reading import child_dataset, child_group, name_list
from runtime.saving.h5_writing import write_arrays
from runtime.saving.optimizer_state import restore
from runtime.saving.reading import Reading, class_and_config, read_object
from runtime.saving.shared_dialect import optimizer_in_both

GROUP = "optimizer_weights"
_OWN_GROUP = "optimizer_state"
"""Where state is written. With a group of the usual name, Keras 3 could not train the model it loads: the
optimizer it makes for it would know none of the weights. Each Keras leaves this group alone."""
_KEPT_AS_GIVEN = ("loss", "loss_weights", "metrics", "weighted_metrics")


def training_config(model: Any) -> dict[str, Any] | None:
    """Compile settings of a model as they stand in `.h5` files; None if it is not compiled."""
    config = compile_config(model)
    if config is None:
        return None
    short = {name: _short(value) for name, value in config.items()}
    short["optimizer_config"] = optimizer_in_both(short.pop("optimizer"))
    return {**short, "loss": _full_names(short["loss"])}


def compile_config(model: Any) -> dict[str, Any] | None:
    """Compile settings of a model as they stand in `.keras` archives; None if it is not compiled."""
    given: dict[str, Any] | None = getattr(model, "compile_arguments", None)
    optimizer = getattr(model, "optimizer", None)
    if not given or optimizer is None:
        return None
    config: dict[str, Any] = {name: to_json(given.get(name)) for name in _KEPT_AS_GIVEN}
    config["loss"] = _present_names(config["loss"])
    config["run_eagerly"] = given.get("run_eagerly") is True
    config["steps_per_execution"] = given.get("steps_per_execution") or 1
    config["jit_compile"] = given.get("jit_compile") is True
    config["optimizer"] = to_json(optimizer)
    return config


def compile_arguments(config: Any, reading: Reading) -> dict[str, Any]:
    """Arguments for `compile` from what `training_config` or any Keras wrote.

    Raises:
        RefusedError: It names a loss, metric or optimizer that is not known.
        FileFormatError: It is wrong in another way.
    """
    if not isinstance(config, dict):
        raise FileFormatError(f"The training settings are a {type(config).__name__}, not a dict.")
    with reading.inside("Training settings"):
        return {
            "optimizer": read_object(
                find_registry("optimizers"), config.get("optimizer_config", config.get("optimizer")), reading
            ),
            "loss": _nested(find_registry("losses"), config.get("loss"), reading),
            "metrics": _nested(find_registry("metrics"), config.get("metrics"), reading),
            "weighted_metrics": _nested(find_registry("metrics"), config.get("weighted_metrics"), reading),
            "loss_weights": config.get("loss_weights"),
        }


def write_optimizer(file: h5py.Group, model: Any) -> None:
    """Writes the state of a model's optimizer, if it has begun to train."""
    optimizer = getattr(model, "optimizer", None)
    if optimizer is not None and optimizer.built:
        write_arrays(file.create_group(_OWN_GROUP), optimizer.variables)


def load_optimizer(file: h5py.Group, model: Any) -> None:
    """Gives a compiled model's optimizer the state in a file, so that training goes on where it stopped.

    A state that does not fit leaves the optimizer as new, with a warning.
    """
    name = next((name for name in (_OWN_GROUP, GROUP) if file.get(name, getlink=True) is not None), None)
    if name is None:
        return
    group = child_group(file, name)
    datasets = [child_dataset(group, name) for name in name_list(group, "weight_names") or []]
    restore(model.optimizer, model, datasets)


def _nested(family: Registry[Any], value: Any, reading: Reading) -> Any:
    """Losses and metrics: one, a list, a list of lists, or a dict by output."""
    if isinstance(value, dict) and "class_name" not in value:
        return {str(name): _nested(family, item, reading) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_nested(family, item, reading) for item in value]
    if isinstance(value, dict) and value.get("class_name") == "MeanMetricWrapper":
        # Keras 2 wraps a function that was given by name.
        _, config = class_and_config(value, family.kind)
        return _nested(family, config.get("fn") if isinstance(config, dict) else None, reading)
    if value in ("accuracy", "acc", "crossentropy", "ce"):
        return value
    return read_object(family, value, reading)


def _present_names(loss: Any) -> Any:
    """Losses that had another name in Keras 2 by the one that Keras 3 knows."""
    if isinstance(loss, list):
        return [_present_names(item) for item in loss]
    if isinstance(loss, dict) and "class_name" not in loss:
        return {name: _present_names(item) for name, item in loss.items()}
    return find_registry("losses").name_in_files(loss)


def _full_names(loss: Any) -> Any:
    """Losses by their full names: the real Keras does not find "mse" when it opens a `.h5` file."""
    if isinstance(loss, list):
        return [_full_names(item) for item in loss]
    if isinstance(loss, dict) and "class_name" not in loss:
        return {name: _full_names(item) for name, item in loss.items()}
    family = find_registry("losses")
    return snake_case(family.lookup(loss).__name__) if isinstance(loss, str) and loss in family else loss


def _short(value: Any) -> Any:
    """Objects at the top of the settings are written by class name and arguments alone, as Keras does."""
    if isinstance(value, list):
        return [_short(item) for item in value]
    if isinstance(value, dict):
        config = cast(dict[str, Any], value)
        if "class_name" in config and "registered_name" in config:
            return {
                "class_name": config["registered_name"] or config["class_name"],
                "config": config["config"],
            }
        return {name: _short(item) for name, item in config.items()}
    return value
