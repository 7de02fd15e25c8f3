"""A small model learns from the answers of a large one."""

import keras
import numpy as np
from keras import layers, ops


class Distilling(keras.Model):
    def __init__(self, student, teacher):
        super().__init__()
        self.student, self.teacher = student, teacher

    def compile(self, optimizer, metrics, student_loss, distance, share=0.3, heat=3.0):
        super().compile(optimizer=optimizer, metrics=metrics)
        self.student_loss, self.distance, self.share, self.heat = student_loss, distance, share, heat

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, allow_empty=False):
        taught = self.teacher(x, training=False)
        own = self.student_loss(y, y_pred)
        copied = self.distance(
            ops.softmax(taught / self.heat, axis=1), ops.softmax(y_pred / self.heat, axis=1)
        ) * (self.heat**2)
        return self.share * own + (1 - self.share) * copied

    def call(self, x):
        return self.student(x)


def network(width):
    return keras.Sequential([keras.Input((5,)), layers.Dense(width, activation="relu"), layers.Dense(3)])


rng = np.random.default_rng(46)
teacher, student = network(16), network(4)
for model in (teacher, student):
    model.set_weights([rng.normal(0, 0.5, w.shape) for w in model.get_weights()])
x = rng.normal(size=(60, 5)).astype("float32")
y = np.argmax(x[:, :3], axis=1)
distiller = Distilling(student, teacher)
teacher.trainable = False
distiller.compile(
    optimizer=keras.optimizers.Adam(0.01),
    metrics=[keras.metrics.SparseCategoricalAccuracy()],
    student_loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    distance=keras.losses.KLDivergence(),
)
history = distiller.fit(x, y, epochs=3, batch_size=15, shuffle=False, verbose=0).history
figures = history["loss"] + history["sparse_categorical_accuracy"]
