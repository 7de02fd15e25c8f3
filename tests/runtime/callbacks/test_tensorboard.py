"""`TensorBoard` writes what is read back by TensorBoard itself, or says which package is missing."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runtime import layers, models
from runtime.callbacks import TensorBoard
from runtime.errors import LayerloomError, ParameterError

X = np.random.default_rng(0).normal(size=(12, 2)).astype("float32")

# Protobuf and TensorBoard warn of their own ways.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def events(folder: Path) -> Any:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    read = accumulator.EventAccumulator(str(folder), size_guidance={"histograms": 0, "images": 0})
    read.Reload()
    return read


def test_curves_and_weights_are_written(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    model = models.Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    watch = TensorBoard(
        tmp_path, histogram_freq=2, write_images=True, update_freq=2, write_steps_per_second=True
    )
    history = model.fit(
        X, X[:, :1], epochs=3, batch_size=4, validation_split=0.25, verbose=0, callbacks=[watch]
    ).history
    train, validation = events(tmp_path / "train"), events(tmp_path / "validation")
    losses = [one.value for one in train.Scalars("epoch_loss")]
    np.testing.assert_allclose(losses, history["loss"], rtol=1e-6)
    np.testing.assert_allclose(
        [one.value for one in validation.Scalars("epoch_mae")], history["val_mae"], rtol=1e-6
    )
    assert [one.step for one in train.Scalars("epoch_learning_rate")] == [0, 1, 2]
    assert [one.step for one in train.Scalars("batch_loss")] == [2, 4, 6, 8]
    assert [one.step for one in validation.Scalars("evaluation_loss_vs_iterations")] == [3, 6, 9]
    assert [one.step for one in train.Histograms(f"{model.weights[0].path}/histogram")] == [0, 2]
    assert len(train.Images(f"{model.weights[0].path}/image")) == 2
    assert {"epoch_steps_per_second", "batch_steps_per_second"} <= set(train.Tags()["scalars"])


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(LayerloomError, match="pip install tensorboard"):
        TensorBoard()


@pytest.mark.parametrize("setting", ["profile_batch", "embeddings_freq"])
def test_what_is_not_possible_is_told(setting: str) -> None:
    with pytest.raises(ParameterError, match=f"{setting}=1, which is not possible"):
        TensorBoard(**{setting: 1})
