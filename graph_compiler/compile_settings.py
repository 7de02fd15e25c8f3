"""Optimizer, loss and metrics of a document as the objects they name."""

import json
from functools import cache, lru_cache
from typing import Any, Literal

from graph_compiler.class_arguments import check_arguments, class_params, kept_arguments
from graph_compiler.document import CompileSettings, Configured
from runtime.configurable import constructor_parameters
from runtime.errors import LayerloomError, ParameterError, UnknownNameError
from runtime.layers.parameters import ParamSpec, find_registry
from runtime.losses import Loss, LossFunctionWrapper, as_loss
from runtime.registries import snake_case

SCHEDULES = "optimizers.schedules"
"""The family of the schedules of a learning rate."""

INITIAL_RATE = "initial_learning_rate"
"""What schedules call the rate they begin with."""

METRICS_BY_OUTPUT = ("accuracy", "acc")
"""The metric whose form the model chooses by its output and its targets."""

FROM_LOGITS = "from_logits"
"""The parameter of losses that take the values before the last activation."""

SAID_ELSEWHERE = ("learning_rate", "name", "dtype")
"""Arguments that a design says otherwise, or that only programs need."""

Part = Literal["optimizers", "losses", "metrics"]
"""The family of what a model is compiled with."""


def make_optimizer(settings: CompileSettings) -> Any:
    """A new optimizer.

    Args:
        settings: The compile settings of a document.

    Raises:
        UnknownNameError: There is no optimizer of that name.
        ParameterError: It cannot have these parameters.
    """
    cls = find_registry("optimizers").lookup(settings.optimizer)
    schedule = _make_schedule(settings)
    words = f"The optimizer {settings.optimizer!r}"
    check_arguments(cls, settings.optimizer_params, words, "parameter")  # type: ignore[arg-type]
    rate = {} if schedule is None else {"learning_rate": schedule}
    return cls(**optimizer_arguments(settings) | rate)


def _make_schedule(settings: CompileSettings) -> Any:
    """The schedule of the learning rate, or None.

    Raises:
        ParameterError: There is none of that name, or it cannot have these arguments.
    """
    if settings.schedule is None:
        return None
    name = settings.schedule.name
    try:
        return find_registry(SCHEDULES).deserialize(optimizer_arguments(settings)["learning_rate"])
    except LayerloomError as error:
        raise ParameterError(error.message, parameter="schedule", received=name, hint=error.hint) from None
    except TypeError as error:
        raise ParameterError(
            f"The schedule {name!r} of the learning rate cannot be made: {error}.",
            parameter="schedule",
            received=name,
            hint="Change its arguments, or take a rate that stays.",
        ) from None


def optimizer_problem(settings: CompileSettings) -> LayerloomError | None:
    """Why there is no such optimizer, or None; an optimizer seen before is not made again."""
    return _optimizer_problem(settings.model_dump_json())


@lru_cache(256)
def _optimizer_problem(settings: str) -> LayerloomError | None:
    compile_settings = CompileSettings.model_validate_json(settings)
    try:
        make_optimizer(compile_settings)
    except LayerloomError as error:
        return error.with_traceback(None)
    except (TypeError, ValueError) as error:
        return ParameterError(
            f"The optimizer {compile_settings.optimizer!r} cannot be made: {error}.",
            hint="Change its parameters.",
        )
    return None


def optimizer_arguments(settings: CompileSettings) -> dict[str, Any]:
    """The arguments an optimizer is made with, the learning rate first: a number, or a schedule's config."""
    rate: dict[str, Any] = {}
    if settings.learning_rate is not None:
        rate = {"learning_rate": settings.learning_rate}
    if settings.schedule is not None:
        rate = {"learning_rate": schedule_config(settings.schedule, settings.learning_rate)}
    return (
        {**settings.optimizer_params, **rate} if settings.schedule else {**rate, **settings.optimizer_params}
    )


def schedule_config(schedule: Configured, start: float | None) -> dict[str, Any]:
    """A schedule as Keras writes it.

    Args:
        schedule: The schedule of a document.
        start: The rate it begins with, unless its own arguments say it.
    """
    registry = find_registry(SCHEDULES)
    if schedule.name not in registry:
        return {"class_name": schedule.name, "config": schedule.params}
    cls: Any = registry.lookup(schedule.name)
    first = next(iter(constructor_parameters(cls)), "")
    begins = {first: start} if first == INITIAL_RATE and start is not None else {}
    return {"class_name": cls.__name__, "config": {**begins, **schedule.params}}


def largest_rate(settings: CompileSettings) -> float | None:
    """The largest learning rate with which the optimizer is used, if it is known."""
    try:
        cls = find_registry("optimizers").lookup(settings.optimizer)
    except UnknownNameError:
        return None
    return getattr(cls, "largest_rate", None)


