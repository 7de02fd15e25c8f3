"""Files of Keras 1 open with the predictions of the model they were made from."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
from keras import layers

from runtime.errors import FileFormatError, RefusedError
from runtime.models import load_model, model_from_json
from tests.runtime.saving.keras_1_files import write
from tests.runtime.saving.zoo import assert_same_outputs, samples, stir

Build = Callable[[], Any]
MODELS: dict[str, Build] = {}


def model(build: Build) -> Build:
    MODELS[build.__name__] = build
    return build


@model
def perceptron() -> Any:
    first = layers.Dense(6, activation="relu", kernel_regularizer=keras.regularizers.L2(0.1))
    return keras.Sequential(
        [layers.Input((4,)), first, layers.Dropout(0.3), layers.Dense(3, activation="softmax")]
    )


@model
def pictures() -> Any:
    return keras.Sequential(
        [
            layers.Input((8, 8, 3)),
            layers.Conv2D(4, (3, 2), padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.BatchNormalization(),
            layers.SeparableConv2D(3, 3),
            layers.Conv2DTranspose(2, 3),
            layers.Flatten(),
            layers.Dense(2),
        ]
    )


@model
def series() -> Any:
    return keras.Sequential(
        [layers.Input((9, 3)), layers.Conv1D(4, 3), layers.MaxPooling1D(2), layers.GlobalAveragePooling1D()]
    )


@model
def cube() -> Any:
    return keras.Sequential(
        [layers.Input((4, 4, 4, 2)), layers.Conv3D(3, (2, 3, 2)), layers.AveragePooling3D(2)]
    )


@model
def words() -> Any:
    return keras.Sequential(
        [
            layers.Input((6,)),
            layers.Embedding(20, 5, mask_zero=True),
            layers.LSTM(4, return_sequences=True, recurrent_activation="sigmoid"),
            layers.GRU(3, reset_after=False, return_sequences=True),
            layers.TimeDistributed(layers.Dense(2)),
            layers.SimpleRNN(2),
        ]
    )


@model
def both_ways() -> Any:
    start = layers.Input((5, 3))
    x = layers.Bidirectional(layers.LSTM(4, return_sequences=True), merge_mode="sum")(start)
    return keras.Model(start, layers.Bidirectional(layers.GRU(2, reset_after=False))(x))


@model
def merging() -> Any:
    left, right = layers.Input((4,)), layers.Input((4,))
    ways = [layers.Add(), layers.Multiply(), layers.Average(), layers.Maximum(), layers.Concatenate()]
    near = layers.Dot(axes=1)([left, right])
    return keras.Model([left, right], layers.Concatenate()([*(way([left, right]) for way in ways), near]))


@model
def twice() -> Any:
    start = layers.Input((4,))
    shared = layers.Dense(4)
    x = layers.RepeatVector(2)(layers.GaussianNoise(0.1)(shared(shared(start))))
    return keras.Model(start, layers.Reshape((2, 2, 2))(layers.Permute((2, 1))(x)))


@pytest.mark.parametrize("version", ["1.2.2", ""])
@pytest.mark.parametrize("name", MODELS)
def test_a_model_opens(name: str, version: str, tmp_path: Path) -> None:
    keras.utils.clear_session()
    real = MODELS[name]()
    stir(real)
    write(tmp_path / "m.h5", real, version=version)
    opened = load_model(tmp_path / "m.h5")
    inputs = samples(real)
    assert_same_outputs(opened, real, abs(inputs).astype("int32") if name == "words" else inputs)
    assert [layer.name for layer in opened.layers] == [layer.name for layer in real.layers]


@pytest.mark.parametrize("backend", ["", "theano"])
@pytest.mark.parametrize("kind", [layers.Conv2D, layers.Conv3D, layers.Conv2DTranspose])
def test_channels_that_stand_first(kind: Any, backend: str, tmp_path: Path) -> None:
    rank = 3 if kind is layers.Conv3D else 2
    start = layers.Input((2, *(5,) * rank))
    # As many filters as channels: only the version tells which axis is which.
    real = keras.Model(start, kind(2, (2, 3, 2)[:rank], data_format="channels_first")(start))
    stir(real)
    write(tmp_path / "m.h5", real, first=True, backend=backend)
    assert_same_outputs(load_model(tmp_path / "m.h5"), real, samples(real))


def test_penalties_and_rules_are_kept(tmp_path: Path) -> None:
    write(tmp_path / "m.h5", MODELS["perceptron"]())
    write(tmp_path / "n.h5", MODELS["series"]())
    hidden = load_model(tmp_path / "m.h5").layers[0]
    assert hidden.kernel.regularizer.l2 == pytest.approx(0.1)
    assert load_model(tmp_path / "n.h5").layers[0].kernel.constraint.max_value == 9


def test_training_goes_on(tmp_path: Path) -> None:
    real = MODELS["perceptron"]()
    stir(real)
    write(tmp_path / "m.h5", real)
    adam = {"lr": 0.01, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8, "decay": 0.5}
    settings = {"optimizer_config": {"class_name": "Adam", "config": adam}, "loss": "cosine_proximity"}
    settings |= {"metrics": ["acc"], "sample_weight_mode": None, "loss_weights": None}
    with h5py.File(tmp_path / "m.h5", "r+") as file:
        file.attrs["training_config"] = json.dumps(settings).encode()
    opened = load_model(tmp_path / "m.h5")
    assert opened.optimizer.epsilon == pytest.approx(1e-8)
    assert float(opened.optimizer.learning_rate) == pytest.approx(0.01)
    history = opened.fit(samples(real), np.ones((3, 3), "float32"), epochs=2, verbose=0).history
    assert set(history) == {"loss", "acc"} or set(history) == {"loss", "accuracy"}


def chain(class_name: str, **config: Any) -> str:
    layer = {"class_name": class_name, "config": {"name": "x", "batch_input_shape": [None, 4], **config}}
    return json.dumps({"class_name": "Sequential", "config": [layer], "keras_version": "1.2.2"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (chain("Highway"), r"Highway is not known here; Keras 1\.x was the last"),
        (chain("MaxoutDense", output_dim=3), r"Keras 1\.x was the last.*custom_objects"),
        (chain("LocallyConnected2D"), r"Keras 2\.x was the last"),
        (chain("Merge", mode="cos"), r"mode 'cos' is not known.*ave, concat, dot"),
        (chain("Merge", mode="cqAAAA", mode_type="lambda"), "its mode is a function"),
        (chain("Merge", mode="sum", layers=[{}]), "it joins models of its own"),
        (chain("Lambda", function="x"), "it holds Python code"),
        (chain("BatchNormalization", mode=2), "mode 2 of Keras 1"),
        (chain("Dense", output_dim=3, W_learning_rate=2.0), "'W_learning_rate' is not known"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(FileFormatError, match=message) as caught:
        model_from_json(text)
    assert isinstance(caught.value, RefusedError) or "mode 2" in message or "W_" in message
