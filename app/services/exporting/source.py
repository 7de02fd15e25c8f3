"""What an export is made of: the design, a model with its weights, and rows to ask it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from app.services.data_code import data_snippet
from app.services.datasets import Dataset, load
from graph_compiler import analyze
from graph_compiler.codegen import DataSnippet, sample_inputs
from graph_compiler.document import GraphDocument

ROWS = 8
"""Samples that an export and the designed model are both asked."""

SEED = 0


@dataclass(frozen=True)
class Source:
    """What an export is made of.

    Args:
        name: The project's name.
        document: A design without errors.
        model: The compiled model, with the weights that go along.
        weights: Where the weights come from, in words.
    """

    name: str
    document: GraphDocument
    model: Any
    weights: str

    @cached_property
    def dataset(self) -> Dataset | None:
        """The data the design is bound to, if they can be had."""
        return load(self.document.data.dataset) if self.document.data is not None else None

    @cached_property
    def snippet(self) -> DataSnippet | None:
        """How programs get the data."""
        return data_snippet(self.document)

    @cached_property
    def inputs(self) -> list[np.ndarray[Any, Any]]:
        """What the model is asked: test rows of its data, else random numbers of the right kind."""
        shapes = [tuple(tensor.shape[1:]) for tensor in self.model.inputs]
        if self.dataset is not None and shapes == [self.dataset.info.input_shape]:
            return [np.asarray(self.dataset.test.x[:ROWS]).astype(self.model.inputs[0].dtype)]
        return sample_inputs(self.document, ROWS, SEED)

    @property
    def data_hash(self) -> str:
        """SHA-256 of the training and test rows; empty when no data are chosen."""
        if self.dataset is None:
            return ""
        return hash_of(
            array for split in (self.dataset.train, self.dataset.test) for array in (split.x, split.y)
        )

    @property
    def weights_hash(self) -> str:
        """SHA-256 of all weights in order."""
        return hash_of(self.model.get_weights())

    @property
    def parameters(self) -> int:
        """How many numbers the weights hold."""
        return analyze(self.document).total_parameters


def hash_of(arrays: Iterable[Any]) -> str:
    """SHA-256 over the types, shapes and numbers of arrays, in order."""
    digest = hashlib.sha256()
    for array in arrays:
        plain = np.ascontiguousarray(array)
        digest.update(f"{plain.dtype.str}{plain.shape}".encode())
        # Not as bytes of its own: an array on the disk may be larger than the memory.
        digest.update(plain.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()
