"""Holds a drawn layer to the real Keras's: verdicts, shapes, weights, numbers, gradients, masks, losses."""

import copy
import warnings
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import torch

import runtime.layers
from runtime.errors import LayerloomError
from runtime.layers import layer_spec, registry
from runtime.symbolic import KerasTensor
from tests.runtime.layers.differences import PICTURES, is_known, tolerance
from tests.runtime.layers.drawn_values import Case, Values
from tests.runtime.layers.oracle import assert_same_config

MEASURED = Values(()).high
IDS = ("Embedding", "CategoryEncoding")
"""Layers that take ids as floating numbers, too."""
RANDOM = {"rate", "dropout", "recurrent_dropout", "stddev"}


def compare(case: Case) -> str:
    """Fails where the layer differs from Keras's; else says how far the comparison went."""

    def try_theirs() -> Any:
        return call(make_theirs(case), case, inputs_of(case))

    ours, theirs = both(case, "constructor", lambda: make_ours(case), lambda: make_theirs(case), try_theirs)
    if ours is None:
        return "refused by the constructor"
    if not is_known(case, "config", None, None):
        assert_same_config(ours, theirs)
    mine, real = inputs_of(case), inputs_of(case)
    our_outputs, their_outputs = both(
        case, "call", lambda: call(ours, case, mine), lambda: call(theirs, case, real)
    )
    compare_shapes(case, flat(our_outputs), flat(their_outputs))
    if our_outputs is None:
        return "refused by the call"
    assert ours.built
    assert theirs.built
    share_weights(case, ours, theirs)
    if case.arguments.get("stateful"):
        for layer in (ours, theirs):
            layer.reset_states()
    compare_calls(case, ours, theirs, training=False)
    if is_deterministic(case, ours):
        for _ in range(3 if ours.non_trainable_weights else 1):
            compare_calls(case, ours, theirs, training=True)
        if ours.non_trainable_weights:
            compare_calls(case, ours, theirs, training=False)
        return "compared in training, too"
    return "compared"


def both(
    case: Case,
    stage: str,
    ours: Callable[[], Any],
    theirs: Callable[[], Any],
    theirs_later: Callable[[], Any] | None = None,
) -> tuple[Any, Any]:
    """What both return; (None, None) if both refuse. Fails if one alone does, or ours in torch's words.

    Args:
        case: The case, for what is known of it.
        stage: What is done.
        ours: Does it here.
        theirs: Does it in Keras.
        theirs_later: What comes next in Keras: ours may refuse now what Keras refuses then.
    """
    real, their_error = outcome(theirs)
    mine, our_error = outcome(ours)
    if our_error is None and their_error is None:
        return mine, real
    python_refuses = (
        isinstance(our_error, TypeError) and isinstance(their_error, TypeError) and stage == "constructor"
    )
    if our_error is not None and not isinstance(our_error, LayerloomError) and not python_refuses:
        raise AssertionError(
            f"{stage}: raw {type(our_error).__name__}: {our_error}\nKeras: {their_error}"
        ) from our_error
    if our_error is not None:
        assert len(str(our_error)) > 20, f"a poor message: {our_error}"
    sooner = our_error is not None and theirs_later is not None and outcome(theirs_later)[1] is not None
    if (
        (our_error is None) != (their_error is None)
        and not sooner
        and not is_known(case, stage, our_error, their_error)
    ):
        raise AssertionError(
            f"{stage}: ours {'accepts' if our_error is None else f'says: {our_error}'}\n"
            f"Keras {'accepts' if their_error is None else f'says: {their_error}'}"
        ) from (our_error or their_error)
    return None, None


def outcome(call: Callable[[], Any]) -> tuple[Any, Exception | None]:
    """What a call gives, or what it raises; Keras's warnings are no matter here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return call(), None
        except Exception as error:
            return None, error


def make_ours(case: Case) -> Any:
    """Our layer."""
    arguments = {name: with_layers(value, runtime.layers) for name, value in case.arguments.items()}
    return registry.lookup(case.layer)(**arguments, name="drawn")


def make_theirs(case: Case) -> Any:
    """The real Keras's layer."""
    arguments = {name: with_layers(value, keras.layers) for name, value in case.arguments.items()}
    return getattr(keras.layers, case.layer)(**arguments, name="drawn")


def with_layers(value: Any, library: Any) -> Any:
    """An argument with a layer in the place of a layer's config."""
    if isinstance(value, dict) and value.get("module") == "keras.layers":
        return library.deserialize(copy.deepcopy(value))
    return value


