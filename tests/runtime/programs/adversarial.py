"""A generator and a discriminator, with an optimizer each, in one training step."""

import keras
import numpy as np
import torch
from keras import layers

rng = np.random.default_rng(22)


class Adversarial(keras.Model):
    def __init__(self, generator, discriminator):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.d_loss_tracker = keras.metrics.Mean(name="d_loss")
        self.g_loss_tracker = keras.metrics.Mean(name="g_loss")
        self.built = True

    @property
    def metrics(self):
        return [self.d_loss_tracker, self.g_loss_tracker]

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile()
        self.d_optimizer, self.g_optimizer, self.loss_fn = d_optimizer, g_optimizer, loss_fn

    def step(self, model, optimizer, loss):
        self.zero_grad()
        loss.backward()
        weights = list(model.trainable_weights)
        with torch.no_grad():
            optimizer.apply([w.value.grad for w in weights], weights)

    def train_step(self, data):
        real = data[0] if isinstance(data, tuple) else data
        noise = torch.as_tensor(rng.normal(size=(real.shape[0], 3)).astype("float32"), device=real.device)
        mixed = torch.cat([self.generator(noise).detach(), real])
        labels = torch.cat([torch.ones(len(noise), 1), torch.zeros(len(real), 1)]).to(real.device)
        d_loss = self.loss_fn(labels, self.discriminator(mixed))
        self.step(self.discriminator, self.d_optimizer, d_loss)
        misled = torch.zeros(len(noise), 1, device=real.device)
        g_loss = self.loss_fn(misled, self.discriminator(self.generator(noise)))
        self.step(self.generator, self.g_optimizer, g_loss)
        self.d_loss_tracker.update_state(d_loss.detach())
        self.g_loss_tracker.update_state(g_loss.detach())
        return {"d_loss": self.d_loss_tracker.result(), "g_loss": self.g_loss_tracker.result()}


generator = keras.Sequential(
    [keras.Input((3,)), layers.Dense(8), layers.LeakyReLU(negative_slope=0.2), layers.Dense(2)]
)
discriminator = keras.Sequential(
    [keras.Input((2,)), layers.Dense(8), layers.LeakyReLU(negative_slope=0.2), layers.Dense(1)]
)
for part in (generator, discriminator):
    part.set_weights([rng.normal(0, 0.3, w.shape) for w in part.get_weights()])
gan = Adversarial(generator, discriminator)
gan.compile(
    d_optimizer=keras.optimizers.Adam(3e-3),
    g_optimizer=keras.optimizers.Adam(3e-3),
    loss_fn=keras.losses.BinaryCrossentropy(from_logits=True),
)
points = (rng.normal(size=(64, 2)) + 2).astype("float32")
figures = gan.fit(points, epochs=3, batch_size=16, shuffle=False, verbose=0).history
