"""Where tensors live: a GPU when there is one, otherwise the CPU."""

from collections.abc import Generator
from contextlib import contextmanager

import torch

from runtime.errors import ParameterError

_state: dict[str, torch.device] = {}


def get_device() -> torch.device:
    """The device on which new weights are made and batches are computed."""
    if "device" not in _state:
        _state["device"] = _best_device()
    return _state["device"]


def set_device(device: str | torch.device | None) -> None:
    """Chooses the device for all models made from now on.

    Args:
        device: "cpu", "cuda", "cuda:1", "mps", or None for the best that is there.

    Raises:
        ParameterError: The name is no device, or this machine has none of the kind.
    """
    if device is None:
        _state.pop("device", None)
        return
    try:
        chosen = torch.device(device)
        torch.empty(0, device=chosen)
    except (RuntimeError, AssertionError, TypeError) as error:
        raise ParameterError(
            f"The device {str(device)!r} cannot be used here.",
            parameter="device",
            received=device,
            hint=f"This machine offers {_best_device().type!r}; 'cpu' works everywhere.",
        ) from error
    _state["device"] = chosen


@contextmanager
def device(device_name: str | torch.device) -> Generator[torch.device]:
    """Makes models inside of the context on a device.

    Args:
        device_name: "cpu", "gpu" for the best that is there, "cuda:1", or "gpu:1" for the same.

    Raises:
        ParameterError: The name is no device, or this machine has none of the kind.
    """
    before = get_device()
    name = str(device_name).lower()
    kind, _, number = name.partition(":")
    if kind == "gpu":
        # Keras's name for a card of whatever make.
        best = _best_device().type
        kind = "cuda" if best == "cpu" else best
        name = f"{kind}:{number}" if number and kind != "mps" else kind
    set_device(name)
    try:
        yield get_device()
    finally:
        set_device(before)


def _best_device() -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")
