"""Losses of a design as PyTorch programs compute them: the function, and the call with its parameters."""

import inspect
from typing import Any

from graph_compiler.codegen.pytorch.pieces import losses
from graph_compiler.compile_settings import FROM_LOGITS, make_loss
from graph_compiler.document import GraphDocument
from runtime.errors import ExportError
from runtime.losses import Loss

SMOOTHING = "label_smoothing"
_YES_NO = "binary"
"""What the names of losses for a yes or no begin with."""


def loss_name(document: GraphDocument) -> str:
    """The function that computes a design's loss in PyTorch.

    Raises:
        ExportError: There is none.
    """
    loss: Any = make_loss(document.compile)
    name = getattr(getattr(loss, "fn", None), "__name__", "")
    if not hasattr(losses, name or "-"):
        raise ExportError(
            f"The loss {document.compile.loss!r} is not written in PyTorch.",
            hint="Choose another one for this export.",
        )
    return name


def loss_call(document: GraphDocument, outputs: str, targets: str) -> str:
    """The expression that computes a design's loss.

    Args:
        document: The design.
        outputs: Name of the model's answers.
        targets: Name of the right ones.

    Raises:
        ExportError: There is no such loss, or it has a parameter that is not written.
    """
    name = loss_name(document)
    params = _changed(make_loss(document.compile), document.compile.loss_params)
    is_yes_no = name.startswith(_YES_NO)
    if params.pop(FROM_LOGITS, False):
        outputs = f"{outputs}.sigmoid()" if is_yes_no else f"{outputs}.softmax(-1)"
    share = params.pop(SMOOTHING, 0)
    if share:
        others = f"{share / 2!r}" if is_yes_no else f"{share!r} / {targets}.shape[-1]"
        targets = f"{targets} * {1 - share!r} + {others}"
    known = inspect.signature(getattr(losses, name)).parameters
    unknown = [param for param in params if param not in known]
    if unknown:
        raise ExportError(
            f"The parameter {unknown[0]} of the loss {document.compile.loss!r} is not written in PyTorch.",
            hint="Leave it out for this export.",
        )
    given = "".join(f", {param}={value!r}" for param, value in params.items())
    return f"{name}({outputs}, {targets}{given})"


def _changed(loss: Loss | None, given: dict[str, Any]) -> dict[str, Any]:
    """Parameters that are not what they are by themselves."""
    usual = inspect.signature(type(loss)).parameters
    return {name: value for name, value in given.items() if usual[name].default != value}
