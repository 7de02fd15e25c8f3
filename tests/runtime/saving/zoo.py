"""Models of all kinds, each written once and built with the real Keras or with the runtime."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import keras
import numpy as np
import torch

import runtime.layers as our_layers
import runtime.models as our_models
from runtime.naming import clear_session

Builder = Callable[[ModuleType, Any], Any]
ZOO: list[Builder] = []


def shown(build: Builder) -> Builder:
    ZOO.append(build)
    return build


def ours(build: Builder) -> Any:
    clear_session()
    return build(our_layers, our_models)


def theirs(build: Builder) -> Any:
    keras.utils.clear_session()
    return build(keras.layers, keras.models)


def stir(model: Any, seed: int = 3) -> None:
    """Gives all weights random values; variances and scales stay positive."""
    random = np.random.default_rng(seed)
    values: list[Any] = []
    for weight in model.weights:
        value = random.uniform(-0.5, 0.5, tuple(weight.shape)).astype("float32")
        values.append(abs(value) + 0.2 if weight.name in ("moving_variance", "variance", "gamma") else value)
    model.set_weights(values)


def samples(model: Any, batch: int = 3, seed: int = 5) -> Any:
    """Random data for the inputs of a model: numbers, or ids that end in zeros."""
    random = np.random.default_rng(seed)
    arrays: list[Any] = []
    for tensor in model.inputs:
        shape = (batch, *(size or 5 for size in tensor.shape[1:]))
        if "int" in str(tensor.dtype):
            ids = random.integers(1, 9, shape)
            ids[:, -1] = 0
            arrays.append(ids.astype("int32"))
        else:
            arrays.append(random.normal(size=shape).astype("float32"))
    if isinstance(getattr(model, "input", None), dict):
        return dict(zip(model.input, arrays, strict=True))
    return arrays[0] if len(arrays) == 1 else arrays


def outputs(model: Any, inputs: Any) -> list[Any]:
    with torch.no_grad():
        found = model(inputs, training=False)
    found = list(found.values()) if isinstance(found, dict) else found
    return [value.detach().numpy() for value in (found if isinstance(found, list | tuple) else [found])]


def assert_same_outputs(one: Any, other: Any, inputs: Any) -> None:
    mine, real = outputs(one, inputs), outputs(other, inputs)
    assert len(mine) == len(real)
    for got, wanted in zip(mine, real, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-5)


@shown
def perceptron(layers: Any, models: Any) -> Any:
    return models.Sequential(
        [
            layers.Input((4,)),
            layers.Dense(6, activation="relu", kernel_regularizer="l2", name="hidden"),
            layers.Dropout(0.3),
            layers.Dense(3, activation="softmax", use_bias=False),
        ],
        name="perceptron",
    )


@shown
def picture_classifier(layers: Any, models: Any) -> Any:
    start = layers.Input((8, 8, 2))
    x = layers.Rescaling(0.5, offset=1.0)(start)
    x = layers.Conv2D(4, 3, padding="same", use_bias=False, dilation_rate=2)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(4, (3, 2), activation="tanh", groups=2)(x)
    x = layers.Flatten()(x)
    return models.Model(start, layers.Dense(3)(x), name="picture_classifier")


@shown
def separable(layers: Any, models: Any) -> Any:
    start = layers.Input((9, 9, 3))
    x = layers.DepthwiseConv2D(3, depth_multiplier=2)(start)
    x = layers.SeparableConv2D(4, 3, strides=2)(x)
    x = layers.Conv2DTranspose(2, 3, strides=2, padding="same")(x)
    return models.Model(start, layers.GlobalAveragePooling2D()(x), name="separable")


@shown
def signal(layers: Any, models: Any) -> Any:
    return models.Sequential(
        [
            layers.Input((12, 3)),
            layers.Conv1D(4, 3, padding="causal"),
            layers.SeparableConv1D(4, 2),
            layers.AveragePooling1D(2),
            layers.Conv1DTranspose(2, 3),
            layers.LayerNormalization(),
            layers.GlobalMaxPooling1D(),
        ],
        name="signal",
    )


@shown
def borders(layers: Any, models: Any) -> Any:
    return models.Sequential(
        [
            layers.Input((5, 5, 1)),
            layers.ZeroPadding2D((1, 2)),
            layers.UpSampling2D(2),
            layers.Cropping2D(((1, 0), (2, 1))),
            layers.Conv2D(2, 3),
            layers.LeakyReLU(0.1),
            layers.PReLU(shared_axes=[1, 2]),
            layers.ReLU(max_value=1.0),
            layers.Reshape((-1, 11)),
            layers.Permute((2, 1)),
            layers.Softmax(axis=1),
        ],
        name="borders",
    )


@shown
def long_memory(layers: Any, models: Any) -> Any:
    start = layers.Input((6, 3))
    x = layers.LSTM(4, return_sequences=True)(start)
    return models.Model(
        start, layers.LSTM(3, go_backwards=True, unit_forget_bias=False)(x), name="long_memory"
    )


@shown
def gates(layers: Any, models: Any) -> Any:
    start = layers.Input((None, 3))
    x = layers.GRU(4, return_sequences=True)(start)
    x = layers.GRU(4, reset_after=False, return_sequences=True)(x)
    return models.Model(start, layers.SimpleRNN(2)(x), name="gates")


@shown
def both_directions(layers: Any, models: Any) -> Any:
    start = layers.Input((5, 3))
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(start)
    x = layers.Bidirectional(layers.GRU(2, return_sequences=True), merge_mode="sum", name="both")(x)
    return models.Model(start, layers.TimeDistributed(layers.Dense(2))(x), name="both_directions")


@shown
def words(layers: Any, models: Any) -> Any:
    return models.Sequential(
        [
            layers.Input((6,), dtype="int32"),
            layers.Embedding(10, 4, mask_zero=True),
            layers.LSTM(4, return_sequences=True),
            layers.GRU(3),
            layers.Dense(1, activation="sigmoid"),
        ],
        name="words",
    )


@shown
def masked_numbers(layers: Any, models: Any) -> Any:
    start = layers.Input((6, 2))
    x = layers.Masking(0.0)(start)
    return models.Model(start, layers.Bidirectional(layers.SimpleRNN(3))(x), name="masked_numbers")


@shown
def cells(layers: Any, models: Any) -> Any:
    start = layers.Input((4, 3))
    stack = layers.StackedRNNCells([layers.LSTMCell(3), layers.GRUCell(2), layers.SimpleRNNCell(2)])
    return models.Model(start, layers.RNN(stack, return_sequences=True)(start), name="cells")


@shown
def states(layers: Any, models: Any) -> Any:
    """An encoder hands its state to a decoder."""
    source, target = layers.Input((4, 3), name="source"), layers.Input((5, 2), name="target")
    _, hidden, carry = layers.LSTM(3, return_state=True)(source)
    x = layers.LSTM(3, return_sequences=True)(target, initial_state=[hidden, carry])
    return models.Model([source, target], layers.Dense(2)(x), name="translator")


@shown
def attentive(layers: Any, models: Any) -> Any:
    start, other = layers.Input((5, 4)), layers.Input((3, 4))
    x = layers.MultiHeadAttention(2, 3)(start, other)
    x = layers.LayerNormalization()(layers.Add()([x, start]))
    x = layers.MultiHeadAttention(2, 3, value_dim=2, output_shape=5)(x, x, use_causal_mask=True)
    return models.Model([start, other], layers.GlobalAveragePooling1D()(x), name="attentive")


@shown
def scored(layers: Any, models: Any) -> Any:
    query, value = layers.Input((4, 3)), layers.Input((5, 3))
    x = layers.Attention(use_scale=True)([query, value])
    y = layers.AdditiveAttention()([query, value])
    return models.Model([query, value], layers.Concatenate()([x, y]), name="scored")


@shown
def shared(layers: Any, models: Any) -> Any:
    start = layers.Input((4,))
    twice = layers.Dense(4, name="twice")
    return models.Model(start, layers.Add()([twice(twice(start)), start]), name="shared")


@shown
def siamese(layers: Any, models: Any) -> Any:
    left, right = layers.Input((4,), name="left"), layers.Input((4,), name="right")
    tower = models.Sequential(
        [layers.Input((4,)), layers.Dense(5, activation="relu"), layers.Dense(3)], name="tower"
    )
    near = layers.Dot(axes=1, normalize=True)([tower(left), tower(right)])
    return models.Model([left, right], near, name="siamese")


@shown
def many_ends(layers: Any, models: Any) -> Any:
    first, second = layers.Input((4,), name="first"), layers.Input((2, 2), name="second")
    x = layers.Concatenate()([layers.Dense(3)(first), layers.Flatten()(second)])
    y = layers.Subtract()([layers.Dense(2)(x), layers.Dense(2)(first)])
    z = layers.Maximum()([y, layers.Minimum()([y, layers.Average()([y, y])])])
    return models.Model(
        [first, second], [layers.Dense(1, name="one")(x), layers.Multiply()([y, z])], name="many_ends"
    )


@shown
def named_ends(layers: Any, models: Any) -> Any:
    first, second = layers.Input((4,), name="first"), layers.Input((3,), name="second")
    x = layers.Dense(3)(first)
    return models.Model(
        {"first": first, "second": second}, {"sum": layers.Add()([x, second]), "x": x}, name="named_ends"
    )


@shown
def nested(layers: Any, models: Any) -> Any:
    inside = layers.Input((3,))
    inner = models.Model(
        inside, [layers.Dense(3, name="p")(inside), layers.Dense(3, name="q")(inside)], name="inner"
    )
    start = layers.Input((3,))
    one, two = inner(start)
    three, four = inner(layers.Add()([one, two]))
    return models.Model(start, layers.Concatenate()([one, three, four]), name="outer")


@shown
def nested_end(layers: Any, models: Any) -> Any:
    """The outputs come straight out of models inside, at their second call."""
    inside = layers.Input((3,))
    inner = models.Model(inside, layers.Dense(3)(inside), name="inner")
    chain = models.Sequential([layers.Input((3,)), layers.Dense(3)], name="chain")
    start = layers.Input((3,))
    x = inner(start)
    return models.Model(start, [inner(x), chain(chain(x))], name="nested_end")


@shown
def three_deep(layers: Any, models: Any) -> Any:
    deepest = models.Sequential(
        [layers.Input((3,)), layers.Dense(4), layers.BatchNormalization()], name="deepest"
    )
    middle = models.Sequential([layers.Input((3,)), deepest, layers.Dense(2)], name="middle")
    return models.Sequential([layers.Input((3,)), middle, layers.Dense(1)], name="three_deep")


@shown
def frozen_inside(layers: Any, models: Any) -> Any:
    base = models.Sequential(
        [layers.Input((4,)), layers.Dense(3), layers.BatchNormalization(), layers.Dense(3)], name="base"
    )
    base.trainable = False
    start = layers.Input((4,))
    frozen = layers.Dense(2, trainable=False)
    return models.Model(start, frozen(layers.BatchNormalization()(base(start))), name="frozen_inside")


@shown
def without_input(layers: Any, models: Any) -> Any:
    model = models.Sequential([layers.Dense(3), layers.Activation("gelu"), layers.Dense(2)], name="late")
    model.build((None, 4))
    return model


@shown
def residual(layers: Any, models: Any) -> Any:
    start = layers.Input((6, 6, 2))
    x = layers.Conv2D(4, 3, padding="same", name="stem")(start)
    for number in range(2):
        y = layers.BatchNormalization(axis=-1, name=f"norm_{number}")(x)
        y = layers.Conv2D(4, 3, padding="same", activation="relu", name=f"conv_{number}")(y)
        y = layers.SpatialDropout2D(0.2)(y)
        x = layers.Add(name=f"sum_{number}")([x, y])
    return models.Model(start, layers.GlobalMaxPooling2D()(x), name="residual")


@shown
def noisy(layers: Any, models: Any) -> Any:
    start = layers.Input((4,))
    x = layers.GaussianNoise(0.1)(start)
    x = layers.Dense(3, activation="elu", kernel_constraint="max_norm", activity_regularizer="l1")(x)
    x = layers.RepeatVector(3)(layers.GaussianDropout(0.2)(x))
    return models.Model(
        start, layers.TimeDistributed(layers.Dense(2, kernel_initializer="he_normal"))(x), name="noisy"
    )
