"""A file is the old one or the new one, whole, whatever happens while it is written."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runtime import layers, models
from runtime.errors import LayerloomError, ParameterError
from runtime.models import load_model
from tests.runtime.saving.interrupted import PARTS
from tests.runtime.saving.zoo import ours, perceptron

ENDINGS = [".h5", ".keras", ".weights.h5"]
ROOT = Path(__file__).parents[3]


def save(model: Any, path: Path) -> None:
    (model.save_weights if path.name.endswith(".weights.h5") else model.save)(path)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the rights of an administrator, for whom there is no folder that is only to be read."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


class Odd(layers.Layer):
    """A layer whose config holds what it was given."""

    def __init__(self, thing: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.thing = thing

    def call(self, inputs: Any) -> Any:
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "thing": self.thing}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither fork nor limits of file sizes.")
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_kill_or_a_full_disk_leaves_the_old_file(ending: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.runtime.saving.interrupted", str(tmp_path), ending]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    told = json.loads(done.stdout)
    path = tmp_path / f"m{ending}"
    killed, full, events = told[: len(PARTS)], told[len(PARTS) : 2 * len(PARTS)], told[2 * len(PARTS) :]
    for one in killed:
        assert one["killed"], one
        assert one["same"], one
        # What is left behind is hidden, and says whose it is.
        assert all(name.startswith(f".{path.name}.") and name.endswith(".part") for name in one["left"]), one
    for one in full:
        assert "cannot be written: File too large. No file may become that large" in one["message"], one
        assert one["same"], one
        assert not one["left"], one
    assert len(events) > 4
    assert [one["same"] for one in events] == sorted((one["same"] for one in events), reverse=True)
    assert events[0]["same"]
    assert not events[-1]["killed"]
    assert not events[-1]["same"]
    if ending != ".weights.h5":
        assert load_model(path).layers[0].units == 200


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_a_kill_left_behind_is_removed_later(ending: str, tmp_path: Path) -> None:
    model, path = ours(perceptron), tmp_path / f"m{ending}"
    old, new, other = (tmp_path / f".{name}{ending}.0123456789abcdef.part" for name in ("m", "m", "n"))
    new = new.with_name(f".m{ending}.fedcba9876543210.part")
    for one in (old, new, other):
        one.write_bytes(b"unfinished")
    for one in (old, other):
        os.utime(one, (time.time() - 7200,) * 2)
    save(model, path)
    assert sorted(os.listdir(tmp_path)) == sorted([path.name, new.name, other.name])


def test_what_cannot_be_described_leaves_the_old_file(tmp_path: Path) -> None:
    for ending in (".h5", ".keras"):
        path = tmp_path / f"m{ending}"
        ours(perceptron).save(path)
        before = path.read_bytes()
        model = models.Sequential([layers.Input((2,)), Odd(object())])
        with pytest.raises(ParameterError, match="cannot be described by a config"):
            model.save(path)
        assert path.read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == ["m.h5", "m.keras"]


def test_objects_in_a_config_of_ones_own_are_described(tmp_path: Path) -> None:
    for thing, key in ((np.arange(3), "__numpy__"), (layers.Dense(2), "Dense"), (np.float32(0.5), None)):
        model = models.Sequential([layers.Input((2,)), Odd(thing)])
        for ending in (".h5", ".keras"):
            model.save(tmp_path / f"m{ending}")
            found = load_model(tmp_path / f"m{ending}", {"Odd": Odd}).layers[0].thing
            assert found == 0.5 if key is None else found["class_name"] == key
        assert "Odd" in model.to_json()


@pytest.mark.parametrize("ending", ENDINGS)
def test_places_where_nothing_can_be_written(ending: str, tmp_path: Path) -> None:
    model = ours(perceptron)
    (tmp_path / f"folder{ending}").mkdir()
    with pytest.raises(LayerloomError, match=r"is a folder. Give the name of a file in it"):
        save(model, tmp_path / f"folder{ending}")
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(LayerloomError, match="A file stands where the path wants a folder"):
        save(model, tmp_path / "file" / f"m{ending}")
    with pytest.raises(LayerloomError, match="Choose a shorter name"):
        save(model, tmp_path / f"{'x' * 300}{ending}")
    circle = tmp_path / f"circle{ending}"
    circle.symlink_to(circle)
    with pytest.raises(LayerloomError, match="a link that leads in a circle"):
        save(model, circle)
    assert len(os.listdir(tmp_path)) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions.")
def test_a_folder_that_is_only_to_be_read(tmp_path: Path) -> None:
    model, folder = ours(perceptron), tmp_path / "locked"
    folder.mkdir()
    model.save(folder / "m.keras")
    before = (folder / "m.keras").read_bytes()
    for one in (tmp_path, *tmp_path.parents[:2]):
        one.chmod(one.stat().st_mode | 0o055)
    folder.chmod(0o555)
    try:
        with as_nobody(), pytest.raises(LayerloomError, match=r"Permission denied\. You may not write there"):
            model.save(folder / "m.keras")
    finally:
        folder.chmod(0o755)
    assert (folder / "m.keras").read_bytes() == before
    assert os.listdir(folder) == ["m.keras"]


def test_a_link_leads_to_the_file_that_is_written(tmp_path: Path) -> None:
    model = ours(perceptron)
    link, target = tmp_path / "here" / "m.keras", tmp_path / "there" / "real.keras"
    link.parent.mkdir()
    link.symlink_to(target)
    for _ in range(2):
        model.save(link)
        assert link.is_symlink()
        assert load_model(target).count_params() == model.count_params()
    assert os.listdir(link.parent) == ["m.keras"]
    assert os.listdir(target.parent) == ["real.keras"]


@pytest.mark.parametrize("ending", [".h5", ".keras"])
def test_readers_never_meet_half_a_file(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"m{ending}"
    model = ours(perceptron)
    model.set_weights([np.zeros_like(weight) for weight in model.get_weights()])
    model.save(path)
    finished = threading.Event()

    def write() -> None:
        for number in range(20):
            model.set_weights([np.full_like(weight, number) for weight in model.get_weights()])
            model.save(path)
        finished.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not finished.is_set():
        found = {float(value) for weight in load_model(path).get_weights() for value in np.unique(weight)}
        assert len(found) == 1
    writer.join()


def test_arguments_are_those_of_keras(tmp_path: Path) -> None:
    model, path = ours(perceptron), tmp_path / "m.keras"
    model.save(path, True, None)
    model.save(str(path), overwrite=True, zipped=True, include_optimizer=False, save_format="keras")
    with pytest.raises(ParameterError, match="one file, not as a folder"):
        model.save(path, True, False)
    with pytest.raises(ParameterError, match=r"save_format='tf' is not written"):
        model.save(path, save_format="tf")
    with pytest.raises(TypeError, match="optimiser"):
        model.save(path, optimiser=False)
    for action in (model.save, model.save_weights):
        with pytest.raises(ParameterError, match="named by its path, not by a BytesIO"):
            action(BytesIO())
    with pytest.raises(LayerloomError, match="is there already"):
        model.save(path, overwrite=False)
    assert os.listdir(tmp_path) == ["m.keras"]
