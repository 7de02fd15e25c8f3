"""Layers and models in the manner of Keras's guides that use `keras.ops`, here and with the real Keras."""

import json

import keras
import numpy as np
import pytest
import torch

import runtime

LIBRARIES = (runtime, keras)


def sampling(library):
    """A variational autoencoder's middle: mean and spread, then a point between."""
    ops = library.ops

    class Sampling(library.layers.Layer):
        def call(self, inputs):
            mean, log_variance = inputs
            noise = ops.sin(ops.cast(ops.arange(ops.size(mean)), "float32"))
            return mean + ops.exp(0.5 * log_variance) * ops.reshape(noise, ops.shape(mean))

    class Divergence(library.layers.Layer):
        def call(self, mean, log_variance):
            loss = -0.5 * (1 + log_variance - ops.square(mean) - ops.exp(log_variance))
            self.add_loss(ops.mean(ops.sum(loss, axis=1)))
            return mean

    x = library.Input((8,))
    hidden = library.layers.Dense(6, activation="relu")(x)
    mean, log_variance = library.layers.Dense(2)(hidden), library.layers.Dense(2)(hidden)
    mean = Divergence()(mean, log_variance)
    return library.Model(x, library.layers.Dense(8)(Sampling()([mean, log_variance])))


def masked_attention(library):
    """Attention in which padding and the future do not count."""
    ops = library.ops

    class MaskedAttention(library.layers.Layer):
        def __init__(self, heads, size, **kwargs):
            super().__init__(**kwargs)
            self.heads = heads
            self.size = size

        def build(self, input_shape):
            self.kernel = self.add_weight(
                shape=(input_shape[-1], 3 * self.heads * self.size),
                initializer="glorot_uniform",
                name="kernel",
            )

        def call(self, x):
            batch, length = ops.shape(x)[0], ops.shape(x)[1]
            parts = ops.split(ops.matmul(x, self.kernel), 3, axis=-1)
            query, key, value = (
                ops.transpose(ops.reshape(part, (batch, length, self.heads, self.size)), (0, 2, 1, 3))
                for part in parts
            )
            scores = ops.einsum("bhqd,bhkd->bhqk", query, key) / ops.sqrt(ops.cast(self.size, x.dtype))
            causal = ops.arange(length)[:, None] >= ops.arange(length)[None, :]
            padding = ops.any(ops.not_equal(x, 0), axis=-1)[:, None, None, :]
            scores = ops.where(ops.logical_and(causal, padding), scores, -1e9)
            mixed = ops.matmul(ops.softmax(scores, axis=-1), value)
            return ops.reshape(ops.swapaxes(mixed, 1, 2), (batch, length, self.heads * self.size))

    x = library.Input((5, 4))
    y = MaskedAttention(2, 3)(x)
    return library.Model(x, library.layers.Dense(2)(library.layers.GlobalAveragePooling1D()(y)))


