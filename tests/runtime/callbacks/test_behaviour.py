"""What single callbacks decide, compared with the real Keras epoch by epoch on made-up results."""

import csv
import math
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from runtime import callbacks, layers, models
from runtime.callbacks import (
    BackupAndRestore,
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
    SwapEMAWeights,
    TerminateOnNaN,
)
from runtime.errors import CompileError, DataError, FileFormatError, NotBuiltError, ParameterError
from runtime.optimizers import SGD

FALLING = [5.0, 4.0, 3.0, 3.0, 3.5, 2.99, 2.5, 2.6, 2.7, 2.8, 2.9, 3.0]


class Rate:
    """An optimizer of which only the learning rate matters."""

    def __init__(self) -> None:
        self.learning_rate = 1.0


class Pretended:
    """A model whose weights are the number of epochs so far."""

    def __init__(self) -> None:
        self.stop_training = False
        self.optimizer = Rate()
        self.epoch = 0
        self.metrics: list[Any] = []
        self.saved: list[str] = []

    def _metrics_by_name(self) -> dict[str, Any]:
        return {}

    def get_weights(self) -> list[Any]:
        return [np.array(self.epoch)]

    def set_weights(self, weights: list[Any]) -> None:
        self.epoch = int(weights[0])

    def save(self, path: str, overwrite: bool) -> None:
        assert overwrite
        self.saved.append(path)

    save_weights = save


def played(callback: Any, values: list[float], name: str = "val_loss") -> dict[str, Any]:
    """What a callback does to a model in whose epochs a number took these values."""
    model = Pretended()
    callback.set_model(model)
    callback.set_params({"epochs": len(values)})
    callback.on_train_begin()
    rates = []
    for epoch, value in enumerate(values):
        model.epoch = epoch
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, {"loss": 1.0, name: value})
        rates.append(float(model.optimizer.learning_rate))
        if model.stop_training:
            break
    callback.on_train_end({})
    return {"epochs": len(rates), "rates": rates, "weights": model.epoch, "saved": model.saved}


def small(**settings: Any) -> Any:
    model = models.Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile(**{"optimizer": "sgd", "loss": "mse", **settings})
    return model


X = np.random.default_rng(2).normal(size=(12, 2)).astype("float32")
Y = X[:, :1] * 2


@pytest.mark.parametrize("mode_from", ["loss", "val_loss", "mae", "val_accuracy"])
def test_direction_is_asked_of_the_metric(mode_from: str) -> None:
    model = small(metrics=["mae", "accuracy"])
    watch = EarlyStopping(mode_from, patience=5)
    model.fit(X, Y, validation_split=0.5, verbose=0, callbacks=[watch])
    assert watch.is_improvement(2.0, 1.0) == (mode_from == "val_accuracy")


def test_direction_of_a_function_must_be_said() -> None:
    def spread(y_true: Any, y_pred: Any) -> Any:
        return (y_true - y_pred).abs().amax(-1)

    model = small(metrics=[spread])
    with pytest.raises(CompileError, match="mode='min' or mode='max'"):
        model.fit(X, Y, verbose=0, callbacks=[EarlyStopping("spread")])
    model.fit(X, Y, verbose=0, callbacks=[EarlyStopping("spread", mode="min")])


def test_a_number_that_is_not_there_is_warned_of() -> None:
    with pytest.warns(UserWarning, match=r"'val_loss', which is not available.*validation_data"):
        small().fit(X, Y, verbose=0, callbacks=[EarlyStopping()])


def test_checkpoint_after_batches(tmp_path: Path) -> None:
    model = small()
    path = tmp_path / "{epoch}-{batch}.weights.h5"
    saver = ModelCheckpoint(path, save_weights_only=True, save_freq=4)
    model.fit(X, Y, batch_size=4, epochs=4, verbose=0, callbacks=[saver])
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "2-1.weights.h5",
        "3-2.weights.h5",
        "4-3.weights.h5",
    ]


def test_checkpoint_of_a_whole_model_can_be_trained_on(tmp_path: Path) -> None:
    model = small(metrics=["mae"])
    path = tmp_path / "best.h5"
    history = model.fit(
        X,
        Y,
        epochs=3,
        validation_split=0.25,
        verbose=0,
        callbacks=[ModelCheckpoint(path, save_best_only=True)],
    ).history
    again = models.load_model(path)
    assert again.evaluate(X[9:], Y[9:], verbose=0)[0] == pytest.approx(min(history["val_loss"]), rel=1e-5)
    again.fit(X, Y, verbose=0)


