import io
import os
import subprocess
import sys

import numpy as np
import pytest

from app.services import exports
from app.services.datasets import load
from app.services.evaluation import CHECKPOINT
from app.services.templates import open_template
from graph_compiler import lower
from graph_compiler.document import (
    MoveNodes,
    SetCompile,
    SetParam,
    SetTraining,
    apply,
    dump_document,
    load_document,
)


@pytest.fixture
def iris():
    document = open_template("iris")
    training = document.training.model_copy(update={"epochs": 1})
    return apply(document, SetTraining(training=training))[0]


@pytest.fixture
def trained(settings, projects, runs, iris):
    """A run of iris that has kept a model; returns project, run and the model."""
    project = projects.create("Iris", iris)
    run = runs.create(project.id, "module:function", {"document": dump_document(iris)})
    model = lower(iris, seed=5)
    settings.run_dir(run.id).mkdir()
    model.save(settings.run_dir(run.id) / CHECKPOINT)
    return project.id, run.id, model


def predicted(content, tmp_path):
    """What the real Keras makes of a model file."""
    import keras

    path = tmp_path / "taken_away.h5"
    path.write_bytes(content)
    model = keras.models.load_model(path)
    return model(load("iris").test.x.copy()).detach().numpy()


def in_folder(tmp_path, *downloads):
    for download in downloads:
        (tmp_path / download.file_name).write_bytes(download.content)


def run_program(tmp_path, file_name):
    environment = os.environ | {"KERAS_BACKEND": "torch", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, file_name]
    return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)


def test_the_program_runs_with_its_data_beside_it(tmp_path, iris):
    in_folder(tmp_path, exports.program("My iris!", iris), exports.data(iris))
    assert sorted(os.listdir(tmp_path)) == ["iris.npz", "my_iris.py"]
    done = run_program(tmp_path, "my_iris.py")
    assert done.returncode == 0, done.stderr
    assert "missing" not in done.stdout


def test_the_program_runs_without_its_data_and_says_so(tmp_path, iris):
    in_folder(tmp_path, exports.program("Iris", iris))
    done = run_program(tmp_path, "iris.py")
    assert done.returncode == 0, done.stderr
    assert "iris.npz is missing: training with random numbers" in done.stdout


def test_the_data_file_holds_the_rows_of_the_catalogue(iris):
    download = exports.data(iris)
    with np.load(io.BytesIO(download.content)) as data:
        np.testing.assert_array_equal(data["x_train"], load("iris").train.x)
        np.testing.assert_array_equal(data["y_test"], load("iris").test.y)
    assert "CC BY 4.0" in download.note


def test_the_design_can_be_opened_again(iris):
    download = exports.design("Iris", iris)
    assert download.file_name == "iris.json"
    assert load_document(download.content) == iris


def test_the_model_of_a_run_is_taken_as_it_was_kept(tmp_path, settings, runs, iris, trained):
    project_id, run_id, model = trained
    moved, _ = apply(iris, MoveNodes(positions={next(iter(iris.nodes)): (5.0, 6.0)}))
    weights = exports.weights_of(settings, runs, project_id, moved)
    assert weights == exports.Weights("trained", run_id, resumable=True)
    download = exports.model_file("Iris", moved, settings, weights)
    assert download.content == (settings.run_dir(run_id) / CHECKPOINT).read_bytes()
    expected = model.predict(load("iris").test.x, verbose=0)
    np.testing.assert_allclose(predicted(download.content, tmp_path), expected, atol=1e-5)


def test_trained_weights_survive_other_compile_settings(tmp_path, settings, runs, iris, trained):
    project_id, _, model = trained
    slower, _ = apply(iris, SetCompile(compile=iris.compile.model_copy(update={"learning_rate": 0.5})))
    weights = exports.weights_of(settings, runs, project_id, slower)
    assert (weights.kind, weights.resumable) == ("trained", False)
    download = exports.model_file("Iris", slower, settings, weights)
    expected = model.predict(load("iris").test.x, verbose=0)
    np.testing.assert_allclose(predicted(download.content, tmp_path), expected, atol=1e-5)


def test_another_network_has_fresh_weights(settings, runs, iris, trained):
    project_id, _, _ = trained
    hidden = list(iris.nodes)[1]
    wider, _ = apply(iris, SetParam(node=hidden, param="units", value=17))
    weights = exports.weights_of(settings, runs, project_id, wider)
    assert weights == exports.Weights("fresh")
    assert "random" in exports.model_file("Iris", wider, settings, weights).note


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("My digits!", "my_digits"),
        ("../../etc", "etc"),
        ("", "model"),
        ("模型", "model"),
        ("a" * 99, "a" * 60),
    ],
)
def test_names_become_file_names(name, stem):
    assert exports.file_stem(name) == stem
