"""Initializers against the real Keras: distributions, seeds and configs."""

import math

import keras
import numpy as np
import pytest
import torch
from hypothesis import given, reject
from hypothesis import strategies as st

from runtime import initializers
from runtime.errors import ParameterError, ShapeError
from tests.runtime import drawn

CLASSES = initializers.registry.names()
RANDOM = [name for name in CLASSES if issubclass(getattr(initializers, name), initializers.RandomInitializer)]
BOUNDED = {
    name: name.endswith("Uniform") or name in ("TruncatedNormal", "GlorotNormal", "HeNormal", "LecunNormal")
    for name in RANDOM
}
AXES = st.sampled_from([None, (0,), (-2,), (0, 1)])
TABLE = {
    "seed": st.integers(0, 2**31 - 1),
    "mean": drawn.numbers(-2, 2),
    "stddev": drawn.numbers(0.001, 2),
    "minval": drawn.numbers(-2, 0),
    "maxval": drawn.numbers(0, 2),
    "gain": drawn.numbers(0.1, 3),
    "scale": drawn.numbers(0.1, 4),
    "input_axes": AXES,
    "output_axes": st.sampled_from([None, (-1,), (0,)]),
}


@st.composite
def sizes(draw: st.DrawFn) -> tuple[int, ...]:
    """Shapes of weights with enough values to tell distributions apart."""
    window = draw(st.sampled_from([(), (3,), (3, 3), (2, 1, 2)]))
    into = draw(st.integers(8, 200))
    return (*window, into, max(8, 12_000 // (into * math.prod(window))))


@pytest.mark.parametrize("name", RANDOM)
@drawn.examples(6)
@given(data=st.data())
def test_drawn_distributions_are_those_of_keras(name: str, data: st.DataObject) -> None:
    strategy = drawn.arguments(getattr(initializers, name), TABLE)
    arguments = data.draw(strategy, "arguments")
    if name == "RandomUniform" and arguments.get("minval", -0.05) >= arguments.get("maxval", 0.05):
        reject()
    shape = data.draw(sizes(), "shape")
    ours = getattr(initializers, name)(**arguments)(shape)
    theirs = getattr(keras.initializers, name)(**arguments)(shape).detach()
    assert ours.shape == theirs.shape
    assert ours.dtype == theirs.dtype
    mine, their = (np.sort(one.flatten().double().numpy()) for one in (ours, theirs))
    spread, count = their.std(), their.size
    if spread == 0:
        np.testing.assert_allclose(mine, their, rtol=1e-6)
        return
    # Chance goes beyond these bounds less than once in ten thousand million draws.
    assert abs(mine.mean() - their.mean()) < 6.5 * math.sqrt(2 / count) * spread
    assert abs(mine.std() / spread - 1) < 6.5 / math.sqrt(count)
    places = np.searchsorted(their, mine, side="right") / count
    furthest = np.abs(places - np.arange(1, count + 1) / count).max()
    assert furthest < math.sqrt(math.log(2e10)) / math.sqrt(count), "Kolmogorov and Smirnov's distance"
    if BOUNDED.get(name) or arguments.get("distribution", "") in ("uniform", "truncated_normal", "normal"):
        # Both end at the same bounds, but for one in 250,000 of Keras's truncated numbers that lies beyond.
        assert abs(mine[0] - their[3]) < 0.05 * spread
        assert abs(mine[-1] - their[-4]) < 0.05 * spread


@pytest.mark.parametrize("name", RANDOM)
def test_a_seed_gives_the_same_values_each_call(name):
    seeded = getattr(initializers, name)(seed=3)
    torch.testing.assert_close(seeded((8, 4)), seeded((8, 4)), rtol=0, atol=0)
    assert not torch.equal(seeded((8, 4)), getattr(initializers, name)(seed=4)((8, 4)))


@pytest.mark.parametrize("name", RANDOM)
def test_without_a_seed_the_global_seed_repeats_bit_for_bit(name):
    initializer = getattr(initializers, name)()
    torch.manual_seed(5)
    first, second = initializer((8, 4)), initializer((8, 4))
    torch.manual_seed(5)
    assert torch.equal(first, initializer((8, 4)))
    assert not torch.equal(first, second)


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (2, 3, 5), (3, 20)], ids=str)
def test_orthogonal_rows_or_columns_stand_at_right_angles(shape):
    weight = initializers.Orthogonal(gain=1.5, seed=1)(shape).reshape(-1, shape[-1])
    small = weight if weight.shape[0] <= weight.shape[1] else weight.T
    torch.testing.assert_close(small @ small.T, 2.25 * torch.eye(len(small)), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "arguments", "shape"),
    [
        ("Zeros", {}, (2, 3)),
        ("Ones", {}, (2, 3)),
        ("Constant", {"value": 0.25}, (2, 3)),
        ("Constant", {"value": [1.0, 2.0, 3.0]}, (2, 3)),
        ("Identity", {}, (3, 3)),
        ("Identity", {"gain": 2.0}, (2, 4)),
        ("STFT", {}, (16, 1, 9)),
        ("STFT", {"side": "imag", "window": "hamming", "scaling": "spectrum"}, (16, 1, 9)),
        ("STFT", {"window": None, "scaling": None}, (16, 1, 9)),
        ("STFT", {"window": "blackman", "scaling": None, "periodic": True}, (16, 1, 9)),
        ("STFT", {"window": [1.0, 2.0, 3.0, 2.0]}, (4, 1, 3)),
    ],
    ids=str,
)
def test_values_are_those_of_keras(name, arguments, shape):
    ours = getattr(initializers, name)(**arguments)(shape)
    theirs = getattr(keras.initializers, name)(**arguments)(shape)
    # Keras works the waves of STFT out in float32, we in float64: their angles are off by up to 2e-6.
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=5e-6 if name == "STFT" else 0)


