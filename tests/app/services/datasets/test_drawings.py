import numpy as np
import pytest

from app.services.datasets import load
from app.services.datasets.drawings import centred_by_mass, counted_in_blocks, cropped, resized


def stroke(top=10, left=70, height=60, width=8):
    """A drawing of one upright stroke, on 112 by 112 points."""
    ink = np.zeros((112, 112), np.float32)
    ink[top : top + height, left : left + width] = 1
    return ink


def test_only_what_was_drawn_is_kept():
    assert cropped(stroke()).shape == (60, 8)
    empty = np.zeros((5, 7), np.float32)
    assert cropped(empty) is empty


def test_a_smaller_picture_has_the_means():
    halves = np.repeat([[0.0, 1.0]], 4, axis=0).repeat(2, axis=1).astype(np.float32)
    np.testing.assert_allclose(resized(halves, 2, 2), [[0, 1], [0, 1]])
    np.testing.assert_allclose(resized(halves, 1, 1), [[0.5]])


@pytest.mark.parametrize("top", [0, 30])
def test_the_place_of_a_drawing_does_not_matter(top):
    np.testing.assert_array_equal(centred_by_mass(stroke(top), 28, 20), centred_by_mass(stroke(), 28, 20))


def test_the_centre_of_mass_comes_to_the_middle():
    ink = stroke(height=80) + stroke(top=10, left=78, height=8, width=24)
    picture = centred_by_mass(ink, 28, 20)
    assert picture.shape == (28, 28)
    for axis in (0, 1):
        mass = (picture.sum(axis=1 - axis) * np.arange(28)).sum() / picture.sum()
        assert abs(mass - 13.5) <= 0.5
    rows = np.flatnonzero(picture.any(axis=1))
    assert rows[-1] - rows[0] + 1 == 20


def test_blocks_count_their_points():
    picture = counted_in_blocks(stroke(), 8, 4)
    assert picture.shape == (8, 8)
    assert picture.max() <= 16
    assert picture.sum() == 32 * round(8 * 32 / 60)
    assert (picture.sum(axis=1) == picture.sum() / 8).all()


@pytest.mark.parametrize("name", ["mnist", "digits", "digits_autoencoder"])
def test_a_drawing_is_like_the_pictures_of_its_set(name):
    dataset = load(name)
    picture = dataset.drawn(stroke(width=20))
    assert picture.shape == dataset.train.shown.shape[1:]
    assert picture.max() == pytest.approx(dataset.train.shown.max(), rel=0.01)
    assert dataset.encode(picture[np.newaxis]).shape == (1, *dataset.info.input_shape)
