"""What every layer does: build, call, name, track, freeze, describe itself."""

import copy
import json
from typing import Any

import numpy as np
import pytest
import torch

from runtime.errors import NotBuiltError, ParameterError, ShapeError
from runtime.layers import Dense, Input, Layer
from runtime.naming import clear_session
from runtime.symbolic import KerasTensor


class Affine(Layer):
    """A layer as a user writes it: no annotations, no shape rule."""

    def __init__(self, units=3, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="random_normal")
        self.offset = self.add_weight(
            shape=(self.units,), initializer="zeros", trainable=False, name="offset"
        )

    def call(self, inputs, training=False):
        return inputs @ self.w + self.offset + (1.0 if training else 0.0)


class Block(Layer):
    """Layers in a list, a dict and an attribute."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.steps = []
        for _ in range(2):
            self.steps.append(Dense(4))
        self.named = {"head": Dense(2)}
        self.plain = torch.nn.Linear(2, 1)
        self.affine = Affine(1)

    def call(self, inputs):
        for step in self.steps:
            inputs = step(inputs)
        return self.affine(self.plain(self.named["head"](inputs)))


def test_names_count_up_as_in_keras() -> None:
    clear_session()
    assert [Dense(1).name, Dense(1).name, Dense(1).name] == ["dense", "dense_1", "dense_2"]


def test_config_round_trip_of_a_plain_subclass() -> None:
    config = Affine(5, name="a", trainable=False).get_config()
    policy = {
        "module": "keras",
        "class_name": "DTypePolicy",
        "config": {"name": "float32"},
        "registered_name": None,
    }
    assert json.loads(json.dumps(config)) == {"name": "a", "trainable": False, "dtype": policy, "units": 5}
    assert Affine.from_config(config).get_config() == config


def test_shape_of_a_layer_without_rule_is_found_by_trying() -> None:
    output = Affine(5)(Input((7, 4)))
    assert isinstance(output, KerasTensor)
    assert output.shape == (None, 7, 5)
    assert Affine(5)(Input((None, 4))).shape == (None, None, 5)


def test_layers_in_containers_belong_to_the_layer() -> None:
    block = Block()
    assert block(np.zeros((3, 6), "float32")).shape == (3, 1)
    assert len(block.weights) == 2 * 2 + 2 + 2 + 2
    assert len(list(block.parameters())) == len(block.weights)
    assert [tuple(w.shape) for w in block.weights[:2]] == [(6, 4), (4,)]


def test_training_flag_reaches_layers_inside() -> None:
    block = Block()
    x = torch.zeros(2, 6)
    assert torch.allclose(block(x, training=True) - block(x), torch.ones(2, 1))


def test_freezing_goes_all_the_way_down() -> None:
    block = Block()
    block(np.zeros((3, 6), "float32"))
    free = len(block.trainable_weights)
    assert free == len(block.weights) - 1
    block.trainable = False
    assert block.trainable_weights == []
    assert not any(w.requires_grad for w in block.steps[0].weights)
    block.trainable = True
    assert len(block.trainable_weights) == free
    assert not block.affine.offset.requires_grad


def test_weights_go_out_and_in() -> None:
    layer = Affine(2)
    layer(np.zeros((1, 3), "float32"))
    values = [np.full((3, 2), 2.0), np.ones(2)]
    layer.set_weights(values)
    assert layer(np.ones((1, 3), "float32")).tolist() == [[7.0, 7.0]]
    with pytest.raises(ShapeError, match="2 weights, but 1 arrays"):
        layer.set_weights(values[:1])
    with pytest.raises(ShapeError, match=r"shape \(3, 2\), but the array given for it has \(2, 3\)"):
        layer.set_weights([np.zeros((2, 3)), np.ones(2)])
    assert layer.get_weights()[0].tolist() == values[0].tolist()


def test_a_copy_is_independent_and_equal() -> None:
    block = Block()
    x = torch.ones(2, 6)
    twin = copy.deepcopy(block)
    with pytest.raises(NotBuiltError):
        twin.count_params()
    before = block(x)
    twin = copy.deepcopy(block)
    assert torch.equal(twin(x), before)
    twin.steps[0].set_weights([w * 0 for w in twin.steps[0].get_weights()])
    assert torch.equal(block(x), before)
    assert twin.weights[0].path == block.weights[0].path


@pytest.mark.parametrize("loss_layer", [True, False])
def test_losses_are_those_of_the_last_call(loss_layer: bool) -> None:
    class WithLoss(Layer):
        def call(self, inputs):
            if loss_layer:
                self.add_loss(inputs.sum())
            return inputs

    class Outer(Layer):
        def __init__(self):
            super().__init__()
            self.inner = WithLoss()
            self.dense = Dense(1, kernel_regularizer="l2", kernel_initializer="ones")

        def call(self, inputs):
            return self.dense(self.inner(inputs))

    outer = Outer()
    for _ in range(3):
        outer(torch.ones(2, 2))
    added = [4.0] if loss_layer else []
    assert [float(loss.detach()) for loss in outer.losses] == pytest.approx([*added, 0.02])


def test_wrong_inputs_are_told_in_the_layers_words() -> None:
    dense = Dense(3, name="hidden")
    dense(torch.zeros(1, 4))
    with pytest.raises(ShapeError, match="Dense 'hidden' was built for 4 features, but gets 5"):
        dense(torch.zeros(1, 5))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"units": -3}, "Dense.units=….* got -3, but it wants a whole number, at least 1"),
        ({"units": 3, "unit": 3}, "Dense has no argument 'unit'. Did you mean 'units'"),
        ({"units": 3, "activation": "rleu"}, "Did you mean 'relu'"),
        ({"units": 3, "name": 7}, "a name is a text"),
        ({"units": 3, "dtype": "float31"}, "dtype 'float31' is not known"),
    ],
)
def test_wrong_arguments_are_told(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Dense(**arguments)


def test_a_weight_is_read_and_assigned_as_in_keras():
    layer = Dense(2, name="hidden")
    layer.build((None, 3))
    layer.kernel.assign(np.full((3, 2), 2.0))
    layer.kernel.assign_add(1.0).assign_sub(np.ones((3, 2)))
    assert (layer.kernel.numpy() == 2).all()
    assert layer.kernel.requires_grad
    with pytest.raises(ShapeError, match=r"'\S*kernel' has shape \(3, 2\).*shape \(2, 3\)"):
        layer.kernel.assign(np.ones((2, 3)))
