"""Trainings that are told something while they run, and that go on after they have ended."""

import threading

import keras
import numpy as np
import pytest

from app.services import fit_sampler, keeper
from app.services.checkpoints import restore_checkpoint
from app.services.datasets import load
from app.services.evaluation import BEST, CHECKPOINT, RESULTS
from app.services.train_job import train
from app.services.training_state import read_state
from graph_compiler import lower
from graph_compiler.document import Configured, SetTraining, apply, dump_document
from runtime.callbacks import Callback
from runtime.errors import DataError
from runtime.models.step_probe import StepProbe
from tests.app.services.test_train_job import Recorder, iris


class Told(Recorder):
    """A context that says something, or ends, when an epoch is reported."""

    def __init__(self, folder, at=0, then=lambda context: None):
        super().__init__(folder)
        self.at, self.then = at, then

    def emit(self, kind, **data):
        super().emit(kind, **data)
        if kind == "epoch" and data["epoch"] == self.at:
            self.then(self)


@pytest.fixture
def context(tmp_path):
    return Recorder(tmp_path)


def interrupted(context):
    context.cancel("the power went", "interrupted")


def run(context, document, **more):
    return train(context, {"document": dump_document(document), "dataset": "iris", **more})


def watched(epochs, *callbacks):
    document = iris(epochs=epochs)
    training = document.training.model_copy(update={"callbacks": callbacks})
    return apply(document, SetTraining(training=training))[0]


def losses(context):
    return [epoch["metrics"]["val_loss"] for epoch in context.data("epoch")]


