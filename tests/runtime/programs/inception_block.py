"""Several convolutions side by side, joined; and what the layers in between say."""

import keras
import numpy as np
from keras import layers

rng = np.random.default_rng(30)
inputs = keras.Input((12, 12, 3))
one = layers.Conv2D(4, 1, activation="relu", padding="same")(inputs)
three = layers.Conv2D(4, 3, activation="relu", padding="same")(layers.Conv2D(2, 1, padding="same")(inputs))
five = layers.Conv2D(4, 5, dilation_rate=2, padding="same", activation="elu")(inputs)
pooled = layers.Conv2D(4, 1, padding="same")(layers.AveragePooling2D(3, strides=1, padding="same")(inputs))
x = layers.Concatenate(axis=-1, name="joined")([one, three, five, layers.PReLU()(pooled)])
outputs = layers.Dense(2, activation="softmax")(layers.GlobalMaxPooling2D()(x))
model = keras.Model(inputs, outputs)
model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
features = keras.Model(inputs, [layer.output for layer in model.layers[1:]])
pictures = rng.random((6, 12, 12, 3)).astype("float32")
seen = features.predict(pictures, verbose=0)
assert len(seen) == len(model.layers) - 1
model.compile(keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True), "categorical_crossentropy")
history = model.fit(pictures, np.eye(2)[[0, 1] * 3], epochs=3, batch_size=3, shuffle=False, verbose=0)
figures = [np.mean(np.abs(values)) for values in seen[:6]] + history.history["loss"]
