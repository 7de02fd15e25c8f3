"""Saliency and Grad-CAM against gradients that torch computes on the same weights, written out by hand."""

import numpy as np
import pytest
import torch
from torch.nn import functional

import runtime as keras
from app.services.examining.attribution import class_activation, saliency, spatial
from app.services.examining.probe import Probe
from runtime import layers
from runtime.errors import DataError

PICTURE = np.random.RandomState(0).uniform(0, 16, (1, 8, 8, 1)).astype(np.float32)
IDS = np.random.RandomState(1).randint(0, 20, (1, 12)).astype(np.int32)


def weights(probe, name):
    found = next(layer for layer in probe.model.layers if layer.name == name)
    return [torch.tensor(value) for value in found.get_weights()]


def by_hand(probe, picture):
    """The logits of the picture model, what its second convolution gives, and the picture, in torch."""
    image = torch.tensor(picture).permute(0, 3, 1, 2).requires_grad_(True)
    flow = image / 16
    for name in ("first", "second"):
        kernel, bias = weights(probe, name)
        flow = functional.relu(functional.conv2d(flow, kernel.permute(3, 2, 0, 1), bias))
    kernel, bias = weights(probe, "answer")
    return flow.permute(0, 2, 3, 1).flatten(1) @ kernel + bias, flow, image


@pytest.mark.parametrize("target", [0, 7])
def test_saliency_is_the_gradient_of_the_class_before_softmax(picture_probe, target):
    logits, _, image = by_hand(picture_probe, PICTURE)
    (expected,) = torch.autograd.grad(logits[0, target], image)
    found = saliency(picture_probe, {"x": PICTURE}, target).arrays["gradient"]
    assert found.shape == (8, 8, 1)
    np.testing.assert_allclose(found[..., 0], expected[0, 0].numpy(), rtol=1e-4, atol=1e-7)
    as_bytes = PICTURE.astype(np.uint8)
    (expected,) = torch.autograd.grad(
        (read := by_hand(picture_probe, as_bytes.astype(np.float32)))[0][0, target], read[2]
    )
    found = saliency(picture_probe, {"x": as_bytes}, target).arrays["gradient"]
    np.testing.assert_allclose(found[..., 0], expected[0, 0].numpy(), rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("target", [2, 9])
def test_grad_cam_weighs_the_channels_by_their_mean_gradient(picture_probe, target):
    logits, flow, _ = by_hand(picture_probe, PICTURE)
    (gradient,) = torch.autograd.grad(logits[0, target], flow)
    expected = functional.relu((flow * gradient.mean(dim=(2, 3), keepdim=True)).sum(dim=1))[0]
    found = class_activation(picture_probe, {"x": PICTURE}, "second", target).arrays["map"]
    assert found.max() > 0
    np.testing.assert_allclose(found, expected.detach().numpy(), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("target", [0, 1])
def test_ids_are_held_responsible_by_their_vectors(text_probe, target):
    table, (kernel, bias), (last, last_bias) = (
        weights(text_probe, "vectors")[0],
        weights(text_probe, "words"),
        weights(text_probe, "answer"),
    )
    vectors = table[torch.tensor(IDS, dtype=torch.long)].requires_grad_(True)
    flow = functional.conv1d(vectors.transpose(1, 2), kernel.permute(2, 1, 0), bias, padding=1).tanh()
    logit = flow.amax(dim=2) @ last + last_bias
    (gradient,) = torch.autograd.grad(logit.sum() * (1 if target else -1), vectors)
    found = saliency(text_probe, {"x": IDS}, target).arrays["gradient"]
    expected = (gradient * vectors).sum(-1)[0].detach().numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_a_map_of_a_series_has_one_value_a_step(text_probe):
    assert class_activation(text_probe, {"x": IDS}, "words", 1).arrays["map"].shape == (12,)


def test_layers_with_places_are_told_by_their_shape(picture_probe, text_probe):
    assert [tap.name for tap in picture_probe.taps if spatial(tap)] == ["rescaling", "first", "second"]
    assert [tap.name for tap in text_probe.taps if spatial(tap)] == ["vectors", "words"]


def test_what_has_no_places_is_refused(picture_probe):
    with pytest.raises(DataError, match="has no places"):
        class_activation(picture_probe, {"x": PICTURE}, "flat", 1)
    with pytest.raises(DataError, match="no layer 'third'"):
        class_activation(picture_probe, {"x": PICTURE}, "third", 1)


def test_two_inputs_are_refused_in_words():
    one, other = keras.Input((3,)), keras.Input((3,))
    probe = Probe(keras.Model([one, other], layers.Add()([one, other])))
    with pytest.raises(DataError, match="has 2 inputs"):
        saliency(probe, {"x": np.zeros((1, 3), np.float32)}, 0)


def test_a_gradient_that_is_cut_off_is_said(text_probe):
    ids = keras.Input((12,), dtype="int32")
    counts = layers.CategoryEncoding(20, output_mode="multi_hot")(ids)
    probe = Probe(keras.Model(ids, layers.Dense(2)(counts)))
    with pytest.raises(DataError, match="keep no positions"):
        saliency(probe, {"x": IDS}, 0)