@pytest.mark.parametrize(
    ("settings", "pattern"),
    [
        ({"filepath": "model.txt"}, r"\.keras or \.h5"),
        ({"filepath": "model.h5", "save_weights_only": True}, r"\.weights\.h5"),
        ({"filepath": "model.h5", "save_freq": 0.5}, "'epoch' or a number"),
        ({"filepath": "model.h5", "mode": "least"}, "'min', 'max'"),
    ],
)
def test_checkpoint_arguments_are_checked(settings: dict[str, Any], pattern: str) -> None:
    with pytest.raises(ParameterError, match=pattern):
        ModelCheckpoint(**settings)


def test_checkpoint_says_what_a_file_name_may_hold(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="It may name epoch, loss"):
        small().fit(X, Y, verbose=0, callbacks=[ModelCheckpoint(tmp_path / "{accuracy}.h5")])
    (tmp_path / "folder.h5").mkdir()
    with pytest.raises(ParameterError, match="it is a directory"):
        small().fit(X, Y, verbose=0, callbacks=[ModelCheckpoint(tmp_path / "folder.h5")])


def test_log_file_can_be_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    model = small(metrics=["mae"])
    model.fit(X, Y, epochs=2, verbose=0, callbacks=[CSVLogger(path, separator=";")])
    model.fit(X, Y, epochs=1, verbose=0, callbacks=[CSVLogger(path, separator=";", append=True)])
    with path.open(newline="") as lines:
        table = list(csv.reader(lines, delimiter=";"))
    assert table[0] == ["epoch", "loss", "mae", "val_loss", "val_mae"]
    assert [row[0] for row in table[1:]] == ["0", "1", "0"]
    assert table[1][3:] == ["NA", "NA"]
    model.fit(X, Y, epochs=1, verbose=0, callbacks=[CSVLogger(path)])
    assert len(path.read_text().splitlines()) == 2


def test_schedule_may_take_the_epoch_alone() -> None:
    model = small()
    history = model.fit(
        X, Y, epochs=3, verbose=0, callbacks=[LearningRateScheduler(lambda epoch: 0.5**epoch)]
    )
    np.testing.assert_allclose(history.history["learning_rate"], [1, 0.5, 0.25])
    with pytest.raises(ParameterError, match="returned None for epoch 0"):
        model.fit(X, Y, verbose=0, callbacks=[LearningRateScheduler(lambda epoch, rate: None)])  # type: ignore[arg-type, return-value]


def test_training_that_blows_up_is_ended(capsys: pytest.CaptureFixture[str]) -> None:
    model = small(optimizer=SGD(1e30))
    history = model.fit(X, Y, batch_size=2, epochs=5, verbose=0, callbacks=[TerminateOnNaN()])
    assert not math.isfinite(history.history["loss"][0])
    assert history.epoch == [0]
    assert re.fullmatch(r"Batch \d+: Invalid loss, terminating training\n", capsys.readouterr().out)
    with pytest.raises(DataError, match="smaller learning rate"):
        small(optimizer=SGD(1e30)).fit(
            X, Y, batch_size=2, epochs=5, verbose=0, callbacks=[TerminateOnNaN(raise_error=True)]
        )


def test_unknown_turn_of_a_lambda_callback_is_refused() -> None:
    with pytest.raises(ParameterError, match="Did you mean 'on_epoch_end'"):
        LambdaCallback(on_epoch_ends=print)


def test_reduction_must_reduce() -> None:
    with pytest.raises(ParameterError, match="less than 1"):
        ReduceLROnPlateau(factor=1.0)


