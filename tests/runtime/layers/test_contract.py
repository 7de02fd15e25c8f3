"""What every layer of the registry promises; a new layer is held to it without a line of test code."""

import inspect
import json
from typing import Any

import keras
import numpy as np
import pytest
import torch

from runtime.errors import ShapeError
from runtime.layers import layer_spec, registry
from runtime.layers.parameters import REQUIRED
from tests.runtime.layers.samples import count_tries, output_shapes, sample_inputs, sample_shapes, tries

# Recurrent cells are in the registry but not in the palette: they are parts of layers, called by them.
NAMES = [name for name in registry.names() if layer_spec(registry.lookup(name)).group]
TRIES = [(name, place) for name in NAMES for place in range(count_tries(name))]

NOT_IN_SIGNATURES = {
    "activity_regularizer",  # every layer takes it, as in Keras; it is not repeated in each signature
    "name",
    "trainable",
    "dtype",
    "kwargs",
    "quantization_config",
    "gptq_unpacked_column_size",
    "lora_rank",
    "lora_alpha",
    "sparse",
    "ragged",
    "optional",
    "input_tensor",
}


def make(name: str, place: int) -> Any:
    return registry.lookup(name)(**tries(name)[place])


@pytest.fixture
def called(request):
    """A layer made with other than default arguments, its sample input and what it makes of it."""
    torch.manual_seed(0)
    name, place = request.param
    layer = make(name, place)
    shapes = sample_shapes(layer)
    inputs = sample_inputs(layer, shapes)
    return layer, shapes, inputs, [] if layer_spec(type(layer)).is_source else flat(layer(**inputs))


all_layers = pytest.mark.parametrize("name", NAMES)
all_tries = pytest.mark.parametrize(
    "called", TRIES, indirect=True, ids=lambda value: f"{value[0]}-{value[1]}"
)


@all_tries
def test_output_has_the_shape_that_was_said(called):
    layer, shapes, _, outputs = called
    if not outputs:
        return
    said = output_shapes(layer, shapes)
    assert [tuple(output.shape) for output in outputs] == said
    assert len(layer.output_names()) == len(outputs)


@all_tries
def test_unknown_sizes_are_said_to_be_unknown(called):
    layer, shapes, _, outputs = called
    fresh = type(layer).from_config(layer.get_config())
    for port, shape in shapes.items():
        for axis in range(len(shape[0] if isinstance(shape, list) else shape)):
            open_shapes = shapes | {port: without_size(shape, axis)}
            # The size of the batch matters only to a layer that keeps a state for each sequence in it.
            may_be_refused = axis > 0 or getattr(layer, "stateful", False)
            if may_be_refused and is_refused(fresh, open_shapes):
                continue
            said = output_shapes(fresh, open_shapes)
            for size_by_axis, output in zip(said, outputs, strict=True):
                assert len(size_by_axis) == output.ndim
                for said_size, size in zip(size_by_axis, output.shape, strict=True):
                    assert said_size in (None, size)
            if axis == 0 and len(shapes) == 1:
                assert {sizes[0] for sizes in said} == {None}


@all_tries
def test_checking_shapes_makes_no_weights(called):
    layer, shapes, _, _ = called
    fresh = type(layer).from_config(layer.get_config())
    output_shapes(fresh, shapes)
    assert not fresh.weights


@all_tries
def test_config_makes_an_equal_layer(called):
    layer, shapes, inputs, outputs = called
    config = json.loads(json.dumps(layer.get_config()))
    again = type(layer).from_config(config)
    assert json.loads(json.dumps(again.get_config())) == config
    if outputs:
        # A layer may keep a state from call to call: two that were called equally often are compared.
        twin = type(layer).from_config(layer.get_config())
        for built in (twin, again):
            built.build_from_shapes(shapes)
            built.set_weights(layer.get_weights())
        for first, second in zip(flat(twin(**inputs)), flat(again(**inputs)), strict=True):
            torch.testing.assert_close(first, second)


@all_tries
def test_every_argument_is_in_the_config(called):
    layer, _, _, _ = called
    spec = layer_spec(type(layer))
    config = layer.get_config()
    if spec.is_source:
        return
    missing = {param.name for param in spec.params} - set(config)
    assert not missing


@all_tries
def test_weights_come_back(called):
    layer, _, inputs, outputs = called
    random = np.random.default_rng(3)
    values = [random.uniform(0.1, 0.9, weight.shape).astype("float32") for weight in layer.get_weights()]
    layer.set_weights(values)
    for value, weight in zip(values, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(value, weight)
    if values and outputs:
        assert any(not torch.equal(old, new) for old, new in zip(outputs, flat(layer(**inputs)), strict=True))


@all_tries
def test_a_training_step_changes_the_trainable_weights(called):
    layer, _, inputs, _ = called
    weights = layer.trainable_weights
    if not weights:
        return
    before = [weight.detach().clone() for weight in weights]
    outputs = flat(layer(**inputs, training=True))
    loss = sum(
        (output * torch.cos(torch.arange(output.numel())).reshape(output.shape)).sum() for output in outputs
    )
    gradients = torch.autograd.grad(loss, weights, allow_unused=True)
    for weight, old, gradient in zip(weights, before, gradients, strict=True):
        assert gradient is not None, f"no gradient reaches {weight.path}"
        assert torch.isfinite(gradient).all()
        weight.data.sub_(gradient)
        assert not torch.equal(weight, old), f"{weight.path} stays as it is"


@all_layers
def test_every_word_a_learner_needs_is_there(name):
    spec = layer_spec(registry.lookup(name))
    assert spec.summary[-1:] in (".", "?"), f"{name} has no summary"
    assert not [param.name for param in (*spec.params, *spec.settings) if not param.help]
    assert not [port.name for port in spec.inputs if not port.help]


@all_layers
def test_arguments_are_those_of_keras(name):
    spec = layer_spec(registry.lookup(name))
    real = inspect.signature(getattr(keras.layers, name).__init__).parameters
    wanted = {
        key: REQUIRED if parameter.default is parameter.empty else parameter.default
        for key, parameter in list(real.items())[1:]
        if key not in NOT_IN_SIGNATURES
    }
    mine = {param.name: param.default for param in spec.params if param.name not in NOT_IN_SIGNATURES}
    assert mine == wanted
    assert list(mine) == list(wanted)


@all_layers
def test_trainable_and_name_are_taken(name):
    arguments = tries(name)[0]
    layer = registry.lookup(name)(**arguments, name="my_layer", trainable=False)
    assert (layer.name, layer.trainable) == ("my_layer", False)
    if not layer_spec(type(layer)).is_source:
        layer(**sample_inputs(layer, sample_shapes(layer)))
    assert not layer.trainable_weights


def is_refused(layer: Any, shapes: dict[str, Any]) -> bool:
    """True if the layer needs to know more of the shapes, and says at which port."""
    try:
        output_shapes(layer, shapes)
    except ShapeError as error:
        return error.port in shapes
    return False


def flat(outputs: Any) -> list[torch.Tensor]:
    if isinstance(outputs, list | tuple):
        return [tensor for output in outputs for tensor in flat(output)]
    return [outputs]


def without_size(shape: Any, axis: int) -> Any:
    if isinstance(shape, list):
        return [without_size(item, axis) for item in shape]
    return tuple(None if place == axis else size for place, size in enumerate(shape))
