"""Which layer an error is about, when a model cannot be written in the words of another format."""

from typing import Any

import torch

from runtime.layers import Layer
from runtime.models.model import Model

PREFIX = "steps."
"""What stands before the name of a layer in the path of its step."""


def layer_of(error: BaseException) -> str:
    """The layer that was computed or translated when an error arose; empty if none was.

    Args:
        error: The error, with those it came from.
    """
    found = ""
    one: BaseException | None = error
    while one is not None:
        place = one.__traceback__
        while place is not None:
            found = _seen_in(place.tb_frame.f_locals) or found
            place = place.tb_next
        one = one.__cause__ or one.__context__
    return found


def step_of(node: Any) -> str:
    """Name of the layer whose step a node of a traced graph belongs to; empty if there is none."""
    found = ""
    for path, _ in node.meta.get("nn_module_stack", {}).values():
        found = named_in(path) or found
    return found


def named_in(path: str) -> str:
    """Name of the layer in the path of a module of a `Traced`; empty for the whole model."""
    path = path.removesuffix("/layer")
    if path.startswith(PREFIX):
        return path.removeprefix(PREFIX)
    return path.removeprefix("model.").replace(".", "/") if path.startswith("model.") else ""


def _seen_in(variables: dict[str, Any]) -> str:
    owner, node = variables.get("self"), variables.get("node")
    if isinstance(owner, Layer) and not isinstance(owner, Model):
        return owner.label
    if isinstance(node, torch.fx.Node):
        name = step_of(node)
        return f"layer '{name}'" if name else ""
    return ""
