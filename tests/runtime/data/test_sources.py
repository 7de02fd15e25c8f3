"""Every form of data gives the batches one expects of it."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset

from runtime.data import ArrayBatches, Batches, PyDataset, class_sample_weights, make_batches
from runtime.errors import DataError

CPU = torch.device("cpu")
X = np.arange(20, dtype="float32").reshape(10, 2)
Y = np.arange(10)


def batches(x: Any, y: Any = None, weight: Any = None, **settings: Any) -> Batches:
    return make_batches(x, y, weight, device=CPU, **settings)


def rows(epoch: Iterator[Any]) -> list[list[float]]:
    """The first feature of every sample, batch by batch."""
    return [x[:, 0].tolist() for x, _, _ in epoch]


class Numbered(Dataset[Any]):
    """Ten samples, one by one."""

    def __len__(self) -> int:
        return 10

    def __getitem__(self, index: int) -> Any:
        return X[index], Y[index]


class Streamed(IterableDataset[Any]):
    """Ten samples in a row."""

    def __iter__(self) -> Iterator[Any]:
        return ((X[index], Y[index]) for index in range(10))


class Made(PyDataset):
    """Four batches, counted and marked."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.turns: list[str] = []

    def __len__(self) -> int:
        return 4

    def __getitem__(self, index: int) -> Any:
        return X[index : index + 2], Y[index : index + 2]

    def on_epoch_begin(self) -> None:
        self.turns.append("begin")

    def on_epoch_end(self) -> None:
        self.turns.append("end")


class Table:
    """What a data frame looks like from outside."""

    def __init__(self, values: Any) -> None:
        self.values = values

    def to_numpy(self) -> Any:
        return self.values

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise AssertionError("to_numpy was not used")


WHOLE = [[0, 2, 4, 6], [8, 10, 12, 14], [16, 18]]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param((X, Y), id="arrays"),
        pytest.param((X.astype("float64"), Y), id="double precision"),
        pytest.param((torch.from_numpy(X), torch.from_numpy(Y)), id="tensors"),
        pytest.param((torch.from_numpy(X).requires_grad_(), Y), id="tensor with gradient"),
        pytest.param((X.tolist(), Y.tolist()), id="lists of numbers"),
        pytest.param((Table(X), Table(Y)), id="tables"),
        pytest.param((X[::-1][::-1], Y), id="views"),
        pytest.param((TensorDataset(torch.from_numpy(X), torch.from_numpy(Y)),), id="tensor data set"),
        pytest.param((Numbered(),), id="data set"),
        pytest.param((Streamed(),), id="iterable data set"),
        pytest.param((DataLoader(Numbered(), batch_size=4),), id="data loader"),
        pytest.param(([(X[:4], Y[:4]), (X[4:8], Y[4:8]), (X[8:], Y[8:])].__iter__(),), id="iterator"),
        pytest.param((((X[i : i + 4], Y[i : i + 4]) for i in range(0, 10, 4)),), id="generator"),
    ],
)
def test_all_forms_give_the_same_batches(data: Any) -> None:
    found = list(batches(*data, batch_size=4).epoch())
    assert [x[:, 0].tolist() for x, _, _ in found] == WHOLE
    assert [label for _, y, _ in found for label in y.tolist()] == list(range(10))
    for x, y, weight in found:
        assert x.dtype == torch.float32
        assert not x.requires_grad
        assert not y.is_floating_point()
        assert weight is None


def test_several_inputs_keep_their_structure() -> None:
    found = batches({"a": X, "b": [X, X]}, [Y, Y], batch_size=6)
    x, y, weight = next(found.epoch())
    assert list(x) == ["a", "b"]
    assert x["b"][1].shape == (6, 2)
    assert [len(one) for one in y] == [6, 6]
    assert weight is None


def test_shuffling_gives_every_sample_once_and_each_epoch_another_order() -> None:
    torch.manual_seed(0)
    source = batches(X, Y, batch_size=4, shuffle=True)
    first, second = ([(x, y) for x, y, _ in source.epoch()] for _ in range(2))
    for epoch in (first, second):
        samples = torch.cat([x for x, _ in epoch])
        labels = torch.cat([y for _, y in epoch])
        assert sorted(labels.tolist()) == list(range(10))
        # A sample and its label stay together.
        assert torch.equal(samples[:, 0], 2.0 * labels)
    assert torch.cat([y for _, y in first]).tolist() != torch.cat([y for _, y in second]).tolist()


