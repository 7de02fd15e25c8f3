"""A model with registered classes of one's own goes to a file and comes back."""

import os
import tempfile

import keras
import numpy as np
from keras import layers, ops


@keras.saving.register_keras_serializable(package="Own")
class Mixed(layers.Layer):
    def __init__(self, share, inner=None, **kwargs):
        super().__init__(**kwargs)
        self.share = share
        self.inner = inner or layers.Dense(4, activation=bent)

    def call(self, x):
        return self.share * x + (1 - self.share) * self.inner(x)

    def get_config(self):
        inner = keras.saving.serialize_keras_object(self.inner)
        return {**super().get_config(), "share": self.share, "inner": inner}

    @classmethod
    def from_config(cls, config):
        config["inner"] = keras.saving.deserialize_keras_object(config["inner"])
        return cls(**config)


@keras.saving.register_keras_serializable(package="Own")
def bent(x):
    return ops.where(x > 0, x, 0.1 * x)


rng = np.random.default_rng(48)
model = keras.Sequential([keras.Input((4,)), Mixed(0.3), layers.Dense(1)])
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
x = rng.normal(size=(5, 4)).astype("float32")
answer = model.predict(x, verbose=0)
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "model.keras")
    model.save(path)
    again = keras.models.load_model(path)
assert again.layers[0].share == 0.3
assert np.allclose(again.predict(x, verbose=0), answer, atol=1e-6)
copy = keras.models.clone_model(model)
copy.set_weights(model.get_weights())
assert np.allclose(copy.predict(x, verbose=0), answer, atol=1e-6)
figures = [answer]
