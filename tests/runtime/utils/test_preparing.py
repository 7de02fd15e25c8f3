"""Windows, splits and vectors agree with Keras; batches follow the steps put behind each other."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
import pytest
import torch

import runtime
from runtime import utils
from runtime.errors import DataError, ParameterError
from runtime.utils.batched import BatchedDataset

SERIES = np.arange(100)


def all_windows(**options):
    return np.concatenate(list(utils.timeseries_dataset_from_array(SERIES, None, **options)))


def test_windows_of_the_example_in_keras():
    found = all_windows(sequence_length=10, sampling_rate=2, sequence_stride=3, end_index=99)
    assert found[0].tolist() == list(range(0, 20, 2))
    assert found[1].tolist() == list(range(3, 23, 2))
    # Keras states 78 here; its own count of starts (and ours) also takes what still fits.
    assert found[-1].tolist() == list(range(78, 98, 2))


@pytest.mark.parametrize("length", [1, 7, 50, 100])
@pytest.mark.parametrize("stride", [1, 4])
@pytest.mark.parametrize("rate", [1, 2])
def test_no_window_is_missing_or_leads_out(length, stride, rate):
    last = 100 - (length - 1) * rate
    if last < 1:
        with pytest.raises(ParameterError, match="longer than the series"):
            all_windows(sequence_length=length, sequence_stride=stride, sampling_rate=rate)
        return
    found = all_windows(sequence_length=length, sequence_stride=stride, sampling_rate=rate)
    expected = [SERIES[at : at + length * rate : rate] for at in range(0, last, stride)]
    np.testing.assert_array_equal(found, expected)


def test_targets_belong_to_the_start_of_their_window():
    data = utils.timeseries_dataset_from_array(
        SERIES[:-10], SERIES[10:] * 2, 10, batch_size=16, start_index=20, end_index=80
    )
    inputs, targets = (np.concatenate(part) for part in zip(*data, strict=True))
    np.testing.assert_array_equal(inputs[:, 0], np.arange(20, 71))
    np.testing.assert_array_equal(targets, 2 * (inputs[:, 0] + 10))


def test_mixed_windows_are_all_there_and_repeat_with_a_seed():
    def passes():
        data = utils.timeseries_dataset_from_array(SERIES, None, 5, shuffle=True, seed=1, batch_size=10)
        return [np.concatenate(list(data))[:, 0].tolist() for _ in range(2)]

    first, second = passes()
    assert sorted(first) == sorted(second) == list(range(96))
    assert first != second
    assert passes() == [first, second]


@pytest.mark.parametrize(
    "options",
    [
        {"sequence_length": 0},
        {"sequence_stride": 0},
        {"sampling_rate": 101},
        {"start_index": 100},
        {"start_index": -1},
        {"start_index": 50, "end_index": 50},
        {"end_index": 101},
    ],
)
def test_windows_that_cannot_be_are_told(options):
    name = list(options)[-1]
    with pytest.raises(ParameterError, match=name):
        all_windows(**{"sequence_length": 3, **options})


@pytest.mark.parametrize("sizes", [(0.8, None), (None, 0.3), (30, 0.5), (7, None), (None, 90), (0.25, 0.25)])
def test_sizes_of_splits_are_those_of_keras(sizes):
    left, right = utils.split_dataset(SERIES, *sizes)
    if 0.25 not in sizes and 30 not in sizes:
        theirs = keras.utils.split_dataset(SERIES, *sizes)
        assert [len(left), len(right)] == [len(part) for part in theirs]
    assert [int(sample[0]) for sample in left] == list(range(len(left)))
    assert [int(sample[0]) for sample in right] == list(range(100 - len(right), 100))


def test_mixed_splits_are_those_of_keras():
    options = {"left_size": 0.7, "shuffle": True, "seed": 3}
    for ours, theirs in zip(
        utils.split_dataset((SERIES, SERIES * 2), **options),
        keras.utils.split_dataset((SERIES, SERIES * 2), **options),
        strict=True,
    ):
        assert [tuple(map(int, sample)) for sample in ours] == [tuple(map(int, sample)) for sample in theirs]


def test_a_split_can_be_trained_on():
    x = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
    left, right = utils.split_dataset((x, x[:, :1]), left_size=0.75)
    model = runtime.Sequential([runtime.Input((3,)), runtime.layers.Dense(1)])
    model.compile("adam", "mse")
    assert "val_loss" in model.fit(left, validation_data=right, verbose=0).history


@pytest.mark.parametrize("sizes", [(None, None), (0, None), (1.5, None), (60, 60), (0.9, 0.9), (0.001, None)])
def test_impossible_sizes_are_told(sizes):
    with pytest.raises(ParameterError):
        utils.split_dataset(SERIES, *sizes)


@pytest.mark.parametrize("data", [[SERIES, SERIES[:5]], "text", [], [[1, 2]]])
def test_what_cannot_be_split_is_told(data):
    with pytest.raises(DataError):
        utils.split_dataset(data, left_size=0.5)


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("axis", [-1, 1])
def test_vectors_are_normalized_as_by_keras(order, axis):
    values = np.random.default_rng(0).normal(size=(3, 4))
    values[1] = 0
    expected = keras.utils.normalize(values, axis, order)
    np.testing.assert_allclose(utils.normalize(values, axis, order), expected, rtol=1e-6)
    found = utils.normalize(torch.from_numpy(values), axis, order)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-6)


def numbers(**options):
    return BatchedDataset(10, lambda places: (np.array(places), -np.array(places)), 4, **options)


def test_steps_put_behind_each_other():
    data = numbers()
    assert (len(data), data.cardinality(), len(data.take(2)), len(data.skip(2)), len(data.take(-1))) == (
        3,
        3,
        2,
        1,
        3,
    )
    changed = data.map(lambda x, y: (x * 2, y)).map(lambda x, y: x + y)
    assert [batch.tolist() for batch in changed] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert [batch.tolist() for batch in changed.skip(1).take(1)] == [[4, 5, 6, 7]]
    assert [int(x) for x, _ in data.unbatch()] == list(range(10))
    with pytest.raises(IndexError):
        data[3]


def test_kept_batches_are_made_once():
    made, later = [], []
    data = numbers().map(lambda x, y: (made.append(1), x)[1]).cache().map(lambda x: (later.append(1), x)[1])
    assert [batch.tolist() for batch in data] == [batch.tolist() for batch in data]
    assert (len(made), len(later)) == (3, 6)


def test_mixing_leaves_the_original_alone():
    data = numbers()
    mixed = data.shuffle(100, seed=0)
    orders = [np.concatenate([x for x, _ in mixed]).tolist() for _ in range(2)]
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == list(range(10))
    assert np.concatenate([x for x, _ in data]).tolist() == list(range(10))


@pytest.mark.parametrize(
    "dtype", [None, "int", float, int, bool, torch.float16, np.float64, np.dtype("int8"), "bfloat16"]
)
def test_names_of_element_types(dtype):
    assert utils.standardize_dtype(dtype) == keras.utils.standardize_dtype(dtype)


def test_symbolic_tensors_know_their_origin():
    first, second = runtime.Input((3,)), runtime.Input((3,))
    total = runtime.layers.Add()([first, runtime.layers.Dense(3)(second)])
    assert utils.is_keras_tensor(total)
    assert not utils.is_keras_tensor(np.zeros(3))
    assert utils.get_source_inputs(total) == [first, second]
    with pytest.raises(ParameterError, match="float32"):
        utils.standardize_dtype("flaot32")
