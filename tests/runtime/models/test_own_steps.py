"""Steps, losses and models of a program's own are trained as Keras trains them."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from runtime import layers, models, optimizers
from tests.runtime.models.twins import OURS, assert_same_results, twins

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

RANDOM = np.random.default_rng(5)
X = RANDOM.normal(size=(48, 4)).astype("float32")
Y = RANDOM.normal(size=(48, 1)).astype("float32")


def graph(lib: Any, kind: Any = None) -> Any:
    inputs = lib.Input((4,))
    hidden = lib.layers.Dense(6, activation="tanh", kernel_regularizer=lib.regularizers.L2(0.01))(inputs)
    return (kind or lib.Model)(inputs, lib.layers.Dense(1)(hidden))


def fitted(model: Any, **settings: Any) -> Any:
    return model.fit(X, Y, **{"epochs": 2, "batch_size": 10, "shuffle": False, "verbose": 0, **settings})


def test_a_subclassed_model_agrees_with_keras() -> None:
    def make(lib: Any) -> Any:
        class Two(lib.Model):
            def __init__(self) -> None:
                super().__init__()
                self.hidden = lib.layers.Dense(
                    5, activation="relu", activity_regularizer=lib.regularizers.L1(0.01)
                )
                self.noise = lib.layers.Dropout(0.0)
                self.left = lib.layers.Dense(1, kernel_regularizer=lib.regularizers.L2(0.1))
                self.right = lib.layers.Dense(3, activation="softmax")

            def call(self, inputs: Any, training: bool = False) -> Any:
                hidden = self.noise(self.hidden(inputs), training=training)
                return {"left": self.left(hidden), "right": self.right(hidden)}

        model = Two()
        model(np.zeros((1, 4), "float32"))
        return model

    targets = {"left": Y, "right": np.arange(48) % 3}
    results = []
    for model in twins(make):
        model.compile(
            "adam",
            {"left": "mse", "right": "sparse_categorical_crossentropy"},
            metrics={"right": ["accuracy"]},
        )
        history = model.fit(
            X, targets, epochs=2, batch_size=10, shuffle=False, verbose=0, validation_split=0.25
        )
        results.append(
            (
                history.history,
                model.evaluate(X, targets, verbose=0, return_dict=True),
                model.predict(X, verbose=0),
            )
        )
    (history, measured, predicted), (real, real_measured, real_predicted) = results
    assert_same_results(history, real)
    assert_same_results(measured, real_measured)
    for name, values in real_predicted.items():
        np.testing.assert_allclose(predicted[name], values, rtol=1e-3, atol=1e-5)


def with_train_step(lib: Any, seen: list[Any]) -> type:
    class Own(lib.Model):
        def train_step(self, data: Any) -> Any:
            x, y, weight = data if len(data) == 3 else (*data, None)
            seen.append((tuple(x.shape), weight))
            loss = 2 * self.compute_loss(x=x, y=y, y_pred=self(x, training=True), sample_weight=weight)
            self.zero_grad()
            loss.backward()
            weights = list(self.trainable_weights)
            with torch.no_grad():
                self.optimizer.apply([one.value.grad for one in weights], weights)
            return {"doubled": loss}

    return Own


@pytest.mark.parametrize("weights", [None, np.linspace(0, 1, 48)])
def test_an_own_train_step_agrees_with_keras(weights: Any) -> None:
    seen: list[Any] = []
    histories = []
    for model in twins(lambda lib: graph(lib, with_train_step(lib, seen))):
        model.compile("sgd", "mse")
        histories.append(fitted(model, sample_weight=weights, validation_data=(X, Y)).history)
    assert_same_results(*histories)
    assert [shape for shape, _ in seen[:5]] == [(10, 4)] * 4 + [(8, 4)]
    assert (seen[0][1] is None) == (weights is None)


def test_own_metrics_are_reset_and_reported_as_in_keras() -> None:
    def make(lib: Any) -> Any:
        class Own(lib.Model):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                self.loss_tracker = lib.metrics.Mean(name="loss")
                self.distance = lib.metrics.MeanAbsoluteError(name="distance")

            def train_step(self, data: Any) -> Any:
                x, y = data
                self.zero_grad()
                predicted = self(x, training=True)
                loss = ((y - predicted) ** 2).mean()
                loss.backward()
                weights = list(self.trainable_weights)
                with torch.no_grad():
                    self.optimizer.apply([one.value.grad for one in weights], weights)
                self.loss_tracker.update_state(loss.detach())
                self.distance.update_state(y, predicted)
                return {one.name: one.result() for one in self.metrics}

            def test_step(self, data: Any) -> Any:
                x, y = data
                self.distance.update_state(y, self(x, training=False))
                return {"distance": self.distance.result()}

            @property
            def metrics(self) -> list[Any]:
                return [self.loss_tracker, self.distance]

        return graph(lib, Own)

    histories, measured = [], []
    for model in twins(make):
        model.compile(optimizer="adam")
        histories.append(fitted(model).history)
        measured.append(model.evaluate(X, Y, verbose=0, return_dict=True))
    assert_same_results(*histories)
    assert_same_results(measured[0]["distance"], measured[1]["distance"])


def test_an_own_compute_loss_agrees_with_keras() -> None:
    def make(lib: Any) -> Any:
        class Own(lib.Model):
            def compute_loss(
                self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None
            ) -> Any:
                return ((y - y_pred) ** 4).mean() + sum(self.losses)

        return graph(lib, Own)

    histories = []
    for model in twins(make):
        model.compile(optimizer="adam", metrics=["mae"])
        histories.append(fitted(model, validation_split=0.2).history)
    assert_same_results(*histories)


def test_own_compute_metrics_are_reported() -> None:
    class Own(models.Model):
        def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
            return {**super().compute_metrics(x, y, y_pred, sample_weight), "samples": len(y)}

    model = graph(OURS, Own)
    model.compile("sgd", "mse", metrics=["mae"])
    assert fitted(model).history["samples"] == [8, 8]


def test_an_own_predict_step_is_used() -> None:
    class Own(models.Model):
        def predict_step(self, data: Any) -> Any:
            return {"twice": 2 * super().predict_step(data)}

    model = graph(OURS, Own)
    np.testing.assert_allclose(model.predict(X, verbose=0)["twice"], 2 * model(X).detach().numpy(), rtol=1e-5)


class AddsLoss(layers.Layer):
    """Adds the square of its input to the loss."""

    def call(self, inputs: torch.Tensor) -> torch.Tensor:
        self.add_loss(0.1 * inputs.square().mean())
        return inputs


@pytest.mark.parametrize("eagerly", [False, True])
def test_added_losses_count_in_every_batch(eagerly: bool) -> None:
    model = models.Sequential([layers.Input((4,)), AddsLoss(), layers.Dense(1, kernel_initializer="zeros")])
    model.compile(optimizers.SGD(0.0), "mse", run_eagerly=eagerly)
    expected = (Y**2).mean() + 0.1 * (X**2).mean()
    for history in (fitted(model, batch_size=48), fitted(model, batch_size=12)):
        np.testing.assert_allclose(history.history["loss"], expected, rtol=1e-5)
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(expected, rel=1e-5)


def test_added_losses_alone_can_be_trained_on() -> None:
    model = models.Sequential([layers.Input((4,)), layers.Dense(3), AddsLoss()])
    model.compile("adam")
    losses = model.fit(X, epochs=3, verbose=0).history["loss"]
    assert losses[2] < losses[0]


def test_eager_steps_give_the_same_numbers() -> None:
    quick, slow = (graph(OURS) for _ in range(2))
    slow.set_weights(quick.get_weights())
    quick.compile("adam", "mse", metrics=["mae"])
    slow.compile("adam", "mse", metrics=["mae"], run_eagerly=True)
    assert_same_results(
        fitted(quick, validation_split=0.2).history, fitted(slow, validation_split=0.2).history
    )


def test_plain_torch_modules_are_told_of_training() -> None:
    class Wrapped(layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(4, 1)
            self.drop = nn.Dropout(0.5)
            self.modes: list[bool] = []

        def call(self, inputs: torch.Tensor) -> torch.Tensor:
            self.modes.append(self.drop.training)
            return self.linear(self.drop(inputs))

        def compute_output_shape(self, input_shape: Any) -> Any:
            return (input_shape[0], 1)

    wrapped = Wrapped()
    model = models.Sequential([layers.Input((4,)), wrapped])
    model.compile("sgd", "mse")
    wrapped.modes.clear()
    before = wrapped.linear.weight.detach().clone()
    fitted(model, batch_size=24, epochs=1, validation_data=(X, Y), validation_batch_size=48)
    assert wrapped.modes == [True, True, False]
    assert not torch.equal(before, wrapped.linear.weight)


def test_a_generative_pair_is_trained_with_compile_of_its_own() -> None:
    class Pair(models.Model):
        def __init__(self) -> None:
            super().__init__()
            self.first = models.Sequential([layers.Input((4,)), layers.Dense(1)])
            self.second = models.Sequential([layers.Input((4,)), layers.Dense(1)])

        def compile(self, first: Any, second: Any) -> None:  # type: ignore[override]
            super().compile()
            self.first_optimizer, self.second_optimizer = first, second

        def train_step(self, data: Any) -> dict[str, Any]:
            losses = {}
            for name in ("first", "second"):
                model, optimizer = getattr(self, name), getattr(self, f"{name}_optimizer")
                loss = model(data[0], training=True).square().mean()
                gradients = torch.autograd.grad(loss, model.trainable_weights)
                optimizer.apply(gradients, model.trainable_weights)
                losses[name] = loss.detach()
            return losses

    model = Pair()
    model.compile(optimizers.SGD(0.1), optimizers.Adam(0.1))
    history = model.fit(X, epochs=5, verbose=0).history
    assert history["first"][-1] < history["first"][0]
    assert history["second"][-1] < history["second"][0]
