"""Clipped gradients, averaged weights, decay, gathered steps, a warm-up and a cosine."""

import keras
import numpy as np
from keras import layers, optimizers

rng = np.random.default_rng(43)
x = rng.normal(size=(64, 5)).astype("float32")
y = (x @ rng.normal(size=(5, 1))).astype("float32")
start = [rng.normal(0, 0.5, shape) for shape in ((5, 8), (8,), (8, 1), (1,))]
warm_cosine = optimizers.schedules.CosineDecay(1e-3, 20, warmup_target=0.02, warmup_steps=6)
figures = []
for optimizer in (
    optimizers.SGD(0.05, momentum=0.9, clipnorm=0.5),
    optimizers.Adam(warm_cosine, clipvalue=0.3),
    optimizers.AdamW(0.01, weight_decay=0.05, global_clipnorm=1.0),
    optimizers.RMSprop(0.01, momentum=0.5, centered=True),
    optimizers.Lion(1e-3),
    optimizers.Adam(0.01, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=8),
    optimizers.Adam(0.01, gradient_accumulation_steps=2),
):
    model = keras.Sequential([keras.Input((5,)), layers.Dense(8, activation="tanh"), layers.Dense(1)])
    model.set_weights(start)
    model.compile(optimizer, "mse")
    figures += model.fit(x, y, epochs=3, batch_size=8, shuffle=False, verbose=0).history["loss"]
    figures.append(model.predict(x[:3], verbose=0))
