"""First the head alone, then all of it with a small learning rate; statistics stay as they were."""

import keras
import numpy as np
from keras import layers

rng = np.random.default_rng(42)
base = keras.Sequential(
    [keras.Input((8, 8, 3)), layers.Conv2D(4, 3), layers.BatchNormalization(), layers.ReLU()], name="base"
)
base.trainable = False
inputs = keras.Input((8, 8, 3))
x = layers.GlobalAveragePooling2D()(base(inputs, training=False))
model = keras.Model(inputs, layers.Dense(2)(x))
model.set_weights([np.abs(rng.normal(0, 0.4, w.shape)) + 0.05 for w in model.get_weights()])
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(keras.optimizers.Adam(0.01), loss)
pictures, labels = rng.normal(size=(24, 8, 8, 3)).astype("float32"), rng.integers(0, 2, 24)
first = model.fit(pictures, labels, epochs=2, batch_size=8, shuffle=False, verbose=0).history["loss"]
assert len(model.trainable_weights) == 2
base.trainable = True
assert len(model.trainable_weights) == 6
model.compile(keras.optimizers.Adam(1e-4), loss)
second = model.fit(pictures, labels, epochs=2, batch_size=8, shuffle=False, verbose=0).history["loss"]
figures = first + second
