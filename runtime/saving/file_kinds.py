"""Recognises files by what they hold, whatever their names say, and tells how to go on with other kinds."""

import os
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import h5py

from runtime.errors import FileFormatError, did_you_mean

Kind = Literal["hdf5", "archive", "folder", "index"]

CONFIG, WEIGHTS = "config.json", "model.weights.h5"
_HEAD = 4096
_AGAIN = "Get the file again; a download may have been cut off."
_EXPORT = "Open it in the program that made it, and save the model there as .keras or .h5."
_TABLE = b"\x57\xfb\x80\x8b\x24\x75\x47\xdb"


def kind_of(path: str | os.PathLike[str]) -> Kind:
    """What a file is: HDF5, a `.keras` archive, an unpacked one, or the index of several files of weights.

    Args:
        path: The file or folder; its ending plays no part.

    Raises:
        FileFormatError: There is none, or it is of another kind; the message says which, and what to do.
    """
    shown = f"'{os.fspath(path)}'"
    if os.path.isdir(path):
        if all(os.path.isfile(os.path.join(path, name)) for name in (CONFIG, WEIGHTS)):
            return "folder"
        raise _folder(Path(path), shown)
    if not os.path.isfile(path):
        raise _missing(Path(path), shown)
    with open(path, "rb") as file:
        head = file.read(_HEAD)
        size = file.seek(0, os.SEEK_END)
        file.seek(-min(size, 8), os.SEEK_END)
        tail = file.read(8)
    if not head:
        raise FileFormatError(f"{shown} is empty.", hint=_AGAIN)
    if zipfile.is_zipfile(path) and not head.startswith(b"\x89HDF"):
        return _archive(path, shown)
    if h5py.is_hdf5(path):
        return "hdf5"
    if head.startswith(b"\x89HDF\r\n\x1a\n") or head.startswith(b"PK\x03\x04"):
        whole = "an HDF5 file" if head.startswith(b"\x89H") else "a zip archive such as .keras"
        raise FileFormatError(
            f"{shown} begins as {whole} does, but its end is missing ({size:,} bytes).", hint=_AGAIN
        )
    if head.lstrip()[:1] == b"{":
        return "index"
    raise _other(head, tail, Path(path), size)


def _archive(path: str | os.PathLike[str], shown: str) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError, struct.error) as error:
        raise FileFormatError(f"{shown} is broken: {str(error)[:300]}.", hint=_AGAIN) from error
    if CONFIG in names or not names or any(name.startswith("model.weights.") for name in names):
        return "archive"
    if any(name.endswith("/data.pkl") for name in names):
        raise FileFormatError(
            f"{shown} is a file of PyTorch.",
            hint="Make the model here, read the file with torch.load(path, weights_only=True), "
            "and hand its arrays to the layers with set_weights.",
        )
    if all(name.endswith(".npy") for name in names):
        raise FileFormatError(
            f"{shown} is an archive of NumPy arrays.",
            hint="Read it with numpy.load, and hand the arrays to the layers with set_weights.",
        )
    inside = [name for name in names if name.endswith((".keras", ".h5", ".hdf5", "saved_model.pb"))]
    raise FileFormatError(
        f"{shown} is a zip archive, but no model of Keras: it has no {CONFIG}.",
        hint=f"Unpack it, and open '{inside[0]}'." if inside else "A .keras file holds one.",
    )


def _folder(path: Path, shown: str) -> FileFormatError:
    if (path / "saved_model.pb").is_file() or (path / "saved_model.pbtxt").is_file():
        return FileFormatError(
            f"{shown} is a SavedModel of TensorFlow: a program, not a description of layers.",
            hint="Open it with tf.keras.models.load_model in Keras 2, and save the model as .h5 or .keras.",
        )
    if (path / "checkpoint").is_file() or any(path.glob("*.index")):
        return _checkpoint(shown)
    inside = sorted(one.name for one in path.iterdir() if one.suffix in (".keras", ".h5", ".hdf5"))[:5]
    return FileFormatError(
        f"{shown} is a folder, not a file of Keras.",
        hint=f"It holds {', '.join(inside)}: give one of these." if inside else "",
    )


