"""Optimizers and schedules against the real Keras with drawn settings, weights and gradients, over steps."""

from typing import Any

import keras
import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from runtime import optimizers
from runtime.optimizers import schedules
from tests.runtime import drawn
from tests.runtime.optimizers.test_optimizers import keras_variables, parameters, reference

# Keras's own variables are read through an old form of numpy's protocol; weights without gradient are told.
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation", "ignore:.*does not depend", "ignore:Gradients do not exist"
)

SHAPES = {
    "dense/kernel": (3, 2),
    "dense/bias": (2,),
    "conv/kernel": (2, 2, 2, 3),
    "embedding/table": (5, 2),
    "scale/gain": (),
}
BETAS = st.sampled_from([0.0, 0.3, 0.9, 0.99])
# Without a memory of squares, steps are divided by single gradients, some of them near 0.
BETAS_OF_SQUARES = st.sampled_from([0.3, 0.9, 0.99, 0.999])
RATES = st.sampled_from([0.1, 0.05, 0.01, 0.001])
CLIPPING = ("clipnorm", "clipvalue", "global_clipnorm")
TABLE = {
    "learning_rate": RATES,
    "beta_1": BETAS,
    "beta_2": BETAS_OF_SQUARES,
    "adam_beta_1": BETAS,
    "adam_beta_2": BETAS_OF_SQUARES,
    # It divides by nothing without.
    "Lion.beta_1": BETAS.filter(bool),
    "epsilon": st.sampled_from([1e-7, 1e-5, 1e-2]),
    "epsilon_1": st.sampled_from([1e-30, 1e-10]),
    "epsilon_2": st.sampled_from([1e-3, 1e-2]),
    "rho": st.sampled_from([0.5, 0.9, 0.95]),
    "momentum": st.sampled_from([0.0, 0.5, 0.9]),
    "Muon.momentum": st.sampled_from([0.5, 0.95]),
    "weight_decay": st.sampled_from([None, 0.01, 0.1]),
    "AdamW.weight_decay": st.sampled_from([0.004, 0.1]),
    "adam_weight_decay": st.sampled_from([None, 0.01, 0.1]),
    "clipnorm": st.sampled_from([None, 0.5, 2.0]),
    "clipvalue": st.sampled_from([None, 0.3, 1.0]),
    "global_clipnorm": st.sampled_from([None, 0.7, 3.0]),
    "ema_momentum": st.sampled_from([0.0, 0.5, 0.9, 0.99]),
    "ema_overwrite_frequency": st.sampled_from([None, 1, 3, 5]),
    "loss_scale_factor": st.sampled_from([None, 8.0]),
    "gradient_accumulation_steps": st.sampled_from([None, None, 2, 3, 4]),
    "clip_threshold": st.sampled_from([0.5, 1.0, 3.0]),
    "beta_2_decay": st.sampled_from([-0.8, -0.5]),
    "initial_accumulator_value": st.sampled_from([0.01, 0.1, 0.5]),
    "learning_rate_power": st.sampled_from([-0.5, -0.3, -0.7]),
    "l1_regularization_strength": st.sampled_from([0.0, 0.01]),
    "l2_regularization_strength": st.sampled_from([0.0, 0.01]),
    "l2_shrinkage_regularization_strength": st.sampled_from([0.0, 0.1]),
    "beta": st.sampled_from([0.0, 0.1]),
    "warmup_steps": st.sampled_from([0, 3, 20]),
    "exclude_layers": st.sampled_from([None, ["dense"]]),
    "muon_a": st.just(3.4445),
    "muon_b": st.just(-4.775),
    "muon_c": st.just(2.0315),
    "adam_lr_ratio": st.sampled_from([0.5, 1]),
    "ns_steps": st.sampled_from([3, 5]),
    "rms_rate": st.sampled_from([None, 0.2]),
}
# In float64 all keep to the common tolerance: the formulas are the same.
LOOSER_IN_FLOAT32 = {
    **dict.fromkeys(
        ("Adam", "AdamW", "Nadam", "Adamax", "Lamb", "ScheduleFreeAdamW", "Adafactor"),
        (
            {"rtol": 1e-5, "atol": 2e-5},
            "Keras rounds 1 - beta**t, which changes steps by 1e-5 of their length",
        ),
    ),
    "Ftrl": ({"rtol": 1e-4, "atol": 1e-4}, "weights are differences of sums that were divided by the rate"),
    "Muon": (
        {"rtol": 1e-3, "atol": 1e-4},
        "the iteration of Newton and Schulz grows rounding errors tenfold",
    ),
}


def valid(given: dict[str, Any]) -> bool:
    """Only one kind of clipping; averages replace weights only where they are kept."""
    return sum(given.get(kind) is not None for kind in CLIPPING) <= 1 and (
        given.get("use_ema", False) or given.get("ema_overwrite_frequency") is None
    )


