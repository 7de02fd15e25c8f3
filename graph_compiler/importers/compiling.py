"""How a model in a file learns, as far as a document can say it."""

import json
from collections.abc import Callable
from typing import Any, cast

import numpy as np
from pydantic import ValidationError

from graph_compiler.class_arguments import kept_arguments
from graph_compiler.compile_settings import METRICS_BY_OUTPUT, SCHEDULES, class_of, metric_problem
from graph_compiler.document import CompileSettings, Configured
from graph_compiler.document.values import plain_json
from graph_compiler.importers.arguments import member, own_settings
from graph_compiler.importers.steps import Step
from runtime.configurable import to_json
from runtime.errors import LayerloomError
from runtime.layers.parameters import find_registry
from runtime.registries import snake_case
from runtime.saving.reading import Reading
from runtime.saving.training_settings import compile_arguments

_DEFAULTS = CompileSettings()
_ENDINGS = {
    "softmax": ("sparse_categorical_crossentropy", ("accuracy",)),
    "sigmoid": ("binary_crossentropy", ("accuracy",)),
}
"""What a model is usually trained with, by the activation it ends with."""
_KERAS_NAMES = {"RMSprop": "rmsprop"}
"""Names that Keras writes otherwise than its classes say."""


def compile_settings(config: Any, reading: Reading, remark: Callable[[str], None]) -> CompileSettings | None:
    """The optimizer, loss and metrics in a file; what a document cannot say is remarked.

    Args:
        config: `training_config` of a `.h5` file, or `compile_config` of a `.keras` archive.
        reading: The file it stands in.
        remark: Takes what was left out.
    """
    if not config:
        return None
    try:
        return _settings(compile_arguments(config, reading), remark)
    except LayerloomError as error:
        why = error.message
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        why = f"{'.'.join(map(str, first['loc']))}: {first['msg']}."
    except (ValueError, OverflowError) as error:
        why = f"a design cannot keep one of its values: {error}."
    remark(f"How the model was compiled could not be taken over: {why}")
    return None


def _settings(given: dict[str, Any], remark: Callable[[str], None]) -> CompileSettings:
    loss, loss_params = _loss(given["loss"], remark)
    metrics = _metrics(given["metrics"], remark)
    return CompileSettings(
        loss=loss,
        loss_params=loss_params,
        metrics=tuple(metrics),
        metric_params={name: params for name, params in metrics.items() if params},
        **_optimizer(given["optimizer"], remark),
    )


def likely_settings(last: Step | None) -> CompileSettings:
    """The settings to begin with where a file has none: those that go with the model's last layer."""
    activation = last.params.get("activation") if last is not None else None
    loss, metrics = _ENDINGS.get(str(activation), ("mean_squared_error", ()))
    return CompileSettings(loss=loss, metrics=metrics)


def _optimizer(made: Any, remark: Callable[[str], None]) -> dict[str, Any]:
    if made is None or isinstance(made, str):
        return {} if made is None else {"optimizer": made, "learning_rate": None}
    config = to_json(made)["config"]
    rate = config.get("learning_rate")
    settings = own_settings(type(made), config)
    settings.pop("learning_rate", None)
    settings.pop("name", None)
    schedule = _schedule(rate)
    if schedule is not None:
        rate = _DEFAULTS.learning_rate
    elif not isinstance(rate, int | float) or rate <= 0:
        remark("The learning rate changed as a design cannot say: it is fixed here.")
        rate = _DEFAULTS.learning_rate
    if np.float32(rate) == rate:
        # Files keep the rate as a number of 32 bits: 0.001 comes back as 0.0010000000474974513.
        rate = float(str(np.float32(rate)))
    return {
        "optimizer": _KERAS_NAMES.get(type(made).__name__) or snake_case(type(made).__name__),
        "learning_rate": rate,
        "schedule": schedule,
        "optimizer_params": plain_json(settings),
    }


def _schedule(rate: Any) -> Configured | None:
    """The schedule in an optimizer's config; None for a rate that stays, or one that only code can say."""
    known = find_registry(SCHEDULES)
    if not isinstance(rate, dict) or rate.get("class_name") not in known:
        return None
    try:
        params = own_settings(type(known.deserialize(rate)), rate.get("config") or {})
        return Configured(name=rate["class_name"], params=cast(Any, plain_json(params)))
    except (LayerloomError, TypeError, ValueError):
        return None


def _loss(loss: Any, remark: Callable[[str], None]) -> tuple[str, dict[str, Any]]:
    several = list(loss.values()) if isinstance(loss, dict) else loss
    losses: list[Any] = list(several) if isinstance(several, list | tuple) else [several]
    names = {name for name in (_name("losses", item) for item in losses) if name}
    settings = [_settings_of(item) for item in losses]
    if len(names) == 1 and all(params == settings[0] for params in settings):
        name = names.pop()
        params = kept_arguments(class_of("losses", name), settings[0])
        if params == settings[0]:
            return name, params
        names.add(name)
    if any(item is not None for item in losses):
        remark("Its losses differ by output or have settings, which a design cannot say: check the loss.")
    return (names.pop() if len(names) == 1 else _DEFAULTS.loss), {}


def _metrics(metrics: Any, remark: Callable[[str], None]) -> dict[str, dict[str, Any]]:
    """Metrics by name, with their settings."""
    found: dict[str, dict[str, Any]] = {}
    for item in map(_unwrapped, _flat(metrics)):
        name = item if item in METRICS_BY_OUTPUT else _name("metrics", item)
        params = _settings_of(item)
        if not name or name in found or metric_problem(name, json.dumps(params)) is not None:
            if name not in found or params != found[name]:
                remark(f"The metric {_shown(item)} has settings, which a design cannot say: left out.")
        else:
            found[name] = params
    return found


def _unwrapped(item: Any) -> Any:
    """The name of a function of Keras, in place of the metric that files wrap such a function in."""
    known = find_registry("metrics")
    if type(item) is not known.lookup("MeanMetricWrapper") or item.get_config().keys() - {
        "name",
        "dtype",
        "fn",
    }:
        return item
    names = (item.name, getattr(item.fn, "__name__", ""))
    return next((name for name in names if name in known and known.lookup(name) is item.fn), item)


def _flat(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [item for inner in value for item in _flat(inner)]
    return [] if value is None else [value]


def _name(family: str, item: Any) -> str:
    if isinstance(item, str):
        found = find_registry(family)
        return item if item in found or item in METRICS_BY_OUTPUT else ""
    named = member(family, {"class_name": type(item).__name__, "config": {}}) if item is not None else ""
    if isinstance(named, str):
        return named
    return getattr(item, "__name__", "")


def _settings_of(item: Any) -> dict[str, Any]:
    """Settings of a loss or metric besides its name."""
    if item is None or isinstance(item, str) or not hasattr(item, "get_config"):
        return {}
    settings = own_settings(type(item), item.get_config())
    kept = {key: value for key, value in settings.items() if key not in ("name", "dtype")}
    return cast("dict[str, Any]", plain_json(kept))


def _shown(item: Any) -> str:
    return repr(item) if isinstance(item, str) else type(item).__name__
