"""A small U-Net labels each pixel."""

import keras
import numpy as np
from keras import layers

rng = np.random.default_rng(29)
inputs = keras.Input((16, 16, 3))
x = layers.Conv2D(6, 3, strides=2, padding="same")(inputs)
x = layers.Activation("relu")(layers.BatchNormalization()(x))
kept = x
x = layers.Activation("relu")(x)
x = layers.SeparableConv2D(8, 3, padding="same")(x)
x = layers.BatchNormalization()(x)
x = layers.AveragePooling2D(2)(x)
x = layers.add([x, layers.Conv2D(8, 1, strides=2, padding="same")(kept)])
x = layers.Conv2DTranspose(6, 3, strides=2, padding="same", activation="relu")(x)
x = layers.concatenate([x, kept])
x = layers.Conv2DTranspose(6, 3, strides=2, padding="same")(x)
outputs = layers.Conv2D(3, 3, padding="same")(x)
model = keras.Model(inputs, outputs)
model.set_weights([np.abs(rng.normal(0, 0.3, w.shape)) + 0.1 for w in model.get_weights()])
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(keras.optimizers.Adam(1e-3), loss, metrics=["accuracy"])
pictures, labels = rng.random((8, 16, 16, 3)).astype("float32"), rng.integers(0, 3, (8, 16, 16, 1))
history = model.fit(pictures, labels, batch_size=4, epochs=2, shuffle=False, verbose=0).history
assert model.predict(pictures, verbose=0).shape == (8, 16, 16, 3)
figures = history["loss"]
