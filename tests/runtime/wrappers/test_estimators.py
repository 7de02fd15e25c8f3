"""Models inside of scikit-learn: fitted, searched, cross-validated and copied as its own estimators are."""

from typing import Any

import keras
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import runtime
from runtime.errors import CompileError, DataError
from tests.runtime.models.twins import OURS

RANDOM = np.random.default_rng(1)
X = RANDOM.normal(size=(60, 3))
WORDS = np.where(X[:, 0] + X[:, 1] > 0.5, "high", np.where(X[:, 0] < -0.5, "low", "middle"))
NUMBERS = X @ np.array([1.0, -2.0, 0.5])


def build(lib: Any, X: Any, y: Any, units: int = 8, activation: str | None = "softmax") -> Any:  # noqa: N803
    model = lib.Sequential(
        [
            lib.Input((X.shape[1],)),
            lib.layers.Dense(units, activation="tanh", kernel_initializer="ones"),
            lib.layers.Dense(y.shape[1] if y.ndim > 1 else 1, activation, kernel_initializer="ones"),
        ]
    )
    loss = "categorical_crossentropy" if activation else "mse"
    model.compile(optimizer=lib.optimizers.Adam(0.05), loss=loss)
    return model


def ours(X: Any, y: Any, **settings: Any) -> Any:  # noqa: N803
    return build(OURS, X, y, **settings)


def theirs(X: Any, y: Any, **settings: Any) -> Any:  # noqa: N803
    return build(keras, X, y, **settings)


FIT = {"epochs": 4, "verbose": 0, "shuffle": False}


@pytest.mark.parametrize("kind", ["SKLearnClassifier", "SKLearnRegressor", "SKLearnTransformer"])
def test_estimators_agree_with_keras(kind: str) -> None:
    classifies = kind == "SKLearnClassifier"
    targets = WORDS if classifies else NUMBERS
    settings = {} if classifies else {"activation": None}
    results = []
    for library, make in ((runtime.wrappers, ours), (keras.wrappers, theirs)):
        estimator = getattr(library, kind)(make, model_kwargs=settings, fit_kwargs=FIT)
        assert estimator.fit(X, targets) is estimator
        method = "transform" if kind.endswith("Transformer") else "predict"
        results.append(getattr(estimator, method)(X))
        if classifies:
            assert estimator.classes_.tolist() == ["high", "low", "middle"]
            assert estimator.decision_function(X).shape == (60, 3)
    if classifies:
        # Keras gives a column or not as its encoder does.
        assert results[0].tolist() == np.ravel(results[1]).tolist()
    else:
        np.testing.assert_allclose(results[0], results[1], rtol=1e-4, atol=1e-5)


def test_a_compiled_model_is_copied_for_each_fit() -> None:
    model = ours(X, np.eye(3)[:1])
    before = model.get_weights()
    estimator = runtime.wrappers.SKLearnClassifier(model, fit_kwargs=FIT).fit(X, WORDS)
    assert estimator.model_ is not model
    np.testing.assert_array_equal(model.get_weights()[0], before[0])
    assert estimator.epoch_ == 4
    warm = runtime.wrappers.SKLearnClassifier(model, warm_start=True, fit_kwargs=FIT).fit(X, WORDS)
    assert warm.model_ is model
    assert not np.array_equal(model.get_weights()[0], before[0])
    assert warm.fit(X, WORDS).model_ is model


def test_pipelines_searches_and_validation_run() -> None:
    regressor = runtime.wrappers.SKLearnRegressor(ours, model_kwargs={"activation": None}, fit_kwargs=FIT)
    pipeline = make_pipeline(StandardScaler(), regressor)
    assert cross_val_score(pipeline, X, NUMBERS, cv=2).shape == (2,)
    sizes = [{"units": units, "activation": None} for units in (2, 4)]
    search = GridSearchCV(regressor, {"model_kwargs": sizes}, cv=2).fit(X, NUMBERS)
    assert search.best_params_["model_kwargs"] in sizes
    transformer = runtime.wrappers.SKLearnTransformer(
        ours, model_kwargs={"activation": None}, fit_kwargs={**FIT, "epochs": 8}
    )
    make_pipeline(transformer, LogisticRegression()).fit(X, (NUMBERS > 0).astype(int))


def test_a_copy_has_the_same_arguments_and_is_not_fitted() -> None:
    estimator = runtime.wrappers.SKLearnRegressor(ours, model_kwargs={"activation": None}, fit_kwargs=FIT)
    copied = clone(estimator.fit(X, NUMBERS))
    assert copied.get_params() == estimator.get_params()
    assert not hasattr(copied, "model_")
    assert estimator.set_params(warm_start=True).warm_start


def test_mistakes_are_told() -> None:
    plain = runtime.Sequential([runtime.Input((3,)), runtime.layers.Dense(3)])
    with pytest.raises(CompileError, match="was not compiled with a loss"):
        runtime.wrappers.SKLearnClassifier(plain).fit(X, WORDS)
    classifier = runtime.wrappers.SKLearnClassifier(ours)
    with pytest.raises(DataError, match="one class alone"):
        classifier.fit(X, np.zeros(60, int))
    with pytest.raises(DataError, match="'continuous'"):
        classifier.fit(X, NUMBERS)
    with pytest.raises(ValueError, match="3 features"):
        runtime.wrappers.SKLearnClassifier(ours, fit_kwargs=FIT).fit(X, WORDS).predict(X[:, :2])
    with pytest.raises(ValueError, match="not fitted"):
        classifier.predict(X)
