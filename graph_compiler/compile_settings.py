"""Optimizer, loss and metrics of a document as the objects they name."""

from functools import lru_cache
from typing import Any

from graph_compiler.document import CompileSettings, Configured
from runtime.configurable import constructor_parameters
from runtime.errors import LayerloomError, ParameterError, UnknownNameError, did_you_mean
from runtime.layers.parameters import find_registry
from runtime.losses import Loss, as_loss

SCHEDULES = "optimizers.schedules"
"""The family of the schedules of a learning rate."""

INITIAL_RATE = "initial_learning_rate"
"""What schedules call the rate they begin with."""

METRICS_BY_OUTPUT = ("accuracy", "acc")
"""The metric whose form the model chooses by its output and its targets."""


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
    known = constructor_parameters(cls)  # type: ignore[arg-type]
    for name, value in settings.optimizer_params.items():
        if name not in known:
            close = did_you_mean(name, known)
            raise ParameterError(
                f"The optimizer {settings.optimizer!r} has no parameter {name!r}.",
                parameter=name,
                received=value,
                hint=f"Did you mean {close[0]!r}?" if close else f"It takes {', '.join(known)}.",
            )
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
    """
    return as_loss(settings.loss)


@lru_cache(256)
def metric_problem(name: str) -> LayerloomError | None:
    """Why a metric of that name cannot be compiled, or None."""
    if name in METRICS_BY_OUTPUT:
        return None
    try:
        find_registry("metrics").get(name)
    except LayerloomError as error:
        return error.with_traceback(None)
    except (TypeError, ValueError):
        return ParameterError(
            f"The metric {name!r} cannot be made from its name alone: it needs parameters.",
            received=name,
            hint="Choose another one.",
        )
    return None