SCHEDULE_TABLE = {
    "initial_learning_rate": drawn.numbers(0, 0.5),
    "decay_steps": st.integers(1, 30),
    "first_decay_steps": st.integers(1, 12),
    "decay_rate": drawn.numbers(0, 1.5),
    "end_learning_rate": drawn.numbers(0, 0.1),
    "power": st.sampled_from([0.5, 1.0, 2.0, 3]),
    "warmup_target": st.none() | drawn.numbers(0, 0.5),
    "warmup_steps": st.integers(0, 12),
    # Where a way down ends between two steps, rounding decides on which side a step lies.
    "t_mul": st.sampled_from([1.0, 2.0, 1.5, 3.0]),
    "m_mul": st.sampled_from([1.0, 0.5, 0.9, 2.0]),
    "alpha": drawn.numbers(0, 1),
}


@st.composite
def planned(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """Arguments of a schedule."""
    if name != "PiecewiseConstantDecay":
        return draw(drawn.arguments(getattr(schedules, name), SCHEDULE_TABLE))
    boundaries = sorted(draw(st.sets(st.integers(0, 30), min_size=1, max_size=4)))
    rates = draw(
        st.lists(drawn.numbers(0.001, 0.5), min_size=len(boundaries) + 1, max_size=len(boundaries) + 1)
    )
    return {"boundaries": boundaries, "values": rates}


@pytest.mark.parametrize("name", schedules.registry.names())
@drawn.examples(20)
@given(data=st.data())
def test_drawn_schedules_are_those_of_keras(name: str, data: st.DataObject) -> None:
    arguments = data.draw(planned(name), "arguments")
    ours = getattr(schedules, name)(**arguments)
    theirs = getattr(keras.optimizers.schedules, name)(**arguments)
    for step in data.draw(st.sets(st.integers(0, 60), min_size=5, max_size=12), "steps"):
        drawn.same(ours(step), theirs(step))


@pytest.mark.parametrize("name", optimizers.registry.names())
@drawn.examples(8)
@given(data=st.data())
def test_drawn_steps_are_those_of_keras(name: str, data: st.DataObject) -> None:
    strategy = drawn.arguments(getattr(optimizers, name), TABLE, ("name",)).filter(valid)
    arguments = data.draw(strategy, "arguments")
    kind = data.draw(st.sampled_from(["float32", "float64"]), "dtype")
    both = [arguments, dict(arguments)]
    plan = data.draw(st.sampled_from([None, None, *schedules.registry.names()]), "schedule")
    if plan is not None:
        settings = data.draw(planned(plan), "its arguments")
        for given, library in zip(both, (schedules, keras.optimizers.schedules), strict=True):
            given["learning_rate"] = getattr(library, plan)(**settings)
    random = np.random.default_rng(data.draw(drawn.seeds))
    paths = data.draw(st.lists(st.sampled_from(list(SHAPES)), min_size=1, unique=True), "weights")
    values = {path: random.normal(size=SHAPES[path]).astype(kind) for path in paths}
    ours, theirs = getattr(optimizers, name)(**both[0]), reference(name, **both[1])
    mine, their = parameters(values), keras_variables(values, dtype=kind)
    ours.build(mine)
    theirs.build(their)
    steps = data.draw(st.integers(12, 16), "steps")
    changes = (
        data.draw(st.dictionaries(st.integers(0, steps), RATES, max_size=2), "rates") if plan is None else {}
    )
    missing = (
        data.draw(st.sampled_from([None, None, paths[0]]), "without gradient") if len(paths) > 1 else None
    )
    scale = data.draw(st.sampled_from([0.1, 1.0, 10.0]), "length of gradients")
    for step in range(steps):
        if step in changes:
            ours.learning_rate = theirs.learning_rate = changes[step]
        # Keras's formula divides by the rate.
        assume(name != "Ftrl" or ours.learning_rate > 0)
        given = [
            None
            if path == missing and step % 4 == 1
            else torch.tensor(random.normal(size=value.shape).astype(kind)) * scale
            for path, value in values.items()
        ]
        ours.apply(given, mine)
        theirs.apply(given, their)
        assert ours.iterations == int(theirs.iterations)
    if data.draw(st.booleans(), "finalized"):
        ours.finalize_variable_values(mine)
        theirs.finalize_variable_values(their)
    tolerance = LOOSER_IN_FLOAT32.get(name, ({}, ""))[0] if kind == "float32" else {}
    for parameter, variable in zip(mine, their, strict=True):
        drawn.same(parameter, variable, **tolerance)
    for (path, tensor), variable in zip(ours.variables, theirs.variables, strict=True):
        assert tuple(tensor.shape) == tuple(variable.shape), path
        drawn.same(tensor, variable, **tolerance)
