"""Two views of the same thing should lie close: a dot product of unit vectors."""

import keras
import numpy as np
from keras import layers, ops


class Similarity(keras.Model):
    def __init__(self, encoder):
        super().__init__()
        self.encoder = encoder
        self.unit = layers.UnitNormalization()

    def call(self, pair):
        left, right = (self.unit(self.encoder(view)) for view in pair)
        return ops.matmul(left, ops.transpose(right)) / 0.1


rng = np.random.default_rng(47)
encoder = keras.Sequential([keras.Input((6,)), layers.Dense(8, activation="relu"), layers.Dense(4)])
encoder.set_weights([rng.normal(0, 0.4, w.shape) for w in encoder.get_weights()])
views = [rng.normal(size=(16, 6)).astype("float32")]
views.append(views[0] + 0.1 * rng.normal(size=(16, 6)).astype("float32"))
model = Similarity(encoder)
model.compile(
    keras.optimizers.Adam(0.01),
    keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
history = model.fit(views, np.arange(16), epochs=5, batch_size=16, shuffle=False, verbose=0).history
figures = history["loss"]
