"""Labels of the wrong form are told with what came, what was expected, and how to mend it."""

import pytest
import torch

from runtime import losses
from runtime.errors import DataError, ParameterError


@pytest.mark.parametrize("from_logits", [False, True])
def test_one_hot_labels_given_to_sparse(from_logits):
    loss = losses.SparseCategoricalCrossentropy(from_logits=from_logits)
    with pytest.raises(DataError, match=r"shape \(6,\).*\(6, 3\).*look one-hot.*'categorical_crossentropy'"):
        loss(torch.eye(3).repeat(2, 1), torch.rand(6, 3))


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("shape", [(6,), (6, 1)], ids=str)
def test_ids_given_to_categorical(shape, from_logits):
    loss = losses.CategoricalCrossentropy(from_logits=from_logits)
    with pytest.raises(DataError, match=r"one-hot labels of the shape \(6, 3\).*class ids.*'sparse_"):
        loss(torch.zeros(shape), torch.rand(6, 3))


@pytest.mark.parametrize(
    "name",
    ["mse", "mae", "binary_crossentropy", "huber", "hinge", "kld", "poisson", "categorical_crossentropy"],
)
def test_shapes_that_do_not_match(name):
    with pytest.raises(DataError, match=r"labels have the shape \(6, 2\).*predictions \(6, 3\)"):
        losses.as_loss(name)(torch.zeros(6, 2), torch.rand(6, 3))


def test_ids_of_another_shape_than_the_predictions():
    with pytest.raises(DataError, match=r"class ids of the shape \(6, 4\).*\(6,\).*Flatten"):
        losses.SparseCategoricalCrossentropy()(torch.zeros(6), torch.rand(6, 4, 3))


def test_a_single_output_for_classes_is_warned_of():
    with pytest.warns(SyntaxWarning, match="only one output"):
        losses.CategoricalCrossentropy()(torch.ones(4, 1), torch.ones(4, 1))


def test_a_single_output_for_ids_is_told():
    with pytest.raises(DataError, match=r"1 outputs.*binary_crossentropy"):
        losses.SparseCategoricalCrossentropy()(torch.tensor([0, 1]), torch.ones(2, 1))


def test_weights_that_do_not_fit():
    with pytest.raises(DataError, match=r"weights have the shape \(5,\).*\(6,\)"):
        losses.MeanSquaredError()(torch.zeros(6, 2), torch.zeros(6, 2), sample_weight=torch.ones(5))


def test_text_where_a_number_belongs():
    with pytest.raises(ParameterError, match=r"Huber got delta='1'. It is a number"):
        losses.Huber(delta="1")


def test_an_unknown_reduction():
    with pytest.raises(ParameterError, match=r"reduction='average'.*'sum'"):
        losses.MeanSquaredError(reduction="average")


def test_an_impossible_share():
    with pytest.raises(ParameterError, match="between 0 and 1"):
        losses.CategoricalGeneralizedCrossEntropy(q=1.0)
