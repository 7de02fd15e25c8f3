"""What tf-keras does, in an environment of its own: `keras_2.py make FOLDER`, or `open`, or `both`."""

import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1", TF_ENABLE_ONEDNN_OPTS="0")

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
import tf_keras as keras
from keras_2_models import MODELS
from tf_keras import layers

OPTIMIZERS: dict[str, Any] = {
    "transposed": lambda: keras.optimizers.legacy.Adam(0.01, decay=0.1),
    "words": lambda: keras.optimizers.SGD(0.1, momentum=0.9),
    "old_gates": lambda: keras.optimizers.legacy.RMSprop(0.01, momentum=0.5, centered=True),
    "both_ways": lambda: keras.optimizers.Adamax(0.01),
    "nested": lambda: keras.optimizers.RMSprop(0.01, momentum=0.5),
    "penalties": lambda: keras.optimizers.AdamW(0.01),
    "two_ends": lambda: keras.optimizers.Adam(0.01),
    "frozen": lambda: keras.optimizers.Adagrad(0.1),
    "einsum": lambda: keras.optimizers.legacy.SGD(0.1, momentum=0.9),
}


def stir(model: Any, random: np.random.Generator) -> None:
    for weight in model.weights:
        if weight.dtype.is_floating:
            weight.assign(random.uniform(0.05, 0.5, weight.shape))


def samples(model: Any, random: np.random.Generator) -> list[Any]:
    found = []
    for tensor in model.inputs:
        shape = (3, *(size or 5 for size in tensor.shape[1:]))
        whole = isinstance(model.layers[0], layers.Embedding)
        found.append(random.integers(0, 20, shape) if whole else random.normal(size=shape).astype("float32"))
    return found


def answers(model: Any, inputs: list[Any]) -> list[Any]:
    found = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    found = list(found.values()) if isinstance(found, dict) else found
    return found if isinstance(found, list) else [found]


def train(model: Any, inputs: list[Any]) -> None:
    targets = [np.zeros_like(answer) for answer in answers(model, inputs)]
    one = len(targets) == 1
    model.fit(inputs if len(inputs) > 1 else inputs[0], targets[0] if one else targets, verbose=0)


def make(folder: Path) -> None:
    """Each model in every kind of file, with what it answers; those compiled, after another epoch, too."""
    # Each model is run once or twice: making a graph of it takes longer than running it.
    tf.config.run_functions_eagerly(True)
    for name, build in MODELS.items():
        keras.backend.clear_session()
        random = np.random.default_rng(0)
        model = build(keras, layers)
        stir(model, random)
        inputs = samples(model, random)
        arrays = {}
        if name in OPTIMIZERS:
            model.compile(OPTIMIZERS[name](), "mse", metrics=["mae"])
            train(model, inputs)
        arrays |= {f"answer_{place}": value for place, value in enumerate(answers(model, inputs))}
        write(model, folder, name)
        if name in OPTIMIZERS:
            train(model, inputs)
            arrays |= {f"later_{place}": value for place, value in enumerate(answers(model, inputs))}
        arrays |= {f"input_{place}": value for place, value in enumerate(inputs)}
        np.savez(folder / f"{name}.npz", **arrays)


def write(model: Any, folder: Path, name: str) -> None:
    """Every kind of file there is."""
    model.save(folder / f"{name}.h5", save_format="h5")
    model.save(folder / f"{name}.keras", save_format="keras")
    model.save_weights(folder / f"{name}.weights.h5")
    model.save_weights(folder / f"{name}.old.h5", save_format="h5")
    (folder / f"{name}.json").write_text(model.to_json())


def open_all(folder: Path) -> None:
    """Opens each `.h5` of the folder, answers, trains on; what went wrong goes into `failed.json`."""
    failed: dict[str, str] = {}
    for path in sorted(folder.glob("*.h5")):
        keras.backend.clear_session()
        with np.load(path.with_suffix(".npz")) as stored:
            inputs = [stored[key] for key in stored if key.startswith("input_")]
        # At once is quicker than by a graph, but TensorFlow computes no grouped convolutions so.
        for eagerly in (True, False):
            tf.config.run_functions_eagerly(eagerly)
            with noted(failed, path.stem):
                model = keras.models.load_model(path)
                np.savez(path.with_suffix(".answers.npz"), *answers(model, inputs))
                train(model, inputs)
                failed.pop(path.stem, None)
                break
    (folder / "failed.json").write_text(json.dumps(failed))


def both_ways(folder: Path) -> None:
    """Opens each `.h5` of the folder and answers, once with its weights, once with those of its `.old.h5`.

    Then the model gets other weights, answers again, and goes to the folder `back` in every kind of file.
    What went wrong stands in `failed.json` by model and step.
    """
    failed: dict[str, str] = {}
    back = folder / "back"
    back.mkdir()
    for path in sorted(folder.glob("*.npz")):
        name = path.stem
        keras.backend.clear_session()
        with np.load(path) as stored:
            inputs = [stored[key] for key in stored if key.startswith("input_")]
        with noted(failed, f"{name} opened"):
            model = keras.models.load_model(folder / f"{name}.h5")
            np.savez(folder / f"{name}.whole.npz", *called(model, inputs))
            with noted(failed, f"{name} weights"):
                stir(model, np.random.default_rng(0))
                model.load_weights(folder / f"{name}.old.h5")
                np.savez(folder / f"{name}.weights.npz", *called(model, inputs))
            with noted(failed, f"{name} back"):
                stir(model, np.random.default_rng(1))
                answers = {f"answer_{place}": value for place, value in enumerate(called(model, inputs))}
                write(model, back, name)
                np.savez(back / f"{name}.npz", **answers)
    (folder / "failed.json").write_text(json.dumps(failed))


@contextmanager
def noted(failed: dict[str, str], step: str) -> Iterator[None]:
    """Keeps what went wrong in place of stopping."""
    try:
        yield
    except Exception as error:
        failed[step] = f"{type(error).__name__}: {error}"[:500]


def called(model: Any, inputs: list[Any]) -> list[Any]:
    """What a model makes of its inputs, in a plain call: quicker than `predict` where models are many."""
    model.reset_states()
    found = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    return [value.numpy() for value in (found if isinstance(found, list | tuple) else [found])]


if __name__ == "__main__":
    {"make": make, "open": open_all, "both": both_ways}[sys.argv[1]](Path(sys.argv[2]))
