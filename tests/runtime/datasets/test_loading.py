"""Data sets come as Keras gives them, from files of the same layout; nothing in a file is run."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import gzip
import hashlib
import importlib
import inspect
import io
import json
import pickle
import struct
import tarfile
from dataclasses import replace

import keras
import numpy as np
import pytest

from runtime import datasets
from runtime.datasets import arrays, imdb, reuters
from runtime.errors import DataError, DownloadError, FileFormatError, ParameterError, RefusedError
from tests.runtime.utils.serving import serving

RANDOM = np.random.default_rng(0)


def npz(**content):
    buffer = io.BytesIO()
    np.savez(buffer, **content)
    return buffer.getvalue()


def texts(count):
    found = np.empty(count, dtype=object)
    found[:] = [RANDOM.integers(1, 50, RANDOM.integers(3, 12)).tolist() for _ in range(count)]
    return found


def idx(array):
    head = struct.pack(f">BBBB{array.ndim}i", 0, 0, 8, array.ndim, *array.shape)
    return gzip.compress(head + array.tobytes())


def batches(folder, labels):
    """An archive whose texts are bytes, as Python 2 wrote them."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, count in folder.items():
            batch = {b"data": RANDOM.integers(0, 256, (count, 3072), dtype="uint8")}
            batch |= {label.encode(): RANDOM.integers(0, 10, count).tolist() for label in labels}
            content = pickle.dumps(batch, protocol=4)
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


IMAGES = {
    "x_train": RANDOM.integers(0, 256, (6, 28, 28), dtype="uint8"),
    "y_train": RANDOM.integers(0, 10, 6, dtype="uint8"),
    "x_test": RANDOM.integers(0, 256, (2, 28, 28), dtype="uint8"),
    "y_test": RANDOM.integers(0, 10, 2, dtype="uint8"),
}
TEN = {f"cifar-10-batches-py/data_batch_{number}": 10_000 for number in range(1, 6)}
HUNDRED = {"cifar-100-python/train": 7, "cifar-100-python/test": 3}
TABLE = {"x": RANDOM.normal(size=(700, 8)), "y": RANDOM.normal(size=700)}
REVIEWS = {
    "x_train": texts(20),
    "y_train": RANDOM.integers(0, 2, 20),
    "x_test": texts(10),
    "y_test": RANDOM.integers(0, 2, 10),
}
FILES = {
    "mnist": {"FILE": npz(**IMAGES)},
    "cifar100": {"FILE": batches(HUNDRED, ["fine_labels", "coarse_labels"])},
    "california_housing": {"FILE": npz(**TABLE)},
    "boston_housing": {"FILE": npz(**TABLE)},
    "imdb": {"FILE": npz(**REVIEWS), "WORDS": b'{"the": 1, "film": 2}'},
    "reuters": {"FILE": npz(x=texts(30), y=RANDOM.integers(0, 46, 30)), "WORDS": b'{"the": 1}'},
}


