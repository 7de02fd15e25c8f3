"""Models as programs of Keras 2 made them. It imports nothing: tf-keras runs it in a process of its own."""

from collections.abc import Callable
from typing import Any

Builder = Callable[[Any, Any], Any]
MODELS: dict[str, Builder] = {}


def model(build: Builder) -> Builder:
    MODELS[build.__name__] = build
    return build


@model
def dense(keras: Any, layers: Any) -> Any:
    first = layers.Dense(8, activation="relu", input_shape=(4,))
    return keras.Sequential([first, layers.Dropout(0.2), layers.Dense(3, activation="softmax")])


@model
def pictures(keras: Any, layers: Any) -> Any:
    return keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=(12, 12, 3)),
            layers.MaxPooling2D(),
            layers.SeparableConv2D(5, 3, padding="same"),
            layers.DepthwiseConv2D(3),
            layers.BatchNormalization(),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2),
        ]
    )


@model
def transposed(keras: Any, layers: Any) -> Any:
    return keras.Sequential(
        [
            layers.Input((6, 6, 2)),
            layers.Conv2DTranspose(3, 3, strides=2, padding="same"),
            layers.UpSampling2D(),
            layers.ZeroPadding2D(1),
            layers.Cropping2D(1),
            layers.LeakyReLU(alpha=0.1),
            layers.PReLU(),
        ]
    )


@model
def one_and_three_axes(keras: Any, layers: Any) -> Any:
    series, cube = layers.Input((10, 3)), layers.Input((6, 6, 6, 1))
    x = layers.SpatialDropout1D(0.1)(layers.Conv1D(4, 3, padding="causal")(series))
    x = layers.GlobalMaxPooling1D()(layers.SeparableConv1D(4, 3)(x))
    y = layers.Flatten()(layers.AveragePooling3D()(layers.Conv3D(2, 3)(cube)))
    return keras.Model([series, cube], layers.concatenate([x, y]))


@model
def words(keras: Any, layers: Any) -> Any:
    embed = layers.Embedding(20, 6, mask_zero=True, input_length=7)
    return keras.Sequential([embed, layers.LSTM(5, return_sequences=True), layers.GRU(4)])


@model
def old_gates(keras: Any, layers: Any) -> Any:
    gru = layers.GRU(4, reset_after=False, return_sequences=True, recurrent_activation="hard_sigmoid")
    return keras.Sequential([layers.Input((7, 3)), gru, layers.SimpleRNN(3), layers.Dense(1)])


@model
def both_ways(keras: Any, layers: Any) -> Any:
    inputs = layers.Input((None, 3))
    x = layers.Bidirectional(layers.LSTM(4, return_sequences=True), merge_mode="sum")(
        layers.Masking(0.0)(inputs)
    )
    return keras.Model(
        inputs, layers.Bidirectional(layers.GRU(2))(layers.TimeDistributed(layers.Dense(3))(x))
    )


@model
def translation(keras: Any, layers: Any) -> Any:
    source, target = layers.Input((None, 3)), layers.Input((None, 2))
    _, h, c = layers.LSTM(4, return_state=True)(source)
    y = layers.LSTM(4, return_sequences=True)(target, initial_state=[h, c])
    return keras.Model([source, target], layers.Dense(2)(y))


@model
def cells(keras: Any, layers: Any) -> Any:
    return keras.Sequential(
        [layers.Input((5, 3)), layers.RNN([layers.LSTMCell(4), layers.GRUCell(3)]), layers.Dense(1)]
    )


@model
def nested(keras: Any, layers: Any) -> Any:
    start = layers.Input((4,))
    inner = keras.Model(start, layers.Dense(3)(layers.Dense(5, activation="tanh")(start)), name="inner")
    chain = keras.Sequential([layers.Input((3,)), layers.Dense(2)], name="chain")
    left, right = layers.Input((4,)), layers.Input((4,))
    return keras.Model([left, right], chain(layers.Subtract()([inner(left), inner(right)])))


@model
def attention(keras: Any, layers: Any) -> Any:
    inputs = layers.Input((5, 4))
    x = layers.LayerNormalization()(layers.Add()([inputs, layers.MultiHeadAttention(2, 3)(inputs, inputs)]))
    looks = [layers.Attention(use_scale=True)([x, inputs]), layers.AdditiveAttention()([x, inputs])]
    return keras.Model(inputs, layers.Concatenate()(looks))


@model
def norms(keras: Any, layers: Any) -> Any:
    inputs = layers.Input((4, 4, 6))
    x = layers.LayerNormalization(axis=[2, 3])(layers.BatchNormalization(axis=-1, scale=False)(inputs))
    x = layers.UnitNormalization()(layers.GroupNormalization(groups=3)(x))
    return keras.Model(inputs, layers.Softmax(axis=[1, 2])(x))


