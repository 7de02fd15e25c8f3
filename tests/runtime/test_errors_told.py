"""Every mistake is told with whose it is, what came, what was expected, and how to mend it."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

import runtime as keras
from runtime import layers
from runtime.errors import LayerloomError

X = np.ones((20, 4), "float32")
Y = np.arange(20) % 3


def net(units: int = 3, activation: str | None = "softmax", **settings: Any) -> Any:
    model = keras.Sequential(
        [
            keras.Input((4,), name="table"),
            layers.Dense(5, name="hidden"),
            layers.Dense(units, activation=activation, name="out"),
        ],
        name="net",
    )
    model.compile(**{"loss": "sparse_categorical_crossentropy", **settings})
    return model


def two(**settings: Any) -> Any:
    inputs = keras.Input((4,))
    outputs = [layers.Dense(2, name="a")(inputs), layers.Dense(1, name="b")(inputs)]
    model = keras.Model(inputs, outputs, name="net")
    model.compile(**settings)
    return model


def merging() -> Any:
    ends = [keras.Input((2,), name="left"), keras.Input((2,), name="right")]
    return keras.Model(ends, layers.Add()(ends), name="net")


class Own(keras.Model):
    """A model of its own."""

    def __init__(self) -> None:
        super().__init__(name="own")
        self.inner = layers.Dense(3, name="inner")

    def call(self, inputs: Any) -> Any:
        return self.inner(inputs)


class Forgets(keras.Layer):
    """A layer that forgets to begin."""

    def __init__(self) -> None:
        self.inner = layers.Dense(2)


def own() -> Any:
    model = Own()
    model(X)
    return model


def stream() -> Iterator[Any]:
    while True:
        yield X, Y


def fit(model: Any, *data: Any, **settings: Any) -> Any:
    return model.fit(*data, verbose=0, **settings)


Case = tuple[Callable[[], Any], str, str, str, str]
"""What is done; whose mistake it is, what came, what was expected, and the hint."""

CASES: dict[str, Case] = {
    "size below 1": (lambda: layers.Dense(-3), "Dense(units=…)", "-3", "at least 1", ""),
    "size as text": (lambda: layers.Dense("3"), "Dense(units=…)", "'3'", "a whole number", ""),  # type: ignore[arg-type]
    "activation": (
        lambda: layers.Dense(3, activation="rleu"),
        "Dense(activation=…)",
        "'rleu'",
        "one of the activations",
        "Did you mean 'relu'",
    ),
    "choice": (
        lambda: layers.Conv2D(3, 3, padding="smae"),  # type: ignore[arg-type]
        "Conv2D(padding=…)",
        "'smae'",
        "one of 'valid', 'same'",
        "Did you mean 'same'",
    ),
    "initializer": (
        lambda: layers.Dense(3, kernel_initializer="glorot_unifrom"),
        "Dense(kernel_initializer=…)",
        "'glorot_unifrom'",
        "one of the initializers",
        "'GlorotUniform'",
    ),
    "share above 1": (lambda: layers.Dropout(2.0), "Dropout(rate=…)", "2.0", "at most 1", ""),
    "unknown argument": (
        lambda: layers.Dense(3, activaton="relu"),
        "Dense has no argument",
        "'activaton'",
        "",
        "Did you mean 'activation'",
    ),
    "too few axes": (
        lambda: layers.Conv2D(3, 3, name="look")(keras.Input((8,))),
        "Conv2D 'look'",
        "gets batch × 8",
        "wants batch × height × width × channels",
        "Reshape",
    ),
    "sizes that do not add": (
        lambda: layers.Add(name="sum")([keras.Input((3,)), keras.Input((4,))]),
        "Add 'sum'",
        "batch × 3 and batch × 4",
        "equal shape",
        "Concatenate",
    ),
    "ids too large": (
        lambda: layers.Embedding(5, 2, name="words")(np.array([[7]])),
        "Embedding 'words'",
        "7",
        "0 to 4",
        "input_dim to at least 8",
    ),
    "other features": (
        lambda: net().predict(np.ones((3, 5)), verbose=0),
        "Input 'table' of model 'net'",
        "gets batch × 5",
        "wants batch × 4",
        "Reshape the data",
    ),
    "other features in a model of one's own": (
        lambda: own().predict(np.ones((3, 5)), verbose=0),
        "Dense 'inner'",
        "gets 5",
        "built for 4 features",
        "equal size",
    ),
    "nothing": (
        lambda: layers.Dense(2, name="d")(None),
        "Dense 'd'",
        "no tensor",
        "'inputs'",
        "Give it a tensor",
    ),
    "one input of two": (
        lambda: merging().predict(X[:, :2], verbose=0),
        "Model 'net'",
        "gets 1",
        "2 inputs (left, right)",
        "a dict by name",
    ),
    "super forgotten": (Forgets, "Forgets", "'inner'", "before it has begun", "super().__init__()"),
    "model of a number": (
        lambda: keras.Model(keras.Input((3,)), 5),
        "Model(outputs=…)",
        "5",
        "no symbolic tensor",
        "Input()",
    ),
    "layer name": (lambda: net().get_layer("hiden"), "layer of the model", "'hiden'", "", "'hidden'"),
    "one-hot for ids": (
        lambda: fit(net(), X, np.eye(3)[Y]),
        "sparse_categorical_crossentropy",
        "(20, 3)",
        "one class id for each sample",
        "'categorical_crossentropy'",
    ),
    "ids for one-hot": (
        lambda: fit(net(loss="categorical_crossentropy"), X, Y),
        "categorical_crossentropy",
        "(20,)",
        "one-hot labels of the shape (20, 3)",
        "'sparse_categorical_crossentropy'",
    ),
    "two columns for one": (
        lambda: fit(net(1, "sigmoid", loss="binary_crossentropy"), X, np.eye(2)[Y % 2]),
        "binary_crossentropy",
        "(20, 2)",
        "(20, 1)",
        "as many units",
    ),
    "three classes for yes and no": (
        lambda: fit(net(1, "sigmoid", loss="binary_crossentropy"), X, Y),
        "y has labels",
        "0 to 2",
        "0 (no) to 1 (yes)",
        "'sparse_categorical_crossentropy'",
    ),
    "fractions as classes": (
        lambda: fit(net(), X, Y + 0.5),
        "y has class ids",
        "0.5",
        "whole numbers",
        "'mse'",
    ),
    "classes from 1": (lambda: fit(net(), X, Y + 1), "y has class ids", "1 to 3", "0 to 2", "subtract 1"),
    "texts as labels": (
        lambda: fit(net(), X, np.array(["a"] * 20)),
        "y holds values",
        "str",
        "no numbers",
        "must become numbers",
    ),
    "one target of two": (
        lambda: fit(two(loss="mse"), X, X[:, :2]),
        "The model",
        "1 array",
        "2 outputs (a, b)",
        "one array for each output",
    ),
    "one loss of two": (
        lambda: fit(two(loss=["mse"]), X, [X[:, :2], X[:, :1]]),
        "compile(loss=…)",
        "a list of 1",
        "2 outputs (a, b)",
        "one entry for each output",
    ),
    "NaN": (lambda: fit(net(), X * np.nan, Y), "x has", "80 of 80", "NaN", "Fill them in"),
    "infinity in labels": (
        lambda: fit(net(1, None, loss="mse"), X, np.where(Y == 1, np.inf, Y)),
        "y has",
        "7 of 20",
        "infinite",
        "drop these rows",
    ),
    "empty": (lambda: fit(net(), X[:0], Y[:0]), "x", "(0, 4)", "no data", "at least one sample"),
    "lengths": (
        lambda: fit(net(), X, Y[:5]),
        "numbers of samples",
        "x has 20, y has 5",
        "differ",
        "Each sample",
    ),
    "split of a generator": (
        lambda: fit(net(), stream(), validation_split=0.2),
        "validation_split",
        "a generator",
        "data in memory",
        "validation_data",
    ),
    "not compiled": (
        lambda: fit(keras.Sequential([keras.Input((4,)), layers.Dense(1)], name="net"), X, Y),
        "Model 'net'",
        "fit()",
        "not compiled",
        "model.compile",
    ),
    "metric": (lambda: net(metrics=["acuracy"]), "metric", "'acuracy'", "", "Did you mean 'accuracy'"),
    "optimizer": (lambda: net(optimizer="adma"), "optimizer", "'adma'", "", "'Adam'"),
    "loss": (lambda: net(loss="mes"), "loss", "'mes'", "", "'mse'"),
    "metrics without a list": (
        lambda: net(metrics="accuracy"),
        "compile(metrics=…)",
        "'accuracy'",
        "",
        "in a list",
    ),
    "class weights": (
        lambda: fit(net(), X, Y, class_weight="balanced"),
        "class_weight",
        "'balanced'",
        "",
        "a dict of class id and weight",
    ),
    "epochs": (lambda: fit(net(), X, Y, epochs="3"), "fit(epochs=…)", "'3'", "", "a whole number"),
    "weights of another shape": (
        lambda: net().layers[0].set_weights([np.ones((4, 4)), np.ones(5)]),
        "Weight 'hidden/kernel'",
        "(4, 4)",
        "(4, 5)",
        "",
    ),
    "too few weights": (
        lambda: net().layers[0].set_weights([np.ones(5)]),
        "Layer 'hidden'",
        "1 arrays",
        "2 weights",
        "get_weights()",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_told_in_full(name: str) -> None:
    action, owner, received, expected, hint = CASES[name]
    with pytest.raises(LayerloomError) as caught:
        action()
    told = str(caught.value)
    for part in (owner, received, expected, hint):
        assert part in told
    assert isinstance(caught.value, ValueError | TypeError)


def test_weights_of_another_architecture_are_refused(tmp_path: Any) -> None:
    net().save_weights(tmp_path / "net.weights.h5")
    with pytest.raises(LayerloomError) as caught:
        net(4).load_weights(tmp_path / "net.weights.h5")
    assert "Dense 'out'" in str(caught.value)
    assert "(5, 4)" in str(caught.value)
    assert "(5, 3)" in str(caught.value)
    with pytest.raises(RuntimeError, match="size mismatch"):
        net(4).load_state_dict(net().state_dict())


def test_missing_numbers_of_a_stream_show_in_the_loss() -> None:
    # A look at each batch would cost every step; callbacks.TerminateOnNaN ends such a training.
    history = fit(
        net(), iter([(X * np.nan, Y)]), callbacks=[keras.callbacks.TerminateOnNaN()], steps_per_epoch=1
    )
    assert torch.isnan(torch.tensor(history.history["loss"])).all()
