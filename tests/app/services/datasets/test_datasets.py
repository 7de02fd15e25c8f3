import zlib

import numpy as np
import pytest

from app.services.datasets import catalogue, describe, load
from app.services.settings import ASSETS
from runtime.errors import UnknownNameError

NAMES = [info.name for info in catalogue()]
CLASSIFIED = [info.name for info in catalogue() if info.answer.class_names]
SCALED = ["iris", "wine", "breast_cancer", "diabetes", "penguins", "cars", "seattle_weather", "basic_motions"]
FORECASTS = [info.name for info in catalogue() if info.answer.task == "forecast"]


def numbers(split):
    """Class numbers of a split's answers."""
    return split.y.reshape(len(split)).astype(int)


@pytest.mark.parametrize("name", NAMES)
def test_a_card_says_what_is_loaded(name):
    info, dataset = describe(name), load(name)
    assert dataset.info is info
    assert len(dataset.train) + len(dataset.test) == info.rows
    for split in (dataset.train, dataset.test):
        assert split.x.shape == (len(split), *info.input_shape)
        assert split.y.shape == (len(split), *info.answer.shape)
        assert str(split.x.dtype) == info.input_dtype
        assert str(split.y.dtype) == info.answer.dtype
        assert len(split.shown) == len(split)
        assert np.isfinite(split.x).all()
        assert np.isfinite(split.y).all()
        if dataset.feature_names:
            assert len(dataset.feature_names) == info.input_shape[-1]


@pytest.mark.parametrize("name", NAMES)
def test_a_card_is_complete(name):
    info = describe(name)
    assert info.title
    assert info.description.endswith((".", "?"))
    assert info.source
    assert info.licence
    assert info.preview in {"images", "table", "series", "text"}


@pytest.mark.parametrize("name", NAMES)
def test_shared_arrays_cannot_be_written(name):
    with pytest.raises(ValueError, match="read-only"):
        load(name).train.x[0] = 0


@pytest.mark.parametrize("name", CLASSIFIED)
def test_each_part_has_its_share_of_each_class(name):
    dataset = load(name)
    fitted, validation = dataset.held_back(0.2)
    classes = len(dataset.info.answer.class_names)
    share = np.bincount(numbers(dataset.train), minlength=classes) / len(dataset.train)
    for part in (dataset.test, fitted, validation):
        counts = np.bincount(numbers(part), minlength=classes)
        # A row more or less at each end of a stretch.
        np.testing.assert_allclose(counts, share * len(part), atol=2.01)


@pytest.mark.parametrize(
    ("name", "crc"),
    [
        ("iris", 2404478138),
        ("mnist", 1039935274),
        ("language_id", 3131459741),
        ("digits", 2684911246),
    ],
)
def test_the_test_rows_never_change(name, crc):
    assert zlib.crc32(load(name).test.shown.tobytes()) == crc


@pytest.mark.parametrize("name", SCALED)
def test_columns_are_scaled_on_the_training_rows_only(name):
    dataset = load(name)
    axes = tuple(range(dataset.train.x.ndim - 1))
    np.testing.assert_allclose(dataset.train.x.mean(axis=axes), 0, atol=1e-5)
    np.testing.assert_allclose(dataset.train.x.std(axis=axes), 1, atol=1e-5)
    assert np.abs(dataset.test.x.mean(axis=axes)).max() > 1e-3


@pytest.mark.parametrize("name", ["diabetes", "cars", "sunspots"])
def test_amounts_go_back_to_their_original_units(name):
    dataset = load(name)
    answers = dataset.original(dataset.train.y)
    assert answers.mean() == pytest.approx(dataset.target_mean, rel=0.1)
    assert answers.min() >= -1e-3
    assert answers.max() > 40


@pytest.mark.parametrize("name", FORECASTS)
def test_a_forecast_is_tested_on_the_latest_values_and_windows_follow_each_other(name):
    dataset = load(name)
    rows = np.concatenate([dataset.train.x, dataset.test.x])
    answers = np.concatenate([dataset.train.y, dataset.test.y])
    np.testing.assert_array_equal(rows[1:, -1], answers[:-1])
    np.testing.assert_array_equal(rows[1:, :-1], rows[:-1, 1:])


def test_the_naive_forecast_repeats_the_last_value_or_expects_no_change():
    sunspots, airline = load("sunspots"), load("airline")
    np.testing.assert_array_equal(sunspots.naive, sunspots.test.x[:, -1])
    np.testing.assert_allclose(airline.original(airline.naive), 0, atol=1e-4)


def test_pictures_keep_their_raw_values():
    pictures = load("mnist").train.x
    assert (pictures.min(), pictures.max()) == (0, 255)
    assert load("digits").train.x.max() == 16
    assert load("digits_autoencoder").train.x.max() == 1


def test_phrases_become_numbers_of_known_characters():
    dataset = load("language_id")
    assert dataset.train.x.min() == 0
    assert dataset.train.x.max() == dataset.info.vocabulary_size - 1
    phrase = str(dataset.test.shown[0])
    assert np.count_nonzero(dataset.test.x[0]) == min(len(phrase.lower()), dataset.info.input_shape[0])


def test_an_unknown_name_suggests_the_close_one():
    with pytest.raises(UnknownNameError, match="Did you mean 'mnist'"):
        load("mnits")


def test_every_packed_file_is_used_and_has_its_notice():
    notice = (ASSETS / "NOTICE.md").read_text(encoding="utf-8")
    for file in (ASSETS / "data").iterdir():
        assert f"`{file.name}`" in notice


@pytest.mark.parametrize("name", NAMES)
def test_rows_as_people_see_them_are_prepared_as_the_set_was(name):
    dataset = load(name)
    for split in (dataset.train, dataset.test):
        rows = split.take(slice(0, 40))
        prepared = dataset.encode(rows.shown)
        assert prepared.dtype == rows.x.dtype
        np.testing.assert_allclose(prepared, rows.x, rtol=1e-5, atol=2e-5)
