"""Windows over a series, and what comes next."""

import keras
import numpy as np
from keras import layers

series = np.sin(np.arange(120) / 5)[:, None].astype("float32")
windows = keras.utils.timeseries_dataset_from_array(
    series[:-1], series[10:, 0], sequence_length=10, sequence_stride=2, batch_size=8
)
model = keras.Sequential([keras.Input((10, 1)), layers.GRU(6), layers.Dense(1)])
rng = np.random.default_rng(34)
model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
model.compile(keras.optimizers.Adam(0.01), "mae")
figures = model.fit(windows, epochs=4, verbose=0).history["loss"]
