"""Files in folders become the batches Keras would make of them."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
import pytest
import torch
from keras.src.utils import dataset_utils, image_dataset_utils

import runtime
from runtime import utils
from runtime.errors import DataError, FileFormatError, ParameterError, UnknownNameError

RANDOM = np.random.default_rng(0)


@pytest.fixture
def pictures(tmp_path):
    for name, count in (("cats", 5), ("dogs", 4), (".hidden", 1)):
        (tmp_path / name / "deeper").mkdir(parents=True)
        for number in range(count):
            folder = tmp_path / name / ("deeper" if number == 2 else "")
            pixels = RANDOM.integers(0, 256, (7 + number, 9, 3))
            utils.save_img(folder / f"{name}{number}.png", pixels, scale=False)
    (tmp_path / "cats" / "notes.md").write_text("no picture")
    return tmp_path


@pytest.fixture
def texts(tmp_path):
    for name in ("neg", "pos", "so-so"):
        (tmp_path / name).mkdir()
        for number in range(3):
            (tmp_path / name / f"{number}.txt").write_text(f"{name} {number} ä", encoding="utf-8")
    return tmp_path


def images_of(folder, **options):
    return utils.image_dataset_from_directory(folder, image_size=(6, 5), verbose=False, **options)


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize(
    ("labels", "class_names"),
    [("inferred", None), ("inferred", ["dogs", "cats"]), (None, None), (list(range(10)), None)],
)
def test_files_labels_and_order_are_those_of_keras(pictures, shuffle, labels, class_names):
    # Keras mixes the very list it is given.
    given = list(labels) if isinstance(labels, list) else labels
    paths, numbers, names = dataset_utils.index_directory(
        str(pictures), given, (".png",), class_names, shuffle=shuffle, seed=5, verbose=False
    )
    found = images_of(pictures, labels=labels, class_names=class_names, shuffle=shuffle, seed=5)
    assert found.file_paths == paths
    assert found.class_names == names
    if numbers is not None:
        by_path = dict(zip(paths, numbers, strict=True))
        found = images_of(pictures, labels=labels, class_names=class_names, shuffle=False)
        _, ours = next(iter(found))
        assert ours.dtype == torch.int32
        expected = [by_path[path] for path in found.file_paths]
        assert ours.tolist() == expected


@pytest.mark.parametrize("color_mode", ["rgb", "rgba", "grayscale"])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
def test_pictures_are_those_of_keras(pictures, color_mode, data_format, interpolation):
    ours = images_of(
        pictures,
        color_mode=color_mode,
        data_format=data_format,
        interpolation=interpolation,
        shuffle=False,
        label_mode=None,
    )
    channels = {"rgb": 3, "rgba": 4, "grayscale": 1}[color_mode]
    expected = [
        image_dataset_utils._load_image_grain(path, (6, 5), channels, interpolation, data_format).cpu()
        for path in ours.file_paths
    ]
    (found,) = list(ours)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, torch.stack(expected), rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("how", ["crop_to_aspect_ratio", "pad_to_aspect_ratio"])
def test_pictures_can_keep_their_proportions(pictures, how):
    found = next(iter(images_of(pictures, shuffle=False, label_mode=None, **{how: True})))
    assert found.shape == (9, 6, 5, 3)
    dark = float(found[0, 0].mean()) < float(found[0, 3].mean()) / 2
    assert dark == (how == "pad_to_aspect_ratio")


@pytest.mark.parametrize(
    ("mode", "shape", "dtype"),
    [("int", (5,), torch.int32), ("binary", (5, 1), torch.float32), ("categorical", (5, 2), torch.float32)],
)
def test_forms_of_labels(pictures, mode, shape, dtype):
    _, labels = images_of(pictures, label_mode=mode, batch_size=5, shuffle=False)[0]
    assert (tuple(labels.shape), labels.dtype) == (shape, dtype)


def test_parts_do_not_overlap(pictures):
    options = {"validation_split": 0.3, "seed": 1}
    training, validation = images_of(pictures, subset="both", **options)
    assert len(training.file_paths) == 7
    assert not set(training.file_paths) & set(validation.file_paths)
    assert images_of(pictures, subset="training", **options).file_paths == training.file_paths
    assert images_of(pictures, subset="validation", **options).file_paths == validation.file_paths


def test_a_model_trains_on_a_folder(pictures):
    data = images_of(pictures, batch_size=4, seed=0).map(lambda x, y: (x / 255, y)).cache().prefetch(2)
    model = runtime.Sequential(
        [runtime.Input((6, 5, 3)), runtime.layers.Flatten(), runtime.layers.Dense(2, "softmax")]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    history = model.fit(data, validation_data=data.take(1), epochs=2, verbose=0)
    assert len(history.history["val_loss"]) == 2


def test_texts(texts):
    data = utils.text_dataset_from_directory(texts, shuffle=False, batch_size=4, max_length=6, verbose=False)
    batches = list(data)
    assert [len(batch[0]) for batch in batches] == [4, 4, 1]
    assert batches[0][0].tolist() == ["neg 0 ", "neg 1 ", "neg 2 ", "pos 0 "]
    assert batches[0][1].tolist() == [0, 0, 0, 1]
    single = utils.text_dataset_from_directory(texts, shuffle=False, batch_size=None, verbose=False)
    text, label = next(iter(single))
    assert (text, int(label)) == ("neg 0 ä", 0)


def test_how_many_there_are_is_said(texts, capsys):
    utils.text_dataset_from_directory(texts, seed=1, validation_split=0.2, subset="both")
    assert capsys.readouterr().out.splitlines() == [
        "Found 9 files belonging to 3 classes.",
        "Using 8 files for training.",
        "Using 1 files for validation.",
    ]


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"labels": "guessed"}, ParameterError, "class numbers"),
        ({"label_mode": "sparse"}, ParameterError, "label_mode"),
        ({"class_names": ["cows"]}, ParameterError, "cows"),
        ({"labels": None, "class_names": ["cats"]}, ParameterError, "class_names"),
        ({"labels": [1, 2]}, DataError, "2 labels, but 10 files"),
        ({"validation_split": 0.2}, ParameterError, "both"),
        ({"validation_split": 2.0, "subset": "both", "seed": 1}, ParameterError, "between 0 and 1"),
        ({"validation_split": 0.2, "subset": "rest", "seed": 1}, ParameterError, "subset"),
        ({"validation_split": 0.2, "subset": "both"}, ParameterError, "seed"),
        ({"validation_split": 0.01, "subset": "validation", "seed": 1}, DataError, "no files"),
        ({"interpolation": "gaussian"}, UnknownNameError, "bilinear"),
        ({"color_mode": "rbg"}, UnknownNameError, "rgb"),
        ({"crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True}, ParameterError, "both"),
        ({"batch_size": 0}, DataError, "at least 1"),
    ],
)
def test_wrong_wishes_are_told(pictures, options, error, said):
    with pytest.raises(error, match=said):
        images_of(pictures, **options)


def test_wrong_folders_and_files_are_told(pictures, texts):
    with pytest.raises(DataError, match="no folder"):
        images_of(pictures / "nowhere")
    with pytest.raises(ParameterError, match="for 2 classes, but there are 3"):
        utils.text_dataset_from_directory(texts, label_mode="binary", class_names=["neg", "pos", "so-so"])
    (texts / "neg" / "0.txt").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(FileFormatError, match="UTF-8"):
        list(utils.text_dataset_from_directory(texts, shuffle=False, verbose=False))
    (pictures / "cats" / "cats0.png").write_bytes(b"no picture")
    with pytest.raises(FileFormatError, match="picture"):
        list(images_of(pictures))


def test_reading_and_writing_pictures_is_that_of_keras(tmp_path):
    pixels = RANDOM.uniform(0, 1, (8, 6, 3)).astype("float32")
    ours, theirs = utils.array_to_img(pixels), keras.utils.array_to_img(pixels)
    np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))
    utils.save_img(tmp_path / "a.png", pixels)
    for options in (
        {"target_size": (4, 9), "interpolation": "bilinear"},
        {"target_size": (4, 9), "keep_aspect_ratio": True},
        {"color_mode": "grayscale"},
        {"color_mode": "rgba"},
    ):
        found = utils.img_to_array(utils.load_img(tmp_path / "a.png", **options))
        expected = keras.utils.img_to_array(keras.utils.load_img(tmp_path / "a.png", **options))
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == expected.dtype
    with pytest.warns(UserWarning, match="JPEG"):
        utils.save_img(tmp_path / "a.jpg", np.zeros((2, 2, 4)))
    with pytest.raises(DataError, match="cannot be shown"):
        utils.array_to_img(np.zeros((2, 2)))
    with pytest.raises(UnknownNameError, match="bilinear"):
        utils.load_img(tmp_path / "a.png", target_size=(2, 2), interpolation="bilinaer")
