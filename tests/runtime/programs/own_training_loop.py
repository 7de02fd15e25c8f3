"""A training loop written out: batches of torch, gradients, an optimizer, metrics."""

import keras
import numpy as np
import torch
from keras import layers

rng = np.random.default_rng(23)
x = rng.normal(size=(96, 5)).astype("float32")
y = np.argmax(x[:, :3], axis=1)
inputs = keras.Input((5,))
hidden = layers.Dense(12, activation="relu")(inputs)
model = keras.Model(inputs, layers.Dense(3)(hidden))
model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
optimizer = keras.optimizers.Adam(learning_rate=0.01)
loss_function = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
accuracy = keras.metrics.SparseCategoricalAccuracy()
batches = torch.utils.data.DataLoader(
    torch.utils.data.TensorDataset(torch.from_numpy(x), torch.from_numpy(y)), batch_size=16
)
figures = []
for _ in range(3):
    for inputs, targets in batches:
        logits = model(inputs, training=True)
        loss = loss_function(targets, logits)
        model.zero_grad()
        loss.backward()
        weights = list(model.trainable_weights)
        with torch.no_grad():
            optimizer.apply([w.value.grad for w in weights], weights)
        accuracy.update_state(targets, logits.detach())
        figures.append(float(loss.detach()))
    figures.append(float(accuracy.result()))
    accuracy.reset_state()
