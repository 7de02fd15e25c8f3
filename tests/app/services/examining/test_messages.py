import io

import numpy as np
import pytest

from app.services.examining.messages import Message, read_message, write_message


def sent(message):
    pipe = io.BytesIO()
    write_message(pipe, message)
    pipe.seek(0)
    return pipe


def test_words_and_arrays_arrive_as_they_were():
    arrays = {"x": np.arange(6, dtype=np.float32).reshape(2, 3), "texts": np.array(["ä b", ""], dtype=object)}
    pipe = sent(Message({"question": "predict", "settings": {"target": None}}, arrays))
    pipe.seek(0, io.SEEK_END)
    write_message(pipe, Message({}))
    pipe.seek(0)
    read = read_message(pipe)
    assert read.words == {"question": "predict", "settings": {"target": None}}
    assert read.arrays["x"].dtype == np.float32
    np.testing.assert_array_equal(read.arrays["x"], arrays["x"])
    assert read.arrays["texts"].tolist() == ["ä b", ""]
    assert read_message(pipe) == Message({})
    with pytest.raises(EOFError):
        read_message(pipe)


def test_half_a_message_is_an_end():
    whole = sent(Message({}, {"x": np.ones(100)})).getvalue()
    for length in (0, 3, len(whole) - 1):
        with pytest.raises(EOFError):
            read_message(io.BytesIO(whole[:length]))


def test_arrays_that_could_hold_code_are_refused():
    content = io.BytesIO()
    np.save(content, np.array([{}], dtype=object), allow_pickle=True)
    packed = content.getvalue()
    head = f'{{"words": {{}}, "arrays": [["x", {len(packed)}]]}}\n'.encode()
    with pytest.raises(ValueError, match="allow_pickle"):
        read_message(io.BytesIO(head + packed))
