"""Torch modules as layers, and inside of layers."""

import base64
import io

import keras
import numpy as np
import pytest
import torch
from torch import nn

from runtime import layers, saving
from runtime.errors import LayerloomError, ParameterError, RefusedError, ShapeError
from runtime.models import Model, Sequential, load_model

from .oracle import arrays


@pytest.fixture(autouse=True)
def own_names():
    """Names that a test registers are forgotten after it."""
    with saving.custom_object_scope({}), keras.saving.custom_object_scope({}):
        yield


def block(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.ReLU())


def test_computes_and_trains_as_in_keras():
    ours = Sequential([layers.Input((4,)), layers.TorchModuleWrapper(block())])
    theirs = keras.Sequential([keras.Input((4,)), keras.layers.TorchModuleWrapper(block())])
    for model in (ours, theirs):
        model.compile("sgd", "mse")
    x, y = arrays((8, 4), (8, 3))
    for _ in range(3):
        np.testing.assert_allclose(ours.train_on_batch(x, y), theirs.train_on_batch(x, y), rtol=1e-5)
    np.testing.assert_allclose(ours.predict(x, verbose=0), theirs.predict(x, verbose=0), rtol=1e-5, atol=1e-6)
    assert [w.shape for w in ours.weights] == [tuple(w.shape) for w in theirs.weights]


def dropping(library, models):
    return models([library.Input((100,)), library.TorchModuleWrapper(nn.Dropout(0.5))])


@pytest.mark.parametrize("library", ["ours", "keras"])
def test_the_training_flag_reaches_the_module(library):
    """Without a flag the module trains: so it is in Keras, too."""
    model = dropping(layers, Sequential) if library == "ours" else dropping(keras.layers, keras.Sequential)
    layer, x = model.layers[-1], torch.ones(1, 100)
    for callee in (layer, model):
        assert torch.equal(callee(x, training=False), x)
        assert callee(x, training=True).eq(0).any()
        assert callee(x).eq(0).any()
    model.compile("sgd", "mse")
    np.testing.assert_array_equal(model.predict(x.numpy(), verbose=0), x)


def test_several_arguments_go_on_in_order_and_by_name():
    layer = layers.TorchModuleWrapper(nn.Bilinear(3, 4, 2))
    a, b = layers.Input((3,)), layers.Input((4,))
    model = Model([a, b], layer(a, b))
    x = arrays((2, 3), (2, 4))
    assert model.output_shape == (None, 2)
    wanted = layer.module(*map(torch.tensor, x))
    torch.testing.assert_close(model(x), wanted)
    torch.testing.assert_close(layer(*x), wanted)
    torch.testing.assert_close(layer(x[0], input2=x[1]), wanted)


def test_shapes_are_found_or_stated():
    assert layers.TorchModuleWrapper(nn.Embedding(5, 2))(layers.Input((3,), dtype="int32")).shape == (
        None,
        3,
        2,
    )
    assert layers.TorchModuleWrapper(nn.Flatten(), output_shape=(None, 6))(layers.Input((3, 2))).shape == (
        None,
        6,
    )
    with pytest.raises(ShapeError, match=r"fails on an input of shape .*5"):
        layers.TorchModuleWrapper(nn.Linear(4, 3))(layers.Input((5,)))


def test_frozen_weights_are_not_trained():
    for layer in (
        layers.TorchModuleWrapper(nn.Linear(4, 3), trainable=False),
        layers.TorchModuleWrapper(nn.Linear(4, 3)),
        Holding(),
    ):
        model = Sequential([layers.Input((4,)), layer, layers.Dense(2)])
        layer.trainable = False
        assert len(model.trainable_weights) == 2
        layer.trainable = True
        assert len(model.trainable_weights) == 4


