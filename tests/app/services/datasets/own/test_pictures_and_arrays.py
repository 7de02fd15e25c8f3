"""ZIPs of picture folders and NPZ files, made into arrays."""

import io
import os
import shutil
import zipfile

import numpy as np
import pytest
from PIL import Image

from app.services.datasets import load
from app.services.datasets.own import (
    deleting,
    home,
    limits,
    prepared_arrays,
    read_source,
    read_version,
    suggested,
    versions,
)
from app.services.datasets.own.recipe import Split
from app.services.settings import work_in
from runtime.errors import DataError, FileFormatError, RefusedError, UnknownNameError

COLOURS = {"blue": (0, 0, 255), "green": (0, 255, 0), "red": (255, 0, 0)}


def picture(colour, size=(20, 10), form="PNG", mode="RGB") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).convert(mode).save(file, form)
    return file.getvalue()


def archive(own, files: dict[str, bytes], name: str = "pictures.zip"):
    path = own.folder / name
    with zipfile.ZipFile(path, "w") as packing:
        for inner, content in files.items():
            packing.writestr(inner, content)
    return path


def folders(each: int = 20, outer: str = "all/") -> dict[str, bytes]:
    """Pictures whose shade tells one from the other."""
    forms = ("PNG", "JPEG", "BMP", "WEBP")
    return {
        f"{outer}{name}/{n}.{forms[n % 4].lower()}": picture(
            tuple(max(shade - 5 * n, 0) for shade in colour), form=forms[n % 4]
        )
        for name, colour in COLOURS.items()
        for n in range(each)
    }


def test_pictures_in_folders_become_classes_of_one_size(own):
    source = own.read(archive(own, folders() | {"all/notes.md": b"x", "__MACOSX/._1.png": b"x"}))
    assert source.classes == (("blue", 20), ("green", 20), ("red", 20))
    assert source.colour
    assert "notes.md" in source.notes[0]
    recipe = suggested(source).model_copy(update={"height": 8, "width": 12})
    made = own.made(source, recipe)
    assert made.train.x.dtype == np.uint8
    assert (made.info.input_shape, made.info.input_dtype, made.info.largest) == ((8, 12, 3), "float32", 255.0)
    assert (len(made.train), len(made.test)) == (48, 12)
    for part in (made.train, made.test):
        # blue is class 0 and the last channel.
        np.testing.assert_array_equal(2 - part.x[:, 4, 6].argmax(axis=-1), part.y)
    np.testing.assert_array_equal(made.encode(made.test.shown[:2]), made.test.x[:2])


def test_grey_pictures_are_stretched_or_cropped(own):
    half = Image.new("L", (40, 10))
    half.paste(255, (0, 0, 10, 10))
    file = io.BytesIO()
    half.save(file, "PNG")
    source = own.read(archive(own, {f"{name}/{n}.png": file.getvalue() for name in "ab" for n in range(5)}))
    assert not source.colour
    recipe = suggested(source).model_copy(update={"height": 10, "width": 10, "split": Split(share=0.4)})
    cropped = own.made(source, recipe)
    stretched = own.made(source, recipe.model_copy(update={"crop": False}))
    assert cropped.info.input_shape == (10, 10, 1)
    assert cropped.train.x.max() == 0
    assert stretched.train.x[0, 5, 0, 0] > 200


def test_outer_folders_train_and_test_are_the_cut(own):
    files = folders(6, "set/train/") | folders(3, "set/test/")
    source = own.read(archive(own, files))
    recipe = suggested(source)
    assert recipe.split.by == "given"
    made = own.made(source, recipe)
    assert (len(made.train), len(made.test)) == (18, 9)
    found = {caution.code for caution in read_version(made.info.name).cautions}
    assert "duplicates" in found, "the first three shades are in both"


def test_a_broken_picture_is_named_or_left_out(own):
    cut = picture((1, 2, 3), size=(200, 200), form="JPEG")[:-400]
    source = own.read(archive(own, folders(4) | {"all/red/broken.jpeg": cut}))
    with pytest.raises(FileFormatError, match=r"'all/red/broken\.jpeg' is broken.*Save it again"):
        own.name(source)
    recipe = suggested(source).model_copy(update={"skip_broken": True})
    name = own.name(source, recipe)
    assert len(load(name).train) + len(load(name).test) == source.rows - 1
    assert any("1 broken picture" in caution.text for caution in read_version(name).cautions)


@pytest.mark.parametrize("name", [".", ""])
def test_a_file_without_a_name_is_passed_over(own, name):
    path = archive(own, folders(2))
    with zipfile.ZipFile(path, "a") as packing:
        packing.writestr(zipfile.ZipInfo(name), b"x")
    assert own.read(path).rows == 6


def packed(own, name="arrays.npz", **values):
    path = own.folder / name
    np.savez(path, **values)
    return own.read(path)


def test_arrays_are_taken_as_they_are(own):
    random = np.random.RandomState(0)
    x, y = random.rand(100, 5).astype(np.float64), random.randint(0, 3, 100)
    made = own.made(packed(own, x=x, y=y))
    assert made.info.answer.class_names == ("0", "1", "2")
    assert made.info.input_shape == (5,)
    both = np.concatenate([made.train.x, made.test.x])
    order = np.lexsort(both.T)
    np.testing.assert_allclose(both[order], x[np.lexsort(x.T)], rtol=1e-6)
    labels = {tuple(np.float32(row)): label for row, label in zip(x, y, strict=True)}
    assert all(labels[tuple(row)] == label for row, label in zip(made.train.x, made.train.y, strict=True))


