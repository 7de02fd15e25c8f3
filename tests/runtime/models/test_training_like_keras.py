"""The same data, start values and settings give the same history here as under the real Keras."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from tests.runtime.models.twins import assert_same_results, twins

RANDOM = np.random.default_rng(7)
# Keras itself calls numpy in a way that numpy warns of.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

X = RANDOM.normal(size=(90, 6)).astype("float32")
CLASSES = RANDOM.integers(0, 3, 90)
ONE_HOT = np.eye(3, dtype="float32")[CLASSES]
YES = RANDOM.integers(0, 2, 90)
NUMBERS = (X[:, :2] @ np.array([[1.0], [-2.0]]) + 0.3).astype("float32")
WORDS = RANDOM.integers(0, 12, (90, 5))
PICTURES = RANDOM.normal(size=(60, 6, 6, 1)).astype("float32")


def mlp(lib: Any, units: int = 3, activation: str | None = "softmax", **kwargs: Any) -> Any:
    return lib.Sequential(
        [
            lib.Input((6,)),
            lib.layers.Dense(8, activation="relu", **kwargs),
            lib.layers.Dense(units, activation=activation),
        ]
    )


def two_heads(lib: Any) -> Any:
    inputs = lib.Input((6,), name="features")
    hidden = lib.layers.Dense(8, activation="tanh")(inputs)
    kind = lib.layers.Dense(3, activation="softmax", name="kind")(hidden)
    size = lib.layers.Dense(1, name="size")(hidden)
    return lib.Model(inputs, [kind, size])


def normalized(lib: Any) -> Any:
    return lib.Sequential(
        [
            lib.Input((6,)),
            lib.layers.Dense(8),
            lib.layers.BatchNormalization(),
            lib.layers.Activation("relu"),
            lib.layers.Dropout(0.0),
            lib.layers.Dense(1, activation="sigmoid"),
        ]
    )


def penalised(lib: Any) -> Any:
    return lib.Sequential(
        [
            lib.Input((6,)),
            lib.layers.Dense(
                8,
                activation="relu",
                kernel_regularizer=lib.regularizers.L2(0.01),
                activity_regularizer=lib.regularizers.L2(0.02),
            ),
            lib.layers.Dense(1, bias_regularizer=lib.regularizers.L1(0.1)),
        ]
    )


def cnn(lib: Any) -> Any:
    return lib.Sequential(
        [
            lib.Input((6, 6, 1)),
            lib.layers.Conv2D(4, 3, activation="relu"),
            lib.layers.MaxPooling2D(),
            lib.layers.Flatten(),
            lib.layers.Dense(1, activation="sigmoid"),
        ]
    )


def masked(lib: Any) -> Any:
    return lib.Sequential(
        [
            lib.Input((5,), dtype="int32"),
            lib.layers.Embedding(12, 4, mask_zero=True),
            lib.layers.LSTM(5, return_sequences=True),
            lib.layers.Dense(3, activation="softmax"),
        ]
    )


@dataclass
class Case:
    """A model, how it is compiled and what it is fitted on."""

    make: Callable[[Any], Any]
    compile: Callable[[Any], dict[str, Any]]
    x: Any
    y: Any
    fit: dict[str, Any] = field(default_factory=dict)
    rtol: float = 1e-4


CASES = {
    "sparse": Case(
        mlp,
        lambda lib: {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"], "optimizer": "adam"},
        X,
        CLASSES,
        {"validation_split": 0.2},
    ),
    "sparse column": Case(
        mlp,
        lambda lib: {"loss": "sparse_categorical_crossentropy", "metrics": ["acc"], "optimizer": "sgd"},
        X,
        CLASSES[:, None],
    ),
    "one-hot": Case(
        mlp,
        lambda lib: {
            "loss": lib.losses.CategoricalCrossentropy(label_smoothing=0.1),
            "metrics": ["accuracy", "mse", lib.metrics.TopKCategoricalAccuracy(k=2, name="top")],
            "optimizer": "rmsprop",
        },
        X,
        ONE_HOT,
        {"validation_data": (X[:30], ONE_HOT[:30])},
    ),
    "logits": Case(
        lambda lib: mlp(lib, activation=None),
        lambda lib: {
            "loss": lib.losses.SparseCategoricalCrossentropy(from_logits=True),
            "metrics": [lib.metrics.SparseCategoricalAccuracy()],
            "optimizer": lib.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
        },
        X,
        CLASSES,
    ),
    "binary": Case(
        lambda lib: mlp(lib, 1, "sigmoid"),
        lambda lib: {
            "loss": "binary_crossentropy",
            "metrics": ["accuracy", lib.metrics.AUC(name="auc"), lib.metrics.Precision(name="precision")],
            "optimizer": "adam",
        },
        X,
        YES,
        {"validation_split": 0.3, "batch_size": 16},
    ),
    "regression": Case(
        penalised,
        lambda lib: {"loss": "mse", "metrics": ["mae"], "optimizer": "adam"},
        X,
        NUMBERS,
        {"validation_split": 0.2},
    ),
    "two outputs by list": Case(
        two_heads,
        lambda lib: {
            "loss": ["sparse_categorical_crossentropy", "mse"],
            "loss_weights": [1.0, 0.3],
            "metrics": [["accuracy"], ["mae", "mse"]],
            "optimizer": "adam",
        },
        X,
        [CLASSES, NUMBERS],
        {"validation_split": 0.2},
    ),
    "two outputs by name": Case(
        two_heads,
        lambda lib: {
            "loss": {"size": "mae", "kind": "categorical_crossentropy"},
            "loss_weights": {"size": 0.5, "kind": 2.0},
            "metrics": {"kind": "accuracy"},
            "optimizer": "adam",
        },
        X,
        {"kind": ONE_HOT, "size": NUMBERS},
        {"validation_data": (X[:20], {"kind": ONE_HOT[:20], "size": NUMBERS[:20]})},
    ),
    "one loss for two outputs": Case(
        two_heads,
        lambda lib: {"loss": "mse", "optimizer": "sgd"},
        X,
        [ONE_HOT, NUMBERS],
    ),
    "class weights": Case(
        mlp,
        lambda lib: {
            "loss": "sparse_categorical_crossentropy",
            "metrics": ["accuracy"],
            "weighted_metrics": ["accuracy"],
            "optimizer": "adam",
        },
        X,
        CLASSES,
        {"class_weight": {0: 1.0, 1: 3.0}, "validation_data": (X[:20], CLASSES[:20])},
    ),
    "class weights one-hot": Case(
        mlp,
        lambda lib: {"loss": "categorical_crossentropy", "optimizer": "adam"},
        X,
        ONE_HOT,
        {"class_weight": {0: 1.0, 1: 3.0, 2: 0.5}},
    ),
    "sample weights": Case(
        lambda lib: mlp(lib, 1, None),
        lambda lib: {"loss": "mse", "weighted_metrics": ["mae"], "metrics": ["mae"], "optimizer": "adam"},
        X,
        NUMBERS,
        {"sample_weight": np.linspace(0.1, 2, 90), "validation_split": 0.2},
    ),
    "sample weights of outputs": Case(
        two_heads,
        lambda lib: {
            "loss": ["categorical_crossentropy", "mse"],
            "weighted_metrics": [["accuracy"], ["mae"]],
            "optimizer": "adam",
        },
        X,
        [ONE_HOT, NUMBERS],
        {"sample_weight": [np.linspace(0, 1, 90), np.linspace(2, 1, 90)]},
    ),
    "batch normalization": Case(
        normalized,
        lambda lib: {"loss": "binary_crossentropy", "metrics": ["accuracy"], "optimizer": "adam"},
        X,
        YES,
        {"validation_split": 0.2},
    ),
    "pictures": Case(
        cnn,
        lambda lib: {"loss": "binary_crossentropy", "metrics": ["accuracy"], "optimizer": "adam"},
        PICTURES,
        YES[:60],
    ),
    "masked steps": Case(
        masked,
        lambda lib: {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"], "optimizer": "adam"},
        WORDS,
        WORDS % 3,
        {"validation_split": 0.2},
    ),
    "steps per epoch": Case(
        mlp,
        lambda lib: {"loss": "sparse_categorical_crossentropy", "optimizer": "adam"},
        X,
        CLASSES,
        {"batch_size": 10, "steps_per_epoch": 3, "validation_data": (X, CLASSES), "validation_steps": 2},
    ),
    "validation now and then": Case(
        mlp,
        lambda lib: {"loss": "crossentropy", "optimizer": "adam"},
        X,
        CLASSES,
        {"validation_split": 0.5, "validation_freq": 2, "validation_batch_size": 7, "initial_epoch": 1},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_history_and_results_agree(name: str) -> None:
    case = CASES[name]
    models = twins(case.make)
    results = []
    for model, lib in zip(models, libraries(), strict=True):
        model.compile(**case.compile(lib))
        history = model.fit(case.x, case.y, **{"epochs": 3, "shuffle": False, "verbose": 0, **case.fit})
        measured = model.evaluate(case.x, case.y, verbose=0)
        as_dict = model.evaluate(case.x, case.y, verbose=0, return_dict=True, batch_size=11)
        results.append((history, measured, as_dict, model.metrics_names, model.predict(case.x, verbose=0)))
    (
        (history, measured, as_dict, names, predicted),
        (real, real_measured, real_dict, real_names, real_predicted),
    ) = results
    assert history.epoch == real.epoch
    assert history.params == real.params
    assert_same_results(history.history, real.history, case.rtol)
    assert_same_results(measured, real_measured, case.rtol)
    assert_same_results(as_dict, real_dict, case.rtol)
    assert names == real_names
    for mine, theirs in zip(_list(predicted), _list(real_predicted), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", ["sparse", "two outputs by list", "regression", "masked steps"])
def test_single_batches_agree(name: str) -> None:
    case = CASES[name]
    ours, theirs = twins(case.make)
    x, y = case.x[:20], [one[:20] for one in case.y] if isinstance(case.y, list) else case.y[:20]
    for model, lib in zip((ours, theirs), libraries(), strict=True):
        model.compile(**case.compile(lib))
    for _ in range(3):
        assert_same_results(ours.train_on_batch(x, y), theirs.train_on_batch(x, y))
    # Keras mixes up the order of the results of test_on_batch and train_on_batch in nothing but their names.
    assert_same_results(
        ours.test_on_batch(x, y, return_dict=True), theirs.test_on_batch(x, y, return_dict=True), rtol=1e-4
    )
    for mine, real in zip(_list(ours.predict_on_batch(x)), _list(theirs.predict_on_batch(x)), strict=True):
        np.testing.assert_allclose(mine, real, rtol=1e-4, atol=1e-6)


def libraries() -> tuple[Any, Any]:
    import keras

    from tests.runtime.models.twins import OURS

    return OURS, keras


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
