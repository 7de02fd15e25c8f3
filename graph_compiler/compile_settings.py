"""Optimizer, loss and metrics of a document as the objects they name."""

from functools import lru_cache
from typing import Any

from graph_compiler.document import CompileSettings
from runtime.configurable import constructor_parameters
from runtime.errors import LayerloomError, ParameterError, UnknownNameError, did_you_mean
from runtime.layers.parameters import find_registry
from runtime.losses import Loss, as_loss

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
    return cls(**optimizer_arguments(settings))


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
    """The arguments an optimizer is made with, the learning rate first."""
    rate = {} if settings.learning_rate is None else {"learning_rate": settings.learning_rate}
    return {**rate, **settings.optimizer_params}


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
