import io
import json
from itertools import pairwise

import numpy as np
import pytest

from app.services.datasets import load
from app.services.evaluation import CHECKPOINT, PREDICTIONS, RESULTS, read_evaluation
from app.services.fit_reporter import likely_cause
from app.services.job_context import JobContext
from app.services.templates import open_template
from app.services.train_job import examine, train
from graph_compiler import lower
from graph_compiler.document import SetCompile, SetParam, SetTraining, apply, dump_document
from runtime.errors import DataError
from runtime.models import load_model


class Recorder(JobContext):
    """A context whose reports can be looked at."""

    def __init__(self, folder):
        self.sent = io.BytesIO()
        super().__init__(self.sent, folder)

    @property
    def events(self):
        return [json.loads(line) for line in self.sent.getvalue().splitlines()]

    def data(self, kind):
        return [event["data"] for event in self.events if event["kind"] == kind]


@pytest.fixture
def context(tmp_path):
    return Recorder(tmp_path)


def iris(*, epochs=3, seed=7, **compiled):
    document = open_template("iris")
    training = document.training.model_copy(update={"epochs": epochs, "seed": seed})
    document, _ = apply(document, SetTraining(training=training))
    return apply(document, SetCompile(compile=document.compile.model_copy(update=compiled)))[0]


def run(context, document):
    return train(context, {"document": dump_document(document), "dataset": "iris"})


def test_a_run_reports_its_beginning_its_epochs_and_its_examination(context):
    assert run(context, iris()) == ""
    (start,) = context.data("start")
    assert start == {
        "epochs": 3,
        "steps_per_epoch": 7,
        "samples": 108,
        "validation_samples": 12,
        "parameters": 131,
        "epoch": 0,
        "layers": ["hidden", "output"],
    }
    epochs = context.data("epoch")
    assert [epoch["epoch"] for epoch in epochs] == [1, 2, 3]
    assert set(epochs[0]["metrics"]) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert epochs[0]["learning_rate"] == pytest.approx(0.01)
    assert epochs[0]["samples_per_second"] == pytest.approx(108 / epochs[0]["seconds"])
    assert epochs[-1]["metrics"]["loss"] < epochs[0]["metrics"]["loss"]
    assert context.data("checkpoint") == [{"epoch": 3}]
    assert [event["seq"] for event in context.events] == list(range(1, len(context.events) + 1))


def test_the_folder_holds_the_model_its_answers_and_how_good_they_are(context):
    run(context, iris())
    dataset = load("iris")
    model = load_model(context.folder / CHECKPOINT)
    predictions = np.load(context.folder / PREDICTIONS)
    np.testing.assert_allclose(model.predict(dataset.test.x, verbose=0), predictions, rtol=1e-5, atol=1e-6)
    results = json.loads((context.folder / RESULTS).read_text())
    assert results["metrics"]["accuracy"] == pytest.approx(results["measures"]["accuracy"])
    assert read_evaluation(context.folder).confusion.sum() == len(dataset.test)


def test_a_seed_repeats_a_run_and_without_one_each_is_another(tmp_path):
    losses = []
    for number, seed in enumerate((7, 7, None, None)):
        (tmp_path / str(number)).mkdir()
        context = Recorder(tmp_path / str(number))
        run(context, iris(seed=seed))
        losses.append(context.data("epoch")[-1]["metrics"]["loss"])
    assert losses[0] == losses[1]
    assert len(set(losses)) == 3


class StopsInTheSecondEpoch(Recorder):
    def emit(self, kind, **data):
        super().emit(kind, **data)
        if kind == "epoch" and data["epoch"] == 1:
            self.cancel("stopped as you asked")


def test_a_run_that_is_stopped_ends_after_its_batch_and_keeps_the_model(tmp_path):
    context = StopsInTheSecondEpoch(tmp_path)
    run(context, iris(epochs=1000))
    assert len(context.data("epoch")) <= 2
    assert (tmp_path / CHECKPOINT).exists()
    assert read_evaluation(tmp_path) is not None


def test_a_loss_that_is_no_number_ends_the_run_with_its_likely_cause(context):
    with pytest.raises(
        DataError, match=r"The loss became .* in epoch 1\. The learning rate of 1e\+30"
    ) as error:
        run(context, iris(epochs=50, learning_rate=1e30, optimizer="sgd"))
    assert "try 1e+29" in error.value.hint
    assert len(context.data("epoch")) <= 2
    assert not (context.folder / RESULTS).exists()


def test_the_likely_cause_is_what_stands_out():
    assert "learning rate of 0.5" in likely_cause(iris(learning_rate=0.5), load("iris"))
    assert "inputs go up to 255" in likely_cause(iris(learning_rate=0.001), load("mnist"))
    unsuited = iris(learning_rate=0.001, loss="mean_squared_error")
    assert "try sparse_categorical_crossentropy" in likely_cause(unsuited, load("iris"))
    assert "clip the gradients" in likely_cause(iris(learning_rate=0.001), load("iris"))


def test_metrics_are_asked_for_a_few_times_a_second_at_most(context):
    run(context, iris(epochs=60))
    at = [event["at"] for event in context.events if event["kind"] == "batch"]
    assert all(later - earlier > 0.19 for earlier, later in pairwise(at))


def test_the_job_refuses_what_it_does_not_know(context):
    with pytest.raises(ValueError, match="extra"):
        train(context, {"document": "{}", "dataset": "iris", "more": 1})


@pytest.fixture
def earlier(tmp_path):
    """A run that has kept a model; returns the model."""
    model = lower(iris(), seed=31)
    (tmp_path / "earlier").mkdir()
    model.save(tmp_path / "earlier" / CHECKPOINT)
    return model


@pytest.fixture
def later(tmp_path):
    (tmp_path / "later").mkdir()
    return Recorder(tmp_path / "later")


def test_a_run_may_be_an_examination_of_earlier_weights(earlier, later):
    spec = {"document": dump_document(iris()), "dataset": "iris", "start": "earlier"}
    assert "without training" in examine(later, spec)
    expected = earlier.predict(load("iris").test.x, verbose=0)
    np.testing.assert_allclose(np.load(later.folder / PREDICTIONS), expected, rtol=1e-6)
    assert later.data("start")[0]["epochs"] == 0


def test_training_starts_from_the_earlier_weights_that_fit(earlier, later):
    document = iris(epochs=1, optimizer="sgd", learning_rate=1e-9)
    hidden = next(key for key, node in document.nodes.items() if node.params.get("units") not in (None, 3))
    train(later, {"document": dump_document(document), "dataset": "iris", "start": "earlier"})
    kept = load_model(later.folder / CHECKPOINT)
    for mine, old in zip(kept.get_weights(), earlier.get_weights(), strict=True):
        np.testing.assert_allclose(mine, old, atol=1e-6)
    changed, _ = apply(document, SetParam(node=hidden, param="units", value=9))
    train(later, {"document": dump_document(changed), "dataset": "iris", "start": "earlier"})
    texts = " ".join(entry["text"] for entry in later.data("log"))
    assert "those of 2 of 2 layers fit" in texts
    assert "those of 0 of 2 layers fit" in texts