def test_a_run_that_was_interrupted_goes_on_as_if_it_had_not_been(tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    whole.mkdir()
    broken.mkdir()
    uninterrupted = Recorder(whole)
    run(uninterrupted, iris(epochs=6))
    first = Told(broken, at=3, then=interrupted)
    run(first, iris(epochs=6))
    assert not (broken / RESULTS).exists(), "a designer that ends does not wait for the examination"
    assert read_state(broken / CHECKPOINT).epoch == 3
    second = Recorder(broken)
    assert run(second, iris(epochs=6), resume=True) == ""
    assert second.data("start")[0]["epoch"] == 3
    assert [epoch["epoch"] for epoch in second.data("epoch")] == [4, 5, 6]
    np.testing.assert_allclose(losses(first)[:3] + losses(second), losses(uninterrupted), rtol=1e-6)
    assert second.data("epoch")[-1]["trained"] > first.data("epoch")[2]["trained"]


def test_ten_more_epochs_count_on_with_the_optimizers_state(context):
    run(context, iris(epochs=2))
    more = Recorder(context.folder)
    run(more, iris(epochs=2), resume=True, epochs=5)
    assert [epoch["epoch"] for epoch in more.data("epoch")] == [3, 4, 5]
    model = lower(iris())
    restore_checkpoint(model, context.folder / CHECKPOINT)
    assert model.optimizer.iterations == 5 * 7, "seven steps an epoch, from the first one on"
    assert model.optimizer.learning_rate == 0.01


def test_the_best_model_is_kept_beside_the_last_and_any_keras_opens_both(tmp_path):
    context = Told(tmp_path, at=2, then=lambda context: context.tell("learning_rate", 0.3))
    run(context, iris(epochs=6))
    found = losses(context)
    state, last = read_state(tmp_path / BEST), read_state(tmp_path / CHECKPOINT)
    assert (state.epoch, last.epoch) == (int(np.argmin(found)) + 1, 6)
    assert state.best["val_loss"][0] == pytest.approx(min(found))
    assert state.epoch < 6, "such steps make it worse"
    held_back = load("iris").held_back(0.1)[1]
    model = keras.saving.load_model(tmp_path / BEST)
    assert model.evaluate(held_back.x, held_back.y, verbose=0)[0] == pytest.approx(min(found), rel=1e-4)
    worse = keras.saving.load_model(tmp_path / CHECKPOINT)
    assert worse.evaluate(held_back.x, held_back.y, verbose=0)[0] == pytest.approx(found[-1], rel=1e-4)


def test_the_learning_rate_changes_while_it_runs_and_stays_so_afterwards(tmp_path):
    context = Told(tmp_path, at=2, then=lambda context: context.tell("learning_rate", 0.25))
    run(context, iris(epochs=4))
    assert [epoch["learning_rate"] for epoch in context.data("epoch")] == [0.01, 0.01, 0.25, 0.25]
    assert context.data("rate")[0]["learning_rate"] == 0.25
    more = Recorder(tmp_path)
    run(more, iris(epochs=4), resume=True, epochs=5)
    assert more.data("epoch")[0]["learning_rate"] == 0.25


def test_a_rate_that_was_set_is_kept_when_the_run_stops_within_that_epoch(tmp_path):
    class StopsAtItsNewRate(Told):
        def emit(self, kind, **data):
            super().emit(kind, **data)
            if kind == "rate":
                self.cancel("enough")

    context = StopsAtItsNewRate(tmp_path, at=2, then=lambda context: context.tell("learning_rate", 0.25))
    run(context, iris(epochs=4))
    kept = read_state(tmp_path / CHECKPOINT)
    assert (kept.epoch, kept.learning_rate) == (2, 0.25)
    more = Recorder(tmp_path)
    run(more, iris(epochs=4), resume=True)
    assert [epoch["learning_rate"] for epoch in more.data("epoch")] == [0.25, 0.25]


def test_the_best_model_is_kept_when_the_loss_is_no_number_any_more(tmp_path, monkeypatch):
    monkeypatch.setattr(keeper, "SECONDS", 1e9)
    context = Told(tmp_path, at=3, then=lambda context: context.tell("learning_rate", 1e30))
    with pytest.raises(DataError, match="The loss became"):
        run(context, iris(epochs=50, optimizer="sgd"))
    found = losses(context)[:3]
    assert read_state(tmp_path / BEST).epoch == int(np.argmin(found)) + 1
    held_back = load("iris").held_back(0.1)[1]
    model = keras.saving.load_model(tmp_path / BEST)
    assert model.evaluate(held_back.x, held_back.y, verbose=0)[0] == pytest.approx(min(found), rel=1e-4)
    assert not (tmp_path / CHECKPOINT).exists(), "the last one is worth nothing"


def test_a_schedule_is_followed_and_not_overruled(tmp_path):
    document = iris(
        epochs=3,
        learning_rate=0.5,
        schedule=Configured(name="ExponentialDecay", params={"decay_steps": 7, "decay_rate": 0.5}),
    )
    context = Told(tmp_path, at=1, then=lambda context: context.tell("learning_rate", 0.1))
    run(context, document)
    assert [epoch["learning_rate"] for epoch in context.data("epoch")] == pytest.approx([0.25, 0.125, 0.0625])
    assert "follows a schedule" in " ".join(entry["text"] for entry in context.data("log"))


def test_a_pause_holds_the_training_until_it_is_resumed(tmp_path):
    context = Told(tmp_path, at=2, then=lambda context: context.tell("pause"))
    training = threading.Thread(target=run, args=(context, iris(epochs=4)))
    training.start()
    waited = threading.Event()
    for _ in range(600):
        if context.data("pause"):
            break
        waited.wait(0.05)
    reported = len(context.events)
    waited.wait(0.3)
    assert [event["kind"] for event in context.events[reported:]] in ([], ["checkpoint"])
    assert read_state(tmp_path / CHECKPOINT).epoch == 2
    context.tell("resume")
    training.join(60)
    assert [epoch["epoch"] for epoch in context.data("epoch")] == [1, 2, 3, 4]
    assert all(epoch["seconds"] < 0.3 for epoch in context.data("epoch")[1:]), "a pause takes no time"


def test_a_run_that_is_stopped_while_it_is_paused_ends(tmp_path):
    def pause_and_stop(context):
        context.tell("pause")
        threading.Timer(0.2, context.cancel, ("enough",)).start()

    context = Told(tmp_path, at=1, then=pause_and_stop)
    run(context, iris(epochs=1000))
    assert len(context.data("epoch")) == 1
    assert context.end_state == "stopped"


def test_early_stopping_says_why_and_more_epochs_may_follow(tmp_path):
    stopping = Configured(
        name="EarlyStopping", params={"min_delta": 100, "patience": 2, "restore_best_weights": True}
    )
    context = Recorder(tmp_path)
    assert run(context, watched(50, stopping)).startswith(
        "ended early: val_loss had not become better since epoch 1, where it was "
    )
    assert len(context.data("epoch")) == 3
    more = Recorder(tmp_path)
    run(more, watched(50, stopping), resume=True, epochs=53)
    assert [epoch["epoch"] for epoch in more.data("epoch")] == [4, 5, 6], "its patience begins anew"


def test_what_callbacks_remember_survives_an_interruption(tmp_path):
    stopping = Configured(
        name="EarlyStopping", params={"min_delta": 100, "patience": 3, "restore_best_weights": True}
    )
    run(Told(tmp_path, at=2, then=interrupted), watched(50, stopping))
    more = Recorder(tmp_path)
    why = run(more, watched(50, stopping), resume=True)
    assert [epoch["epoch"] for epoch in more.data("epoch")] == [3, 4], "not three more"
    assert "since epoch 1" in why


def test_a_rate_that_a_callback_lowers_is_reported_and_no_metric(tmp_path):
    lowering = Configured(
        name="ReduceLROnPlateau", params={"monitor": "loss", "min_delta": 100, "patience": 1, "factor": 0.5}
    )
    context = Recorder(tmp_path)
    run(context, watched(4, lowering))
    epochs = context.data("epoch")
    assert [epoch["learning_rate"] for epoch in epochs] == pytest.approx([0.01, 0.005, 0.0025, 0.00125])
    assert "learning_rate" not in epochs[-1]["metrics"]


def test_without_a_checkpoint_there_is_nothing_to_go_on_from(context):
    with pytest.raises(DataError, match="no checkpoint"):
        restore_checkpoint(lower(iris()), context.folder / CHECKPOINT)
    run(context, iris(epochs=1), resume=True)
    assert context.data("start")[0]["epoch"] == 0, "it then begins at its beginning"


class ProbesTheSecondBatch(Callback):
    def on_train_begin(self, logs=None):
        self.probe = StepProbe(self.model)

    def on_train_batch_end(self, batch, logs=None):
        if batch == 0:
            self.before = [np.array(weight) for weight in self.model.get_weights()]
            self.probe.arm()
        elif batch == 1:
            self.after = [np.array(weight) for weight in self.model.get_weights()]
            self.measured = self.probe.take()
        else:
            assert self.probe.take() is None, "only the step that was asked for is measured"


def test_a_step_is_measured_layer_by_layer():
    dataset = load("iris")
    model = lower(iris(optimizer="sgd", learning_rate=0.5), seed=1)
    watcher = ProbesTheSecondBatch()
    model.fit(dataset.train.x, dataset.train.y, batch_size=30, shuffle=False, verbose=0, callbacks=[watcher])
    assert watcher.probe.layers == ("hidden", "output")
    moved = [after - before for before, after in zip(watcher.before, watcher.after, strict=True)]

    def length(*arrays):
        return np.sqrt(sum(float((array**2).sum()) for array in arrays))

    for place in range(2):
        update, weights = length(*moved[2 * place :][:2]), length(*watcher.before[2 * place :][:2])
        assert watcher.measured.gradients[place] == pytest.approx(update / 0.5, rel=1e-4)
        assert watcher.measured.ratios[place] == pytest.approx(update / weights, rel=1e-4)


def test_measured_steps_change_nothing(tmp_path):
    found = []
    for seconds in (0.0, 1e9):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(fit_sampler, "SECONDS", seconds)
            patch.setattr(fit_sampler, "LAYER_SECONDS", seconds)
            patch.setattr(fit_sampler, "BUDGET", 1e9)
            context = Recorder(tmp_path)
            run(context, iris(epochs=3))
        found.append((len(context.data("layers")), losses(context)))
    (many, watched_losses), (none, unwatched_losses) = found
    assert (many > 5, none) == (True, 0)
    assert watched_losses == unwatched_losses
