"""Which layers hear "training", and what they hear when nobody says it: call by call as in Keras."""

from typing import Any

import keras
import numpy as np
import pytest
import torch

from runtime import layers, models
from runtime.layers.context import context
from tests.runtime.models.twins import OURS

X = np.ones((4, 3), "float32")
CALLS: list[dict[str, Any]] = [{}, {"training": True}, {"training": False}, {"training": None}]


class Ears:
    """Layers of one library that note the flag they are called with.

    Args:
        lib: The library.
    """

    def __init__(self, lib: Any) -> None:
        heard: list[tuple[str, Any]] = []

        class Ear(lib.layers.Layer):
            def build(self, input_shape: Any) -> None:
                self.scale = self.add_weight((), initializer="ones")

            def hears(self, inputs: Any, training: Any) -> Any:
                heard.append((self.name, training))
                return inputs * self.scale

        class DefaultNone(Ear):
            def call(self, inputs: Any, training: Any = None) -> Any:
                return self.hears(inputs, training)

        class DefaultFalse(Ear):
            def call(self, inputs: Any, training: Any = False) -> Any:
                return self.hears(inputs, training)

        class DefaultTrue(Ear):
            def call(self, inputs: Any, training: Any = True) -> Any:
                return self.hears(inputs, training)

        class Outer(lib.layers.Layer):
            def __init__(self, name: str, *inside: Any) -> None:
                super().__init__(name=name)
                self.inside = list(inside)

            def build(self, input_shape: Any) -> None:
                for layer in self.inside:
                    layer.build(input_shape)

            def call(self, inputs: Any) -> Any:
                for layer in self.inside:
                    inputs = layer(inputs)
                return inputs

        self.none, self.false, self.true, self.outer = DefaultNone, DefaultFalse, DefaultTrue, Outer
        self.heard = heard


def chained(lib: Any, ears: Ears) -> Any:
    inputs = lib.Input((3,))
    hidden = ears.none(name="a")(inputs)
    hidden = ears.false(name="b")(hidden)
    hidden = ears.none(name="c")(hidden)
    return lib.Model(inputs, ears.true(name="d")(hidden))


def said_in_the_graph(lib: Any, ears: Ears) -> Any:
    inputs = lib.Input((3,))
    hidden = ears.none(name="a")(inputs, training=True)
    hidden = ears.none(name="b")(hidden)
    hidden = ears.false(name="c")(hidden)
    hidden = ears.false(name="d")(hidden, training=True)
    return lib.Model(inputs, ears.none(name="e")(hidden))


def augmentation_first(lib: Any, ears: Ears) -> Any:
    return lib.Sequential([lib.Input((3,)), ears.true(name="a"), ears.none(name="b"), ears.false(name="c")])


def nested(lib: Any, ears: Ears) -> Any:
    inner = said_in_the_graph(lib, ears)
    inputs = lib.Input((3,))
    return lib.Model(inputs, ears.none(name="after")(inner(ears.none(name="before")(inputs))))


def nested_in_inference(lib: Any, ears: Ears) -> Any:
    inner = chained(lib, ears)
    inputs = lib.Input((3,))
    return lib.Model(inputs, ears.none(name="after")(inner(inputs, training=False)))


def layers_in_a_layer(lib: Any, ears: Ears) -> Any:
    inputs = lib.Input((3,))
    outer = ears.outer("outer", ears.true(name="a"), ears.none(name="b"), ears.false(name="c"))
    return lib.Model(inputs, outer(inputs))


def subclass(lib: Any, ears: Ears, call: str) -> Any:
    class Own(lib.Model):
        def __init__(self) -> None:
            super().__init__()
            self.first = ears.false(name="first")
            self.second = ears.none(name="second")
            self.third = ears.true(name="third")

    class Without(Own):
        def call(self, inputs: Any) -> Any:
            return self.third(self.second(self.first(inputs)))

    class With(Own):
        def call(self, inputs: Any, training: Any = None) -> Any:
            return self.third(self.second(self.first(inputs)))

    class Saying(Own):
        def call(self, inputs: Any, training: Any = False) -> Any:
            return self.third(self.second(self.first(inputs, training=True)), training=training)

    return {"without": Without, "with": With, "saying": Saying}[call]()


