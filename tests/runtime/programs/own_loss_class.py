"""A loss class of one's own, with doubtful samples weighted, for one of two outputs."""

import keras
import numpy as np
from keras import layers, ops


class ErrorWithPull(keras.losses.Loss):
    def __init__(self, pull=0.1, name="error_with_pull"):
        super().__init__(name=name)
        self.pull = pull

    def call(self, y_true, y_pred):
        error = ops.mean(ops.square(y_true - y_pred), axis=-1)
        return error + ops.mean(ops.square(0.5 - y_pred), axis=-1) * self.pull


rng = np.random.default_rng(44)
inputs = keras.Input((4,))
x = layers.Dense(6, activation="relu")(inputs)
model = keras.Model(
    inputs, {"score": layers.Dense(1, name="score")(x), "kind": layers.Dense(3, name="kind")(x)}
)
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
model.compile(
    keras.optimizers.RMSprop(1e-2),
    loss={"score": ErrorWithPull(0.2), "kind": keras.losses.CategoricalCrossentropy(from_logits=True)},
    loss_weights={"score": 2.0, "kind": 0.5},
    metrics={"score": [keras.metrics.MeanAbsoluteError(name="mae")], "kind": ["accuracy"]},
)
data = rng.normal(size=(48, 4)).astype("float32")
targets = {"score": data[:, :1], "kind": np.eye(3, dtype="float32")[np.argmax(data[:, :3], 1)]}
weights = {"score": np.linspace(0, 1, 48), "kind": np.ones(48)}
history = model.fit(
    data, targets, sample_weight=weights, epochs=3, batch_size=12, shuffle=False, verbose=0
).history
assert "score_mae" in history
assert "kind_accuracy" in history
figures = history["loss"] + history["score_loss"] + history["kind_loss"]