def test_messages_tell_of_what_was_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    played(EarlyStopping(mode="min", patience=1, restore_best_weights=True, verbose=1), FALLING)
    played(ReduceLROnPlateau(mode="min", patience=1, verbose=1), FALLING)
    played(ModelCheckpoint(tmp_path / "m.h5", mode="min", save_best_only=True, verbose=1), FALLING[:4])
    played(LearningRateScheduler(lambda epoch, rate: 0.1, verbose=1), FALLING[:1])
    told = capsys.readouterr().out
    for part in (
        "Epoch 4: early stopping",
        "Restoring model weights from the end of the best epoch: 3.",
        "Epoch 4: ReduceLROnPlateau reducing learning rate to 0.1.",
        "Epoch 2: val_loss improved from 5.00000 to 4.00000, saving model to",
        "Epoch 4: val_loss did not improve from 3.00000",
        "Epoch 1: LearningRateScheduler setting learning rate to 0.1.",
    ):
        assert part in told


def interrupted(folder: Path, **settings: Any) -> Any:
    """A callback with the state of a training that was stopped after two epochs."""

    def stop(epoch: int, logs: Any) -> None:
        if epoch == 2:
            raise KeyboardInterrupt

    callbacks = [BackupAndRestore(folder, **settings), LambdaCallback(on_epoch_begin=stop)]
    with pytest.raises(KeyboardInterrupt):
        small(optimizer="adam").fit(X, Y, epochs=4, verbose=0, callbacks=callbacks)
    return BackupAndRestore(folder, **settings)


def test_a_broken_backup_gives_way_to_the_one_before(tmp_path: Path) -> None:
    again = interrupted(tmp_path, double_checkpoint=True)
    (tmp_path / "latest.weights.h5").write_bytes(b"half a file")
    assert small(optimizer="adam").fit(X, Y, epochs=4, verbose=0, callbacks=[again]).epoch == [1, 2, 3]
    assert not tmp_path.exists()


@pytest.mark.parametrize("file", ["latest.weights.h5", "training_metadata.json"])
def test_a_broken_backup_is_told(file: str, tmp_path: Path) -> None:
    again = interrupted(tmp_path)
    (tmp_path / file).write_bytes(b"half a file")
    with pytest.raises(FileFormatError):
        small(optimizer="adam").fit(X, Y, epochs=4, verbose=0, callbacks=[again])


def test_a_training_after_a_restored_one_begins_at_the_start(tmp_path: Path) -> None:
    again = interrupted(tmp_path)
    model = small(optimizer="adam")
    assert model.fit(X, Y, epochs=4, verbose=0, callbacks=[again]).epoch == [2, 3]
    assert model.fit(X, Y, epochs=2, verbose=0).epoch == [0, 1]


@pytest.mark.parametrize(
    ("settings", "pattern"),
    [
        ({"backup_dir": ""}, "empty backup_dir"),
        ({"backup_dir": "b", "save_freq": "batch"}, "'epoch' or a number"),
        ({"backup_dir": "b", "save_freq": 0.5}, "'epoch' or a number"),
    ],
)
def test_backup_arguments_are_checked(settings: dict[str, Any], pattern: str) -> None:
    with pytest.raises(ParameterError, match=pattern):
        BackupAndRestore(**settings)


def test_a_backup_needs_weights(tmp_path: Path) -> None:
    model = models.Sequential([layers.Dense(1)])
    model.compile("sgd", "mse")
    callback = BackupAndRestore(tmp_path)
    callback.set_model(model)
    with pytest.raises(NotBuiltError, match="Input"):
        callback.on_train_begin()


def test_averages_are_in_the_model_while_it_is_measured() -> None:
    model = small(optimizer=SGD(0.1, use_ema=True, ema_momentum=0.5))
    swap = SwapEMAWeights()
    # Before the first step there is no average.
    assert model.evaluate(X, Y, verbose=0, callbacks=[swap]) == model.evaluate(X, Y, verbose=0)
    model.train_on_batch(X, Y)
    model.train_on_batch(X, Y)
    before = model.get_weights()
    plain = model.evaluate(X, Y, verbose=0)
    averaged = model.evaluate(X, Y, verbose=0, callbacks=[swap])
    assert averaged != plain
    assert not np.array_equal(model.predict(X, verbose=0, callbacks=[swap]), model.predict(X, verbose=0))
    for weight, same in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, same)
    with pytest.raises(CompileError, match="use_ema=True"):
        small().evaluate(X, Y, verbose=0, callbacks=[swap])


def test_exports_are_complete() -> None:
    assert callbacks.__all__ == sorted(callbacks.__all__)
    assert SimpleNamespace(**{name: getattr(callbacks, name) for name in callbacks.__all__})
