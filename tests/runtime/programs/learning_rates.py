"""The learning rate follows a plan."""

import keras
import numpy as np
from keras import layers
from keras.callbacks import LearningRateScheduler
from keras.optimizers.schedules import ExponentialDecay

x = np.random.default_rng(15).normal(size=(64, 4)).astype("float32")
y = x[:, :1]
model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
model.compile(keras.optimizers.SGD(ExponentialDecay(0.1, decay_steps=4, decay_rate=0.5)), "mse")
model.set_weights([np.full(w.shape, 0.2) for w in model.get_weights()])
figures = model.fit(x, y, batch_size=16, epochs=2, shuffle=False, verbose=0).history["loss"]
assert abs(float(model.optimizer.learning_rate) - 0.025) < 1e-6
model.compile(keras.optimizers.Adam(0.1), "mse")
rates = []
model.fit(
    x,
    y,
    epochs=3,
    verbose=0,
    callbacks=[
        LearningRateScheduler(lambda epoch, rate: rate * 0.5),
        keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: rates.append(float(model.optimizer.learning_rate))
        ),
    ],
)
assert np.allclose(rates, [0.05, 0.025, 0.0125])
