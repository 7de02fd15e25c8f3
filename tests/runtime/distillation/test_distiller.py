"""A student learns from its teacher as in Keras."""

import json
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest
import torch

from runtime import distillation, layers, models
from runtime.errors import CompileError, DataError, ParameterError
from tests.runtime.models.twins import OURS, assert_same_results

RANDOM = np.random.default_rng(2)
X = RANDOM.normal(size=(40, 4)).astype("float32")
Y = RANDOM.integers(0, 3, 40)
LOGITS = RANDOM.normal(size=(2, 6, 3)).astype("float32")
LIBRARIES = (SimpleNamespace(**vars(OURS), distillation=distillation), keras)


def network(lib: Any, units: int, seed: int) -> Any:
    model = lib.Sequential(
        [
            lib.Input((4,)),
            lib.layers.Dense(units, activation="tanh", name="hidden"),
            lib.layers.Dense(3, name="logits"),
        ]
    )
    random = np.random.default_rng(seed)
    model.set_weights([random.normal(size=w.shape).astype("float32") for w in model.weights])
    return model


def logits(lib: Any) -> Any:
    return lib.distillation.LogitsDistillation(temperature=2.0)


def features(lib: Any) -> Any:
    return lib.distillation.FeatureDistillation("mae", "hidden", "hidden")


CASES: dict[str, Any] = {
    "logits": (logits, {}),
    "other loss": (
        lambda lib: lib.distillation.LogitsDistillation(3.0, lib.losses.MeanSquaredError()),
        {"student_loss_weight": 0.0},
    ),
    "features": (features, {"student_loss_weight": 0.3}),
    "outputs as features": (lambda lib: lib.distillation.FeatureDistillation(), {"student_loss_weight": 1.0}),
    "several": (lambda lib: [logits(lib), features(lib)], {"distillation_loss_weights": [1.0, 0.25]}),
}


@pytest.mark.parametrize("name", CASES)
def test_training_agrees_with_keras(name: str) -> None:
    losses, settings = CASES[name]
    results = []
    for lib in LIBRARIES:
        teacher, student = network(lib, 6, 0), network(lib, 6, 1)
        distiller = lib.distillation.Distiller(teacher, student, losses(lib), **settings)
        loss = lib.losses.SparseCategoricalCrossentropy(from_logits=True)
        distiller.compile(lib.optimizers.Adam(0.02), loss, metrics=["accuracy"])
        history = distiller.fit(X, Y, epochs=2, batch_size=16, shuffle=False, verbose=0, validation_split=0.2)
        results.append((history.history, student.get_weights(), distiller.predict(X, verbose=0)))
        before = network(lib, 6, 0).get_weights()
        assert all(np.array_equal(a, b) for a, b in zip(teacher.get_weights(), before, strict=True))
    (history, weights, predicted), (real_history, real_weights, real_predicted) = results
    assert set(history) == set(real_history)
    assert_same_results({key: history[key] for key in real_history}, real_history)
    for mine, theirs in zip(weights, real_weights, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(predicted, real_predicted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("loss", ["kl_divergence", "mse", ["kl_divergence", None], {"a": "mse", "b": "mae"}])
def test_losses_agree_with_keras(loss: Any) -> None:
    values = []
    for lib in LIBRARIES:
        one = lib.distillation.LogitsDistillation(temperature=4.0, loss=loss)
        teacher, student = torch.tensor(LOGITS[0]), torch.tensor(LOGITS[1])
        outputs: Any = [teacher, student]
        if isinstance(loss, list):
            outputs = [[teacher, student], [student, teacher]]
        if isinstance(loss, dict):
            outputs = [{"a": teacher, "b": student}, {"a": student, "b": teacher}]
        one.validate_outputs(*outputs)
        values.append(float(one.compute_loss(*outputs)))
    assert values[0] == pytest.approx(values[1], rel=1e-5)


def test_a_distiller_comes_back_from_its_config() -> None:
    distiller = distillation.Distiller(
        network(OURS, 6, 0), network(OURS, 6, 1), [logits(LIBRARIES[0]), features(LIBRARIES[0])]
    )
    config = json.loads(json.dumps(distiller.get_config()))
    again = distillation.Distiller.from_config(config)
    assert again.get_config() == distiller.get_config()


def test_mistakes_are_told() -> None:
    teacher, student = network(OURS, 6, 0), network(OURS, 5, 1)
    other = models.Sequential([layers.Input((4,)), layers.Dense(2)])
    loss = distillation.LogitsDistillation()
    for make, kind, words in (
        (lambda: distillation.Distiller(teacher, "small", loss), ParameterError, "is no model"),
        (lambda: distillation.Distiller(teacher, other, loss), ParameterError, "outputs of the teacher"),
        (lambda: distillation.Distiller(teacher, student, "mse"), ParameterError, "no loss of distillation"),
        (
            lambda: distillation.Distiller(teacher, student, loss, student_loss_weight=2),
            ParameterError,
            "from 0 to 1",
        ),
        (
            lambda: distillation.Distiller(teacher, student, [loss], distillation_loss_weights=[1, 2]),
            ParameterError,
            "2 distillation_loss_weights for 1",
        ),
        (
            lambda: distillation.Distiller(
                teacher, student, distillation.FeatureDistillation(teacher_layer_name="hiden")
            ),
            ParameterError,
            "no layer 'hiden'. Did you mean 'hidden'",
        ),
        (lambda: distillation.LogitsDistillation(temperature=0), ParameterError, "above 0"),
        (lambda: distillation.LogitsDistillation(loss=[None]), ParameterError, "at least one"),
        (lambda: distillation.Distiller(teacher, student, loss).compile(), CompileError, "no loss"),
        (lambda: loss.validate_outputs([1, 2], 1), DataError, "a list of 2"),
    ):
        with pytest.raises(kind, match=words):
            make()