def test_test_arrays_of_the_file_are_the_test(own):
    x = np.arange(90, dtype=np.uint8).reshape(-1, 3, 3, 1)
    source = packed(own, x_train=x[:7], y_train=np.arange(7) % 2, x_test=x[7:], y_test=np.array([0, 1, 1]))
    at_random = suggested(source).model_copy(update={"split": Split(by="random", share=0.5)})
    for recipe in (None, at_random):
        made = own.made(source, recipe)
        assert sorted(made.test.x[:, 0, 0, 0].tolist()) == [63, 72, 81]
        assert made.info.answer.task == "binary classification"


@pytest.mark.parametrize(
    ("x", "x_test", "kept"),
    [
        (np.uint8([0, 255]), np.bool_([0, 1]), "uint8"),
        (np.uint8([0, 255]), np.int64([256, 70_000]), "int32"),
        (np.uint8([0, 255]), np.float32([0.25, 0.75]), "float32"),
        (np.int64([0, 3_000_000_000]), np.int64([1, 2]), "float32"),
        (np.int64([0, 1]), np.uint64([1, 2**63]), "float32"),
        (np.int16([-5, 1]), np.int64([-(2**31), 2**31 - 1]), "int32"),
    ],
)
def test_arrays_are_kept_in_a_type_that_holds_those_of_the_test_too(own, x, x_test, kept):
    y = np.array([0, 1])
    made = own.made(packed(own, x_train=x, y_train=y, x_test=x_test, y_test=y))
    for part, values in ((made.train, x), (made.test, x_test)):
        assert part.x.dtype == kept
        np.testing.assert_array_equal(np.sort(part.x[:, 0]), values.astype(kept))
    assert made.info.input_dtype == ("int32" if kept == "int32" else "float32")


def test_what_the_answers_take_on_the_disk_counts_too(own, monkeypatch):
    source = packed(own, x=np.ones((1_000, 1), np.float32), y=np.ones((1_000, 10_000), np.float32))
    recipe = suggested(source)
    monkeypatch.setattr(limits, "SPARE_DISK", shutil.disk_usage(own.folder).free - 20_000_000)
    with pytest.raises(RefusedError, match="on the disk"):
        own.name(source, recipe)


def test_amounts_in_arrays_are_scaled(own):
    random = np.random.RandomState(1)
    made = own.made(packed(own, x=random.rand(50, 2), y=random.rand(50) * 100 + 500))
    assert made.info.answer.task == "regression"
    assert 500 < made.original(made.train.y).mean() < 600


def test_a_number_that_is_none_is_found_in_whatever_piece_it_is(own, monkeypatch):
    monkeypatch.setattr(prepared_arrays, "PIECE", 32)
    x = np.ones((9, 2))
    x[7, 1] = np.inf
    with pytest.raises(DataError, match=r"'x' holds inf at \[7, 1\]"):
        own.made(packed(own, x=x, y=np.arange(9) % 2))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"x": np.ones((5, 2)), "y": np.arange(4)}, "'x' has 5 rows, 'y' 4"),
        ({"x": np.array([[1.0], [np.nan], [2.0], [3.0]]), "y": np.arange(4) % 2}, r"nan at \[1, 0\]"),
        ({"x": np.ones((4, 2)), "y": np.zeros(4, int)}, "no classes"),
        ({"x": np.array([[1.0], [-1e39], [2.0], [3.0]]), "y": np.arange(4) % 2}, r"-1e\+39 at \[1, 0\]"),
        ({"x": np.ones((4, 2)), "y": np.array([1, 2, 1e39, 0.5])}, r"1e\+39 at \[2\]"),
        (
            {"x_train": np.ones((4, 2)), "y_train": np.ones((4, 3))}
            | {"x_test": np.ones((4, 2)), "y_test": np.ones((4, 1))},
            r"A row of 'y_train' has the shape \(3,\), one of 'y_test' \(1,\)",
        ),
    ],
)
def test_arrays_that_cannot_be_learned_from_are_refused(own, values, said):
    with pytest.raises(DataError, match=said):
        own.name(packed(own, **values))


def test_what_is_deleted_comes_back_as_it_was_or_is_swept_away(own, data_dir):
    source = packed(own, x=np.random.RandomState(2).rand(40, 2), y=np.arange(40) % 2)
    name = own.name(source)
    rows = own.made(source).train.x[:3].copy()
    with pytest.raises(DataError, match="was prepared from this file"):
        deleting.delete(source.id)
    deleting.delete(name)
    assert name not in [version.info.name for version in versions()]
    with pytest.raises(UnknownNameError):
        read_version(name)
    deleting.sweep()
    deleting.restore(name)
    np.testing.assert_array_equal(own.made(source).train.x[:3], rows)
    deleting.delete(name)
    deleting.delete(source.id)
    deleting.sweep(now=4e9)
    with pytest.raises(DataError, match="gone for good"):
        deleting.restore(name)


@pytest.fixture
def alone(own, data_dir):
    """A data directory in which nothing was prepared."""
    work_in(own.folder / "alone")
    yield
    work_in(data_dir)


@pytest.mark.usefixtures("alone")
def test_what_is_deleted_twice_still_comes_back(own):
    """As by the pages of two tabs."""
    source = packed(own, x=np.ones((4, 2)), y=np.arange(4) % 2)
    deleting.delete(source.id)
    with pytest.raises(UnknownNameError):
        deleting.delete(source.id)
    deleting.restore(source.id)
    assert read_source(source.id) == source


def test_a_week_is_counted_from_the_deleting(own):
    source = packed(own, x=np.ones((4, 2)), y=np.arange(4) % 2)
    os.utime(source.folder, (0, 0))
    deleting.delete(source.id)
    deleting.sweep()
    os.utime(home.deleted_dir() / source.id, (0, 0))
    deleting.sweep()
    with pytest.raises(DataError, match="gone for good"):
        deleting.restore(source.id)
