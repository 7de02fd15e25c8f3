"""A variational autoencoder: a random layer, losses that are tracked, a training step of one's own."""

import keras
import numpy as np
from keras import layers, ops


class Sampling(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(1337)

    def call(self, inputs):
        mean, log_variance = inputs
        noise = keras.random.normal(shape=ops.shape(mean), seed=self.seed_generator)
        return mean + ops.exp(0.5 * log_variance) * noise


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.total = keras.metrics.Mean(name="total_loss")
        self.divergence = keras.metrics.Mean(name="divergence")

    @property
    def metrics(self):
        return [self.total, self.divergence]

    def call(self, inputs):
        return self.decoder(self.encoder(inputs)[2])

    def train_step(self, data):
        if isinstance(data, tuple):
            data = data[0]
        mean, log_variance, code = self.encoder(data)
        rebuilt = self.decoder(code)
        error = ops.mean(ops.sum(keras.losses.mean_squared_error(data, rebuilt), axis=-1))
        divergence = -0.5 * (1 + log_variance - ops.square(mean) - ops.exp(log_variance))
        divergence = ops.mean(ops.sum(divergence, axis=1))
        loss = error + 0.01 * divergence
        self.zero_grad()
        loss.backward()
        weights = list(self.trainable_weights)
        self.optimizer.apply([w.value.grad for w in weights], weights)
        self.total.update_state(loss)
        self.divergence.update_state(divergence)
        return {"loss": self.total.result(), "divergence": self.divergence.result()}


inputs = keras.Input((4, 6))
x = layers.Dense(8, activation="relu")(layers.Flatten()(inputs))
mean, log_variance = layers.Dense(2, name="mean")(x), layers.Dense(2, name="log_variance")(x)
encoder = keras.Model(inputs, [mean, log_variance, Sampling()([mean, log_variance])], name="encoder")
codes = keras.Input((2,))
decoder = keras.Model(codes, layers.Reshape((4, 6))(layers.Dense(24)(codes)), name="decoder")
vae = VAE(encoder, decoder)
vae.compile(optimizer=keras.optimizers.Adam(0.02))
data = np.random.default_rng(21).normal(size=(80, 1, 6)).repeat(4, axis=1).astype("float32")
history = vae.fit(data, epochs=8, batch_size=16, verbose=0).history
assert set(history) == {"loss", "divergence"}
assert history["loss"][-1] < history["loss"][0]
