import pytest

from graph_compiler.callback_settings import callback_problem, make_callbacks, watched_by
from graph_compiler.class_arguments import class_params
from graph_compiler.compile_settings import optimizer_problem
from graph_compiler.document import CompileSettings, Configured
from runtime.callbacks import EarlyStopping, registry
from tests.graph_compiler.designs import watched


def test_callbacks_are_made_with_their_arguments():
    stopping, *_ = make_callbacks(watched())
    assert isinstance(stopping, EarlyStopping)
    assert (stopping.patience, stopping.restore_best_weights, stopping.monitor) == (3, True, "val_loss")


@pytest.mark.parametrize(
    ("name", "params", "words"),
    [
        ("EarlyStoping", {}, "Did you mean 'EarlyStopping'?"),
        ("EarlyStopping", {"patince": 1}, "Did you mean 'patience'?"),
        ("EarlyStopping", {"patience": -1}, "a whole number, at least 0"),
        ("EarlyStopping", {"mode": "up"}, "'auto', 'min', 'max'"),
        ("ReduceLROnPlateau", {"factor": 1.5}, "less than 1"),
    ],
)
def test_what_cannot_be_made_is_told(name, params, words):
    assert words in str(callback_problem(Configured(name=name, params=params)))


def test_those_that_are_offered_are_made_from_nothing_and_described():
    for name in registry.names():
        assert callback_problem(Configured(name=name)) is None
        assert all(param.help for param in class_params(registry.lookup(name)))


def test_what_is_watched_is_the_default_or_what_was_set():
    assert watched_by(Configured(name="EarlyStopping")) == "val_loss"
    assert watched_by(Configured(name="EarlyStopping", params={"monitor": "loss"})) == "loss"
    assert watched_by(Configured(name="TerminateOnNaN")) == ""
    assert watched_by(Configured(name="Unknown")) == ""


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (Configured(name="CosineDecay", params={"decay_steps": 9}), ""),
        (Configured(name="CosinDecay"), "Unknown schedule 'CosinDecay'. Did you mean 'CosineDecay' or"),
        (Configured(name="CosineDecay"), "decay_steps"),
        (Configured(name="CosineDecay", params={"decay_steps": "many"}), "decay_steps='many'"),
    ],
)
def test_a_schedule_that_cannot_be_made_is_told(schedule, words):
    problem = optimizer_problem(CompileSettings(schedule=schedule))
    assert words in str(problem) if words else problem is None
