"""A toy ResNet: convolutions with a way around them."""

import keras
import numpy as np
from keras import layers

inputs = keras.Input(shape=(16, 16, 3), name="img")
x = layers.Conv2D(8, 3, activation="relu")(inputs)
block_1 = layers.MaxPooling2D(2)(x)
x = layers.Conv2D(8, 3, activation="relu", padding="same")(block_1)
x = layers.BatchNormalization()(x)
x = layers.Conv2D(8, 3, activation="relu", padding="same")(x)
block_2 = layers.add([x, block_1])
x = layers.GlobalAveragePooling2D()(block_2)
outputs = layers.Dense(4, activation="softmax")(layers.Dropout(0.2)(x))
model = keras.Model(inputs, outputs, name="toy_resnet")
model.compile(optimizer=keras.optimizers.RMSprop(1e-3), loss=keras.losses.SparseCategoricalCrossentropy())
rng = np.random.default_rng(8)
pictures, labels = rng.random((24, 16, 16, 3)).astype("float32"), rng.integers(0, 4, 24)
history = model.fit(pictures, labels, batch_size=8, epochs=2, verbose=0)
assert len(history.history["loss"]) == 2
assert model.count_params() == sum(w.size for w in model.get_weights())
