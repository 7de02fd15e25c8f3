"""Questions about symbolic tensors."""

from typing import Any

from runtime.symbolic import KerasTensor


def is_keras_tensor(x: Any) -> bool:
    """True for a symbolic tensor.

    Args:
        x: Anything.
    """
    return isinstance(x, KerasTensor)


def get_source_inputs(tensor: KerasTensor) -> list[KerasTensor]:
    """The inputs a symbolic tensor was computed from.

    Args:
        tensor: The tensor.
    """
    found: list[KerasTensor] = []
    waiting, seen = [tensor], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        before = one.node.inputs if one.node else []
        waiting += reversed(before)
        if not before:
            found.append(one)
    return found
