"""Files to take away that need no proof: the design and the data."""

import io
from dataclasses import dataclass

import numpy as np

from app.services.data_code import data_file_name
from app.services.datasets import load
from app.services.exporting import file_stem
from graph_compiler.document import GraphDocument, dump_document


@dataclass(frozen=True)
class Download:
    """A file for the user.

    Args:
        file_name: What it is called.
        content: What is in it.
        mime: Its kind.
        note: What a user should know about it.
    """

    file_name: str
    content: bytes
    mime: str
    note: str = ""


def design(name: str, document: GraphDocument) -> Download:
    """The design itself, to be opened again."""
    return Download(f"{file_stem(name)}.json", dump_document(document).encode(), "application/json")


def data(document: GraphDocument) -> Download | None:
    """The arrays of the design's data set, as the program reads them; None when none is chosen."""
    if document.data is None:
        return None
    dataset = load(document.data.dataset)
    packed = io.BytesIO()
    np.savez_compressed(
        packed,
        x_train=dataset.train.x,
        y_train=dataset.train.y,
        x_test=dataset.test.x,
        y_test=dataset.test.y,
    )
    note = f"{dataset.info.title}. Source: {dataset.info.source}. Licence: {dataset.info.licence}."
    return Download(data_file_name(dataset.info), packed.getvalue(), "application/octet-stream", note)
