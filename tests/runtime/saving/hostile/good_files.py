"""Small good files of each kind and layout: what the hostile ones are made from.

They are made with the runtime alone, since the process that forks has no other Keras loaded.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from runtime import layers, models
from runtime.naming import clear_session
from runtime.utils import set_random_seed


@dataclass(frozen=True)
class GoodFile:
    """One good file.

    Args:
        name: Its name, which says what it is.
        way: How it is opened.
        content: Its bytes.
    """

    name: str
    way: str
    content: bytes


def perceptron() -> Any:
    clear_session()
    return models.Sequential(
        [
            layers.Input((4,)),
            layers.Dense(6, activation="relu", kernel_regularizer="l2", name="hidden"),
            layers.Dropout(0.3),
            layers.Dense(3, activation="softmax", use_bias=False),
        ],
        name="perceptron",
    )


def trained() -> Any:
    model = perceptron()
    model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(np.zeros((2, 4), "float32"), np.zeros(2, "int64"), verbose=0)
    return model


def branched() -> Any:
    """A functional model with a model inside, shared layers, masks, several inputs and operations."""
    clear_session()
    inner = models.Sequential([layers.Input((5,)), layers.Dense(4, activation="gelu")], name="inner")
    words, numbers = layers.Input((None,), dtype="int32", name="words"), layers.Input((5,), name="numbers")
    x = layers.Embedding(9, 4, mask_zero=True)(words)
    x = layers.Bidirectional(layers.LSTM(2))(x)
    both = layers.Add()([inner(numbers), x * 2.0])
    y = layers.BatchNormalization()(layers.Concatenate()([both, inner(numbers)]))
    return models.Model([words, numbers], {"a": layers.Dense(2)(y), "b": y}, name="branched")


def spelling() -> Any:
    """A model with a vocabulary, which an archive keeps as an asset."""
    clear_session()
    vectors = layers.TextVectorization(max_tokens=9, output_sequence_length=3)
    vectors.adapt(["a b c", "b c d"])
    return models.Sequential(
        [layers.Input((1,), dtype="string"), vectors, layers.Embedding(9, 2)], name="spelling"
    )


def good_files(folder: Path) -> list[GoodFile]:
    """One file of each kind and layout, always the same."""
    set_random_seed(7)
    made: list[GoodFile] = []

    def take(name: str, way: str, write: Callable[[Path], Any]) -> None:
        write(folder / name)
        made.append(GoodFile(name, way, (folder / name).read_bytes()))

    take("trained.h5", "load_model", lambda path: trained().save(path))
    take("branched.h5", "load_model", lambda path: branched().save(path))
    take("trained.keras", "load_model", lambda path: trained().save(path))
    take("branched.keras", "load_model", lambda path: branched().save(path))
    take("spelling.keras", "load_model", lambda path: spelling().save(path))
    take("m.weights.h5", "load_weights", lambda path: perceptron().save_weights(path))
    take("old_weights.h5", "load_weights", lambda path: perceptron().save_weights(path))
    take("by_name.h5", "load_weights by_name", lambda path: perceptron().save_weights(path))
    take("newer_hdf5.h5", "load_model", _in_newer_hdf5)
    take("packed.h5", "load_model", _packed)
    take("branched.json", "model_from_json", lambda path: path.write_text(branched().to_json()))
    return made


def _in_newer_hdf5(path: Path) -> None:
    """The same file with the structures of the newest HDF5: other headers, links and heaps."""
    _copied(path, libver="latest", track_order=True)


def _packed(path: Path) -> None:
    """Datasets in pieces, compressed and with checksums."""
    _copied(path, chunks=True, compression="gzip", shuffle=True, fletcher32=True)


def _copied(path: Path, libver: str = "earliest", track_order: bool = False, **packing: Any) -> None:
    trained().save(path)
    content = path.read_bytes()
    with (
        h5py.File(io.BytesIO(content), "r") as old,
        h5py.File(path, "w", libver=libver, track_order=track_order) as new,
    ):
        new.attrs.update(old.attrs)

        def copy(name: str, held: Any) -> None:
            if isinstance(held, h5py.Dataset):
                new.create_dataset(name, data=held[()], **(packing if held.shape else {}))
            else:
                new.require_group(name)
            new[name].attrs.update(held.attrs)

        old.visititems(copy)


def places_of_structure(content: bytes) -> list[int]:
    """Where in the bytes of a file its structures stand, rather than its contents."""
    found: list[int] = []
    for sign in (b"TREE", b"HEAP", b"SNOD", b"GCOL", b"OHDR", b"OCHK", b"FRHP", b"BTHD", b"FADB", b"PK"):
        start = content.find(sign)
        while start >= 0:
            found.append(start)
            start = content.find(sign, start + 1)
    start = content.find(b"\x89HDF")
    if start >= 0:
        with h5py.File(io.BytesIO(content[start:]), "r") as file:
            found.append(start)
            file.visititems(lambda _, held: found.append(start + h5py.h5o.get_info(held.id).addr))
    return found
