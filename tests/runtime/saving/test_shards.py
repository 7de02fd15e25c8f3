"""Weights in several files: written and read here, and both ways with the real Keras."""

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import torch

from runtime.errors import FileFormatError, LayerloomError, RefusedError
from tests.runtime.saving.zoo import (
    assert_same_outputs,
    long_memory,
    nested,
    ours,
    perceptron,
    picture_classifier,
    samples,
    stir,
    theirs,
)

SMALL = 300 / 2**30
BUILDERS = [nested, picture_classifier, perceptron]


@pytest.mark.parametrize("build", BUILDERS, ids=lambda build: build.__name__)
def test_both_ways_with_keras(build: Any, tmp_path: Path) -> None:
    mine, real = ours(build), theirs(build)
    stir(mine)
    limit = max(weight.numel() for weight in mine.weights) * 4 / 2**30
    mine.save_weights(tmp_path / "mine.weights.json", max_shard_size=limit)
    real.load_weights(tmp_path / "mine.weights.json")
    assert_same_outputs(mine, real, samples(mine))
    stir(real, seed=8)
    real.save_weights(tmp_path / "real.weights.json", max_shard_size=limit)
    mine.load_weights(tmp_path / "real.weights.json")
    assert_same_outputs(mine, real, samples(mine))
    one, other = (json.loads((tmp_path / f"{name}.weights.json").read_text()) for name in ("mine", "real"))
    assert one["metadata"] == other["metadata"]
    assert {key: _files(value) for key, value in one["weight_map"].items()} == {
        key: _files(value) for key, value in other["weight_map"].items()
    }
    assert len(list(tmp_path.glob("mine_0*.weights.h5"))) > 1


def _files(value: Any) -> list[str]:
    """Keras lists one file in one of two ways."""
    return [name.partition("_")[2] for name in (value if isinstance(value, list) else [value])]


def test_the_state_of_training_goes_along(tmp_path: Path) -> None:
    mine = ours(perceptron)
    mine.compile("adam", "mse")
    inputs = samples(mine)
    mine.fit(inputs, np.zeros((3, 3), "float32"), verbose=0)
    mine.save_weights(tmp_path / "m.weights.json", max_shard_size=SMALL)
    other = ours(perceptron)
    other.compile("adam", "mse")
    other.load_weights(tmp_path / "m.weights.json")
    assert other.optimizer.iterations == 1
    for one, two in zip(mine.optimizer.variables, other.optimizer.variables, strict=True):
        assert torch.equal(one[1], two[1])


def saved(tmp_path: Path) -> tuple[Any, Path, dict[str, Any]]:
    mine, index = ours(long_memory), tmp_path / "m.weights.json"
    mine.save_weights(index, max_shard_size=SMALL)
    return mine, index, json.loads(index.read_text())


def test_no_file_is_larger_than_wanted(tmp_path: Path) -> None:
    mine, index, content = saved(tmp_path)
    sizes: list[int] = []
    for path in sorted(tmp_path.glob("*.weights.h5")):
        with h5py.File(path) as file:
            found: list[int] = []
            file.visititems(lambda _, item, f=found: f.append(getattr(item, "nbytes", 0)))
            sizes.append(sum(found))
    assert max(sizes) <= 300
    assert sum(sizes) == content["metadata"]["total_size"] == 4 * mine.count_params()
    with pytest.raises(LayerloomError, match=r"takes .*B, more than a file may \(100.00 B\)"):
        mine.save_weights(index, max_shard_size=100 / 2**30)
    assert json.loads(index.read_text()) == content
    with pytest.raises(LayerloomError, match=r"\.weights\.json"):
        mine.save_weights(tmp_path / "m.weights.h5", max_shard_size=1)
    with pytest.raises(LayerloomError, match="is there already"):
        mine.save_weights(index, max_shard_size=1, overwrite=False)


@pytest.mark.parametrize("name", ["../m_00000.weights.h5", "/etc/passwd", "a\\m.weights.h5", "..", "m.h5"])
def test_names_do_not_lead_out_of_the_folder(name: str, tmp_path: Path) -> None:
    mine, index, content = saved(tmp_path)
    content["weight_map"] = dict.fromkeys(content["weight_map"], name)
    index.write_text(json.dumps(content))
    with pytest.raises(RefusedError, match="only"):
        mine.load_weights(index)


def test_broken_indexes(tmp_path: Path) -> None:
    mine, index, content = saved(tmp_path)
    before = [value.copy() for value in mine.get_weights()]
    stir(ours(long_memory))
    for text, message in [
        ("{}", "has no weight_map"),
        ("{", "not valid JSON"),
        ('{"weight_map": {"/vars": 5}}', "'5' in place of a file"),
        ('{"weight_map": {}}', "holds no weights for it"),
        ('{"weight_map": {"/vars": "n.weights.h5"}}', "There is no file"),
    ]:
        index.write_text(text)
        with pytest.raises(FileFormatError, match=message):
            mine.load_weights(index)
    index.write_text(json.dumps(content))
    with pytest.raises(FileFormatError, match="by_name"):
        mine.load_weights(index, by_name=True)
    (tmp_path / "m_00001.weights.h5").unlink()
    with pytest.raises(FileFormatError, match="m_00001"):
        mine.load_weights(index)
    assert all(np.array_equal(one, two) for one, two in zip(before, mine.get_weights(), strict=True))