class Holding(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inside = nn.Linear(4, 3)

    def call(self, inputs):
        return self.inside(inputs)


class Several(layers.Layer):
    """Modules in an attribute, in a list, and a parameter by hand."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inside = block()
        self.steps = [nn.Linear(3, 3), nn.Linear(3, 2)]
        self.factor = nn.Parameter(torch.ones(()))

    def call(self, inputs):
        x = self.inside(inputs)
        for step in self.steps:
            x = step(x)
        return x * self.factor


@pytest.mark.parametrize(
    "make", [Several, lambda: layers.TorchModuleWrapper(block())], ids=["held", "wrapped"]
)
def test_weights_and_state_come_back_from_a_file(make, tmp_path):
    """Plain torch modules were left out of these files, and nobody was told."""

    def model(seed):
        torch.manual_seed(seed)
        net = Sequential([layers.Input((4,)), make(), layers.Dense(2)])
        for parameter in net.parameters():
            nn.init.normal_(parameter.data)
        return net

    first, second = model(1), model(2)
    first.compile("sgd", "mse")
    x = arrays((8, 4))
    first.train_on_batch(x, arrays((8, 2)))
    first.save_weights(tmp_path / "m.weights.h5")
    second.load_weights(tmp_path / "m.weights.h5")
    np.testing.assert_allclose(second.predict(x, verbose=0), first.predict(x, verbose=0), rtol=1e-5)


def test_weights_go_from_keras_and_back(tmp_path):
    def model(library, models):
        return models(
            [library.Input((4,)), library.TorchModuleWrapper(block(), name="t"), library.Dense(2, name="d")]
        )

    ours, theirs = model(layers, Sequential), model(keras.layers, keras.Sequential)
    theirs.compile("sgd", "mse")
    x = arrays((8, 4))
    theirs.train_on_batch(x, arrays((8, 2)))
    theirs.save_weights(tmp_path / "theirs.weights.h5")
    ours.load_weights(tmp_path / "theirs.weights.h5")
    wanted = theirs.predict(x, verbose=0)
    np.testing.assert_allclose(ours.predict(x, verbose=0), wanted, rtol=1e-5, atol=1e-6)
    ours.save_weights(tmp_path / "ours.weights.h5")
    fresh = model(keras.layers, keras.Sequential)
    fresh(x)
    fresh.load_weights(tmp_path / "ours.weights.h5")
    np.testing.assert_allclose(fresh.predict(x, verbose=0), wanted, rtol=1e-5, atol=1e-6)


def test_a_registered_class_is_saved_by_name(tmp_path):
    @saving.register_keras_serializable("mine")
    class Scaled(nn.Module):
        def __init__(self, units):
            super().__init__()
            self.units, self.linear = units, nn.Linear(4, units)

        def forward(self, x):
            return self.linear(x) * 2

        def get_config(self):
            return {"units": self.units}

    model = Sequential([layers.Input((4,)), layers.TorchModuleWrapper(Scaled(3), name="scaled")])
    path = tmp_path / "m.keras"
    model.save(path)
    with pytest.raises(RefusedError, match="TorchModuleWrapper is not read from files"):
        load_model(path)
    again = load_model(path, custom_objects={"TorchModuleWrapper": layers.TorchModuleWrapper})
    x = arrays((2, 4))
    torch.testing.assert_close(again(x), model(x))


def test_saving_a_module_of_another_class_says_what_to_do(tmp_path):
    model = Sequential([layers.Input((4,)), layers.TorchModuleWrapper(nn.Linear(4, 3), name="t")])
    with pytest.raises(LayerloomError, match=r"'t' runs a torch module of class Linear.*save_weights"):
        model.save(tmp_path / "m.keras")


class Trap:
    """Unpickling it would touch a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def test_a_pickle_is_never_opened(tmp_path):
    marker = tmp_path / "touched"
    buffer = io.BytesIO()
    torch.save(Trap(marker), buffer)
    pickled = base64.b64encode(buffer.getvalue()).decode()
    for module in (
        pickled,
        None,
        {"class_name": "system", "module": "os", "config": {}},
        {"class_name": "Linear"},
    ):
        with pytest.raises(RefusedError):
            layers.TorchModuleWrapper.from_config({"module": module, "name": "t"})
    assert not marker.exists()


def test_wrong_modules_are_told():
    with pytest.raises(ParameterError, match="which is no torch module"):
        layers.TorchModuleWrapper(lambda x: x)
    with pytest.raises(ParameterError, match="has no weights yet"):
        layers.TorchModuleWrapper(nn.LazyLinear(3))
