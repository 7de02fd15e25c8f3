"""Losses against the real Keras where data is special, and their names and configs."""

import keras
import numpy as np
import pytest
import torch

from runtime import losses
from runtime.registries import snake_case

CLASSES = [name for name in losses.registry.names() if isinstance(losses.registry.lookup(name), type)]
NOT_COMPARED = {"LossFunctionWrapper"}


def sample(name):
    """Labels and predictions of the form that a loss takes."""
    random = np.random.default_rng(0)
    scores = random.normal(size=(6, 4, 5)).astype("float32")
    if name == "MeanSquaredError":
        return random.normal(size=(6, 4, 5)).astype("float32"), scores
    return random.integers(0, 5, size=(6, 4)), np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)


def compare(ours, theirs, y_true, y_pred, **options):
    """Both losses give the same values and the same gradients."""
    mine = torch.tensor(y_pred, requires_grad=True)
    their = torch.tensor(y_pred, requires_grad=True)
    value = ours(y_true, mine, **options)
    expected = theirs(y_true, their, **options)
    torch.testing.assert_close(value, expected, rtol=1e-5, atol=1e-6)
    spread = torch.linspace(0.5, 1.5, max(value.numel(), 1)).reshape(value.shape)
    (value * spread).sum().backward()
    (expected * spread).sum().backward()
    torch.testing.assert_close(mine.grad, their.grad, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("axis", [-1, 1])
def test_pictures_of_probabilities_are_gone_back_through(axis):
    y_pred = torch.softmax(torch.randn(2, 3, 4, 5), axis).requires_grad_()
    y_true = torch.zeros([size for place, size in enumerate(y_pred.shape) if place != axis % 4]).long()
    losses.SparseCategoricalCrossentropy(axis=axis)(y_true, y_pred).backward()
    one_hot = torch.nn.functional.one_hot(y_true, y_pred.shape[axis]).movedim(-1, axis)
    same = y_pred.detach().clone().requires_grad_()
    losses.CategoricalCrossentropy(axis=axis)(one_hot, same).backward()
    torch.testing.assert_close(y_pred.grad, same.grad)


def test_one_weight_for_all_goes_with_a_mask():
    y_true, y_pred = torch.zeros(2, 3), torch.ones(2, 3)
    mask = torch.tensor([True, False])
    assert losses.MeanSquaredError()(y_true, y_pred, sample_weight=0.5, mask=mask) == 0.5


def test_one_weight_a_sample_counts_for_all_its_steps():
    y_true, y_pred = sample("MeanSquaredError")
    weight = np.linspace(0, 1, 6, dtype="float32")
    ours = losses.MeanSquaredError()(y_true, y_pred, sample_weight=weight)
    theirs = keras.losses.MeanSquaredError()(y_true, y_pred, sample_weight=np.repeat(weight[:, None], 4, 1))
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=0)


def test_a_mask_and_an_ignored_class_add_up():
    y_true, y_pred = sample("SparseCategoricalCrossentropy")
    mask = torch.rand(6, 4, generator=torch.Generator().manual_seed(1)) > 0.4
    theirs = torch.tensor(y_pred)
    keras.src.backend.set_keras_mask(theirs, mask)
    expected = keras.losses.SparseCategoricalCrossentropy(ignore_class=2)(y_true, theirs)
    ours = losses.SparseCategoricalCrossentropy(ignore_class=2)(y_true, y_pred, mask=mask)
    torch.testing.assert_close(ours, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("classes_axis", [-1, 1])
def test_classes_may_lie_on_any_axis(classes_axis):
    y_true, y_pred = sample("SparseCategoricalCrossentropy")
    moved = np.moveaxis(y_pred, -1, classes_axis)
    values = losses.sparse_categorical_crossentropy(y_true, moved, axis=classes_axis)
    torch.testing.assert_close(values, losses.sparse_categorical_crossentropy(y_true, y_pred))
    theirs = keras.losses.sparse_categorical_crossentropy(y_true, torch.tensor(moved), axis=classes_axis)
    torch.testing.assert_close(values, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("true_shape", [(6,), (6, 1)], ids=str)
@pytest.mark.parametrize("predicted_shape", [(6,), (6, 1)], ids=str)
@pytest.mark.parametrize("name", ["MeanSquaredError", "BinaryCrossentropy", "Hinge", "Huber", "LogCosh"])
def test_a_last_axis_of_one_may_be_missing(name, true_shape, predicted_shape):
    y_true = np.array([0, 1, 1, 0, 1, 0]).reshape(true_shape)
    y_pred = np.linspace(0.1, 0.9, 6, dtype="float32").reshape(predicted_shape)
    compare(getattr(losses, name)(), getattr(keras.losses, name)(), y_true, y_pred)


@pytest.mark.parametrize("name", ["hinge", "squared_hinge"])
def test_labels_zero_and_one_become_signs(name):
    y_true, y_pred = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[0.3, -0.2], [0.9, 2.0]], "float32")
    ours = getattr(losses, name)(y_true, y_pred)
    torch.testing.assert_close(ours, getattr(keras.losses, name)(y_true, torch.tensor(y_pred)))


