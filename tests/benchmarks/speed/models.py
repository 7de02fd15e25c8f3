"""The models of the workloads, in Keras's API: each function takes the library to write them in."""

from collections.abc import Callable
from typing import Any

LAYERS_OF_DEEP = 200


def tiny(keras: Any) -> Any:
    return keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )


def mlp(keras: Any) -> Any:
    return keras.Sequential(
        [
            keras.Input((784,)),
            keras.layers.Dense(512, activation="relu"),
            keras.layers.Dense(512, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )


def cnn(keras: Any) -> Any:
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(16, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(32, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )


def lstm(keras: Any) -> Any:
    return keras.Sequential(
        [
            keras.Input((50,), dtype="int32"),
            keras.layers.Embedding(1000, 32),
            keras.layers.LSTM(32),
            keras.layers.Dense(2, activation="softmax"),
        ]
    )


def resnet20(keras: Any) -> Any:
    layers = keras.layers

    def normal_conv(x: Any, filters: int, window: int, strides: int) -> Any:
        x = layers.Conv2D(filters, window, strides=strides, padding="same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    def block(x: Any, filters: int, strides: int) -> Any:
        inner = layers.Activation("relu")(normal_conv(x, filters, 3, strides))
        inner = normal_conv(inner, filters, 3, 1)
        shortcut = x if strides == 1 else normal_conv(x, filters, 1, strides)
        return layers.Activation("relu")(layers.Add()([shortcut, inner]))

    inputs = keras.Input((32, 32, 3))
    x = layers.Activation("relu")(normal_conv(inputs, 16, 3, 1))
    for stage, filters in enumerate((16, 32, 64)):
        for number in range(3):
            x = block(x, filters, 2 if stage and number == 0 else 1)
    outputs = layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, outputs)


def deep(keras: Any) -> Any:
    inputs = keras.Input((16,))
    x = inputs
    for _ in range(LAYERS_OF_DEEP // 2):
        x = keras.layers.Add()([x, keras.layers.Dense(16, activation="relu")(x)])
    return keras.Model(inputs, keras.layers.Dense(4, activation="softmax")(x))


def two_heads(keras: Any) -> Any:
    inputs = keras.Input((64,))
    hidden = keras.layers.Dense(64, activation="relu")(inputs)
    kind = keras.layers.Dense(10, activation="softmax", name="kind")(hidden)
    size = keras.layers.Dense(1, name="size")(hidden)
    return keras.Model(inputs, {"kind": kind, "size": size})


MODELS: dict[str, Callable[[Any], Any]] = {
    model.__name__: model for model in (tiny, mlp, cnn, lstm, resnet20, deep, two_heads)
}
