"""Files of Keras 2 open here, weights and state of training included; those written here open in Keras 2.

The oracle is tf-keras, the last Keras 2, in an environment of its own, since it needs TensorFlow. It is made
once, in pytest's cache; `LAYERLOOM_TF_KERAS` may name the Python of one that is there already.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock

from runtime.errors import RefusedError
from runtime.models import load_model, model_from_json
from tests.runtime.saving.keras_2_layers import (
    CELLS_OF_KERAS_2,
    MODELS_OF_KERAS_2,
    NOT_IN_KERAS_2,
    TO_KERAS_2,
    check_cell,
    is_there,
    run_both,
)
from tests.runtime.saving.keras_2_models import MODELS
from tests.runtime.saving.layer_models import LayerModel
from tests.runtime.saving.zoo import ZOO, ours, outputs, samples, stir

pytestmark = [
    # One process, one environment.
    pytest.mark.xdist_group("tf_keras"),
    # Keras 2 keeps what Keras 3 leaves out.
    pytest.mark.filterwarnings("ignore:.*which Keras 3 leaves out:UserWarning"),
    pytest.mark.filterwarnings("ignore:.*can be opened here only:UserWarning"),
]

SCRIPT = Path(__file__).with_name("keras_2.py")
COMPILED = {
    "transposed",
    "words",
    "old_gates",
    "both_ways",
    "nested",
    "penalties",
    "two_ends",
    "frozen",
    "einsum",
}
# Calls with tensors by name have another form in Keras 2, which Keras 3 does not read.
ONLY_KERAS_3 = {"attentive", "states"}


@pytest.fixture(scope="session")
def tf_keras(request: pytest.FixtureRequest) -> str:
    """A Python that has tf-keras."""
    if given := os.environ.get("LAYERLOOM_TF_KERAS"):
        return given
    folder = request.config.cache.mkdir("tf_keras")
    python = folder / "bin" / "python"
    with FileLock(folder.with_name("tf_keras.lock")):
        _make_environment(folder, python)
    return str(python)


def _make_environment(folder: Path, python: Path) -> None:
    if not (folder / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        wanted = ["tensorflow-cpu>=2.19,<2.22", "tf-keras>=2.19,<2.22"]
        install = [str(python), "-m", "pip", "install", "--quiet", *wanted]
        tried = subprocess.run(install, check=False, capture_output=True, text=True)
        if tried.returncode:
            pytest.skip(f"tf-keras cannot be installed here: {tried.stderr.strip()[-300:]}")
        (folder / "complete").touch()


@pytest.fixture(scope="session")
def made(tf_keras: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of all models, written by tf-keras."""
    folder = tmp_path_factory.mktemp("keras_2")
    subprocess.run([tf_keras, str(SCRIPT), "make", str(folder)], check=True, capture_output=True)
    return folder


def stored(folder: Path, name: str, kind: str) -> list[Any]:
    with np.load(folder / f"{name}.npz") as arrays:
        return [arrays[key] for key in arrays if key.startswith(kind)]


def assert_answers(
    model: Any, folder: Path, name: str, kind: str = "answer_", tolerance: float = 1e-5
) -> None:
    wanted = stored(folder, name, kind)
    found = outputs(model, _as_given(stored(folder, name, "input_")))
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


def _as_given(arrays: list[Any]) -> Any:
    return arrays if len(arrays) > 1 else arrays[0]


@pytest.mark.parametrize("ending", [".h5", ".keras"])
@pytest.mark.parametrize("name", MODELS)
def test_a_model_opens(made: Path, name: str, ending: str) -> None:
    assert_answers(load_model(made / f"{name}{ending}"), made, name)


@pytest.mark.parametrize("ending", [".old.h5", ".weights.h5"])
@pytest.mark.parametrize("name", MODELS)
def test_weights_fit_the_config(made: Path, name: str, ending: str) -> None:
    model = model_from_json((made / f"{name}.json").read_text())
    model.load_weights(made / f"{name}{ending}")
    assert_answers(model, made, name)


@pytest.mark.parametrize("name", sorted(COMPILED))
def test_training_goes_on(made: Path, name: str) -> None:
    model = load_model(made / f"{name}.h5")
    assert model.optimizer.iterations == 1
    targets = [np.zeros_like(answer) for answer in stored(made, name, "answer_")]
    model.fit(_as_given(stored(made, name, "input_")), _as_given(targets), verbose=0)
    # One step of 0.01 or 0.1 that begins with the rounding of another library.
    assert_answers(model, made, name, "later_", tolerance=1e-4)


@pytest.fixture(scope="session")
def opened(tf_keras: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models written here and opened by tf-keras."""
    folder = tmp_path_factory.mktemp("from_here")
    for build in ZOO:
        model = ours(build)
        stir(model)
        inputs = samples(model)
        given = (
            inputs
            if isinstance(inputs, list)
            else [*inputs.values()]
            if isinstance(inputs, dict)
            else [inputs]
        )
        arrays = {f"input_{place}": value for place, value in enumerate(given)}
        arrays |= {f"answer_{place}": value for place, value in enumerate(outputs(model, inputs))}
        np.savez(folder / f"{build.__name__}.npz", **arrays)
        model.compile("adam", "mse")
        model.save(folder / f"{build.__name__}.h5")
    subprocess.run([tf_keras, str(SCRIPT), "open", str(folder)], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("build", ZOO, ids=lambda build: build.__name__)
def test_keras_2_opens_what_is_written_here_and_trains_it(opened: Path, build: Any) -> None:
    name = build.__name__
    failed = json.loads((opened / "failed.json").read_text())
    if name in ONLY_KERAS_3:
        assert name in failed
        return
    assert name not in failed, failed[name]
    with np.load(opened / f"{name}.answers.npz") as arrays:
        found = [arrays[key] for key in arrays]
    for one, other in zip(found, stored(opened, name, "answer_"), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


@pytest.fixture(scope="session")
def layers_both_ways(tf_keras: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model for each layer, opened by tf-keras and written back."""
    return run_both(tf_keras, tmp_path_factory.mktemp("layers"))


@pytest.mark.parametrize("model", MODELS_OF_KERAS_2, ids=str)
def test_a_layer_in_every_kind_of_file_both_ways(layers_both_ways: Path, model: LayerModel) -> None:
    if not is_there(layers_both_ways, model):
        return
    for cell in CELLS_OF_KERAS_2:
        if str(model) not in NOT_IN_KERAS_2:
            check_cell(layers_both_ways, model, cell)
        elif cell[1] == TO_KERAS_2:
            with pytest.raises(AssertionError):
                check_cell(layers_both_ways, model, cell)


def test_most_layers_are_in_keras_2(layers_both_ways: Path) -> None:
    assert sum(is_there(layers_both_ways, model) for model in MODELS_OF_KERAS_2) > 100


def test_what_keras_2_alone_has_is_refused_by_name() -> None:
    config = {"class_name": "LocallyConnected1D", "config": {"filters": 2, "kernel_size": 3}}
    text = json.dumps({"class_name": "Sequential", "config": {"layers": [config]}, "keras_version": "2.15.0"})
    with pytest.raises(RefusedError, match=r"LocallyConnected1D.*custom_objects"):
        model_from_json(text)
