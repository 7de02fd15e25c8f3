"""Random numbers: the very ones of Keras for the same seeds, and repeated as the seeds are."""

import keras
import numpy as np
import pytest
import torch

import runtime
from runtime import random
from runtime.errors import ParameterError, ShapeError

ROWS = torch.arange(24.0).reshape(2, 3, 4)
CASES = {
    "beta": ((5,), 2.0, 0.7),
    "binomial": ((6,), 9.0, 0.3),
    "categorical": (np.log(np.array([[0.1, 0.2, 0.7], [0.5, 0.4, 0.1]])), 6),
    "dropout": (ROWS, 0.3),
    "gamma": ((4,), 2.5),
    "normal": ((3, 4), 1.0, 2.0),
    "randint": ((4,), 3, 9),
    "shuffle": (ROWS, 1),
    "truncated_normal": ((5, 6), 1.0, 0.5),
    "uniform": ((), -1.0, 2.0),
}


@pytest.mark.parametrize("seed", [7, -5, 2**32 - 3, None, "generator"])
@pytest.mark.parametrize("name", CASES)
def test_draws_are_those_of_keras(name, seed):
    drawn = []
    for library in (runtime, keras):
        library.utils.set_random_seed(3)
        source = library.random.SeedGenerator(11) if seed == "generator" else seed
        drawn.append([getattr(library.random, name)(*CASES[name], seed=source) for _ in range(3)])
    for one, other in zip(*drawn, strict=True):
        assert one.dtype == other.dtype
        assert torch.equal(one, other)
    if isinstance(seed, int):
        assert torch.equal(drawn[0][0], drawn[0][1])


@pytest.mark.parametrize("ordered", [True, False])
def test_generators_keep_their_state_as_in_keras(ordered):
    ours, theirs = (library.random.SeedGenerator(2_000_000_011) for library in (runtime, keras))
    for _ in range(4):
        assert ours.next(ordered).tolist() == theirs.next(ordered).tolist()
    assert ours.state.tolist() == theirs.state.numpy().tolist()
    again = random.SeedGenerator.from_config(ours.get_config())
    assert again.get_config() == ours.get_config()


def test_everything_repeats_with_the_random_seed():
    runs = []
    for _ in range(2):
        runtime.utils.set_random_seed(5)
        generator = random.SeedGenerator()
        runs.append(torch.cat([random.normal((3,)), random.uniform((2,), seed=generator)]))
    assert torch.equal(*runs)
    assert not torch.equal(random.normal((3,)), random.normal((3,)))


def test_statistics():
    runtime.utils.set_random_seed(0)
    many = (20_000,)
    means = {
        3.0: random.normal(many, 3.0, 2.0),
        2.5: random.gamma(many, 2.5),
        0.25: random.beta(many, 1.0, 3.0),
        2.7: random.binomial(many, 9, 0.3),
        1.0: random.truncated_normal(many, 1.0, 0.5),
        0.5: random.uniform(many),
    }
    for mean, values in means.items():
        assert abs(float(values.mean()) - mean) < 0.05
    cut = random.truncated_normal(many, 1.0, 0.5)
    assert float(cut.min()) >= 0
    assert float(cut.max()) <= 2
    assert set(random.randint(many, 3, 6).tolist()) == {3, 4, 5}
    dropped = random.dropout(torch.ones(many), 0.25, seed=1)
    assert abs(float((dropped == 0).float().mean()) - 0.25) < 0.02
    assert abs(float(dropped.mean()) - 1) < 0.02


def test_shuffled_rows_are_the_same_rows():
    shuffled = random.shuffle(ROWS, axis=0, seed=1)
    assert sorted(shuffled.flatten().tolist()) == sorted(ROWS.flatten().tolist())


def test_wrong_arguments_are_told():
    with pytest.raises(ParameterError, match="randint"):
        random.uniform((2,), dtype="int32")
    with pytest.raises(ParameterError, match="whole numbers"):
        random.randint((2,), 0, 3, dtype="float32")
    with pytest.raises(ShapeError, match="batch, classes"):
        random.categorical([0.1, 0.9], 2)
    with pytest.raises(ParameterError, match="SeedGenerator"):
        random.normal((2,), seed="five")
    with pytest.raises(ParameterError, match="whole number"):
        random.SeedGenerator(1.5)


def test_a_layer_may_hold_a_generator():
    class Noisy(runtime.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.seed_generator = random.SeedGenerator(9)

        def call(self, inputs, training=False):
            return random.dropout(inputs, 0.5, seed=self.seed_generator) if training else inputs

    layer = Noisy()
    first, second = (layer(torch.ones(50), training=True) for _ in range(2))
    assert not torch.equal(first, second)
    assert torch.equal(first, Noisy()(torch.ones(50), training=True))
    assert layer.weights == []