def compare_shapes(case: Case, our_outputs: list[Any], their_outputs: list[Any]) -> None:
    """Fails unless symbolic calls make tensors of the same shapes and dtypes, with unknown sizes, too.

    Where Keras says what its own call then does not do, ours has to say what the call does.
    """

    def symbolic(make: Callable[[Case], Any], tensor: type) -> Any:
        def place(values: Values) -> Any:
            shape = tuple(
                None if (axis == 0 and not case.arguments.get("stateful")) or axis in case.unknown else size
                for axis, size in enumerate(values.shape)
            )
            return tensor(shape, dtype=values.dtype)

        inputs = {
            port: [place(item) for item in value] if isinstance(value, list) else place(value)
            for port, value in case.inputs.items()
        }
        return call(make(case), case, inputs)

    mine, our_error = outcome(lambda: symbolic(make_ours, KerasTensor))
    real, their_error = outcome(lambda: symbolic(make_theirs, keras.KerasTensor))
    if our_error is not None and not isinstance(our_error, LayerloomError):
        raise AssertionError(f"symbolic call: raw {our_error!r}\nKeras: {their_error}") from our_error
    if (our_error is None) != (their_error is None):
        told_in_time = our_error is not None and not our_outputs
        if not told_in_time and not is_known(case, "symbolic call", our_error, their_error):
            raise AssertionError(
                f"symbolic call: ours says {our_error or flat(mine)}\nKeras {their_error or flat(real)}"
            ) from (our_error or their_error)
        return
    got = [(tuple(tensor.shape), tensor.dtype) for tensor in flat(mine)]
    wanted = [(tuple(tensor.shape), tensor.dtype) for tensor in flat(real)]
    if got == wanted or not our_outputs or is_known(case, "shape", got, wanted):
        return
    assert len(got) == len(our_outputs) == len(their_outputs), f"symbolic: {got}, Keras {wanted}"
    for said, keras_said, *outputs in zip(got, wanted, our_outputs, their_outputs, strict=True):
        true, keras_true = ((tuple(output.shape), str(output.dtype).rpartition(".")[2]) for output in outputs)
        assert said == keras_said or (fits(said, true) and not fits(keras_said, keras_true)), (
            f"symbolic: {got}, Keras {wanted}, but in truth {true}"
        )


def fits(said: Any, true: Any) -> bool:
    """True if what was said of a tensor holds: shape with unknown sizes, and dtype."""
    (shape, dtype), (real_shape, real_dtype) = said, true
    sizes = len(shape) == len(real_shape) and all(
        one in (None, other) for one, other in zip(shape, real_shape, strict=False)
    )
    return sizes and dtype == real_dtype


def compare_calls(case: Case, ours: Any, theirs: Any, *, training: bool) -> None:
    """Fails unless a call gives the same outputs, masks, losses, gradients and states."""
    what = "in training" if training else "in inference"
    mine, real = inputs_of(case), inputs_of(case)
    got, wanted = both(
        case,
        f"call {what}",
        lambda: call(ours, case, mine, training=training),
        lambda: call(theirs, case, real, training=training),
    )
    if got is None and wanted is None:
        return
    got, wanted = flat(got), flat(wanted)
    assert len(got) == len(wanted), f"{what} {len(got)} outputs, Keras {len(wanted)}"
    for place, (one, other) in enumerate(zip(got, wanted, strict=True)):
        close(case, one, other, f"output {place} {what}")
        compare_masks(case, one, other, f"mask {place} {what}")
    compare_losses(case, ours, theirs, what)
    for weight, variable in zip(ours.weights, theirs.weights, strict=True):
        close(case, weight, variable.value, f"weight {weight.name} after a call {what}")
    weights = [weight for weight in ours.weights if weight.requires_grad]
    variables = [variable.value for variable in theirs.trainable_weights]
    sources, real_sources = differentiable(mine), differentiable(real)
    mine, real = both(
        case,
        f"gradients {what}",
        lambda: gradients_of(got, [*sources, *weights]),
        lambda: gradients_of(wanted, [*real_sources, *variables]),
    )
    names = [*[f"input {place}" for place in range(len(sources))], *[weight.name for weight in weights]]
    for name, one, other in zip(names, mine or [], real or [], strict=mine is not None):
        close(case, one, other, f"gradient of {name} {what}")


def compare_masks(case: Case, mine: Any, real: Any, what: str) -> None:
    """Fails unless both outputs have equal masks, or none."""
    got, wanted = getattr(mine, "_keras_mask", None), getattr(real, "_keras_mask", None)
    assert (got is None) == (wanted is None) or is_known(case, what, got, wanted), (
        f"{what}: {got}, Keras {wanted}"
    )
    if got is not None and wanted is not None:
        equal = got.shape == wanted.shape and bool((got.bool() == wanted.bool()).all())
        assert equal or is_known(case, what, got, wanted), f"{what}: {got}, Keras {wanted}"


def compare_losses(case: Case, ours: Any, theirs: Any, what: str) -> None:
    """Fails unless regularizers and activities are penalized alike."""
    if is_known(case, "losses", None, None):
        return
    got = sorted(float(loss.detach()) for loss in ours.losses)
    wanted = sorted(float(loss.detach()) for loss in theirs.losses)
    np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6, err_msg=f"losses {what}")