@model
def merging(keras: Any, layers: Any) -> Any:
    a, b = layers.Input((4,)), layers.Input((4,))
    ways = [layers.add, layers.multiply, layers.maximum, layers.minimum, layers.average, layers.subtract]
    return keras.Model(
        [a, b], [layers.concatenate([way([a, b]) for way in ways]), layers.dot([a, b], axes=1)]
    )


@model
def activations(keras: Any, layers: Any) -> Any:
    inputs = layers.Input((4,))
    ends = [
        layers.Dense(6, activation="hard_sigmoid")(inputs),
        layers.Dense(6, activation="swish")(inputs),
        layers.ReLU(max_value=1.0, negative_slope=0.1, threshold=0.2)(layers.Dense(6)(inputs)),
        layers.ELU(alpha=0.5)(layers.Dense(6)(inputs)),
        layers.Activation("gelu")(layers.Dense(6, activation="selu")(inputs)),
    ]
    return keras.Model(inputs, layers.concatenate(ends))


@model
def shapes_and_noise(keras: Any, layers: Any) -> Any:
    return keras.Sequential(
        [
            layers.Input((4, 6)),
            layers.Permute((2, 1)),
            layers.Reshape((3, 8)),
            layers.Flatten(),
            layers.RepeatVector(3),
            layers.ActivityRegularization(0.1),
            layers.GaussianNoise(0.1),
            layers.GaussianDropout(0.1),
            layers.AlphaDropout(0.1),
        ]
    )


@model
def signs(keras: Any, layers: Any) -> Any:
    inputs = layers.Input((4,))
    return keras.Model(inputs, layers.Dense(2)(1.0 - inputs * 2.0 + abs(inputs) / 3.0))


@model
def penalties(keras: Any, layers: Any) -> Any:
    scaling = keras.initializers.VarianceScaling(2.0, "fan_out", "truncated_normal")
    first = layers.Dense(
        5,
        kernel_initializer=scaling,
        kernel_regularizer=keras.regularizers.l1_l2(0.01, 0.02),
        bias_constraint=keras.constraints.MaxNorm(2.0),
        activity_regularizer="l2",
    )
    return keras.Sequential([layers.Input((4,)), first, layers.Dense(1, kernel_initializer="he_normal")])


@model
def film(keras: Any, layers: Any) -> Any:
    return keras.Sequential(
        [layers.Input((3, 6, 6, 2)), layers.ConvLSTM2D(3, 3), layers.Flatten(), layers.Dense(1)]
    )


@model
def preparing(keras: Any, layers: Any) -> Any:
    inputs = layers.Input((4,))
    x = layers.Normalization(mean=[1.0, 2.0, 3.0, 4.0], variance=[1.0, 4.0, 9.0, 16.0])(inputs)
    return keras.Model(inputs, layers.Rescaling(2.0, 1.0)(x))


@model
def varied_pictures(keras: Any, layers: Any) -> Any:
    steps = [layers.Resizing(6, 6), layers.CenterCrop(4, 4), layers.RandomFlip(), layers.RandomRotation(0.1)]
    return keras.Sequential([layers.Input((8, 8, 3)), *steps])


@model
def two_ends(keras: Any, layers: Any) -> Any:
    inputs = layers.Input((4,), name="features")
    hidden = layers.Dense(5, activation="relu")(inputs)
    kind = layers.Dense(3, activation="softmax", name="kind")(hidden)
    return keras.Model(inputs, [layers.Dense(1, name="size")(hidden), kind])


@model
def slash_in_a_name(keras: Any, layers: Any) -> Any:
    inputs = layers.Input((4,))
    return keras.Model(inputs, layers.Dense(2, name="block/dense")(inputs))


@model
def einsum(keras: Any, layers: Any) -> Any:
    inputs = layers.Input((5, 4))
    return keras.Model(
        inputs, layers.EinsumDense("abc,cd->abd", output_shape=(None, 6), bias_axes="d")(inputs)
    )


@model
def without_input(keras: Any, layers: Any) -> Any:
    chain = keras.Sequential([layers.Dense(3), layers.Dense(2)])
    chain.build((None, 4))
    return chain


@model
def frozen(keras: Any, layers: Any) -> Any:
    steps = [layers.Input((4,)), layers.Dense(3), layers.BatchNormalization(), layers.Dense(2)]
    base = keras.Sequential(steps, name="base")
    base.trainable = False
    inputs = layers.Input((4,))
    return keras.Model(inputs, layers.Dense(1)(base(inputs)))
