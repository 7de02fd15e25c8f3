"""Random functional models that follow from one number, built with the real Keras or with the runtime.

They have several inputs and outputs, shared layers, models inside of models, merges, masks, functions between
layers, objects as arguments, dtype policies, names for outputs, and settings for training.
"""

from random import Random
from typing import Any

INPUTS: list[dict[str, Any]] = [
    {"shape": (4,)},
    {"shape": (5, 4)},
    {"shape": (6,), "dtype": "int32"},
    {"shape": (6, 6, 2)},
]
ACTIVATIONS = [None, "relu", "tanh", "gelu", "softmax", "leaky_relu", "hard_sigmoid", "exponential"]
MOST_STEPS = 8


class Graph:
    """One model in the making.

    Args:
        seed: All choices follow from it.
        library: `runtime`, or the real `keras`.
        custom: A layer class of the program's own.
    """

    def __init__(self, seed: int, library: Any, custom: Any = None) -> None:
        self.random = Random(seed)
        self.library = library
        self.custom = custom
        self.tensors: list[Any] = []
        self.shared: list[Any] = []
        self.names = 0

    def model(self) -> Any:
        """The model, compiled in one case of two."""
        random, layers = self.random, self.library.layers
        inputs = [
            layers.Input(**random.choice(INPUTS), name=f"in{number}")
            for number in range(random.choice((1, 1, 2)))
        ]
        self.tensors = [self.entered(tensor) for tensor in inputs]
        for _ in range(random.randint(1, MOST_STEPS)):
            self.tensors.append(self.step(random.choice(self.tensors)))
        ends = self.ends()
        named = random.random() < 0.3
        outputs = {f"out_{place}": end for place, end in enumerate(ends)} if named else ends
        given = inputs if len(inputs) > 1 else inputs[0]
        model = self.library.Model(given, outputs if len(ends) > 1 or named else ends[0], name="random")
        if random.random() < 0.5:
            model.compile(**self.settings())
        return model

    def ends(self) -> list[Any]:
        """The last tensor, and everything that nothing else used, brought to two numbers each."""
        used = [self.tensors[-1], *self.random.sample(self.tensors[:-1], min(2, len(self.tensors) - 1))]
        rest = [tensor for tensor in self.tensors if not any(tensor is one for one in used)]
        flat = [self.flat(tensor) for tensor in used]
        if rest:
            joined = self.library.layers.Concatenate(name=self.name())
            flat.append(
                joined([self.flat(tensor) for tensor in rest]) if len(rest) > 1 else self.flat(rest[0])
            )
        return [self.library.layers.Dense(2, name=self.name())(tensor) for tensor in flat]

    def name(self) -> str:
        """A name nothing else has."""
        self.names += 1
        return f"layer{self.names}"

    def entered(self, tensor: Any) -> Any:
        """An input as floating numbers; some lead to masks."""
        layers, random = self.library.layers, self.random
        if "int" in str(tensor.dtype):
            return layers.Embedding(9, 4, mask_zero=random.random() < 0.5, name=self.name())(tensor)
        if len(tensor.shape) == 3 and random.random() < 0.3:
            return layers.Masking(0.0, name=self.name())(tensor)
        return tensor

    def flat(self, tensor: Any) -> Any:
        """A tensor with one axis behind the batch."""
        layers = self.library.layers
        match len(tensor.shape):
            case 2:
                return tensor
            case 3:
                return layers.GlobalAveragePooling1D(name=self.name())(tensor)
            case _:
                return layers.GlobalMaxPooling2D(name=self.name())(tensor)

    def step(self, tensor: Any) -> Any:
        """Something that makes a new tensor of one that is there."""
        kinds = [self.layer, self.layer, self.layer, self.again, self.function, self.merged, self.nested]
        if self.custom is not None:
            kinds.append(self.own)
        return self.random.choice(kinds)(tensor)

    def own(self, tensor: Any) -> Any:
        """A layer of the program's own."""
        return self.custom(self.random.randint(2, 4), name=self.name())(tensor)

    def layer(self, tensor: Any) -> Any:
        """A new layer that fits."""
        layers, random, name = self.library.layers, self.random, self.name()
        match len(tensor.shape):
            case 2:
                kinds = [self.dense, self.dense, self.half, lambda: layers.BatchNormalization(name=name)]
            case 3:
                kinds = [
                    self.dense,
                    lambda: layers.LSTM(3, return_sequences=random.random() < 0.5, name=name),
                    lambda: layers.GRU(3, go_backwards=random.random() < 0.5, name=name),
                    lambda: layers.Bidirectional(layers.SimpleRNN(2, name=f"{name}_cell"), name=name),
                    lambda: layers.Conv1D(3, 2, padding=random.choice(("same", "causal")), name=name),
                    lambda: layers.TimeDistributed(layers.Dense(2, name=f"{name}_inner"), name=name),
                    lambda: layers.LayerNormalization(name=name),
                ]
            case _:
                kinds = [
                    lambda: layers.Conv2D(
                        3, 3, padding="same", activation=random.choice(ACTIVATIONS), name=name
                    ),
                    lambda: layers.DepthwiseConv2D(2, padding="same", name=name),
                    lambda: layers.AveragePooling2D(1, name=name),
                    lambda: layers.GroupNormalization(1, name=name),
                    lambda: layers.Flatten(name=name),
                ]
        made = random.choice(kinds)()
        out = made(tensor)
        self.shared.append((made, tensor.shape))
        return out

    def dense(self) -> Any:
        """A dense layer whose arguments are objects, names or left out."""
        random, keras = self.random, self.library
        choices: dict[str, list[Any]] = {
            "activation": ACTIVATIONS,
            "use_bias": [True, False],
            "kernel_initializer": [
                "he_normal",
                keras.initializers.VarianceScaling(2.0, "fan_out", "uniform", seed=3),
                keras.initializers.RandomNormal(0.0, 0.1),
            ],
            "kernel_regularizer": [None, "l2", keras.regularizers.L1L2(0.01, 0.02)],
            "bias_regularizer": [None, keras.regularizers.L2(0.1)],
            "activity_regularizer": [None, keras.regularizers.L1(0.001)],
            "kernel_constraint": [None, "non_neg", keras.constraints.MaxNorm(2.0, axis=0)],
            "trainable": [True, True, False],
        }
        chosen = {key: random.choice(values) for key, values in choices.items()}
        return keras.layers.Dense(random.randint(2, 5), name=self.name(), **chosen)

    def half(self) -> Any:
        """A layer that computes in another precision than the rest."""
        policy = self.library.dtype_policies.DTypePolicy("float64")
        return self.library.layers.Dense(3, dtype=policy, name=self.name())

    def again(self, tensor: Any) -> Any:
        """A layer that is there already, once more."""
        fitting = [layer for layer, shape in self.shared if tuple(shape[1:]) == tuple(tensor.shape[1:])]
        return self.random.choice(fitting)(tensor) if fitting else self.layer(tensor)

    def function(self, tensor: Any) -> Any:
        """A function between layers."""
        ops = self.library.ops
        functions = [
            lambda x: ops.tanh(x) * 2.0,
            lambda x: 1.0 - x,
            lambda x: ops.where(x > 0, x, 0.1 * x),
            lambda x: ops.concatenate([x, ops.abs(x)], axis=-1),
            lambda x: ops.expand_dims(ops.mean(x, axis=-1), -1) + x,
            lambda x: x[:, :2],
            lambda x: ops.clip(x, -1.0, 1.0),
        ]
        return self.random.choice(functions)(tensor)

    def merged(self, tensor: Any) -> Any:
        """Two tensors in one."""
        layers, random = self.library.layers, self.random
        alike = [one for one in self.tensors if one.shape == tensor.shape and one.dtype == tensor.dtype]
        kinds = (
            layers.Add,
            layers.Multiply,
            layers.Average,
            layers.Maximum,
            layers.Subtract,
            layers.Concatenate,
        )
        return random.choice(kinds)(name=self.name())([tensor, random.choice(alike)])

    def nested(self, tensor: Any) -> Any:
        """A model inside, called once or twice."""
        keras, random = self.library, self.random
        start = keras.layers.Input(tensor.shape[1:], name=f"{self.name()}_in")
        if random.random() < 0.5:
            steps = [self.dense(), keras.layers.Dense(tensor.shape[-1], name=self.name())]
            inner = keras.Sequential([start, *steps], name=self.name())
        else:
            middle = keras.layers.Dense(tensor.shape[-1], name=self.name())(start)
            inner = keras.Model(start, keras.layers.Add(name=self.name())([middle, start]), name=self.name())
        once = inner(tensor)
        return inner(once) if random.random() < 0.5 else once

    def settings(self) -> dict[str, Any]:
        """Arguments for `compile`."""
        keras, random = self.library, self.random
        optimizers = [
            "adam",
            keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
            keras.optimizers.RMSprop(keras.optimizers.schedules.CosineDecay(0.1, 20), centered=True),
            keras.optimizers.AdamW(0.01, clipnorm=1.0, weight_decay=0.1),
        ]
        return {
            "optimizer": random.choice(optimizers),
            "loss": random.choice(["mse", keras.losses.Huber(delta=0.5), "mae"]),
        }
