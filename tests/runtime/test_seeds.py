"""A seed repeats a whole run bit for bit, in the same process and in another."""

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import runtime as keras
from runtime import layers

ROOT = Path(__file__).parents[2]


class Shuffled(keras.utils.PyDataset):
    """Batches that are made with numpy's random numbers."""

    def __len__(self) -> int:
        return 3

    def __getitem__(self, index: int) -> Any:
        return np.random.normal(size=(4, 8, 8, 3)).astype("float32"), np.random.randint(0, 3, 4)


def model() -> Any:
    inputs = keras.Input((8, 8, 3))
    hidden = layers.RandomFlip()(inputs)
    hidden = layers.RandomRotation(0.2)(hidden)
    hidden = layers.Conv2D(4, 3, kernel_initializer="he_normal", activation="relu")(hidden)
    hidden = layers.GaussianNoise(0.1)(layers.SpatialDropout2D(0.2)(hidden))
    hidden = layers.Dropout(0.5)(layers.Flatten()(hidden))
    outputs = layers.Dense(3, activation="softmax", kernel_initializer=keras.initializers.Orthogonal())(
        hidden
    )
    model = keras.Model(inputs, outputs)
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def run(seed: int) -> str:
    """A fingerprint of all that a run leaves behind."""
    keras.utils.set_random_seed(seed)
    trained = model()
    pictures = np.random.uniform(size=(30, 8, 8, 3)).astype("float32")
    labels = np.random.randint(0, 3, 30)
    first = trained.fit(pictures, labels, epochs=2, batch_size=7, verbose=0, validation_split=0.2).history
    second = trained.fit(Shuffled(), epochs=1, verbose=0).history
    left = [*trained.get_weights(), trained.predict(pictures, verbose=0)]
    text = repr((first, second)).encode()
    return hashlib.sha256(text + b"".join(one.tobytes() for one in left)).hexdigest()


def test_a_seed_repeats_a_whole_run() -> None:
    assert run(7) == run(7) != run(8)


def test_a_seed_repeats_a_run_of_another_process() -> None:
    program = "from tests.runtime.test_seeds import run; print(run(7))"
    found = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == run(7)


@pytest.mark.parametrize(
    "layer", [layers.Dropout(0.5, seed=3), layers.GaussianNoise(1.0, seed=3), layers.RandomFlip(seed=3)]
)
def test_a_layer_with_a_seed_repeats_its_draws(layer: Any) -> None:
    twin = type(layer).from_config(layer.get_config())
    pictures = np.random.uniform(size=(4, 6, 6, 3)).astype("float32")
    for _ in range(2):
        one, other = (each(pictures, training=True) for each in (layer, twin))
        assert one.equal(other)
