"""Layers that learn from data: in the training job, in its files, and in the program that is taken away."""

import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from app.services import exports
from app.services.data_code import data_snippet
from app.services.datasets import load
from app.services.evaluation import CHECKPOINT, PREDICTIONS
from app.services.exporting.weights import Weights, weighted_model
from app.services.train_job import JOB
from graph_compiler import analyze, keras_code, lower
from graph_compiler.document import DataBinding, dump_document
from runtime.models import load_model
from runtime.models.adapting import adapt_layers
from tests.graph_compiler.designs import Sketch

SPLIT = 0.25


def design():
    """A network for iris that scales at the input and in the middle, and sorts into ranges."""
    sketch = Sketch("iris", data=DataBinding(dataset="iris"))
    sketch.add("InputLayer", "flower", shape=[4])
    sketch.add("Normalization", "scaled", "flower")
    sketch.add("Dense", "hidden", "scaled", units=4, kernel_initializer="identity", activation="relu")
    sketch.add("Normalization", "scaled_again", "hidden")
    sketch.add("Discretization", "ranges", "flower", num_bins=3, output_mode="one_hot")
    sketch.add("Flatten", "flat", "ranges")
    sketch.add("Concatenate", "joined", "scaled_again", "flat")
    sketch.add("Dense", "species", "joined", units=3, activation="softmax", kernel_initializer="identity")
    sketch.compiled("sparse_categorical_crossentropy")
    return sketch.trained(epochs=2, seed=3, validation_split=SPLIT).document


@pytest.fixture
def trained(tmp_path):
    """Folder and reports of a run in a process of its own, as the designer starts it."""
    order = {
        "job": JOB,
        "spec": {"document": dump_document(design()), "dataset": "iris"},
        "folder": str(tmp_path),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "app.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    ) as worker:
        # The end of its standard input would ask it to stop: that is open until it has said all.
        worker.stdin.write(json.dumps(order).encode() + b"\n")
        worker.stdin.flush()
        events = [json.loads(line) for line in worker.stdout]
        worker.stdin.close()
    assert worker.returncode == 0
    return tmp_path, events


def test_a_run_adapts_on_the_rows_that_are_not_kept_for_validation(trained):
    folder, events = trained
    assert events[-1]["data"]["state"] == "finished"
    said = [event["data"]["text"] for event in events if event["kind"] == "log"]
    assert "Normalization 'scaled' learns from 90 training rows." in said
    assert any(text.startswith("Ready in ") and "'ranges'" in text for text in said)
    kinds = [event["kind"] for event in events]
    assert kinds.index("start") > kinds.index("log")
    model = load_model(folder / CHECKPOINT)
    rows = load("iris").train.x[:90]
    np.testing.assert_allclose(model.get_layer("scaled").get_weights()[0], rows.mean(0), rtol=1e-5)
    real = keras.models.load_model(folder / CHECKPOINT, compile=False)
    predictions = real.predict(load("iris").test.x, verbose=0)
    np.testing.assert_allclose(predictions, np.load(folder / PREDICTIONS), rtol=1e-4, atol=1e-6)


def adapted():
    """The untrained model, adapted as the job does it."""
    model = lower(design(), seed=3)
    adapt_layers(model, load("iris").held_back(SPLIT)[0].x)
    return model


def test_the_program_that_is_taken_away_learns_the_same(tmp_path):
    download = exports.data(design())
    (tmp_path / download.file_name).write_bytes(download.content)
    (tmp_path / "iris.py").write_text(keras_code(design(), data_snippet(design())), "utf-8")
    code = (tmp_path / "iris.py").read_text("utf-8")
    keep = 'np.save("answers.npy", model.predict(x_test, verbose=0))\n\n# Training'
    (tmp_path / "iris.py").write_text(code.replace("# Training", keep), "utf-8")
    environment = os.environ | {"KERAS_BACKEND": "torch", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "iris.py"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    wanted = adapted().predict(load("iris").test.x, verbose=0)
    np.testing.assert_allclose(np.load(tmp_path / "answers.npy"), wanted, rtol=1e-4, atol=1e-6)


def test_an_untrained_model_file_has_learnt_from_the_data(settings, tmp_path):
    model, words = weighted_model(design(), settings, Weights(kind="fresh"))
    assert "random" in words
    model.save(tmp_path / "model.h5")
    real = keras.models.load_model(tmp_path / "model.h5", compile=False)
    wanted = adapted().predict(load("iris").test.x, verbose=0)
    np.testing.assert_allclose(real.predict(load("iris").test.x, verbose=0), wanted, rtol=1e-4, atol=1e-6)


def test_a_trained_model_whose_compile_settings_changed_keeps_what_it_has_learnt(settings, tmp_path):
    model = adapted()
    settings.run_dir("run").mkdir(parents=True)
    model.save(settings.run_dir("run") / CHECKPOINT)
    again, _ = weighted_model(design(), settings, Weights(kind="trained", run_id="run"))
    x = load("iris").test.x
    np.testing.assert_allclose(again.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-6)


def test_a_design_with_data_has_no_findings_and_without_has_one_for_each_layer():
    assert analyze(design()).findings == ()
    without = design().model_copy(update={"data": None})
    assert [finding.code for finding in analyze(without).findings] == ["NN431"] * 3
