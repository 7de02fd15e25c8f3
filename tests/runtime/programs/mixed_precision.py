"""Half precision within, whole numbers outside: weights and the answer stay float32."""

import keras
import numpy as np
from keras import layers

keras.mixed_precision.set_global_policy("mixed_bfloat16")
try:
    inputs = keras.Input((12,))
    hidden = layers.Dense(16, activation="relu")
    x = hidden(inputs)
    outputs = layers.Activation("softmax", dtype="float32")(layers.Dense(3)(x))
    model = keras.Model(inputs, outputs)
finally:
    keras.mixed_precision.set_global_policy("float32")
assert hidden.compute_dtype == "bfloat16"
assert hidden.variable_dtype == "float32"
rng = np.random.default_rng(35)
model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
data = rng.normal(size=(60, 12)).astype("float32")
history = model.fit(
    data, np.argmax(data[:, :3], 1), epochs=10, batch_size=10, shuffle=False, verbose=0
).history
assert model.predict(data, verbose=0).dtype == "float32"
assert history["loss"][-1] < history["loss"][0]
