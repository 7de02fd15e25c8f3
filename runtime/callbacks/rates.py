"""The learning rates of a model: of its optimizer, or of the several it is made of."""

from typing import Any


def optimizers_of(model: Any) -> list[tuple[str, Any]]:
    """The optimizers that make the steps, each with what its numbers are called by in logs.

    Args:
        model: A compiled model; the optimizer may be one around another, or one of several parts.
    """
    optimizer = model.optimizer
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    parts = getattr(optimizer, "optimizers", None)
    return [("", optimizer)] if parts is None else [(f"_{part.name}", part) for part in parts]


def log_rates(model: Any, logs: dict[str, Any]) -> None:
    """Adds the present learning rates to logs."""
    for suffix, optimizer in optimizers_of(model):
        logs[f"learning_rate{suffix}"] = float(optimizer.learning_rate)
