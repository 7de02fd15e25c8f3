"""Configs that ask for more memory, time or depth than their file accounts for."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py

from tests.runtime.saving.hostile.attacks import Attack, carried, good, spoiled
from tests.runtime.saving.hostile.training_attacks import with_settings

HUGE = 10**12


def layer(class_name: str, **config: Any) -> dict[str, Any]:
    """The config of a layer."""
    return {"class_name": class_name, "config": {"name": "bomb", **config}}


def chain(shape: list[Any], *layers: Any, dtype: str = "float32") -> dict[str, Any]:
    """A sequential model for inputs of a shape."""
    start = {"class_name": "InputLayer", "config": {"batch_shape": shape, "name": "start", "dtype": dtype}}
    return {"class_name": "Sequential", "config": {"name": "chain", "layers": [start, *layers]}}


def graph(steps: list[tuple[dict[str, Any], list[Any], dict[str, Any]]], shape: list[Any]) -> dict[str, Any]:
    """A functional model: each step is a layer, the names it is called with, and settings of its call."""
    entries: list[dict[str, Any]] = [
        {
            "class_name": "InputLayer",
            "name": "start",
            "config": {"batch_shape": shape, "name": "start"},
            "inbound_nodes": [],
        }
    ]
    for number, (config, inputs, settings) in enumerate(steps):
        name = f"s{number}"
        args = [_tensor(value) if isinstance(value, str) else value for value in inputs]
        nodes = [{"args": args, "kwargs": settings}]
        entries.append(
            {**config, "name": name, "config": {**config["config"], "name": name}, "inbound_nodes": nodes}
        )
    ends = {"input_layers": [["start", 0, 0]], "output_layers": [[f"s{len(steps) - 1}", 0, 0]]}
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": {"name": "graph", "layers": entries, **ends},
    }


def _tensor(name: str) -> dict[str, Any]:
    history = {"shape": None, "dtype": "float32", "keras_history": [name, 0, 0]}
    return {"class_name": "__keras_tensor__", "config": history}


def op(name: str, **config: Any) -> dict[str, Any]:
    """The config of an operation."""
    return {"module": "keras.src.ops.numpy", "class_name": name, "config": config}


def _sizes() -> dict[str, Any]:
    flat, steps, picture = [None, 4], [None, 8, 3], [None, 8, 8, 3]
    words = {"dtype": "int32"}
    return {
        "units": chain(flat, layer("Dense", units=HUGE)),
        "three GiB": chain(flat, layer("Dense", units=3 * 2**26)),
        "a little at a time": chain(flat, *[layer("Dense", units=2**18) for _ in range(40)]),
        "orthogonal": chain(flat, layer("Dense", units=10**8, kernel_initializer="orthogonal")),
        "identity": chain(flat, layer("Dense", units=10**8, kernel_initializer="identity")),
        "input shape": chain([None, HUGE], layer("Dense", units=2)),
        "input shape of many axes": chain([None, *[10**6] * 20], layer("Dense", units=2)),
        "batch": chain([HUGE, 4], layer("Dense", units=2)),
        "bias of a picture": chain([None, 10**6, 10**6, 3], layer("PReLU")),
        "embedding": chain([None, 4], layer("Embedding", input_dim=10**10, output_dim=10**3), **words),
        "filters": chain(picture, layer("Conv2D", filters=10**9, kernel_size=[3, 3])),
        "window": chain(picture, layer("Conv2D", filters=1, kernel_size=[10**6, 10**6])),
        "multiplier": chain(picture, layer("DepthwiseConv2D", kernel_size=3, depth_multiplier=10**10)),
        "recurrent": chain(steps, layer("LSTM", units=10**9)),
        "heads": chain(steps, layer("GRU", units=10**10, reset_after=False)),
        "numbers beyond": chain(flat, layer("Dense", units=10**4000)),
        "padding": chain(picture, layer("ZeroPadding2D", padding=10**9)),
        "up sampling": chain(picture, layer("UpSampling2D", size=10**9)),
        "repeated": chain(flat, layer("RepeatVector", n=HUGE)),
        "reshaped": chain(flat, layer("Reshape", target_shape=[HUGE, -1])),
        "categories": chain([None, 1], layer("CategoryEncoding", num_tokens=HUGE), **words),
        "hashes": chain([None, 1], layer("Hashing", num_bins=HUGE, output_mode="one_hot"), **words),
        "unknown words": chain([None, 1], layer("StringLookup", num_oov_indices=HUGE), dtype="string"),
        "phrases": chain(
            [None, 1], layer("TextVectorization", ngrams=10**9, vocabulary=["a", "b"]), dtype="string"
        ),
        "mel bins": chain([None, 8000], layer("MelSpectrogram", num_mel_bins=10**10)),
        "spectrum": chain([None, 8000], layer("STFTSpectrogram", frame_length=10**9, fft_length=10**10)),
        "boundaries": chain(flat, layer("Discretization", num_bins=HUGE)),
        "groups": chain(picture, layer("GroupNormalization", groups=HUGE)),
        "spectral": chain(
            flat, layer("SpectralNormalization", power_iterations=10**12, layer=layer("Dense", units=2**16))
        ),
    }


def _steps() -> dict[str, Any]:
    """Operations: their shapes are found by trying them out."""
    pair, big = [None, 4], [None, 40_000]
    wide = [None, 1, 30_000]
    square = [None, 1_500, 1_500]
    table: dict[str, tuple[list[Any], list[Any]]] = {
        "Repeat": (pair, [(op("Repeat", repeats=10**11, axis=1), ["start"], {})]),
        "Tile": (pair, [(op("Tile", repeats=[1, 10**11]), ["start"], {})]),
        "Pad": (pair, [(op("Pad", pad_width=[[0, 0], [0, 10**11]]), ["start"], {})]),
        "OneHot": (pair, [(op("OneHot", num_classes=10**11), ["start"], {})]),
        "BroadcastTo": (pair, [(op("BroadcastTo", shape=[10**6, 10**6, 4]), ["start"], {})]),
        "Outer": (big, [(op("Outer"), ["start", "start"], {})]),
        "Kron": (big, [(op("Kron"), ["start", "start"], {})]),
        "Einsum": (big, [(op("Einsum", subscripts="ab,ac->abc"), ["start", "start"], {})]),
        "Add across": (
            wide,
            [
                (op("Transpose", axes=[0, 2, 1]), ["start"], {}),
                (op("Add"), ["start", "s0"], {}),
            ],
        ),
        "Matmul many times": (
            square,
            [(op("Matmul"), ["start" if n == 0 else f"s{n - 1}", "start"], {}) for n in range(200)],
        ),
        "SVD": (square, [(op("SVD"), ["start"], {})]),
        "Correlate": ([200_000], [(op("Correlate", mode="full"), ["start", "start"], {})]),
        "Convolution": (
            [None, 60_000, 1],
            [(op("Reshape", newshape=[60_000, 1, 1]), ["start"], {}), (op("Conv"), ["start", "s0"], {})],
        ),
        "Linspace": (pair, [(op("Linspace", num=10**11), ["start", "start"], {})]),
        "Arange": (pair, [(op("Arange"), [0, 10**12], {})]),
        "Eye": (pair, [(op("Eye"), [10**6], {})]),
        "ForiLoop": (
            pair,
            [
                (
                    op("ForiLoop", lower=0, upper=10**12, body_fun=layer("Activation", activation="relu")),
                    ["start"],
                    {},
                )
            ],
        ),
        "doubled by joining": (
            pair,
            [
                (op("Concatenate", axis=1), [[_tensor("start" if n == 0 else f"s{n - 1}")] * 2], {})
                for n in range(60)
            ],
        ),
        "doubled by layers": (
            pair,
            [
                (
                    {"class_name": "Concatenate", "config": {"axis": 1}},
                    [[_tensor("start" if n == 0 else f"s{n - 1}")] * 2],
                    {},
                )
                for n in range(60)
            ],
        ),
        "shared nodes": (
            pair,
            [
                (
                    {"class_name": "Add", "config": {}},
                    [[_tensor("start" if n == 0 else f"s{n - 1}")] * 2],
                    {},
                )
                for n in range(400)
            ],
        ),
        "number beyond": (pair, [(op("Add"), ["start", 10**4000], {})]),
        "constant": (
            pair,
            [
                (
                    op("Add"),
                    [
                        "start",
                        {"class_name": "__numpy__", "config": {"value": [1] * 10**5, "dtype": "float64"}},
                    ],
                    {},
                )
            ],
        ),
        "pictures": ([None, 8, 8, 3], [(op("Resize", size=[10**6, 10**6]), ["start"], {})]),
        "slices": (pair, [(op("GetItem", key=[0] * 10_000), ["start"], {})]),
    }
    return {name: graph(steps, shape) for name, (shape, steps) in table.items()}


def _deep(depth: int) -> dict[str, Any]:
    config: dict[str, Any] = layer("Dense", units=2)
    for number in range(depth):
        config = {"class_name": "Sequential", "config": {"name": f"s{number}", "layers": [config]}}
    return config


def _wrapped(depth: int) -> dict[str, Any]:
    config: dict[str, Any] = layer("Dense", units=2)
    for _ in range(depth):
        config = layer("TimeDistributed", layer=config)
    return chain([None, 3, 4], config)


def _many_calls(count: int) -> dict[str, Any]:
    config = graph([(layer("Dense", units=4), ["start"], {})], [None, 4])
    config["config"]["layers"][1]["inbound_nodes"] *= count
    return config


def _texts() -> dict[str, Any]:
    def many(count: int) -> dict[str, Any]:
        return chain([None, 4], *[layer("Activation", activation="relu") for _ in range(count)])

    return {
        "models in models": _deep(60),
        "wrappers in wrappers": _wrapped(90),
        "very deep models": '{"class_name": "Sequential", "config": {"layers": [' * 900 + "]}}" * 900,
        "many layers": many(6_000),
        "most layers": many(2_400),
        "many calls": _many_calls(30_000),
        "deep": "[" * 100_000 + "]" * 100_000,
        "open": '{"class_name":' * 5_000,
        "wide": "[" + "0," * 2_000_000 + "0]",
        "many dicts": "[" + ",".join(['{"a":{}}'] * 240_000) + "]",
        "many small dicts": "[" + ",".join(["{}"] * 490_000) + "]",
        "many keys": "{" + ",".join(f'"{n}":0' for n in range(490_000)) + "}",
        "long text": json.dumps({"class_name": "a" * 5_000_000}),
        "long wide text": '{"class_name": "' + "a" * 5_000_000 + '\U0001f600"}',
        "escapes": '{"class_name": "' + "\\ud83d\\ude00" * 1_000_000 + '"}',
        "digits": '{"a": ' + "9" * 10_000 + "}",
        "many digits": '{"a": ' + "9" * 1_000_000 + "}",
        "a number with a great exponent": '{"a": 1e' + "9" * 4_000 + "}",
        "not a number": json.dumps(chain([None, 4], layer("Dropout", rate=float("nan")))),
        "infinity": json.dumps(chain([None, 4], layer("Rescaling", scale=float("inf")))),
        "infinite size": json.dumps(chain([None, 4], layer("Dense", units=float("inf")))),
        "the same key many times": '{"class_name": "Dense", '
        + '"class_name": "Lambda", ' * 90_000
        + '"a": 0}',
        "long class name": layer("D" * 100_000),
        "long name": chain([None, 4], layer("Dense", units=2, **{"name": "n" * 1_000_000})),
        "many arguments": layer("Dense", units=2, **{f"a{n}": n + 2 for n in range(90_000)}),
        "an expression": chain([None, 1], layer("TextVectorization", standardize="(a+)+$"), dtype="string"),
        "an equation": chain([None, 4], layer("EinsumDense", equation="a" * 50_000 + "," + "b" * 50_000)),
    }


_BIG_SETTINGS: dict[str, dict[str, Any]] = {
    "thresholds": {"metrics": [{"class_name": "AUC", "config": {"num_thresholds": 10**11}}]},
    "classes": {"metrics": [{"class_name": "MeanIoU", "config": {"num_classes": 10**7}}]},
    "list of thresholds": {
        "metrics": [{"class_name": "Precision", "config": {"thresholds": [0.5] * 200_000}}]
    },
    "many metrics": {"metrics": [["accuracy"] * 100_000]},
    "steps": {"optimizer": {"class_name": "Adam", "config": {"gradient_accumulation_steps": 10**12}}},
    "loss weights": {"loss_weights": [1.0] * 400_000},
    "loss weights of texts": {"loss_weights": "Lambda"},
    "schedule": {
        "optimizer": {
            "class_name": "Adam",
            "config": {
                "learning_rate": {
                    "class_name": "CosineDecayRestarts",
                    "config": {"initial_learning_rate": 1, "first_decay_steps": 1e-300, "t_mul": 1e-300},
                }
            },
        }
    },
}


def _set_attribute(name: str, value: Any) -> Callable[[h5py.File], None]:
    def spoil(file: h5py.File) -> None:
        file.attrs.pop(name, None)
        file.attrs[name] = value

    return spoil


def bomb_attacks() -> list[Attack]:
    """All of them."""
    found: list[Attack] = []
    for mechanism, table in (
        ("sizes in a config", _sizes),
        ("work in a config", _steps),
        ("endless texts", _texts),
    ):
        for name, config in table().items():
            found += carried(mechanism, name, lambda _, config=config: config)
    adam = {"optimizer": {"class_name": "Adam", "config": {}}, "loss": "mse"}
    found += [
        Attack("sizes in a config", f"settings: {name}", kind, with_settings(kind, {**adam, **settings}))
        for name, settings in _BIG_SETTINGS.items()
        for kind in ("h5", "keras")
    ]
    many = {f"attribute_{number}": "x" * 60_000 for number in range(300)}

    def many_attributes(path: Path, marker: Path) -> None:
        spoiled(path, good("h5"), lambda file: file.attrs.update(many))

    found.append(Attack("endless lists", "attributes", "h5", many_attributes))
    found.append(
        Attack(
            "endless lists",
            "version of many characters",
            "h5",
            lambda path, marker: spoiled(path, good("h5"), _set_attribute("keras_version", "9" * 60_000)),
        )
    )
    return found