def _missing(path: Path, shown: str) -> FileFormatError:
    if path.with_name(f"{path.name}.index").is_file():
        return _checkpoint(shown)
    close: tuple[str, ...] = ()
    if path.parent.is_dir():
        close = did_you_mean(
            path.name, [one.name for one in path.parent.iterdir() if not one.name.startswith(".")]
        )
    return FileFormatError(
        f"There is no file {shown}.",
        hint=f"Did you mean '{path.with_name(close[0])}'?" if close else "",
    )


def _checkpoint(shown: str) -> FileFormatError:
    return FileFormatError(
        f"{shown} is a checkpoint of TensorFlow: weights in a form that only TensorFlow reads.",
        hint="Load it in Keras 2 with model.load_weights, then model.save_weights('name.weights.h5').",
    )


def _starts(*beginnings: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(beginnings)


_OTHERS: tuple[tuple[Callable[[bytes], bool], str, str], ...] = (
    (
        _starts(b"version https://git-lfs"),
        "a pointer of Git LFS: the name of a file that was not fetched",
        "Run 'git lfs pull' in the repository, or download the file itself.",
    ),
    (
        lambda head: (
            re.match(rb"\s*(<!--.*?-->\s*)?<(!doctype html|html|head|\?xml)", head, re.I | re.S) is not None
        ),
        "a page of the web",
        "The link led to a page about the file, or to an error: use the link for downloading.",
    ),
    (lambda head: head[4:8] == b"TFL3", "a model of TensorFlow Lite", _EXPORT),
    (
        lambda head: len(head) > 9 and struct.unpack("<Q", head[:8])[0] < 2**32 and head[8:9] == b"{",
        "a file of safetensors: weights without a model",
        "Make the model here, read the file with the package safetensors, and hand its arrays to the layers "
        "with set_weights.",
    ),
    (
        lambda head: re.match(rb"\x80[\x02-\x05]", head) is not None,
        "a pickle, which may run any program when it is opened",
        _EXPORT,
    ),
    (_starts(b"\x93NUMPY"), "an array of NumPy", "Hand it to a layer with set_weights."),
    (_starts(b"GGUF"), "a language model in the format GGUF", "Such models are not made of Keras's layers."),
    (
        _starts(b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"\x28\xb5\x2f\xfd"),
        "a packed file",
        "Unpack it, and open what is inside.",
    ),
    (lambda head: head[257:262] == b"ustar", "an archive of tar", "Unpack it, and open what is inside."),
)


def _other(head: bytes, tail: bytes, path: Path, size: int) -> FileFormatError:
    shown = f"'{path}'"
    for fits, kind, hint in _OTHERS:
        if fits(head):
            return FileFormatError(f"{shown} is {kind}.", hint=hint)
    if tail == _TABLE or re.search(r"\.data-\d{5}-of-\d{5}$", path.name):
        return _checkpoint(shown)
    ending = path.suffix.lower()
    # The messages of protobuf have no mark of their own.
    if ending == ".onnx" or re.match(rb"\x08[\x03-\x20](\x12|\x1a|\x3a)", head):
        return FileFormatError(f"{shown} is a model in the format ONNX.", hint=_EXPORT)
    if ending == ".pb":
        return FileFormatError(
            f"{shown} is a graph of TensorFlow: a program, not a description of layers.", hint=_EXPORT
        )
    if _is_text(head):
        line = head.decode(errors="replace").strip().split("\n")[0][:60]
        return FileFormatError(f"{shown} is a text file that begins with {line!r}.", hint=_AGAIN)
    return FileFormatError(
        f"{shown} is not a file of Keras: neither HDF5 nor a .keras archive ({size:,} bytes).", hint=_AGAIN
    )


def _is_text(head: bytes) -> bool:
    try:
        text = head[:1024].decode()
    except UnicodeDecodeError as error:
        text = head[: error.start].decode() if error.start > 1000 else "\0"
    return all(letter.isprintable() or letter.isspace() for letter in text)
