"""Callbacks against the real Keras: drawn settings on made-up results, and in drawn trainings."""

import math
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import h5py
import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import runtime.callbacks
from tests.runtime import drawn
from tests.runtime.callbacks.test_behaviour import played
from tests.runtime.models.twins import twins

pytestmark = pytest.mark.filterwarnings("ignore")

# Quarters: sums and differences are exact in single precision too, in which Keras compares.
RESULTS = st.lists(
    st.integers(-8, 8).map(lambda number: number / 4) | st.sampled_from([math.nan, math.inf]),
    min_size=1,
    max_size=12,
)
MONITORED = {
    "mode": st.sampled_from(["min", "max"]),
    "monitor": st.just("val_loss"),
    "min_delta": st.sampled_from([0, 0.25, 0.5, -0.5, 2.0]),
    "patience": st.integers(0, 4),
    "baseline": st.none() | st.sampled_from([0.25, 1.0]),
    "start_from_epoch": st.integers(0, 4),
    "factor": st.sampled_from([0.0, 0.1, 0.5, 0.9]),
    "cooldown": st.integers(0, 3),
    "min_lr": st.sampled_from([0.0, 0.01, 0.3, 2.0]),
    "restore_best_weights": st.booleans(),
    "save_best_only": st.booleans(),
    "save_weights_only": st.just(False),
    "save_freq": st.just("epoch"),
    "initial_value_threshold": st.none() | st.sampled_from([0.25, 1.0]),
    "verbose": st.integers(0, 1),
    "filepath": st.just("model-{epoch:02d}-{val_loss:.2f}.keras"),
}


@pytest.mark.parametrize("name", ["EarlyStopping", "ReduceLROnPlateau", "ModelCheckpoint"])
@drawn.examples(120)
@given(data=st.data())
def test_drawn_results_lead_to_what_keras_does(
    name: str, data: st.DataObject, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = data.draw(drawn.arguments(getattr(runtime.callbacks, name), MONITORED), "settings")
    # Without these, a missing direction is told; that is tested elsewhere.
    settings.setdefault("mode", "min")
    results = data.draw(RESULTS, "results")
    told = []
    outcomes = []
    for library in (runtime.callbacks, keras.callbacks):
        outcomes.append(played(getattr(library, name)(**settings), results))
        told.append(capsys.readouterr().out.replace("np.float64", ""))
    mine, real = outcomes
    np.testing.assert_allclose(mine.pop("rates"), real.pop("rates"), rtol=1e-6)
    assert mine == real
    if name != "ReduceLROnPlateau":
        # Rates are told with all their digits, and Keras's are in single precision.
        assert told[0] == told[1]


X = np.random.default_rng(0).normal(size=(22, 3)).astype("float32")
Y = X[:, :1] - 0.5 * X[:, 1:2] + np.random.default_rng(1).normal(size=(22, 1)).astype("float32")
FIT = {
    "monitor": st.sampled_from(["loss", "val_loss", "mae"]),
    "mode": st.just("auto"),
    "min_delta": st.sampled_from([0, 0.01, 10]),
    "patience": st.integers(0, 2),
    "baseline": st.none() | st.just(0.5),
    "verbose": st.just(0),
    "start_from_epoch": st.integers(0, 2),
    "factor": st.sampled_from([0.1, 0.5]),
    "cooldown": st.integers(0, 1),
    "min_lr": st.sampled_from([0.0, 0.02]),
    "schedule": st.just(lambda epoch, rate: float(rate) / (1 + epoch)),
    "save_freq": st.sampled_from(["epoch", 1, 2, 3, 5]),
    "save_weights_only": st.just(True),
    "filepath": st.sampled_from(["{epoch}.weights.h5", "best.weights.h5", "sub/{loss:.2f}.weights.h5"]),
    "initial_value_threshold": st.none() | st.just(1.0),
    "filename": st.just("log.csv"),
    "separator": st.sampled_from([",", ";"]),
    "append": st.booleans(),
    "backup_dir": st.just("backup"),
    "raise_error": st.just(False),
}
CHOICES = [
    "EarlyStopping",
    "ReduceLROnPlateau",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "CSVLogger",
    "TerminateOnNaN",
    "BackupAndRestore",
    "SwapEMAWeights",
]
TURNS = sorted(turn for turn in dir(keras.callbacks.Callback) if turn.startswith("on_") and "_batch_" in turn)
TURNS += [f"on_{kind}_{end}" for kind in ("train", "test", "epoch") for end in ("begin", "end")]
IN_FOLDER = ("filepath", "filename", "backup_dir")


def recorder(library: Any, seen: list[Any]) -> Any:
    """A callback that writes down each of its turns with number and logs."""

    def noting(turn: str) -> Any:
        def note(*given: Any, **named: Any) -> None:
            logs = named.get("logs", given[-1] if given else None) or {}
            number = given[0] if given and isinstance(given[0], int) else None
            seen.append((turn, number, {name: float(value) for name, value in sorted(logs.items())}))

        return note

    return library.callbacks.LambdaCallback(**{turn: noting(turn) for turn in TURNS})


def written(folder: Path) -> dict[str, Any]:
    """What lies in a folder: file names, and the numbers in the files."""
    found: dict[str, Any] = {}
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        name = str(path.relative_to(folder))
        if ".h5" in name:
            arrays: dict[str, Any] = {}
            with h5py.File(path) as file:
                file.visititems(
                    lambda at, one, to=arrays: to.update({at: one[()]}) if hasattr(one, "shape") else None
                )
            found[name] = dict(sorted(arrays.items()))
        elif name.endswith(".csv"):
            found[name] = [re.split("[,;]", line) for line in path.read_text().splitlines()]
        else:
            found[name] = path.read_text()
    return found


def trained(library: Any, model: Any, chosen: dict[str, Any], plan: dict[str, Any], folder: Path) -> Any:
    """Everything that can be seen of a training with callbacks."""
    seen: list[Any] = []
    callbacks = []
    for name, settings in chosen.items():
        placed = {key: str(folder / value) if key in IN_FOLDER else value for key, value in settings.items()}
        callbacks.append(getattr(library.callbacks, name)(**placed))
    callbacks.append(recorder(library, seen))
    model.fit(X, Y, shuffle=False, verbose=0, callbacks=callbacks, **plan)
    results = model.evaluate(X, Y, batch_size=8, verbose=0, callbacks=callbacks)
    return seen, dict(model.history.history), results, model.get_weights(), written(folder)


def close(mine: Any, real: Any) -> None:
    """Fails unless both are built alike and have the same numbers."""
    if isinstance(real, dict):
        assert list(mine) == list(real)
        for name, value in real.items():
            close(mine[name], value)
    elif isinstance(real, list | tuple):
        assert len(mine) == len(real)
        for one, other in zip(mine, real, strict=True):
            close(one, other)
    elif isinstance(real, str):
        try:
            numbers = float(mine), float(real)
        except ValueError:
            assert mine == real
        else:
            np.testing.assert_allclose(*numbers, rtol=1e-3, atol=1e-5)
    elif real is None:
        assert mine is None
    else:
        # Twelve and more steps with a moving rate: rounding errors have grown.
        np.testing.assert_allclose(mine, real, rtol=1e-3, atol=1e-5)


@drawn.examples(20)
@given(data=st.data())
def test_drawn_trainings_go_as_in_keras(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(CHOICES), min_size=1, max_size=3, unique=True), "callbacks")
    chosen = {name: data.draw(drawn.arguments(getattr(runtime.callbacks, name), FIT), name) for name in names}
    if "ModelCheckpoint" in chosen:
        # Files of whole models hold names that are counted through a program.
        chosen["ModelCheckpoint"]["save_weights_only"] = True
        if chosen["ModelCheckpoint"].get("save_freq", "epoch") != "epoch":
            # Before the first epoch is over, Keras's cannot tell yet which batch is better.
            chosen["ModelCheckpoint"]["save_best_only"] = False
    plan = {
        "epochs": data.draw(st.integers(1, 4), "epochs"),
        "batch_size": data.draw(st.sampled_from([4, 8, 32]), "batch size"),
        "validation_split": data.draw(st.sampled_from([0.0, 0.25]), "validation"),
        "validation_freq": data.draw(st.sampled_from([1, 1, 2]), "validated every"),
    }
    rate = data.draw(st.sampled_from([0.02, 0.2]), "learning rate")
    frozen = data.draw(st.booleans(), "first layer frozen")
    averaged = {"use_ema": True, "ema_momentum": 0.7} if "SwapEMAWeights" in chosen else {}

    def make(library: Any) -> Any:
        model = library.Sequential(
            [library.Input((3,)), library.layers.Dense(4, "tanh"), library.layers.Dense(1)]
        )
        model.layers[0].trainable = not frozen
        optimizer = library.optimizers.SGD(rate, momentum=0.5, **averaged)
        model.compile(optimizer, "mse", metrics=["mae"])
        return model

    both = []
    for model, library in zip(twins(make), (runtime, keras), strict=True):
        with TemporaryDirectory() as folder:
            both.append(trained(library, model, chosen, plan, Path(folder)))
    for mine, real in zip(*both, strict=True):
        close(mine, real)


