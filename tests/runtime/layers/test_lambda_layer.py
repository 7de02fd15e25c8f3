"""Steps written as functions: against the real Keras in a program, and by name in files."""

import warnings

import keras
import numpy as np
import pytest
import torch

from runtime import activations, layers, saving
from runtime.errors import LayerloomError, ParameterError, RefusedError, ShapeError
from runtime.models import Model, Sequential, clone_model, load_model

from .oracle import arrays

pytestmark = pytest.mark.usefixtures("own_names")


@pytest.fixture
def own_names():
    """Names that a test registers are forgotten after it."""
    with saving.custom_object_scope({}), keras.saving.custom_object_scope({}):
        yield


def double(x, factor=2.0):
    return x * factor


def halve(x):
    return x / 2


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (lambda x: x**2, {}),
        (lambda x: x[:, 1:], {}),
        (lambda x: x.sum(-1), {}),
        (double, {"arguments": {"factor": 3.0}}),
        (lambda x: x[..., None], {"output_shape": (4, 3, 1)}),
        (torch.nn.functional.relu, {"output_shape": lambda shape: shape}),
    ],
    ids=["square", "cut", "sum", "arguments", "axis", "shape function"],
)
def test_computes_and_states_shapes_as_keras_does(function, arguments):
    x = arrays((2, 4, 3))
    ours, theirs = layers.Lambda(function, **arguments), keras.layers.Lambda(function, **arguments)
    torch.testing.assert_close(ours(x), theirs(x))
    mine, real = ours(layers.Input((4, 3))), theirs(keras.Input((4, 3)))
    assert tuple(mine.shape) == tuple(real.shape)
    model = Sequential([layers.Input((4, 3)), ours])
    torch.testing.assert_close(model(x), theirs(x))


def test_unknown_sizes_and_element_types_are_found():
    x = layers.Input((None, 3))
    assert layers.Lambda(lambda x: x.argmax(-1))(x).spec == layers.Input((None,), dtype="int64").spec
    halves = layers.Lambda(lambda x: (x[..., :1], x[..., 1:]))(x)
    assert [half.shape for half in halves] == [(None, None, 1), (None, None, 2)]
    ids = layers.Input((5,), dtype="int32")
    assert layers.Lambda(lambda x: torch.nn.functional.one_hot(x.long(), 4))(ids).shape == (None, 5, 4)


def test_several_inputs_come_as_a_list():
    a, b = layers.Input((3,)), layers.Input((3,))
    model = Model([a, b], layers.Lambda(lambda pair: pair[0] - pair[1])([a, b]))
    assert torch.equal(model([torch.ones(2, 3), torch.ones(2, 3)]), torch.zeros(2, 3))


def test_training_and_mask_reach_the_function():
    for library in (layers, keras.layers):
        layer = library.Lambda(lambda x, training: x + {None: 0.0, False: 1.0, True: 2.0}[training])
        assert layer(torch.zeros(1)).item() == 0
        assert layer(torch.zeros(1), training=False).item() == 1
        assert layer(torch.zeros(1), training=True).item() == 2
    x = torch.tensor([[[1.0], [0.0]]])
    kept = layers.Lambda(lambda x, mask: mask.float())(layers.Masking()(x))
    assert kept.tolist() == [[1, 0]]


@pytest.mark.parametrize(
    "mask",
    [None, lambda inputs, mask: mask, torch.tensor([[True, True]])],
    ids=["none", "function", "tensor"],
)
def test_masks_go_on_as_in_keras(mask):
    def given(library):
        masked = library.Masking()(torch.tensor([[[1.0], [0.0]]]))
        return getattr(library.Lambda(lambda x: x * 2, mask=mask)(masked), "_keras_mask", None)

    with warnings.catch_warnings():
        # Keras warns of a mask that ends.
        warnings.simplefilter("ignore", UserWarning)
        mine, real = given(layers), given(keras.layers)
    assert (mine is None) == (real is None)
    assert mine is None or mine.tolist() == real.tolist()


def test_a_torch_module_as_function_is_trained():
    model = Sequential([layers.Input((4,)), layers.Lambda(torch.nn.Linear(4, 2))])
    model.compile("sgd", "mse")
    before = [weight.copy() for weight in model.get_weights()]
    model.train_on_batch(arrays((8, 4)), arrays((8, 2)))
    assert len(before) == 2
    assert not np.array_equal(before[0], model.get_weights()[0])


