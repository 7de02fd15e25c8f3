"""Each layer of the registry in half precision: element types and values, as in Keras.

Half precision keeps 8 (bfloat16) or 11 (float16) binary places, and the libraries round at different steps:
values are compared within four units of the last place of the largest number.
"""

import keras
import numpy as np
import pytest
import torch

from runtime.layers import layer_spec, registry
from runtime.layers.registration import resolve_layer
from runtime.types import TensorSpec
from tests.runtime.layers.samples import sample_inputs, sample_shapes, tries

PRECISION = {"mixed_bfloat16": 2**-8, "mixed_float16": 2**-11}
NOT_COMPUTED_BY_KERAS = {
    "AveragePooling3D": "torch has no kernel of half precision for it on a CPU",
    "STFTSpectrogram": "Keras knows no Fourier transform of bfloat16",
}
OTHER = {"synchronized": False, "stateful": False, "seed": 3, "use_cudnn": "auto"}
NAMES = [
    name
    for name in registry.names()
    if layer_spec(registry.lookup(name)).group
    and not layer_spec(registry.lookup(name)).is_source
    and hasattr(keras.layers, name)
    and name not in NOT_COMPUTED_BY_KERAS
]


@pytest.mark.filterwarnings("ignore:.*Tensor.T is deprecated")
@pytest.mark.parametrize("policy", PRECISION)
@pytest.mark.parametrize("name", NAMES)
def test_layers_compute_in_half_as_in_keras(name, policy):
    torch.manual_seed(0)
    arguments = {key: OTHER.get(key, other(value)) for key, value in tries(name)[0].items()}
    cls = registry.lookup(name)
    ours = cls(**{key: inner(value, policy) for key, value in arguments.items()}, dtype=policy)
    shapes = sample_shapes(ours)
    inputs = sample_inputs(ours, shapes)
    mine = flat(ours(**inputs))
    real = {key: inner(value, policy, keras_too=True) for key, value in arguments.items()}
    theirs = getattr(keras.layers, name)(**real, dtype=policy)
    given = {key: tensors(value) for key, value in inputs.items()}
    call = (lambda: theirs(*given.values())) if len(given) == 1 else (lambda: theirs(**given))
    wanted = flat(call())
    if ours.weights:
        theirs.set_weights(ours.get_weights())
        wanted = flat(call())
    assert [one.dtype for one in mine] == [one.dtype for one in wanted]
    assert [(one.name, one.dtype) for one in ours.weights] == [
        (one.name, getattr(torch, one.dtype)) for one in theirs.weights
    ]
    specs = ours.output_spec({port: spec(shape) for port, shape in shapes.items()})
    assert [one.dtype for one in specs.values()] == [str(one.dtype).rpartition(".")[2] for one in mine]
    if draws(ours):
        return
    for one, other_one in zip(mine, wanted, strict=True):
        found, expected = (tensor.detach().double().numpy() for tensor in (one, other_one))
        largest = max(1.0, float(np.abs(expected).max()))
        np.testing.assert_allclose(found, expected, rtol=0, atol=4 * PRECISION[policy] * largest)


def draws(layer):
    """True for layers that change pictures by chance: a call by hand does."""
    return type(layer).__name__.startswith(("Rand", "Aug", "CutMix", "MixUp", "Solar")) or (
        hasattr(layer, "get_random_transformation")
    )


def other(value):
    """Keras has no regularizer of this name when it is given by name."""
    return "l2" if value == "l1_l2" else value


def inner(value, policy, *, keras_too=False):
    """A layer inside of the layer, under the same policy."""
    if not hasattr(value, "compute_output_shape"):
        return value
    made = resolve_layer(
        {"class_name": type(value).__name__, "config": {**value.get_config(), "dtype": policy}}
    )
    return getattr(keras.layers, type(value).__name__).from_config(made.get_config()) if keras_too else made


def spec(shape):
    return [TensorSpec(one) for one in shape] if isinstance(shape, list) else TensorSpec(shape)


def tensors(value):
    if isinstance(value, list):
        return [tensors(item) for item in value]
    return torch.from_numpy(value) if isinstance(value, np.ndarray) else value


def flat(value):
    if isinstance(value, dict):
        value = list(value.values())
    return [one for item in value for one in flat(item)] if isinstance(value, list | tuple) else [value]