@pytest.mark.parametrize("limit", [0, 2**30])
def test_large_and_small_sets_are_shuffled_alike(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.data.arrays._SMALL", limit)
    torch.manual_seed(3)
    found = rows(batches(X, Y, batch_size=4, shuffle=True).epoch())
    torch.manual_seed(3)
    assert [one for batch in found for one in batch] == [2.0 * place for place in torch.randperm(10).tolist()]


def test_shuffling_within_batches_leaves_samples_in_their_batch() -> None:
    found = rows(batches(X, Y, batch_size=4, shuffle="batch").epoch())
    assert [sorted(batch) for batch in found] == WHOLE


def test_pixels_are_converted_batch_by_batch_when_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = np.arange(40, dtype="uint8").reshape(10, 4)
    for limit, kept in ((0, torch.uint8), (2**30, torch.float32)):
        monkeypatch.setattr("runtime.data.arrays._CONVERTED_AT_ONCE", limit)
        source = batches(pixels, Y, batch_size=4, shuffle=True)
        source.arrange(lambda x, y, weight: ([x], [y], weight), [torch.float32])
        assert isinstance(source, ArrayBatches)
        assert source._prepared is not None
        assert source._prepared[0][0].dtype == kept
        x, y, _ = next(source.epoch())
        assert x[0].dtype == torch.float32
        assert torch.equal(x[0][:, 0], 4.0 * y[0])


def test_steps_go_on_where_the_last_epoch_ended() -> None:
    source = batches(X, Y, batch_size=2, steps=2)
    assert [rows(source.epoch()) for _ in range(2)] == [[[0, 2], [4, 6]], [[8, 10], [12, 14]]]
    assert source.steps == 2
    source.restart()
    assert rows(source.epoch()) == [[0, 2], [4, 6]]


def test_batch_size_follows_from_the_steps() -> None:
    assert [len(batch) for batch in rows(batches(X, Y, steps=3).epoch())] == [4, 4, 2]


def test_a_stream_can_be_looked_at_without_losing_a_batch() -> None:
    source = batches(iter([(X[:2], Y[:2]), (X[2:4], Y[2:4])]))
    assert source.first()[0][:, 0].tolist() == [0, 2]
    assert rows(source.epoch()) == [[0, 2], [4, 6]]
    assert rows(source.epoch()) == []


def test_an_array_that_a_generator_uses_anew_does_not_change_earlier_targets() -> None:
    label = np.zeros(2)

    def stream() -> Iterator[Any]:
        for number in range(3):
            label[:] = number
            yield X[:2], label

    targets = [y for _, y, _ in batches(stream()).epoch()]
    assert [y[0].item() for y in targets] == [0, 1, 2]


@pytest.mark.parametrize("workers", [1, 3])
def test_py_dataset_is_told_of_epochs_and_may_have_workers(workers: int) -> None:
    data = Made(workers=workers, max_queue_size=2)
    source = batches(data)
    assert source.steps == 4
    assert rows(source.epoch()) == [[0, 2], [2, 4], [4, 6], [6, 8]]
    assert data.turns == ["begin", "end"]
    shuffled = rows(batches(Made(), shuffle=True).epoch())
    assert sorted(shuffled) == [[0, 2], [2, 4], [4, 6], [6, 8]]


def test_py_dataset_that_is_not_written_says_what_is_missing() -> None:
    with pytest.raises(NotImplementedError, match="write `__len__`"):
        len(PyDataset())
    with pytest.raises(NotImplementedError, match="write `__getitem__`"):
        PyDataset()[0]


@pytest.mark.parametrize("y", [Y % 3, (Y % 3)[:, None], (Y % 3).astype("float32"), np.eye(3)[Y % 3]])
def test_class_weights_by_ids_and_one_hot(y: Any) -> None:
    weights = class_sample_weights(torch.from_numpy(y), {0: 2.0, 2: 0.5})
    np.testing.assert_array_equal(weights, np.array([2.0, 1.0, 0.5])[Y % 3])


def test_class_weights_of_streams() -> None:
    source = batches(iter([(X[:3], Y[:3])]), class_weight={1: 5.0})
    assert next(source.epoch())[2].tolist() == [1, 5, 1]
    with pytest.raises(DataError, match="weights already"):
        batches(iter([(X[:3], Y[:3], Y[:3])]), class_weight={1: 5.0}).first()


def test_one_weight_array_counts_for_all_targets() -> None:
    _, _, weight = next(batches(X, [Y, Y], np.arange(10.0), batch_size=4).epoch())
    assert [one.tolist() for one in weight] == [[0, 1, 2, 3]] * 2
    with pytest.raises(DataError, match="several targets"):
        batches(X, [Y, Y], np.ones((10, 3)))


@pytest.mark.parametrize("x", [None, object(), 7 + 2j])
def test_what_is_no_data_is_refused(x: Any) -> None:
    with pytest.raises(DataError):
        batches(x)
