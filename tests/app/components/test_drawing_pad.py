import base64

import numpy as np
import pytest

from app.components.drawing_pad.pad import SIDE, read_ink


def test_ink_comes_as_one_byte_a_point():
    sent = np.zeros((SIDE, SIDE), np.uint8)
    sent[2, 5] = 255
    ink = read_ink(base64.b64encode(sent.tobytes()).decode())
    assert ink is not None
    assert ink[2, 5] == 1
    assert ink.sum() == 1


@pytest.mark.parametrize("sent", [None, "", 7, "no base64!", base64.b64encode(b"short").decode()])
def test_what_is_no_drawing_is_none(sent):
    assert read_ink(sent) is None


def test_an_empty_paper_is_no_drawing():
    assert read_ink(base64.b64encode(bytes(SIDE * SIDE)).decode()) is None