@pytest.mark.parametrize("dtype", ["float16", "float64", torch.bfloat16])
def test_the_dtype_is_a_name_or_torch_s_own(dtype):
    made = initializers.Zeros()((2,), dtype=dtype)
    assert made.dtype == (getattr(torch, dtype) if isinstance(dtype, str) else dtype)


@pytest.mark.parametrize(
    "axes", [(None, None), ((0, 1), (2,)), ((0,), (1, 2))], ids=["default", "two-one", "one-two"]
)
def test_fans_are_those_of_keras(axes):
    from keras.src.initializers.random_initializers import compute_fans

    for shape in [(4, 5, 6), (3, 3, 2, 7, 8)]:
        assert initializers.compute_fans(shape, *axes) == compute_fans(shape, *axes)
    assert initializers.compute_fans(()) == (1, 1)
    assert initializers.compute_fans((5,)) == (5, 5)


@pytest.mark.parametrize("name", CLASSES)
def test_configs_go_to_keras_and_back(name):
    theirs = getattr(keras.initializers, name)()
    read = initializers.deserialize(keras.initializers.serialize(theirs))
    assert type(read).__name__ == type(theirs).__name__
    back = keras.initializers.deserialize(initializers.serialize(read))
    assert back.get_config() == theirs.get_config()


def test_seeds_and_arrays_written_by_keras_are_read():
    seed = keras.random.SeedGenerator(seed=4)
    config = keras.initializers.serialize(keras.initializers.HeNormal(seed=seed))
    assert initializers.deserialize(config).seed == 4
    config = keras.initializers.serialize(keras.initializers.Constant(np.array([1.0, 2.0])))
    torch.testing.assert_close(initializers.deserialize(config)((2,)), torch.tensor([1.0, 2.0]))


@pytest.mark.parametrize("name", [name for name in dir(keras.initializers) if not name.startswith("_")])
def test_each_name_finds_what_it_finds_in_keras(name):
    entry = getattr(keras.initializers, name)
    assert getattr(initializers, name).__name__ == entry.__name__


@pytest.mark.parametrize(
    "alias", ["one", "zero", "normal", "uniform", "glorot_uniform", "OrthogonalInitializer"]
)
def test_aliases_are_those_of_keras(alias):
    assert type(initializers.get(alias)).__name__ == type(keras.initializers.get(alias)).__name__


def test_impossible_arguments_are_told():
    with pytest.raises(ParameterError, match=r"scale=-1.*above 0"):
        initializers.VarianceScaling(scale=-1)
    with pytest.raises(ParameterError, match="fan_in, fan_out or fan_avg"):
        initializers.VarianceScaling(mode="fan")
    with pytest.raises(ParameterError, match="truncated_normal"):
        initializers.VarianceScaling(distribution="even")
    with pytest.raises(ShapeError, match="two axes"):
        initializers.Identity()((2, 3, 4))
    with pytest.raises(ShapeError, match="two axes or more"):
        initializers.Orthogonal()((2,))
    with pytest.raises(ParameterError, match="'real' or 'imag'"):
        initializers.STFT(side="left")
    with pytest.raises(ShapeError, match="one value for each step"):
        initializers.STFT(window=[1.0, 2.0])((3, 1, 2))