def share_weights(case: Case, ours: Any, theirs: Any) -> None:
    """Gives both the same random weights; fails unless they go by the same names, in the same order."""

    def described(layer: Any) -> list[Any]:
        trained = {id(weight) for weight in layer.trainable_weights}
        return [(weight.path, tuple(weight.shape), id(weight) in trained) for weight in layer.weights]

    real = [
        (path, shape, trained) for path, shape, trained in described(theirs) if "seed_generator" not in path
    ]
    mine = described(ours)
    assert mine == real or is_known(case, "weights", mine, real), f"weights {mine}, Keras {real}"
    random = np.random.default_rng(case.seed)
    values = []
    for weight in theirs.weights:
        value = random.uniform(-0.7, 0.7, weight.shape)
        positive = any(word in weight.name for word in ("variance", "stddev"))
        value = abs(value) + 0.1 if positive else value
        values.append(value.astype(str(weight.dtype)))
    ours.set_weights(values)
    theirs.set_weights(values)


def is_deterministic(case: Case, layer: Any) -> bool:
    """True if no random numbers change what the layer computes in training."""
    if case.layer in PICTURES:
        return False
    params = {param.name for param in layer_spec(type(layer)).params}
    rates = [case.arguments.get(name, 0) for name in RANDOM & params]
    return not any(rates)


def inputs_of(case: Case) -> dict[str, Any]:
    """New input tensors of the case, equal each time."""
    random = np.random.default_rng(case.seed)

    def make(values: Values) -> Any:
        if values.dtype == "bool":
            array = random.integers(0, 2, values.shape).astype(bool)
            # What a query that may look at nothing passes back depends on the kernel torch chooses.
            array[..., 0] = True
        elif values.dtype.startswith("int") or (case.layer in IDS and values.high != MEASURED):
            array = random.integers(values.low, values.high + 1, values.shape)
        else:
            array = random.normal(size=values.shape)
        tensor = torch.from_numpy(np.array(array)).to(getattr(torch, values.dtype))
        if tensor.is_floating_point():
            tensor.requires_grad_()
        if values.masked:
            # Keras keeps masks at tensors in the same way.
            tensor._keras_mask = torch.from_numpy(random.random(values.shape[:2]) < 0.7)
            if layer_spec(registry.lookup(case.layer)).group == "Attention":
                tensor._keras_mask[:, 0] = True
        return tensor

    return {
        port: [make(item) for item in value] if isinstance(value, list) else make(value)
        for port, value in case.inputs.items()
    }


def call(layer: Any, case: Case, inputs: dict[str, Any], **flags: Any) -> Any:
    """The layer's outputs: the first argument goes by its place, the others by name."""
    spec = layer_spec(registry.lookup(case.layer))
    arguments = spec.call_arguments(inputs)
    first = arguments.pop(next(iter(arguments)))
    if case.layer in PICTURES:
        # Called by hand, layers that change pictures do so unless they are told not to.
        flags.setdefault("training", False)
    elif not flags.get("training"):
        flags.pop("training", None)
    return layer(first, **arguments, **case.settings, **flags)


def flat(value: Any) -> list[Any]:
    """All tensors in nested outputs, in order."""
    if value is None:
        return []
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [tensor for item in value for tensor in flat(item)]
    return [value]


def differentiable(inputs: dict[str, Any]) -> list[torch.Tensor]:
    """The inputs that have gradients."""
    return [tensor for tensor in flat(inputs) if isinstance(tensor, torch.Tensor) and tensor.requires_grad]


def gradients_of(outputs: list[Any], sources: list[torch.Tensor]) -> list[torch.Tensor]:
    """Gradients of a sum in which every output number has a weight of its own."""
    total = torch.zeros((), dtype=torch.float64)
    for output in outputs:
        if isinstance(output, torch.Tensor) and output.requires_grad:
            weights = torch.cos(torch.arange(output.numel(), dtype=output.dtype)).reshape(output.shape)
            total = total + (output * weights).sum()
    if not sources or not total.requires_grad:
        return [torch.zeros_like(source) for source in sources]
    found = torch.autograd.grad(total, sources, allow_unused=True)
    return [
        torch.zeros_like(source) if gradient is None else gradient
        for source, gradient in zip(sources, found, strict=True)
    ]


def close(case: Case, mine: Any, real: Any, what: str) -> None:
    """Fails unless two tensors agree in dtype, shape and, within tolerance, values."""
    if not isinstance(real, torch.Tensor):
        np.testing.assert_array_equal(np.asarray(mine), np.asarray(real), err_msg=what)
        return
    assert mine.dtype == real.dtype or is_known(case, "dtype", mine.dtype, real.dtype), (
        f"{what}: {mine.dtype}, Keras {real.dtype}"
    )
    if is_known(case, "numbers", None, None) or is_known(case, what, None, None):
        return
    got, wanted = mine.detach().numpy(), real.detach().numpy()
    assert got.shape == wanted.shape, f"{what}: {got.shape}, Keras {wanted.shape}"
    rtol, atol = tolerance(case, what)
    # What is left of large numbers that cancel out is as exact as they are.
    atol *= max(1.0, float(np.abs(wanted).max(initial=0, where=np.isfinite(wanted))))
    np.testing.assert_allclose(got, wanted, rtol=rtol, atol=atol, err_msg=what)
