"""Pictures are varied while training, and only then."""

import keras
import numpy as np
from keras import layers

vary = keras.Sequential(
    [
        layers.RandomFlip("horizontal"),
        layers.RandomRotation(0.1),
        layers.RandomZoom(0.1),
        layers.RandomTranslation(0.1, 0.1),
        layers.RandomContrast(0.1),
    ]
)
inputs = keras.Input((20, 20, 3))
x = layers.Rescaling(1 / 255)(vary(inputs))
x = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3, activation="relu")(x))
model = keras.Model(inputs, layers.Dense(2)(x))
rng = np.random.default_rng(33)
model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
pictures = rng.integers(0, 256, (10, 20, 20, 3)).astype("float32")
answers = model.predict(pictures, verbose=0)
assert np.allclose(answers, model.predict(pictures, verbose=0))
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(pictures, rng.integers(0, 2, 10), epochs=2, batch_size=5, verbose=0)
figures = [answers]