class Remembering(keras.callbacks.BackupAndRestore):
    """Keras's forgets the epoch it goes on with, and writes 0 down for it."""

    def _load_model(self) -> None:
        super()._load_model()
        self._current_epoch = self.model._initial_epoch or 0


@drawn.examples(5)
@given(data=st.data())
def test_interrupted_trainings_go_on_as_in_keras(data: st.DataObject) -> None:
    settings = data.draw(drawn.arguments(runtime.callbacks.BackupAndRestore, FIT), "settings")
    turn = data.draw(st.sampled_from(["on_epoch_begin", "on_epoch_end", "on_train_batch_end"]), "stopped in")
    at = data.draw(st.integers(0, 2), "number")
    twice = data.draw(st.integers(1, 2), "how often")

    def make(library: Any) -> Any:
        model = library.Sequential([library.Input((3,)), library.layers.Dense(1)])
        model.compile(library.optimizers.Adam(0.05), "mse")
        return model

    def stop(number: int, logs: Any = None) -> None:
        if number == at:
            raise KeyboardInterrupt

    both = []
    for place, library in enumerate((runtime, keras)):
        with TemporaryDirectory() as folder:
            settings = {**settings, "backup_dir": folder}
            seen: list[Any] = []
            for attempt in range(twice + 1):
                model = twins(make, seed=attempt)[place]
                backup = runtime.callbacks.BackupAndRestore if library is runtime else Remembering
                callbacks = [backup(**settings)]
                if attempt < twice:
                    callbacks.append(library.callbacks.LambdaCallback(**{turn: stop}))
                try:
                    history = model.fit(
                        X, Y, batch_size=8, epochs=4, shuffle=False, verbose=0, callbacks=callbacks
                    )
                    seen.append((history.epoch, history.history))
                except KeyboardInterrupt:
                    seen.append(written(Path(folder)))
            both.append([seen, model.get_weights(), written(Path(folder))])
    close(*both)