def patches(library):
    """A small vision transformer's first steps: patches, and where they were."""
    ops = library.ops

    class Patches(library.layers.Layer):
        def __init__(self, size, **kwargs):
            super().__init__(**kwargs)
            self.size = size

        def call(self, images):
            height, width, channels = ops.shape(images)[1:]
            found = ops.image.extract_patches(images, size=self.size)
            count = (height // self.size) * (width // self.size)
            return ops.reshape(found, (ops.shape(images)[0], count, self.size**2 * channels))

        def compute_output_shape(self, input_shape):
            count = (input_shape[1] // self.size) * (input_shape[2] // self.size)
            return (input_shape[0], count, self.size**2 * input_shape[3])

    class PatchEncoder(library.layers.Layer):
        def __init__(self, count, size, **kwargs):
            super().__init__(**kwargs)
            self.count = count
            self.projection = library.layers.Dense(size)
            self.places = library.layers.Embedding(count, size)

        def call(self, patches):
            places = ops.expand_dims(ops.arange(start=0, stop=self.count, step=1), axis=0)
            return self.projection(patches) + self.places(places)

        def compute_output_shape(self, input_shape):
            return (*input_shape[:2], 5)

    x = library.Input((8, 8, 1))
    y = PatchEncoder(4, 5)(Patches(4)(x))
    return library.Model(x, library.layers.Dense(2)(library.layers.Flatten()(y)))


def waves(library):
    """Sines and cosines added to sequences, and the waves found in them."""
    ops = library.ops

    class SinePositions(library.layers.Layer):
        def call(self, x):
            length, size = ops.shape(x)[-2], ops.shape(x)[-1]
            place = ops.cast(ops.expand_dims(ops.arange(length), 1), x.dtype)
            rate = ops.power(
                10000.0, -ops.cast(2 * (ops.arange(size) // 2), x.dtype) / ops.cast(size, x.dtype)
            )
            angles = place * rate
            odd = ops.cast(ops.arange(size) % 2, x.dtype)
            return x + ops.sin(angles) * (1 - odd) + ops.cos(angles) * odd

    class Spectrum(library.layers.Layer):
        def call(self, x):
            real, imaginary = ops.rfft(ops.transpose(x, (0, 2, 1)))
            return ops.log1p(ops.sqrt(ops.square(real) + ops.square(imaginary) + 1e-6))

    x = library.Input((8, 4))
    y = Spectrum()(SinePositions()(x))
    return library.Model(x, library.layers.Dense(2)(library.layers.Flatten()(y)))


def functional(library):
    """No class at all: functions between layers."""
    ops = library.ops
    x = library.Input((6,))
    hidden = library.layers.Dense(8)(x)
    left, right = ops.split(hidden, 2, axis=-1)
    gated = ops.multiply(left, ops.sigmoid(right))
    normal = ops.divide(gated, ops.norm(gated, axis=-1, keepdims=True) + 1e-6)
    similar = ops.matmul(ops.expand_dims(normal, -1), ops.expand_dims(normal, 1))
    return library.Model(x, library.layers.Dense(2)(ops.reshape(similar, (-1, 16))))


PROGRAMS = [sampling, masked_attention, patches, waves, functional]


def prepared(program):
    """The model here and there, with the same weights, and data for it."""
    ours, theirs = (program(library) for library in LIBRARIES)
    random = np.random.default_rng(4)
    values = [
        random.normal(size=weight.shape, scale=0.4).astype("float32") for weight in theirs.get_weights()
    ]
    for model in (ours, theirs):
        model.set_weights(values)
    inputs = random.normal(size=(8, *ours.input_shape[1:])).astype("float32")
    targets = random.normal(size=(8, *ours.output_shape[1:])).astype("float32")
    return ours, theirs, inputs, targets


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_programs_learn_what_they_learn_in_keras(program):
    ours, theirs, inputs, targets = prepared(program)
    assert ours.output_shape == theirs.output_shape
    histories = []
    for model in (ours, theirs):
        model.compile(optimizer="adam", loss="mse")
        history = model.fit(inputs, targets, epochs=3, batch_size=4, shuffle=False, verbose=0)
        histories.append(history.history["loss"])
    np.testing.assert_allclose(histories[0], histories[1], rtol=1e-4)
    np.testing.assert_allclose(
        ours.predict(inputs, verbose=0), theirs.predict(inputs, verbose=0), rtol=1e-3, atol=1e-5
    )


def contrastive_loss(library):
    """Pairs that belong together are near, others at least a margin apart; all pairs of a batch."""
    ops = library.ops

    def loss(labels, vectors):
        unit = ops.normalize(vectors, axis=-1)
        distance = ops.sqrt(ops.maximum(2 - 2 * ops.matmul(unit, ops.transpose(unit)), 1e-7))
        same = ops.cast(ops.equal(labels, ops.transpose(labels)), "float32")
        apart = ops.square(ops.relu(1.0 - distance))
        return ops.mean(same * ops.square(distance) + (1 - same) * apart, axis=-1)

    return loss


def test_a_contrastive_loss_and_a_metric_of_functions():
    histories = []
    random = np.random.default_rng(8)
    inputs, labels = (
        random.normal(size=(8, 4)).astype("float32"),
        random.integers(0, 2, (8, 1)).astype("float32"),
    )
    kernel = random.normal(size=(4, 3)).astype("float32")
    for library in LIBRARIES:
        model = library.Sequential([library.Input((4,)), library.layers.Dense(3, use_bias=False)])
        model.set_weights([kernel])

        def length(_, vectors, ops=library.ops):
            return ops.mean(ops.norm(vectors, axis=-1))

        model.compile(optimizer="sgd", loss=contrastive_loss(library), metrics=[length])
        history = model.fit(inputs, labels, epochs=2, batch_size=8, shuffle=False, verbose=0).history
        histories.append([*history["loss"], *history["length"]])
    np.testing.assert_allclose(histories[0], histories[1], rtol=1e-4)


def test_functions_in_a_step_of_ones_own():
    ops = runtime.ops

    class Halving(runtime.Model):
        def __init__(self):
            super().__init__()
            self.dense = runtime.layers.Dense(1)

        def call(self, x):
            return self.dense(ops.concatenate([x, ops.square(x)], axis=-1))

        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            del x, sample_weight, training
            return ops.mean(ops.abs(y - y_pred)) / 2

    model = Halving()
    model.compile(optimizer="sgd")
    history = model.fit(np.ones((4, 2), "float32"), np.ones((4, 1), "float32"), epochs=3, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]


@pytest.mark.parametrize("fill_mode", ["constant", "reflect"])
def test_pictures_bent_at_random(fill_mode):
    pictures = np.random.default_rng(0).uniform(size=(2, 9, 8, 3)).astype("float32")
    bend = runtime.ops.image.elastic_transform
    bent = bend(pictures, 20.0, 3.0, fill_mode=fill_mode, seed=3)
    assert bent.shape == (2, 9, 8, 3)
    assert torch.equal(bent, bend(pictures, 20.0, 3.0, fill_mode=fill_mode, seed=3))
    assert not torch.allclose(bent, torch.from_numpy(pictures))
    unmoved = bend(pictures, 0.0, 3.0, seed=3)
    np.testing.assert_allclose(unmoved.numpy(), pictures, rtol=1e-5, atol=1e-6)
    first = runtime.ops.transpose(pictures, (0, 3, 1, 2))
    turned = bend(first, 20.0, 3.0, fill_mode=fill_mode, seed=3, data_format="channels_first")
    torch.testing.assert_close(turned.permute(0, 2, 3, 1), bent)


def test_lists_of_a_config_are_taken_for_tuples():
    x = runtime.Input((3, 4))
    model = runtime.Model(x, runtime.ops.mean(runtime.ops.transpose(x, (0, 2, 1)), axis=(1, 2)))
    again = runtime.Functional.from_config(json.loads(json.dumps(model.get_config())))
    data = np.arange(24, dtype="float32").reshape(2, 3, 4)
    np.testing.assert_allclose(again(data).numpy(), data.mean((1, 2)))
