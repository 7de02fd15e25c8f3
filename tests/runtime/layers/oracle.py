"""Compares a layer with the real Keras's: weights, outputs, gradients and configs."""

import json
from typing import Any

import keras
import numpy as np
import torch

import runtime.layers as our_layers


def assert_same(
    ours: Any,
    theirs: Any,
    inputs: Any,
    *,
    settings: dict[str, Any] | None = None,
    training: bool = False,
    gradients: bool = True,
    configs: bool = True,
    rtol: float = 1e-5,
    atol: float = 1e-6,
    seed: int = 0,
) -> Any:
    """Fails unless both layers, given the same random weights, compute the same.

    Args:
        ours: A new layer of the runtime.
        theirs: The real Keras's, made with the same arguments.
        inputs: What `call` gets: an array, a list of arrays, or a dict of arguments by name.
        settings: Further call arguments, such as a mask.
        training: Calls both in training mode.
        gradients: False for outputs without gradients (whole numbers, say).
        configs: False for a layer whose config the other library cannot hold.
        rtol: Relative tolerance of outputs; gradients get ten times as much.
        atol: Absolute tolerance.
        seed: Makes the random weights.

    Returns:
        Our outputs, a tensor or tuple of tensors.
    """
    call = {**(settings or {}), **({"training": True} if training else {})}
    our_inputs, their_inputs = _tensors(inputs), _tensors(inputs)
    _call(ours, our_inputs, settings or {})
    _call(theirs, their_inputs, settings or {})
    share_weights(ours, theirs, seed)

    our_outputs = _call(ours, our_inputs, call)
    their_outputs = _call(theirs, their_inputs, call)
    got, wanted = _flat(our_outputs), _flat(their_outputs)
    assert len(got) == len(wanted), f"{len(got)} outputs in place of {len(wanted)}"
    for place, (mine, real) in enumerate(zip(got, wanted, strict=True)):
        _close(mine, real, f"output {place}", rtol, atol)
    _same_weights(ours, theirs, rtol, atol)
    if gradients:
        _same_gradients(ours, theirs, our_inputs, their_inputs, got, wanted, rtol, atol)
    if configs:
        assert_same_config(ours, theirs)
    return our_outputs


def assert_same_config(ours: Any, theirs: Any) -> None:
    """Fails unless each library makes an equal layer from the other's config."""
    real = _plain(theirs.get_config())
    from_ours = _plain(type(theirs).from_config(ours.get_config()).get_config())
    assert from_ours == real | {"name": ours.name}, f"Keras makes {from_ours} of our config, not {real}"
    from_theirs = type(ours).from_config(theirs.get_config())
    again = _plain(type(theirs).from_config(from_theirs.get_config()).get_config())
    assert again == real, f"Keras's config {real} comes back as {again}"


def pair(name: str, /, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
    """The layer of that name here and in the real Keras, made with the same arguments."""
    return getattr(our_layers, name)(*args, **kwargs), getattr(keras.layers, name)(*args, **kwargs)


def share_weights(ours: Any, theirs: Any, seed: int = 0) -> None:
    """Gives two built layers the same weights: random, and positive for a variance."""
    assert [weight.name for weight in ours.weights] == [weight.name for weight in theirs.weights]
    assert [tuple(weight.shape) for weight in ours.weights] == [tuple(w.shape) for w in theirs.weights]
    random = np.random.default_rng(seed)
    values = [random.uniform(-0.7, 0.7, weight.shape).astype("float32") for weight in theirs.weights]
    values = [
        abs(value) + 0.1 if "variance" in weight.name else value
        for value, weight in zip(values, theirs.weights, strict=True)
    ]
    ours.set_weights(values)
    theirs.set_weights(values)


def arrays(*shapes: tuple[int, ...], seed: int = 1) -> Any:
    """Random float arrays of these shapes; one shape gives the array itself, several a list."""
    random = np.random.default_rng(seed)
    made = [random.normal(size=shape).astype("float32") for shape in shapes]
    return made[0] if len(made) == 1 else made


def _tensors(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _tensors(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_tensors(item) for item in value]
    tensor = torch.from_numpy(np.array(value))
    return tensor.requires_grad_() if tensor.is_floating_point() else tensor


def _call(layer: Any, inputs: Any, settings: dict[str, Any]) -> Any:
    return layer(**inputs, **settings) if isinstance(inputs, dict) else layer(inputs, **settings)


def _plain(config: dict[str, Any]) -> dict[str, Any]:
    """A config as it is read back from a file: tuples are lists there."""
    return json.loads(json.dumps(config))


def _flat(value: Any) -> list[torch.Tensor]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [tensor for item in value for tensor in _flat(item)]
    return [value]


def _close(mine: torch.Tensor, real: torch.Tensor, what: str, rtol: float, atol: float) -> None:
    assert mine.dtype == real.dtype, f"{what} is {mine.dtype}, not {real.dtype}"
    got, wanted = mine.detach().numpy(), real.detach().numpy()
    assert got.shape == wanted.shape, f"{what} has shape {got.shape}, not {wanted.shape}"
    np.testing.assert_allclose(got, wanted, rtol=rtol, atol=atol, err_msg=what)


def _same_weights(ours: Any, theirs: Any, rtol: float, atol: float) -> None:
    """State such as moving averages may have changed in the call."""
    for weight, real in zip(ours.weights, theirs.weights, strict=True):
        _close(weight, real.value, f"weight {weight.name} after the call", rtol, atol)


def _same_gradients(
    ours: Any,
    theirs: Any,
    our_inputs: Any,
    their_inputs: Any,
    got: list[torch.Tensor],
    wanted: list[torch.Tensor],
    rtol: float,
    atol: float,
) -> None:
    weights = [weight for weight in ours.weights if weight.requires_grad]
    mine = _gradients(got, [*_differentiable(our_inputs), *weights])
    real_weights = [weight.value for weight in theirs.trainable_weights]
    real = _gradients(wanted, [*_differentiable(their_inputs), *real_weights])
    names = [f"input {place}" for place in range(len(mine) - len(weights))] + [w.name for w in weights]
    for name, one, other in zip(names, mine, real, strict=True):
        _close(one, other, f"gradient of {name}", rtol * 10, atol * 10)


def _differentiable(inputs: Any) -> list[torch.Tensor]:
    return [tensor for tensor in _flat(inputs) if tensor is not None and tensor.requires_grad]


def _gradients(outputs: list[torch.Tensor], sources: list[torch.Tensor]) -> list[torch.Tensor]:
    """Gradients of a sum in which every output number has a weight of its own."""
    total = torch.zeros(())
    for output in outputs:
        if output.requires_grad:
            weights = torch.cos(torch.arange(output.numel(), dtype=output.dtype)).reshape(output.shape)
            total = total + (output * weights).sum()
    found = torch.autograd.grad(total, sources, allow_unused=True) if sources else ()
    return [
        torch.zeros_like(source) if gradient is None else gradient
        for source, gradient in zip(sources, found, strict=True)
    ]