def test_wrong_functions_are_told():
    with pytest.raises(ParameterError, match=r"Lambda\(function=…\) got 5, which cannot be called"):
        layers.Lambda(5)
    with pytest.raises(ShapeError, match=r"Lambda 'l' fails on an input of shape .*4.*: mat1 and mat2"):
        layers.Lambda(lambda x: x @ torch.ones(3, 2), name="l")(layers.Input((4,)))


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_a_registered_function_is_saved_by_name(ending, tmp_path):
    saving.register_keras_serializable("mine")(double)
    keras.saving.register_keras_serializable("mine")(double)
    model = Sequential(
        [layers.Input((3,)), layers.Dense(2), layers.Lambda(double, arguments={"factor": 4.0}, name="twice")]
    )
    path = tmp_path / f"m{ending}"
    model.save(path)
    x = arrays((2, 3))
    with pytest.raises(RefusedError, match=r"Lambda is not read from files.*holds Python code"):
        load_model(path)
    again = load_model(path, custom_objects={"Lambda": layers.Lambda})
    torch.testing.assert_close(again(x), model(x))
    torch.testing.assert_close(clone_model(again).layers[-1](x), again.layers[-1](x))
    if ending == ".keras":
        torch.testing.assert_close(keras.saving.load_model(path)(x), model(x))


def test_keras_s_file_opens_when_class_and_function_are_handed_in(tmp_path):
    theirs = keras.Sequential([keras.Input((3,)), keras.layers.Lambda(halve, output_shape=(3,))])
    theirs.save(tmp_path / "m.keras")
    known = {"Lambda": layers.Lambda, "halve": halve}
    x = arrays((2, 3))
    torch.testing.assert_close(load_model(tmp_path / "m.keras", custom_objects=known)(x), theirs(x))
    with pytest.raises(RefusedError, match="computes the function 'halve', which is not known here"):
        load_model(tmp_path / "m.keras", custom_objects={"Lambda": layers.Lambda})


def test_activations_are_known_by_name():
    layer = layers.Lambda(activations.softplus)
    again = layers.Lambda.from_config(layer.get_config())
    assert again.function is activations.softplus


def test_saving_what_is_not_registered_says_what_to_do(tmp_path):
    for function in (lambda x: x, double):
        model = Sequential([layers.Input((3,)), layers.Dense(1), layers.Lambda(function, name="step")])
        with pytest.raises(
            LayerloomError, match=r"'step' computes .*register_keras_serializable.*save_weights"
        ):
            model.save(tmp_path / "m.keras")
        model.save_weights(tmp_path / "m.weights.h5")


def code(marker):
    from tests.runtime.saving.hostile.code_attacks import bytecode

    return bytecode(marker)


def test_code_is_never_run_even_when_the_class_is_handed_in(tmp_path):
    marker = tmp_path / "touched"
    bytes_ = code(marker)
    keras_3 = {"class_name": "__lambda__", "config": {"code": bytes_, "defaults": None, "closure": None}}
    harmless = {"class_name": "function", "config": "relu", "registered_name": "relu"}
    for config in (
        {"function": keras_3},
        {"function": [bytes_, None, None], "function_type": "lambda"},
        {"function": harmless, "output_shape": keras_3},
        {"function": harmless, "mask": keras_3},
        {"function": {"module": "os", "class_name": "function", "config": "system"}},
        {"function": {"module": "builtins", "class_name": "function", "config": "eval"}},
        {"function": "eval"},
        {"function": None},
        {},
    ):
        with pytest.raises(RefusedError):
            layers.Lambda.from_config(config)
        described = {"class_name": "Lambda", "config": config}
        with pytest.raises(LayerloomError):
            layers.deserialize(described)
        with pytest.raises(RefusedError):
            layers.deserialize(described, custom_objects={"Lambda": layers.Lambda})
    assert not marker.exists()


def test_it_is_no_layer_of_the_registry():
    for name in ("Lambda", "TorchModuleWrapper"):
        assert name not in layers.registry
        assert name not in layers.layer_names()
