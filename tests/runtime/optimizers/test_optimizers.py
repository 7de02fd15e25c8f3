"""Optimizers against the real Keras: saved state, memory order, constraints, decay, averages."""

import keras
import numpy as np
import pytest
import torch
from torch import nn

from runtime import constraints, optimizers

# Keras's own variables are read through an old form of numpy's protocol.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation")

NAMES = optimizers.registry.names()
SHAPES = {"dense/kernel": (4, 3), "dense/bias": (3,), "conv/kernel": (2, 2, 3, 4), "embedding/table": (6, 2)}


class UnaliasedScheduleFreeAdamW(keras.optimizers.ScheduleFreeAdamW):
    """On torch, Keras takes the weights of the last step from a tensor it has already changed in place."""

    def assign_sub(self, variable, value):
        variable._value = (variable.value - value).detach()


def reference(name, *args, **kwargs):
    """The real Keras's optimizer."""
    kwargs = {"name": None, **kwargs}
    if name == "ScheduleFreeAdamW":
        return UnaliasedScheduleFreeAdamW(*args, **kwargs)
    return getattr(keras.optimizers, name)(*args, **kwargs)


def tolerance(name):
    """How near weights are to those of Keras after a few steps at rates about 0.05."""
    if name == "Muon":
        # The iteration of Newton and Schulz grows rounding errors about tenfold.
        return {"rtol": 1e-4, "atol": 1e-5}
    if name in ("Adam", "AdamW", "Nadam", "Adamax", "Lamb", "ScheduleFreeAdamW", "Adafactor"):
        # Keras rounds 1 - beta**t in float32, which changes its steps by up to 1e-5 of their length. Ours is
        # exact, and shows against weights near 0.
        return {"rtol": 1e-5, "atol": 5e-6}
    return {"rtol": 1e-5, "atol": 2e-7}


def starts(shapes):
    random = np.random.default_rng(3)
    return {path: random.normal(size=shape).astype("float32") for path, shape in shapes.items()}


def keras_variables(values, constraint=None, dtype=None):
    variables = []
    for path, value in values.items():
        scope, name = path.split("/")
        with keras.src.backend.name_scope(scope):
            variables.append(keras.Variable(value, name=name, dtype=dtype))
        variables[-1].constraint = constraint
    return variables


def parameters(values, constraint=None):
    made = []
    for path, value in values.items():
        parameter = nn.Parameter(torch.tensor(value))
        parameter.path, parameter.constraint = path, constraint
        made.append(parameter)
    return made


def gradients(shapes, step):
    random = np.random.default_rng(100 + step)
    return [torch.tensor(random.normal(size=shape).astype("float32")) for shape in shapes.values()]


def compare(ours, theirs, mine, their, shapes=SHAPES, steps=5, rtol=1e-5, atol=2e-7):
    for step in range(steps):
        ours.apply(gradients(shapes, step), mine)
        theirs.apply(gradients(shapes, step), their)
    for parameter, variable in zip(mine, their, strict=True):
        torch.testing.assert_close(parameter.detach(), variable.value.detach(), rtol=rtol, atol=atol)
    assert len(ours.variables) == len(theirs.variables)
    for (path, tensor), variable in zip(ours.variables, theirs.variables, strict=True):
        expected = variable.value.detach()
        torch.testing.assert_close(tensor.to(expected.dtype), expected, rtol=rtol, atol=atol, msg=path)


# Keras keeps steps in its momentum, torch gradients: they differ once the rate changes.
WITH_MOMENTUM = [
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("RMSprop", {"momentum": 0.8}),
]


@pytest.mark.parametrize(("name", "arguments"), [*((name, {}) for name in NAMES), *WITH_MOMENTUM], ids=str)
def test_a_learning_rate_that_changes_is_followed(name, arguments):
    values = starts(SHAPES)
    ours, theirs = getattr(optimizers, name)(0.05, **arguments), reference(name, 0.05, **arguments)
    mine, their = parameters(values), keras_variables(values)
    for step, rate in enumerate([0.05, 0.01, 0.2, 0.001]):
        ours.learning_rate = rate
        theirs.learning_rate = rate
        assert ours.learning_rate == rate
        ours.apply(gradients(SHAPES, step), mine)
        theirs.apply(gradients(SHAPES, step), their)
    for parameter, variable in zip(mine, their, strict=True):
        torch.testing.assert_close(parameter.detach(), variable.value.detach(), **tolerance(name))


@pytest.mark.parametrize("name", NAMES)
def test_paths_of_the_state_are_those_of_keras(name):
    values = starts(SHAPES)
    ours, theirs = getattr(optimizers, name)(), getattr(keras.optimizers, name)(name=None)
    ours.build(parameters(values))
    theirs.build(keras_variables(values))
    assert [tuple(tensor.shape) for _, tensor in ours.variables] == [tuple(v.shape) for v in theirs.variables]
    without_number = [variable.path.replace(theirs.name, ours.name) for variable in theirs.variables]
    # Keras names these by the weight alone, or not at all.
    own_names = {"Adafactor": ("row", "column"), "Nadam": ("momentum_product",)}.get(name, ())
    for (path, _), expected in zip(ours.variables, without_number, strict=True):
        if not path.endswith(own_names or ("no such",)):
            assert path == expected