def make_loss(settings: CompileSettings) -> Loss | None:
    """A new loss.

    Args:
        settings: The compile settings of a document.

    Raises:
        UnknownNameError: There is no loss of that name.
        ParameterError: It cannot have these parameters.
    """
    loss = as_loss(settings.loss)
    if loss is None or not settings.loss_params:
        return loss
    check_arguments(type(loss), settings.loss_params, f"The loss {settings.loss!r}", "parameter")
    params: dict[str, Any] = dict(settings.loss_params)
    return type(loss)(**params)


def make_metrics(settings: CompileSettings) -> list[Any]:
    """The metrics as `compile` takes them: by name, and as new objects where they have parameters.

    Args:
        settings: The compile settings of a document.

    Raises:
        UnknownNameError: There is no metric of a name.
        ParameterError: One cannot have its parameters.
    """
    return [_make_metric(name, settings.metric_params.get(name) or {}) for name in settings.metrics]


def _make_metric(name: str, params: dict[str, Any]) -> Any:
    if not params:
        return name
    cls = None if name in METRICS_BY_OUTPUT else class_of("metrics", name)
    if cls is None:
        raise ParameterError(
            f"The metric {name!r} has no parameters.", parameter=next(iter(params)), hint="Take them away."
        )
    check_arguments(cls, params, f"The metric {name!r}", "parameter")
    return cls(**params)


def class_of(part: Part, name: str) -> Any:
    """The class that a name stands for, that of a function's too; None where there is none."""
    try:
        if part == "losses":
            loss = as_loss(name)
            return None if loss is None or type(loss) is LossFunctionWrapper else type(loss)
        return _registered_class(part, name)
    except (LayerloomError, TypeError):
        return None


@cache
def _registered_class(family: str, name: str) -> Any:
    registry = find_registry(family)
    found = registry.lookup(name)
    if isinstance(found, type):
        return found
    classes = (known for known in registry.names() if known[0].isupper())
    return next(
        (registry.lookup(known) for known in classes if registry.lookup(snake_case(known)) is found), None
    )


def params_of(part: Part, name: str) -> tuple[ParamSpec, ...]:
    """The parameters that a form offers for an optimizer, a loss or a metric.

    Args:
        part: Its family.
        name: Its name.
    """
    cls = None if name in METRICS_BY_OUTPUT else class_of(part, name)
    return () if cls is None else tuple(one for one in class_params(cls) if one.name not in SAID_ELSEWHERE)


def with_parts(settings: CompileSettings, **fields: Any) -> CompileSettings:
    """The settings with another optimizer, loss or metrics; of the parameters those stay that they have too.

    Args:
        settings: The compile settings of a document.
        **fields: What is different.
    """
    changed = settings.model_copy(update=fields)
    kept: dict[str, Any] = {}
    if changed.optimizer != settings.optimizer and "optimizer_params" not in fields:
        kept["optimizer_params"] = kept_arguments(
            class_of("optimizers", changed.optimizer), changed.optimizer_params
        )
    if changed.loss != settings.loss and "loss_params" not in fields:
        kept["loss_params"] = kept_arguments(class_of("losses", changed.loss), changed.loss_params)
    if changed.metrics != settings.metrics and "metric_params" not in fields:
        kept["metric_params"] = {
            name: params for name, params in changed.metric_params.items() if name in changed.metrics
        }
    return changed.model_copy(update=kept)


@lru_cache(256)
def made_loss(settings: str) -> Loss | LayerloomError | None:
    """The loss of settings written as JSON, or why there is none; one seen before is not made again."""
    try:
        return make_loss(CompileSettings.model_validate_json(settings))
    except LayerloomError as error:
        return error.with_traceback(None)
    except (TypeError, ValueError) as error:
        return ParameterError(f"The loss cannot be made: {error}.", hint="Change its parameters.")


@lru_cache(256)
def metric_problem(name: str, params: str = "{}") -> LayerloomError | None:
    """Why a metric of that name cannot be compiled, or None.

    Args:
        name: The name.
        params: Its parameters as JSON.
    """
    if name in METRICS_BY_OUTPUT and params == "{}":
        return None
    try:
        made = _make_metric(name, json.loads(params))
        find_registry("metrics").get(made)
    except LayerloomError as error:
        return error.with_traceback(None)
    except (TypeError, ValueError):
        return ParameterError(
            f"The metric {name!r} cannot be made from its name alone: it needs parameters."
            if params == "{}"
            else f"The metric {name!r} cannot have these parameters.",
            received=name,
            hint="Choose another one.",
        )
    return None
