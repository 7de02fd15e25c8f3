"""Activation and loss in one step: the same values, gradients and errors as one after the other."""

import numpy as np
import pytest
import torch

from runtime import activations, losses
from runtime.errors import DataError, ParameterError

CASES = [
    (losses.CategoricalCrossentropy, {}),
    (losses.CategoricalCrossentropy, {"label_smoothing": 0.1}),
    (losses.SparseCategoricalCrossentropy, {}),
    (losses.SparseCategoricalCrossentropy, {"ignore_class": 1}),
    (losses.BinaryCrossentropy, {}),
    (losses.BinaryCrossentropy, {"label_smoothing": 0.1}),
]


def labels(loss_class, shape):
    ids = torch.arange(int(np.prod(shape[:-1]))).reshape(shape[:-1]) % shape[-1]
    if loss_class is losses.SparseCategoricalCrossentropy:
        return ids
    return torch.nn.functional.one_hot(ids, shape[-1]).float()


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("shape", [(8, 4), (8, 3, 4)], ids=str)
@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "none"])
@pytest.mark.parametrize(("loss_class", "arguments"), CASES, ids=str)
def test_fused_is_one_after_the_other(loss_class, arguments, reduction, shape, weighted):
    loss = loss_class(**arguments, reduction=reduction)
    fused = loss.from_logits_form()
    activation = activations.get(loss.fuses_with)
    y_true = labels(loss_class, shape)
    weight = torch.linspace(0, 2, 8) if weighted else None
    scores = torch.randn(shape, generator=torch.Generator().manual_seed(2)) * 2
    ours, theirs = scores.clone().requires_grad_(), scores.clone().requires_grad_()
    value = fused(y_true, ours, sample_weight=weight)
    expected = loss(y_true, activation(theirs), sample_weight=weight)
    torch.testing.assert_close(value, expected, rtol=1e-5, atol=1e-6)
    value.sum().backward()
    expected.sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-5, atol=1e-6)


def test_the_usual_pairs_are_named():
    assert losses.as_loss("sparse_categorical_crossentropy").fuses_with == "softmax"
    assert losses.as_loss("categorical_crossentropy").fuses_with == "softmax"
    assert losses.as_loss("binary_crossentropy").fuses_with == "sigmoid"
    assert losses.as_loss("mse").fuses_with is None
    assert losses.CategoricalCrossentropy(from_logits=True).fuses_with is None
    assert losses.CategoricalCrossentropy(axis=1).fuses_with is None


def test_what_does_not_fuse_says_so():
    with pytest.raises(ParameterError, match="no form that works on logits"):
        losses.MeanSquaredError().from_logits_form()


@pytest.mark.parametrize("form", ["ids", "column"])
@pytest.mark.parametrize("kind", [torch.int32, torch.int64, torch.float32])
def test_fused_ids_may_be_a_column_and_of_any_kind(form, kind):
    ids = torch.tensor([0, 2, 1]).to(kind)
    scores = torch.randn(3, 4)
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    value = loss(ids if form == "ids" else ids.unsqueeze(1), scores)
    torch.testing.assert_close(value, torch.nn.functional.cross_entropy(scores, ids.long()))


@pytest.mark.parametrize("from_logits", [False, True])
def test_a_class_without_output_is_told(from_logits):
    loss = losses.SparseCategoricalCrossentropy(from_logits=from_logits)
    with pytest.raises(DataError, match=r"class ids from 1 to 7.*3 outputs.*Give the last layer 8 units"):
        loss(torch.tensor([1, 7]), torch.rand(2, 3))
