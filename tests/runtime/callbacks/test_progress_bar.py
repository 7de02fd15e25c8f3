"""The progress bar prints what Keras prints, but for times; plain lines where nothing can be redrawn."""

import re
import sys
from typing import Any

import numpy as np
import pytest

import runtime.callbacks.progbar
from runtime.callbacks import Progbar
from runtime.errors import ParameterError
from tests.runtime.models.twins import twins

X = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
Y = np.random.default_rng(1).normal(size=(40, 1)).astype("float32")

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def small(lib: Any) -> Any:
    model = lib.Sequential([lib.Input((3,)), lib.layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return model


def final_lines(text: str) -> list[str]:
    """The lines as they stand in the end, without colours and times."""
    text = re.sub(r"\x1b\[\d*m", "", text)
    lines = [re.split(r"[\r\x08]+", line)[-1].rstrip() for line in text.split("\n")]
    return [re.sub(r"\d+s \d+(ms|us|s)/step|\d+s - +\d+(ms|us|s)/step", "TIME", line) for line in lines]


def stream(samples: int) -> Any:
    return ((X[at : at + 8], Y[at : at + 8]) for at in range(0, samples, 8))


ACTIONS = {
    "one epoch": lambda model: model.fit(X, Y, batch_size=8, shuffle=False),
    "three epochs": lambda model: model.fit(
        X, Y, batch_size=8, epochs=3, shuffle=False, validation_split=0.2
    ),
    "a line an epoch": lambda model: model.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=2),
    "silence": lambda model: model.fit(X, Y, verbose=0),
    "evaluate": lambda model: model.evaluate(X, Y, batch_size=8),
    "predict": lambda model: model.predict(X, batch_size=8),
    "many steps": lambda model: model.fit(
        np.tile(X, (3, 1)), np.tile(Y, (3, 1)), batch_size=1, shuffle=False
    ),
    "a stream": lambda model: model.fit(stream(40)),
    "evaluate in a line": lambda model: model.evaluate(X, Y, batch_size=8, verbose=2),
}


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("name", ACTIONS)
def test_text_is_that_of_keras(
    name: str, terminal: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime.callbacks.progbar, "is_dynamic", lambda: terminal)
    ours, theirs = twins(small)
    with pytest.MonkeyPatch.context() as quiet:
        quiet.setattr("warnings.warn", lambda *_, **__: None)
        ACTIONS[name](theirs)
    real = capsys.readouterr().out
    ACTIONS[name](ours)
    mine = capsys.readouterr().out
    assert final_lines(mine) == final_lines(real)
    assert terminal or not re.search(r"[\x08\r\x1b]", mine)


def test_steps_are_drawn_in_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime.callbacks.progbar, "is_dynamic", lambda: True)
    bar = Progbar(100, interval=0)
    for step in range(1, 101):
        bar.update(step, [("loss", 1 / step)])
    drawn = re.sub(r"\x1b\[\d*m", "", capsys.readouterr().out)
    assert " 50/100 ━━━━━━━━━━━━━━━━━━━━" in drawn
    assert drawn.count("\r") == 100
    assert drawn.endswith("\n")


def test_numbers_are_averaged_or_shown_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    bar = Progbar(4, stateful_metrics=["rate"])
    bar.update(1, [("loss", 1.0), ("rate", 5)])
    bar.add(2, [("loss", 4.0), ("rate", 7)])
    assert bar._numbers() == " - loss: 3.0000 - rate: 7.0000"
    bar.update(4, [("tiny", 1e-5), ("note", "fine")])
    assert capsys.readouterr().out.endswith("- loss: 3.0000 - rate: 7.0000 - tiny: 1.0000e-05 - note: fine\n")
    with pytest.raises(ParameterError, match="one of them"):
        Progbar(1, stateful_metrics=[], stateless_metrics=[])


@pytest.mark.parametrize(("seconds", "text"), [(5.4, "5s"), (65, "1:05"), (3725, "1:02:05")])
def test_time_left_is_told_as_a_clock(seconds: float, text: str) -> None:
    assert runtime.callbacks.progbar._countdown(seconds) == text


def test_a_terminal_without_the_signs_gets_others(monkeypatch: pytest.MonkeyPatch) -> None:
    from io import BytesIO, TextIOWrapper

    written = BytesIO()
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(written, encoding="ascii"))
    Progbar(2).update(2)
    sys.stdout.flush()
    assert b"====================" in written.getvalue()
