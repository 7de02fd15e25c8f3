import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from app.services.datasets import load
from app.services.examining.pictures import drawing, grey, heated, side_by_side, signed, uploaded, white_of
from runtime.errors import DataError

EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n%%EndComments\nshowpage\n"
"""A program, which some machines would run to draw it."""


def test_pictures_become_whole_numbers():
    found = grey(np.array([[[0.0], [8.0]], [[16.0], [20.0]]]), white=16)
    assert found[..., 0].tolist() == [[0, 127], [255, 255]]
    assert grey(np.arange(16), white=15).shape == (4, 4, 3)


def test_heat_shines_where_it_is_hot():
    heat = np.zeros((4, 4), np.float32)
    heat[0, 0] = 2
    found = heated(np.zeros((8, 8, 3), np.uint8), heat).astype(int).sum(axis=-1)
    assert found.shape == (224, 224)
    assert found[0, 0] > 3 * found[-1, -1]


def test_signs_have_colours():
    found = signed(np.array([[1.0, -1.0], [0.0, 0.5]]))
    size = len(found) // 2
    orange, blue, white = found[0, 0], found[0, size], found[size, 0]
    assert orange[0] > orange[2]
    assert blue[2] > blue[0]
    assert white.tolist() == [255, 255, 255]


def test_channels_stand_side_by_side_in_their_own_ranges():
    ramp = np.tile(np.linspace(-1, 1, 9), (9, 1))
    sheet = side_by_side(np.stack([np.full((9, 9), 5.0), ramp, *[np.eye(9)] * 3]), columns=2)
    assert sheet.shape == (3 * 75 - 3, 2 * 75 - 3)
    assert sheet[0, 75] == 0
    assert sheet[0, -1] == 255
    assert (sheet[2 * 75 :, 75:] == 128).all()
    assert side_by_side(ramp[np.newaxis]).shape == (225, 225)


@pytest.mark.parametrize("name", ["mnist", "digits"])
def test_a_picture_file_becomes_one_of_the_set(name):
    dataset = load(name)
    file = io.BytesIO()
    picture = np.zeros((60, 90), np.uint8)
    picture[:, 30:60] = 255
    Image.fromarray(picture).save(file, "PNG")
    found = uploaded(dataset, file.getvalue())
    assert found.shape == dataset.train.shown.shape[1:]
    assert found.dtype == dataset.train.shown.dtype
    middle = found.shape[1] // 2
    assert found[0, middle] == white_of(dataset)
    assert found[0, 0] == 0
    # A bar that is a third of the picture: of its middle it is half, and of all of it with edges a third.
    for fit, share in (("crop", 1 / 2), ("whole", 1 / 3), ("stretch", 1 / 3)):
        row = uploaded(dataset, file.getvalue(), fit)[found.shape[0] // 2]
        assert np.mean(row) / white_of(dataset) == pytest.approx(share, abs=0.07), fit
    assert uploaded(dataset, file.getvalue(), "whole")[0].max() < uploaded(dataset, file.getvalue())[0].max()
    assert drawing(dataset, picture[:, 15:75] / np.float32(255)).shape == found.shape


def test_a_picture_without_transparency_gets_an_opaque_fourth_channel():
    dataset = load("digits")
    four = np.zeros((len(dataset.train), 8, 8, 4), np.uint8)
    own = replace(dataset, train=replace(dataset.train, shown=four))
    file = io.BytesIO()
    Image.new("RGB", (8, 8), (10, 20, 30)).save(file, "PNG")
    assert uploaded(own, file.getvalue())[0, 0].tolist() == [10, 20, 30, 255]


@pytest.mark.parametrize("file", [b"GIF89a and then nothing", EPS])
def test_what_is_no_picture_is_refused(file):
    with pytest.raises(DataError, match="no picture"):
        uploaded(load("digits"), file)
