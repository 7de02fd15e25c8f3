"""A transformer block and positions, made of layers inside of layers."""

import keras
import numpy as np
from keras import layers, ops


class TransformerBlock(layers.Layer):
    def __init__(self, size, heads, hidden, rate=0.0):
        super().__init__()
        self.attention = layers.MultiHeadAttention(num_heads=heads, key_dim=size)
        self.dense = keras.Sequential([layers.Dense(hidden, activation="relu"), layers.Dense(size)])
        self.norms = [layers.LayerNormalization(epsilon=1e-6) for _ in range(2)]
        self.drops = [layers.Dropout(rate) for _ in range(2)]

    def call(self, inputs):
        attended = self.drops[0](self.attention(inputs, inputs))
        x = self.norms[0](inputs + attended)
        return self.norms[1](x + self.drops[1](self.dense(x)))


class TokensAndPositions(layers.Layer):
    def __init__(self, length, words, size):
        super().__init__()
        self.tokens = layers.Embedding(words, size)
        self.positions = layers.Embedding(length, size)

    def call(self, x):
        positions = ops.arange(start=0, stop=ops.shape(x)[-1], step=1)
        return self.tokens(x) + self.positions(positions)


inputs = keras.Input((8,))
x = TokensAndPositions(8, 30, 6)(inputs)
x = layers.GlobalAveragePooling1D()(TransformerBlock(6, 2, 10)(x))
outputs = layers.Dense(2, activation="softmax")(layers.Dense(5, activation="relu")(x))
model = keras.Model(inputs, outputs)
rng = np.random.default_rng(37)
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
ids = rng.integers(0, 30, (24, 8))
history = model.fit(ids, ids[:, 0] % 2, epochs=3, batch_size=8, shuffle=False, verbose=0).history
figures = history["loss"]
