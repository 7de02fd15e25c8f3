"""Compile settings and optimizer state in `.h5` files."""

from typing import Any, cast

import h5py

from runtime.configurable import to_json
from runtime.errors import FileFormatError
from runtime.layers.parameters import find_registry
from runtime.registries import Registry, snake_case
from runtime.saving.h5_reading import child_dataset, child_group, name_list
from runtime.saving.h5_writing import write_arrays
from runtime.saving.memory import MemoryLimit
from runtime.saving.optimizer_state import restore
from runtime.saving.reading import Reading, class_and_config, read_object
from runtime.saving.shared_dialect import optimizer_in_both

GROUP = "optimizer_weights"
_OWN_GROUP = "optimizer_state"
"""Where state is written. With a group of the usual name, Keras 3 could not train the model it loads: the
optimizer it makes for it would know none of the weights. Each Keras leaves this group alone."""
_MOST_OF_ANYTHING, _LONGEST_LIST = 1_000_000, 5_000
_WORKING_SPACE = 64 * 2**20
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
    for name in ("metrics", "weighted_metrics"):
        config[name] = _known_metrics(config[name])
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


def compile_as(model: Any, config: Any, reading: Reading, size: int) -> None:
    """Compiles a model as the settings in a file say.

    Args:
        model: The model.
        config: The settings.
        reading: The file they stand in.
        size: Bytes of its weights.

    Raises:
        RefusedError: They name a loss, metric or optimizer that is not known.
        FileFormatError: They are wrong in another way, or ask for far more memory than the weights take.
    """
    with (
        reading.inside("Training settings"),
        MemoryLimit(size + _WORKING_SPACE, "the model is too small for that"),
    ):
        model.compile(**compile_arguments(config, reading))


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
        if len(value) > _LONGEST_LIST:
            raise FileFormatError(f"There are {len(value):,} losses or metrics in one list.")
        return [_nested(family, item, reading) for item in value]
    if isinstance(value, dict) and value.get("class_name") == "MeanMetricWrapper":
        _, config = class_and_config(value, family.kind)
        function = config.get("fn") if isinstance(config, dict) else None
        name = function.get("config") if isinstance(function, dict) else None
        if not isinstance(name, str) or name not in family:
            # Keras 2 wraps a function that was given by name.
            return _nested(family, function, reading)
    _check_modest(value)
    if value in ("accuracy", "acc", "crossentropy", "ce"):
        return value
    return read_object(family, value, reading)


def _present_names(loss: Any) -> Any:
    """Losses that had another name in Keras 2 by the one that Keras 3 knows."""
    if isinstance(loss, list):
        return [_present_names(item) for item in loss]
    if isinstance(loss, dict) and "class_name" not in loss:
        return {name: _present_names(item) for name, item in loss.items()}
    family = find_registry("losses")
    if isinstance(loss, str) and loss in family and isinstance(entry := family.lookup(loss), type):
        # Keras 3 does not know the names of all classes.
        return to_json(entry())
    return family.name_in_files(loss)


def _known_metrics(value: Any) -> Any:
    """Metrics given by a name that Keras 3 does not know as objects that bear the name in the logs."""
    if isinstance(value, list):
        return [_known_metrics(item) for item in value]
    if isinstance(value, dict) and "class_name" not in value:
        return {name: _known_metrics(item) for name, item in value.items()}
    family = find_registry("metrics")
    if not isinstance(value, str) or value not in family:
        return value
    entry = family.lookup(value)
    if not isinstance(entry, type):
        return to_json(find_registry("metrics").lookup("MeanMetricWrapper")(entry, name=value))
    return value if family.name_in_files(value) == value else to_json(entry(name=value))


def _check_modest(value: Any) -> None:
    """Losses and metrics have a few settings; they make lists and tables as long as these say."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    if (isinstance(value, int) and abs(value) > _MOST_OF_ANYTHING) or len(items) > _LONGEST_LIST:
        raise FileFormatError(f"A loss or metric has a setting of {str(value)[:60]}, which is far too much.")
    for item in items:
        _check_modest(item)


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
