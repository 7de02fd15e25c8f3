"""Exports, made and proven as the job does it."""

import io
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from app.services import exports
from app.services.datasets import load
from app.services.evaluation import CHECKPOINT
from app.services.exporting.export_job import FILES, RECEIPT, ExportSpec, export
from app.services.exporting.kind import Kind, file_stem
from app.services.exporting.kinds import KINDS
from app.services.exporting.parity import Receipt
from app.services.exporting.weights import Weights, weights_of
from app.services.job_context import JobContext
from app.services.templates import open_template
from graph_compiler import lower
from graph_compiler.document import (
    MoveNodes,
    SetBypassed,
    SetCompile,
    SetParam,
    SetTraining,
    apply,
    dump_document,
    load_document,
)
from runtime.errors import ExportError

FRESH = Weights(kind="fresh")


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


@pytest.fixture
def made(settings, tmp_path):
    """Runs the job; gives the file, the receipt and what was reported."""

    def make(kind, document, weights=FRESH, name="My iris!"):
        folder = tmp_path / f"{kind}_job"
        folder.mkdir()
        reports = io.BytesIO()
        spec = ExportSpec(
            name=name,
            document=dump_document(document),
            kind=kind,
            weights=weights,
            data_dir=settings.data_dir,
            digest="",
        )
        export(JobContext(reports, folder), spec.model_dump(mode="json"))
        steps = [json.loads(line)["data"] for line in reports.getvalue().splitlines()]
        file = folder / FILES / KINDS[kind].file_name(name)
        return file, Receipt.load((folder / RECEIPT).read_text("utf-8")), steps

    return make


def predicted(file):
    """What the real Keras makes of a model file."""
    import keras

    return keras.models.load_model(file)(load("iris").test.x.copy()).detach().numpy()


def run_program(folder, file_name):
    environment = os.environ | {"KERAS_BACKEND": "torch", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, file_name]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_program_runs_with_its_data_beside_it_and_without(iris, made):
    file, _, _ = made("keras_code", iris)
    assert file.name == "my_iris.py"
    done = run_program(file.parent, file.name)
    assert done.returncode == 0, done.stderr
    assert "iris.npz is missing: training with random numbers" in done.stdout
    data = exports.data(iris)
    (file.parent / data.file_name).write_bytes(data.content)
    done = run_program(file.parent, file.name)
    assert done.returncode == 0, done.stderr
    assert "missing" not in done.stdout


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


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS.values() if kind.runner])
def test_every_form_is_proven_to_be_the_trained_model(kind, settings, runs, iris, trained, made):
    project_id, run_id, _ = trained
    weights = weights_of(settings, runs, project_id, iris)
    file, receipt, steps = made(kind, iris, weights)
    assert receipt.agrees
    assert receipt.largest_difference <= receipt.tolerance
    assert receipt.file == file.name
    assert receipt.rows == 8
    assert run_id in receipt.weights
    assert receipt.data == "iris"
    assert {"python", "numpy"} < set(receipt.packages)
    assert [step["done"] for step in steps] == sorted(step["done"] for step in steps)


WITHOUT_KERAS = """
import importlib.util, runpy, sys
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "keras" else find(name, *rest)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.parametrize("kind", ["keras_code", "h5"])
def test_where_keras_is_not_installed_the_runtime_stands_in(kind, iris, made, monkeypatch):
    run = subprocess.run

    def run_without(command, **options):
        assert command[1] == "-I"
        return run([*command[:2], "-c", WITHOUT_KERAS, *command[2:]], **options)

    monkeypatch.setattr(subprocess, "run", run_without)
    _, receipt, _ = made(kind, iris)
    assert receipt.agrees
    assert "Keras is not installed here" in receipt.ran_with
    assert "keras" not in receipt.packages


def test_what_is_not_the_designed_model_is_not_handed_out(iris, made, monkeypatch, tmp_path):
    def other_weights(source, path):
        other = lower(source.document, seed=99)
        other.save(path)

    wrong = {**vars(KINDS["keras"]), "make": other_weights}
    monkeypatch.setitem(KINDS, "keras", Kind(**wrong))
    with pytest.raises(ExportError, match=r"answers up to .* apart from the designed model"):
        made("keras", iris)
    assert not (tmp_path / "keras_job" / FILES).exists()


def test_what_does_not_run_says_why_and_is_not_handed_out(iris, made, monkeypatch, tmp_path):
    broken = {**vars(KINDS["keras_code"]), "make": lambda source, path: path.write_text("model = 1 / 0\n")}
    monkeypatch.setitem(KINDS, "keras_code", Kind(**broken))
    with pytest.raises(ExportError, match=r"does not run in a clean process.*(?s:.)*ZeroDivisionError"):
        made("keras_code", iris)
    assert not (tmp_path / "keras_code_job" / FILES).exists()


def test_the_model_of_a_run_is_taken_with_its_training(settings, runs, iris, trained, made):
    project_id, run_id, model = trained
    moved, _ = apply(iris, MoveNodes(positions={next(iter(iris.nodes)): (5.0, 6.0)}))
    weights = weights_of(settings, runs, project_id, moved)
    assert weights == Weights(kind="trained", run_id=run_id, resumable=True, attempt=1)
    file, _, _ = made("h5", moved, weights)
    expected = model.predict(load("iris").test.x, verbose=0)
    np.testing.assert_allclose(predicted(file), expected, atol=1e-5)


def test_trained_weights_survive_other_compile_settings(settings, runs, iris, trained, made):
    project_id, _, model = trained
    slower, _ = apply(iris, SetCompile(compile=iris.compile.model_copy(update={"learning_rate": 0.5})))
    weights = weights_of(settings, runs, project_id, slower)
    assert (weights.kind, weights.resumable) == ("trained", False)
    file, _, _ = made("h5", slower, weights)
    expected = model.predict(load("iris").test.x, verbose=0)
    np.testing.assert_allclose(predicted(file), expected, atol=1e-5)


def test_another_network_has_fresh_weights(settings, runs, iris, trained, made):
    project_id, _, _ = trained
    hidden = list(iris.nodes)[1]
    wider, _ = apply(iris, SetParam(node=hidden, param="units", value=17))
    weights = weights_of(settings, runs, project_id, wider)
    assert weights == FRESH
    _, receipt, _ = made("keras_json", wider, weights)
    assert "random" in receipt.weights


def test_a_bypassed_layer_makes_it_another_network(settings, runs, iris, trained):
    project_id, _, _ = trained
    bypassed, _ = apply(iris, SetBypassed(node=list(iris.nodes)[1], bypassed=True))
    assert weights_of(settings, runs, project_id, bypassed) == FRESH


def test_weights_of_a_run_that_has_gone_on_are_others(settings, runs, iris, trained):
    project_id, run_id, _ = trained
    found = [weights_of(settings, runs, project_id, iris)]
    for state in ("running", "finished"):
        assert runs.change_state(run_id, state)
    found.append(weights_of(settings, runs, project_id, iris))
    runs.reopen(run_id, {})
    found.append(weights_of(settings, runs, project_id, iris))
    assert found[0] != found[1] != found[2] != found[0]


def test_an_answer_without_end_is_not_agreed_with():
    receipt = Receipt("m.h5", float("inf"), float("inf"), 1e-5, 8, "", {}, "", "", "", "", "")
    assert not receipt.agrees


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
    assert file_stem(name) == stem