MODELS = {
    "chained": chained,
    "said in the graph": said_in_the_graph,
    "augmentation first": augmentation_first,
    "nested": nested,
    "nested in inference": nested_in_inference,
    "layers in a layer": layers_in_a_layer,
    "subclass without the argument": lambda lib, ears: subclass(lib, ears, "without"),
    "subclass with the argument": lambda lib, ears: subclass(lib, ears, "with"),
    "subclass that says it": lambda lib, ears: subclass(lib, ears, "saying"),
}


@pytest.mark.parametrize("name", MODELS)
def test_layers_hear_what_they_hear_in_keras(name: str) -> None:
    heard: list[list[Any]] = []
    for lib in (OURS, keras):
        ears = Ears(lib)
        model = MODELS[name](lib, ears)
        model(X)
        model.compile(optimizer="sgd", loss="mse")
        # Models are tried out before the first step.
        model.evaluate(X, X, verbose=0)
        found = []
        for settings in CALLS:
            ears.heard.clear()
            model(X, **settings)
            found.append(list(ears.heard))
        for action in (lambda m: m.predict(X, verbose=0), lambda m: m.evaluate(X, X, verbose=0)):
            ears.heard.clear()
            action(model)
            found.append(list(ears.heard))
        heard.append(found)
    assert heard[0] == heard[1]
    assert context.training is None


@pytest.mark.parametrize("eagerly", [False, True])
@pytest.mark.parametrize("name", MODELS)
def test_fit_trains_with_the_flag_keras_trains_with(name: str, eagerly: bool) -> None:
    heard = []
    for lib in (OURS, keras):
        ears = Ears(lib)
        model = MODELS[name](lib, ears)
        model(X)
        model.compile(optimizer="sgd", loss="mse", run_eagerly=eagerly)
        model.fit(X, X, verbose=0)
        ears.heard.clear()
        model.train_on_batch(X, X)
        heard.append(list(ears.heard))
    assert heard[0] == heard[1]


def test_a_frozen_batch_normalization_stays_in_inference() -> None:
    for lib in (OURS, keras):
        layer = lib.layers.BatchNormalization()
        layer(X)
        layer.trainable = False
        outputs = layer(X + 3, training=True)
        np.testing.assert_allclose(outputs.detach(), (X + 3) / np.sqrt(1 + 1e-3), rtol=1e-5)
        np.testing.assert_array_equal(layer.get_weights()[2], 0)


def test_a_frozen_dropout_still_drops_in_training() -> None:
    layer = layers.Dropout(0.5, trainable=False)
    assert (layer(np.ones((50, 50), "float32"), training=True) == 0).any()
    assert (layer(X, training=None) == 1).all()
    assert (layer(X) == 1).all()


def test_an_error_in_a_call_leaves_no_flag_behind() -> None:
    class Fails(layers.Layer):
        def call(self, inputs: torch.Tensor, training: bool = True) -> torch.Tensor:
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        Fails()(X)
    assert context.training is None
    assert context.depth == 0


def test_a_model_read_from_keras_hears_what_the_file_says(tmp_path: Any) -> None:
    inputs = keras.Input((3,))
    real = keras.Model(inputs, keras.layers.Dropout(0.5)(inputs, training=True))
    real.save(tmp_path / "always.keras")
    model = models.load_model(tmp_path / "always.keras")
    many = np.ones((100, 3), "float32")
    assert (model(many) == 0).any()
    assert (model(many, training=False) == 1).all()
    assert (model.predict(many, verbose=0) == 1).all()
