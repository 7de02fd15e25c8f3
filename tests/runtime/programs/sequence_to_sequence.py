"""An encoder's states start a decoder; every step is told apart."""

import keras
import numpy as np
from keras import layers

encoder_inputs = keras.Input(shape=(None, 5))
_, state_h, state_c = layers.LSTM(8, return_state=True)(encoder_inputs)
decoder_inputs = keras.Input(shape=(None, 6))
decoded = layers.LSTM(8, return_sequences=True)(decoder_inputs, initial_state=[state_h, state_c])
outputs = layers.TimeDistributed(layers.Dense(6, activation="softmax"))(decoded)
model = keras.Model([encoder_inputs, decoder_inputs], outputs)
model.compile(optimizer="rmsprop", loss="categorical_crossentropy")
rng = np.random.default_rng(16)
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
source, target = (
    rng.random((12, 7, 5)).astype("float32"),
    np.eye(6, dtype="float32")[rng.integers(0, 6, (12, 4))],
)
figures = model.fit([source, target], target, epochs=3, shuffle=False, verbose=0).history["loss"]
assert model.predict([source, target], verbose=0).shape == (12, 4, 6)
