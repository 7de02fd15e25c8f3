"""The language of the examiner and its worker: a line of JSON, then the arrays it names, as .npy.

Both sides speak it over a pipe. Arrays are numbers or texts: what could hold code is refused by both.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any

import numpy as np

from app.services.datasets.dataset import Array
from runtime.errors import DataError

LONGEST_LINE = 1_000_000
"""Bytes of the words of a message."""


@dataclass(frozen=True)
class Message:
    """A question or an answer.

    Args:
        words: What can be said in JSON.
        arrays: The numbers that go with it, by name.
    """

    words: Mapping[str, Any]
    arrays: Mapping[str, Array] = field(default_factory=dict[str, Array])


def write_message(stream: IO[bytes], message: Message) -> None:
    """Sends a message.

    Raises:
        DataError: An array holds neither numbers nor texts.
        OSError: Nobody is there to read it.
    """
    packed = {name: _packed(name, array) for name, array in message.arrays.items()}
    sizes = [[name, len(content)] for name, content in packed.items()]
    line = json.dumps({"words": message.words, "arrays": sizes}, allow_nan=False)
    stream.write(line.encode() + b"\n")
    for content in packed.values():
        stream.write(content)
    stream.flush()


def read_message(stream: IO[bytes]) -> Message:
    """Waits for a message.

    Raises:
        EOFError: The other side has ended.
    """
    line = stream.readline(LONGEST_LINE)
    if not line.endswith(b"\n"):
        raise EOFError("the other side has ended")
    head = json.loads(line)
    arrays = {name: _unpacked(_exactly(stream, size)) for name, size in head["arrays"]}
    return Message(head["words"], arrays)


def _packed(name: str, array: Array) -> bytes:
    values = np.asarray(array)
    if values.dtype == object:
        values = values.astype(str)
    if values.dtype.kind not in "biufUS":
        raise DataError(f"'{name}' is neither numbers nor texts: {values.dtype}.")
    content = io.BytesIO()
    np.save(content, values, allow_pickle=False)
    return content.getvalue()


def _unpacked(content: bytes) -> Array:
    return np.load(io.BytesIO(content), allow_pickle=False)


def _exactly(stream: IO[bytes], size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise EOFError("the other side has ended")
    return content
