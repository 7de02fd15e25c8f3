"""Optimizers of a design as PyTorch's, with Keras's numbers."""

from typing import Any

import torch

from graph_compiler.codegen.expressions import flat
from graph_compiler.codegen.values import literal
from graph_compiler.compile_settings import optimizer_arguments
from graph_compiler.document import CompileSettings
from runtime.configurable import constructor_parameters
from runtime.errors import ExportError
from runtime.layers.parameters import find_registry

_NAMES = {
    "SGD": ("SGD", {"learning_rate": "lr", "momentum": "momentum", "nesterov": "nesterov"}),
    "Adam": ("Adam", {"learning_rate": "lr", "betas": "betas", "epsilon": "eps", "amsgrad": "amsgrad"}),
    "AdamW": (
        "AdamW",
        {
            "learning_rate": "lr",
            "betas": "betas",
            "epsilon": "eps",
            "weight_decay": "weight_decay",
            "amsgrad": "amsgrad",
        },
    ),
    "Adamax": ("Adamax", {"learning_rate": "lr", "betas": "betas", "epsilon": "eps"}),
    "Nadam": ("NAdam", {"learning_rate": "lr", "betas": "betas", "epsilon": "eps"}),
    "RMSprop": (
        "RMSprop",
        {
            "learning_rate": "lr",
            "rho": "alpha",
            "epsilon": "eps",
            "momentum": "momentum",
            "centered": "centered",
        },
    ),
    "Adagrad": (
        "Adagrad",
        {
            "learning_rate": "lr",
            "initial_accumulator_value": "initial_accumulator_value",
            "epsilon": "eps",
        },
    ),
    "Adadelta": ("Adadelta", {"learning_rate": "lr", "rho": "rho", "epsilon": "eps"}),
}
"""Keras's class → torch's, and the names of their arguments."""
_LEFT_OUT = ("use_ema", "ema_overwrite_frequency", "loss_scale_factor", "gradient_accumulation_steps")


def optimizer_code(settings: CompileSettings) -> str:
    """The constructor call of torch's optimizer; `model` is the model.

    Raises:
        ExportError: torch has none that computes the same.
    """
    values = optimizer_values(settings)
    torch_name, names = _NAMES[_class_name(settings)]
    if "beta_1" in values:
        values["betas"] = (values["beta_1"], values["beta_2"])
    cls = getattr(torch.optim, torch_name)
    usual = constructor_parameters(cls)
    given = [
        f"{name}={flat(literal(values[key], as_tuple=True))}"
        for key, name in names.items()
        if name == "lr" or usual[name].default != values[key]
    ]
    return f"torch.optim.{torch_name}(model.parameters(), {', '.join(given)})"


def optimizer_values(settings: CompileSettings) -> dict[str, Any]:
    """All settings of a design's optimizer, those left out with their defaults.

    Raises:
        ExportError: torch has no such optimizer.
    """
    name = _class_name(settings)
    if name not in _NAMES:
        raise ExportError(
            f"PyTorch has no optimizer that computes as {name} does.",
            hint=f"Choose one of {', '.join(_NAMES)}.",
        )
    defaults = constructor_parameters(find_registry("optimizers").lookup(settings.optimizer))  # type: ignore[arg-type]
    values = {key: parameter.default for key, parameter in defaults.items()} | optimizer_arguments(settings)
    if not isinstance(values["learning_rate"], int | float):
        raise ExportError(
            "The learning rate follows a schedule, which is not written in PyTorch.",
            hint="Give the optimizer a number as its learning rate.",
        )
    used = [key for key in _LEFT_OUT if values.get(key)]
    if used:
        raise ExportError(
            f"The optimizer's {used[0]} is not written in PyTorch.", hint="Leave it out for this export."
        )
    return values


def before_the_step(settings: CompileSettings) -> list[str]:
    """Statements between the gradients and the step: what Keras does to gradients and weights."""
    values = optimizer_values(settings)
    lines: list[str] = []
    if values.get("global_clipnorm"):
        lines.append(f"nn.utils.clip_grad_norm_(model.parameters(), {values['global_clipnorm']!r})")
    if values.get("clipvalue"):
        lines.append(f"nn.utils.clip_grad_value_(model.parameters(), {values['clipvalue']!r})")
    if values.get("clipnorm"):
        lines += [
            "for weight in model.parameters():",
            f"    nn.utils.clip_grad_norm_(weight, {values['clipnorm']!r})",
        ]
    if values.get("weight_decay") and "weight_decay" not in _NAMES[_class_name(settings)][1]:
        share = values["learning_rate"] * values["weight_decay"]
        lines += [
            "with torch.no_grad():",
            "    for weight in model.parameters():",
            f"        weight *= 1 - {share!r}",
        ]
    return lines


def _class_name(settings: CompileSettings) -> str:
    return find_registry("optimizers").lookup(settings.optimizer).__name__