@pytest.mark.parametrize("name", NAMES)
def test_state_saved_by_keras_goes_on_here(name):
    values = starts(SHAPES)
    theirs = reference(name, 0.05)
    their = keras_variables(values)
    for step in range(3):
        theirs.apply(gradients(SHAPES, step), their)
    mine = parameters({path: v.numpy() for path, v in zip(SHAPES, their, strict=True)})
    ours = getattr(optimizers, name)(0.9)
    ours.build(mine)
    ours.load_variables([variable.numpy() for variable in theirs.variables])
    assert ours.iterations == 3
    assert ours.learning_rate == pytest.approx(0.05)
    for step in range(3, 6):
        ours.apply(gradients(SHAPES, step))
        theirs.apply(gradients(SHAPES, step), their)
    for parameter, variable in zip(mine, their, strict=True):
        torch.testing.assert_close(parameter.detach(), variable.value.detach(), **tolerance(name))


@pytest.mark.parametrize("name", NAMES)
def test_memory_order_of_weights_and_gradients_does_not_matter(name):
    """The fused kernels walk raw memory: weights and gradients in other orders must not be scrambled."""
    plain_values, plain = starts(SHAPES), []
    for value in plain_values.values():
        plain.append(nn.Parameter(torch.tensor(value)))
    permuted = []
    for value in plain_values.values():
        axes = list(reversed(range(value.ndim)))
        permuted.append(nn.Parameter(torch.tensor(value).permute(axes).contiguous().permute(axes)))
    wide = [
        nn.Parameter(torch.tensor(value).repeat_interleave(2, -1)[..., ::2])
        for value in plain_values.values()
    ]
    assert not permuted[0].is_contiguous()
    assert not wide[0].is_contiguous()
    for chosen in (plain, permuted, wide):
        optimizer = getattr(optimizers, name)(
            0.05, **({"momentum": 0.9} if name in ("SGD", "RMSprop") else {})
        )
        for step in range(3):
            given = gradients(SHAPES, step)
            given[0] = given[0].T.contiguous().T if chosen is plain else given[0]
            optimizer.apply(given, chosen)
    for first, second, third in zip(plain, permuted, wide, strict=True):
        torch.testing.assert_close(first, second, rtol=1e-5, atol=1e-6)
        torch.testing.assert_close(first, third, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["Adam", "SGD"])
def test_constraints_are_kept_after_each_step(name):
    values = starts(SHAPES)
    compare(
        getattr(optimizers, name)(0.1),
        getattr(keras.optimizers, name)(0.1),
        parameters(values, constraints.NonNeg()),
        keras_variables(values, keras.constraints.NonNeg()),
        **tolerance(name),
    )


@pytest.mark.parametrize("name", ["Adam", "AdamW", "SGD", "Muon"])
def test_weights_may_be_kept_out_of_the_decay(name):
    values = starts(SHAPES)
    ours, theirs = (getattr(module, name)(0.1, weight_decay=0.2) for module in (optimizers, keras.optimizers))
    mine, their = parameters(values), keras_variables(values)
    ours.exclude_from_weight_decay(var_list=[mine[0]])
    theirs.exclude_from_weight_decay(var_list=[their[0]])
    compare(ours, theirs, mine, their, **tolerance(name))


def test_weights_without_gradient_stay_and_are_told_once():
    values = starts(SHAPES)
    ours, theirs = optimizers.Adam(0.1), keras.optimizers.Adam(0.1)
    mine, their = parameters(values), keras_variables(values)
    ours.build(mine)
    theirs.build(their)
    for step in range(3):
        given = gradients(SHAPES, step)
        given[1] = None
        if step == 0:
            with pytest.warns(UserWarning, match="dense/bias"):
                ours.apply(given)
        else:
            ours.apply(given)
        with pytest.warns(UserWarning, match="bias"):
            theirs.apply(given, their)
    for parameter, variable in zip(mine, their, strict=True):
        torch.testing.assert_close(parameter.detach(), variable.value.detach(), **tolerance("Adam"))


def test_the_average_replaces_the_weights_at_the_end():
    values = starts(SHAPES)
    ours = optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9)
    theirs = keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9)
    mine, their = parameters(values), keras_variables(values)
    compare(ours, theirs, mine, their)
    ours.finalize_variable_values()
    theirs.finalize_variable_values(their)
    for parameter, variable in zip(mine, their, strict=True):
        torch.testing.assert_close(parameter.detach(), variable.value.detach(), rtol=1e-5, atol=1e-7)


def test_gradients_are_taken_in_pairs_too():
    mine, same = parameters(starts(SHAPES)), parameters(starts(SHAPES))
    paired, plain = optimizers.Adam(0.1), optimizers.Adam(0.1)
    assert paired.apply_gradients(zip(gradients(SHAPES, 0), mine, strict=True)) == 1
    plain.apply(gradients(SHAPES, 0), same)
    for one, other in zip(mine, same, strict=True):
        assert torch.equal(one, other)


def test_gradients_given_are_not_changed():
    for name in NAMES:
        given = gradients(SHAPES, 0)
        getattr(optimizers, name)(0.1, clipnorm=0.5).apply(given, parameters(starts(SHAPES)))
        for gradient, same in zip(given, gradients(SHAPES, 0), strict=True):
            assert torch.equal(gradient, same), name


def test_half_precision_gradients_are_taken():
    mine = parameters(starts(SHAPES))
    optimizers.Adam(0.1).apply([g.half() for g in gradients(SHAPES, 0)], mine)
    assert all(parameter.isfinite().all() for parameter in mine)


def test_the_scaled_loss_gives_the_same_step():
    loss = torch.tensor(0.5)
    assert optimizers.Adam(loss_scale_factor=4.0).scale_loss(loss) == 2
    assert optimizers.Adam().scale_loss(loss) is loss