@pytest.fixture
def published(tmp_path, monkeypatch):
    """Publishes files of a data set on this machine, for our modules and those of Keras."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))

    def publish(address, name, files):
        ours = getattr(datasets, name)
        theirs = importlib.import_module(f"keras.src.datasets.{name}")
        for constant, content in files.items():
            file = getattr(ours, constant)
            checksum = hashlib.sha256(content).hexdigest()
            stem = "reuters" if name == "reuters" else name
            path = f"/{stem}-{constant}"
            monkeypatch.setattr(ours, constant, replace(file, origin=address + path, checksum=checksum))
        fetched = keras.utils.get_file

        def get_file(fname=None, origin=None, file_hash=None, **options):
            constant = "WORDS" if "word" in str(fname) else "FILE"
            return fetched(
                f"keras-{fname}", f"{address}/{name}-{constant}", cache_dir=str(tmp_path), **options
            )

        monkeypatch.setattr(theirs, "get_file", get_file)
        return ours, theirs

    return publish


def served(name):
    return serving({f"/{name}-{constant}": content for constant, content in FILES[name].items()})


def assert_equal(found, expected):
    pairs = zip([*found[0], *found[1]], [*expected[0], *expected[1]], strict=True)
    for mine, theirs in pairs:
        assert mine.dtype == theirs.dtype
        assert mine.shape == theirs.shape
        assert mine.tolist() == theirs.tolist()


ASKED = [
    ("mnist", {}),
    ("cifar100", {}),
    ("cifar100", {"label_mode": "coarse"}),
    ("california_housing", {}),
    ("california_housing", {"version": "small", "test_split": 0.5, "seed": 3}),
    ("boston_housing", {"test_split": 0}),
    ("imdb", {}),
    ("imdb", {"num_words": 30, "skip_top": 5, "maxlen": 9, "seed": 4}),
    ("imdb", {"start_char": None, "oov_char": None, "index_from": 0, "num_words": 20}),
    ("reuters", {}),
    ("reuters", {"num_words": 30, "skip_top": 5, "maxlen": 9, "test_split": 0.4}),
    ("reuters", {"start_char": None, "oov_char": None}),
]


@pytest.mark.parametrize(("name", "options"), ASKED, ids=str)
def test_the_data_is_that_of_keras(name, options, published):
    with served(name) as (address, asked):
        ours, theirs = published(address, name, FILES[name])
        found = ours.load_data(**options)
        ours.load_data(**options)
        assert len(asked) == 1, "it is fetched once"
        assert_equal(found, theirs.load_data(**options))


def test_fashion(published, monkeypatch, tmp_path):
    contents = {part: idx(array) for part, array in IMAGES.items()}
    with serving({f"/{part}": content for part, content in contents.items()}) as (address, _):
        files = {
            part: replace(
                file, origin=f"{address}/{part}", checksum=hashlib.sha256(contents[part]).hexdigest()
            )
            for part, file in datasets.fashion_mnist.FILES.items()
        }
        monkeypatch.setenv("KERAS_HOME", str(tmp_path))
        monkeypatch.setattr(datasets.fashion_mnist, "FILES", files)
        (x_train, y_train), (x_test, y_test) = datasets.fashion_mnist.load_data()
    found = {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}
    for part, array in IMAGES.items():
        np.testing.assert_array_equal(found[part], array)


def test_small_photographs_of_ten_kinds(tmp_path, monkeypatch):
    content = batches(dict.fromkeys(TEN, 3) | {"cifar-10-batches-py/test_batch": 2}, ["labels"])
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    with serving({"/ten": content}) as (address, _):
        checksum = hashlib.sha256(content).hexdigest()
        file = replace(datasets.cifar10.FILE, origin=f"{address}/ten", checksum=checksum)
        monkeypatch.setattr(datasets.cifar10, "FILE", file)
        (x_train, y_train), (x_test, y_test) = datasets.cifar10.load_data()
    assert (tmp_path / "datasets" / "cifar-10-batches-py-target_archive").is_file()
    assert x_train.shape == (15, 32, 32, 3)
    assert (y_train.shape, y_train.dtype) == ((15, 1), np.uint8)
    assert (x_test.shape, y_test.shape) == ((2, 32, 32, 3), (2, 1))
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        first = pickle.load(archive.extractfile("cifar-10-batches-py/data_batch_1"))
    np.testing.assert_array_equal(x_train[2, :, :, 1].ravel(), first[b"data"][2, 1024:2048])
    assert y_train[:3, 0].tolist() == first[b"labels"]


@pytest.mark.parametrize("module", ["imdb", "reuters"])
def test_words_and_their_numbers(module, published):
    with served(module) as (address, _):
        ours, _ = published(address, module, FILES[module])
        assert ours.get_word_index() == json.loads(FILES[module]["WORDS"])
    assert reuters.get_label_names() == keras.datasets.reuters.get_label_names()


@pytest.mark.parametrize("name", datasets.__all__)
def test_arguments_addresses_and_checksums_are_those_of_keras(name):
    ours, theirs = getattr(datasets, name), importlib.import_module(f"keras.src.datasets.{name}")

    def signature(function):
        return [(one.name, one.default) for one in inspect.signature(function).parameters.values()]

    assert signature(ours.load_data) == signature(theirs.load_data)
    source = inspect.getsource(theirs)
    files = [*getattr(ours, "FILES", {}).values(), *(getattr(ours, n, None) for n in ("FILE", "WORDS"))]
    for file in filter(None, files):
        folder, _, last = file.origin.rpartition("/")
        assert last in source
        assert folder.removesuffix("/") in source
        assert file.checksum in source or name == "fashion_mnist"


def test_wrong_wishes_are_told(published):
    with pytest.raises(ParameterError, match="version"):
        datasets.california_housing.load_data(version="medium")
    with pytest.raises(ParameterError, match="label_mode"):
        datasets.cifar100.load_data(label_mode="all")
    with pytest.raises(ParameterError, match="num_word"):
        imdb.load_data(num_word=3)
    with served("imdb") as (address, _):
        ours, _ = published(address, "imdb", FILES["imdb"])
        with pytest.raises(DataError, match="maxlen=2"):
            ours.load_data(maxlen=2)
    with served("boston_housing") as (address, _):
        ours, _ = published(address, "boston_housing", FILES["boston_housing"])
        with pytest.raises(ParameterError, match="test_split"):
            ours.load_data(test_split=1.0)


def test_without_a_network_it_is_said_plainly(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(
        datasets.mnist, "FILE", replace(datasets.mnist.FILE, origin="http://127.0.0.1:9/mnist.npz")
    )
    with pytest.raises(DownloadError, match="A copy of the file may also be put at"):
        datasets.mnist.load_data()


class Calling:
    """What a hostile file holds: unpickling it calls a function."""

    def __reduce__(self):
        return os.mkdir, ("/tmp/never",)


@pytest.mark.parametrize("hidden", [Calling(), [Calling()], {"a": Calling()}])
def test_nothing_in_a_file_is_called(tmp_path, hidden):
    array = np.empty(1, dtype=object)
    array[0] = hidden
    path = tmp_path / "hostile.npz"
    path.write_bytes(npz(x=array))
    with pytest.raises(RefusedError, match="mkdir"):
        arrays.read_npz(str(path))
    with pytest.raises(RefusedError, match="mkdir"):
        arrays.read_pickled(io.BytesIO(pickle.dumps(hidden)))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", npz(x=texts(3))[:-40], b"nothing at all"])
def test_broken_files_are_told(tmp_path, content):
    path = tmp_path / "broken.npz"
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match="broken"):
        arrays.read_npz(str(path))
    with pytest.raises(FileFormatError):
        arrays.read_pickled(io.BytesIO(content))


@pytest.mark.parametrize("dtype", ["uint8", "<i8", ">i4", "<f4", ">f8", "bool"])
@pytest.mark.parametrize("protocol", [2, 4])
def test_arrays_inside_of_others_keep_their_numbers(dtype, protocol):
    array = np.array([[1, 0, 3], [4, 5, 1]]).astype(dtype)
    found = arrays.read_pickled(io.BytesIO(pickle.dumps({"a": array, "b": array.T}, protocol=protocol)))
    np.testing.assert_array_equal(found["a"], array)
    np.testing.assert_array_equal(found["b"], array.T)
