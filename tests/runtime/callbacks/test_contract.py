"""Every callback is called at the same turns, with the same logs, as under the real Keras."""

import inspect
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import runtime.callbacks
from runtime.callbacks import Callback, CallbackList, LambdaCallback
from tests.runtime.models.twins import twins

TURNS = sorted(
    name
    for name in dir(Callback)
    if name.startswith("on_") and name not in ("on_batch_begin", "on_batch_end")
)
X = np.random.default_rng(0).normal(size=(24, 3)).astype("float32")
Y = np.random.default_rng(1).normal(size=(24, 1)).astype("float32")


def small(lib: Any, averaged: bool = False) -> Any:
    model = lib.Sequential([lib.Input((3,)), lib.layers.Dense(4, activation="tanh"), lib.layers.Dense(1)])
    model.compile(optimizer=lib.optimizers.Adam(use_ema=averaged), loss="mse", metrics=["mae"])
    return model


def arguments(name: str, folder: Path) -> dict[str, Any]:
    """What a callback needs to be made."""
    return {
        "EarlyStopping": {"patience": 1, "min_delta": 10, "restore_best_weights": True},
        "ModelCheckpoint": {"filepath": str(folder / "{epoch}.weights.h5"), "save_weights_only": True},
        "BackupAndRestore": {"backup_dir": str(folder / "backup"), "delete_checkpoint": False},
        "CSVLogger": {"filename": str(folder / "log.csv")},
        "ReduceLROnPlateau": {"patience": 1, "min_delta": 10, "factor": 0.5},
        "LearningRateScheduler": {"schedule": lambda epoch, rate: float(rate) / (1 + epoch)},
    }.get(name, {})


def recorder(lib_callbacks: Any) -> tuple[Any, list[Any]]:
    """A callback that writes down each of its turns, and where it does."""
    seen: list[Any] = []

    def note(turn: str) -> Any:
        def noted(*given: Any, **named: Any) -> None:
            logs = named.get("logs", given[-1] if given else None)
            number = given[0] if given and isinstance(given[0], int) else None
            seen.append((turn, number, sorted(logs or {})))

        return noted

    return lib_callbacks.LambdaCallback(**{turn: note(turn) for turn in TURNS}), seen


def run(model: Any, callbacks: list[Any]) -> None:
    model.fit(
        X, Y, epochs=4, batch_size=10, validation_split=0.25, shuffle=False, verbose=0, callbacks=callbacks
    )
    model.evaluate(X, Y, batch_size=10, verbose=0, callbacks=callbacks)
    model.predict(X, batch_size=10, verbose=0, callbacks=callbacks)


NAMES = [
    name
    for name in runtime.callbacks.__all__
    if isinstance(getattr(runtime.callbacks, name), type)
    and issubclass(getattr(runtime.callbacks, name), Callback)
    # Keras's TensorBoard asks for TensorFlow.
    and name not in ("CallbackList", "MonitorCallback", "TensorBoard")
]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
@pytest.mark.parametrize("name", NAMES)
def test_turns_logs_and_history_agree(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = []
    for place, (model, lib) in enumerate(
        zip(
            twins(lambda lib: small(lib, averaged=name == "SwapEMAWeights")),
            (runtime.callbacks, keras.callbacks),
            strict=True,
        )
    ):
        folder = tmp_path / str(place)
        folder.mkdir()
        callback = getattr(lib, name)(**arguments(name, folder))
        note, seen = recorder(lib)
        # The recorder stands behind the callback: it sees what that adds to the logs.
        run(model, [callback, note])
        results.append(
            (seen, model.history.history, model.get_weights(), sorted(p.name for p in folder.iterdir()))
        )
    (seen, history, weights, files), (real_seen, real_history, real_weights, real_files) = results
    assert seen == real_seen
    assert list(history) == list(real_history)
    for key, values in real_history.items():
        np.testing.assert_allclose(history[key], values, rtol=1e-4, err_msg=key)
    for mine, real in zip(weights, real_weights, strict=True):
        np.testing.assert_allclose(mine, real, rtol=1e-3, atol=1e-5)
    assert files == real_files


@pytest.mark.parametrize("name", [*NAMES, "CallbackList"])
def test_arguments_are_those_of_keras(name: str) -> None:
    mine = inspect.signature(getattr(runtime.callbacks, name)).parameters
    real = inspect.signature(getattr(keras.callbacks, name)).parameters
    assert list(mine) == list(real)
    assert [one.default for one in mine.values()] == [one.default for one in real.values()]


@pytest.mark.parametrize("every", [2, 3])
def test_callbacks_are_called_once_for_several_batches(every: int) -> None:
    model, _ = twins(small)
    model.compile("sgd", "mse", steps_per_execution=every)
    note, seen = recorder(runtime.callbacks)
    model.fit(X, Y, batch_size=5, verbose=0, callbacks=[note])
    begins = [number for turn, number, _ in seen if turn == "on_train_batch_begin"]
    ends = [number for turn, number, _ in seen if turn == "on_train_batch_end"]
    assert begins == list(range(0, 5, every))
    assert ends == {2: [1, 3, 4], 3: [2, 4]}[every]


def test_logs_of_batches_are_a_dict_with_everything() -> None:
    seen: list[Any] = []

    def look(batch: int, logs: Any) -> None:
        # The loss alone is answered before the metrics are computed.
        alone = logs["loss"]
        assert logs.get("nothing", 5) == 5
        assert "mae" in logs
        assert len(logs) == 2
        seen.append(
            (
                alone,
                dict(logs),
                {**logs},
                logs.copy(),
                list(logs.items()),
                logs == dict(logs),
                isinstance(logs, dict),
            )
        )

    model, _ = twins(small)
    history = model.fit(X, Y, batch_size=8, verbose=0, callbacks=[LambdaCallback(on_train_batch_end=look)])
    assert len(seen) == 3
    for alone, plain, unpacked, copied, items, equal, is_dict in seen:
        assert plain == unpacked == copied == dict(items)
        assert equal
        assert is_dict
        assert plain["loss"] == pytest.approx(alone)
    assert seen[-1][1]["loss"] == pytest.approx(history.history["loss"][0])


def test_a_callback_may_stop_within_an_epoch() -> None:
    model, _ = twins(small)
    seen: list[int] = []

    def stop(batch: int, logs: Any) -> None:
        seen.append(batch)
        model.stop_training = batch == 1

    history = model.fit(
        X, Y, batch_size=4, epochs=3, verbose=0, callbacks=[LambdaCallback(on_train_batch_end=stop)]
    )
    assert seen == [0, 1]
    assert history.epoch == [0]


def test_a_ready_made_list_of_callbacks_is_used_as_it_is() -> None:
    model, _ = twins(small)
    callbacks = CallbackList([], add_history=True, model=model, epochs=1)
    assert model.fit(X, Y, verbose=0, callbacks=callbacks) is callbacks.history
    callbacks.append(LambdaCallback())
    assert len(list(callbacks)) == 2