@pytest.mark.parametrize(
    "name", ["categorical_crossentropy", "sparse_categorical_crossentropy", "binary_crossentropy"]
)
def test_certain_mistakes_stay_finite_as_in_keras(name):
    y_pred = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    y_true = torch.tensor([0, 0]) if name.startswith("sparse") else torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    ours = getattr(losses, name)(y_true, y_pred)
    assert ours.isfinite().all()
    torch.testing.assert_close(ours, getattr(keras.losses, name)(y_true, y_pred), rtol=1e-5, atol=1e-7)


def test_predictions_that_are_no_numbers_give_a_loss_that_is_none():
    y_pred = torch.tensor([[float("nan")], [0.5]])
    assert losses.BinaryCrossentropy()(torch.tensor([[0.0], [1.0]]), y_pred).isnan()


@pytest.mark.parametrize("name", [name for name in CLASSES if name not in NOT_COMPARED])
def test_configs_go_to_keras_and_back(name):
    theirs = getattr(keras.losses, name)(reduction="sum", name="mine")
    read = losses.deserialize(keras.losses.serialize(theirs))
    assert (type(read).__name__, read.name, read.reduction) == (name, "mine", "sum")
    back = keras.saving.deserialize_keras_object(losses.serialize(read))
    assert back.get_config() == theirs.get_config()


def test_arguments_survive_the_config():
    loss = losses.Huber(delta=0.2)
    again = losses.deserialize(losses.serialize(loss))
    torch.testing.assert_close(again([0.0], [3.0]), loss([0.0], [3.0]))
    assert keras.losses.deserialize(losses.serialize(loss))([0.0], [3.0]) == loss([0.0], [3.0])


def test_a_wrapped_function_goes_to_keras_and_back():
    theirs = keras.src.losses.LossFunctionWrapper(keras.losses.huber, name="mine", delta=0.3)
    read = losses.deserialize(keras.losses.serialize(theirs))
    assert read([0.0], [3.0]) == pytest.approx(float(theirs([0.0], [3.0])))
    back = keras.src.losses.LossFunctionWrapper.from_config(read.get_config())
    assert back.get_config() == theirs.get_config()


def test_what_keras_2_wrote_is_read():
    loss = losses.deserialize(
        {
            "class_name": "CategoricalCrossentropy",
            "config": {
                "reduction": "auto",
                "name": "categorical_crossentropy",
                "from_logits": False,
                "label_smoothing": 0,
                "fn": "categorical_crossentropy",
            },
        }
    )
    assert loss.reduction == "sum_over_batch_size"


ALIASES = ["bce", "BCE", "kld", "KLD", "mae", "MAE", "mse", "MSE", "mape", "MAPE", "msle", "MSLE"]


@pytest.mark.parametrize("alias", ALIASES)
def test_aliases_are_those_of_keras(alias):
    assert losses.get(alias).__name__ == keras.losses.get(alias).__name__
    assert isinstance(losses.as_loss(alias), losses.LossFunctionWrapper)


@pytest.mark.parametrize("name", [name for name in CLASSES if name not in NOT_COMPARED])
def test_a_function_s_name_stands_for_its_class(name):
    made = losses.as_loss(snake_case(name))
    assert type(made).__name__ == name
    assert type(losses.as_loss(losses.get(snake_case(name)))).__name__ == name
    assert losses.as_loss(made) is made


def test_a_function_of_one_s_own_becomes_a_loss():
    made = losses.as_loss(lambda y_true, y_pred: (y_true - y_pred).abs().sum(-1))
    assert made(torch.zeros(2, 3), torch.ones(2, 3)) == 3
    assert losses.as_loss(None) is None


def test_a_loss_of_one_s_own_overrides_call():
    class Cubed(losses.Loss):
        def call(self, y_true, y_pred):
            return ((y_true - y_pred).abs() ** 3).mean(-1)

    assert Cubed()(torch.zeros(2, 1), 2 * torch.ones(2, 1)) == 8
    assert Cubed().name == "cubed"
