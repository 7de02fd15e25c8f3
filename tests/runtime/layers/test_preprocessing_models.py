"""Layers that prepare data as parts of models: trained, saved, read by the real Keras and back."""

import keras
import numpy as np
import pytest

import runtime
from runtime import layers
from tests.runtime.layers.oracle import arrays

PICTURES = np.random.default_rng(4).uniform(0, 255, (12, 9, 8, 3)).astype("float32")
CLASSES = np.arange(12) % 3


def picture_model(library):
    kinds = library.layers
    return library.Sequential(
        [
            kinds.Input((9, 8, 3)),
            kinds.Resizing(8, 8),
            kinds.Normalization(name="normalization"),
            kinds.RandomFlip("horizontal", seed=1),
            kinds.RandomRotation(0.1, seed=1),
            kinds.RandomZoom(0.1, seed=1),
            kinds.RandomTranslation(0.1, 0.1, seed=1),
            kinds.RandomContrast(0.1, value_range=(-5, 5), seed=1),
            kinds.CenterCrop(6, 6),
            kinds.Flatten(),
            kinds.Discretization([-1.0, 0.0, 1.0], output_mode="count"),
            kinds.Dense(3, activation="softmax"),
        ]
    )


def adapted(library):
    model = picture_model(library)
    model.get_layer("normalization").adapt(PICTURES)
    return model


def test_a_model_with_augmentation_learns_and_predicts_the_same_each_time():
    model = adapted(runtime)
    model.compile("adam", "sparse_categorical_crossentropy")
    history = model.fit(PICTURES, CLASSES, epochs=2, batch_size=4, verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    first = model.predict(PICTURES, verbose=0)
    np.testing.assert_array_equal(first, model.predict(PICTURES, verbose=0))


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_files_go_both_ways(tmp_path, suffix):
    ours = adapted(runtime)
    path = tmp_path / f"ours{suffix}"
    ours.save(path)
    wanted = ours.predict(PICTURES, verbose=0)
    np.testing.assert_allclose(
        runtime.models.load_model(path).predict(PICTURES, verbose=0), wanted, rtol=1e-5
    )
    theirs = keras.models.load_model(path)
    np.testing.assert_allclose(theirs.predict(PICTURES, verbose=0), wanted, rtol=1e-4)

    # Keras itself cannot write these layers into .h5 files.
    path = tmp_path / "theirs.keras"
    theirs.save(path)
    np.testing.assert_allclose(
        runtime.models.load_model(path).predict(PICTURES, verbose=0), wanted, rtol=1e-4
    )


def test_what_was_learnt_is_saved_with_a_model(tmp_path):
    ranges = layers.Discretization(num_bins=4)
    ids = layers.IntegerLookup(output_mode="multi_hot")
    ranges.adapt(arrays((50, 2)))
    ids.adapt([[3, 5], [5, 7]])
    measured, bought = layers.Input((2,)), layers.Input((2,), dtype="int32")
    outputs = [ranges(measured), ids(bought), layers.Hashing(7, salt=3)(bought)]
    model = runtime.Model([measured, bought], outputs)
    data = [arrays((5, 2)), np.array([[3, 4], [5, 5], [7, 3], [9, 9], [3, 7]])]
    model.save(tmp_path / "model.keras")
    again = runtime.models.load_model(tmp_path / "model.keras")
    for one, other in zip(model.predict(data, verbose=0), again.predict(data, verbose=0), strict=True):
        np.testing.assert_array_equal(one, other)
