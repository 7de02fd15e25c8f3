"""Self-attention, a residual and a norm, over a sequence."""

import keras
import numpy as np
from keras import layers

inputs = keras.Input((10, 8))
attended, scores = layers.MultiHeadAttention(num_heads=2, key_dim=4)(
    inputs, inputs, return_attention_scores=True
)
x = layers.LayerNormalization()(layers.Add()([inputs, attended]))
x = layers.GlobalAveragePooling1D()(x)
model = keras.Model(inputs, [layers.Dense(2, activation="softmax")(x), scores])
rng = np.random.default_rng(17)
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
answers, weights = model.predict(rng.random((3, 10, 8)), verbose=0)
assert weights.shape == (3, 2, 10, 10)
figures = [answers, weights]
assert np.allclose(weights.sum(axis=-1), 1, atol=1e-5)
