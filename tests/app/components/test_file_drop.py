"""What the browser is answered that sends a file in slices."""

import base64

import pytest

from app.components.file_drop.drop import Sent, answer_to
from app.services.uploads import FileInBrowser, Uploads
from runtime.errors import DataError

CONTENT = b"a,b\n1,2\n"
FILE = FileInBrowser(name="table.csv", size=len(CONTENT))


@pytest.fixture
def uploads(tmp_path):
    return Uploads(tmp_path)


def slice_of(begin, end, sending="s1"):
    content = base64.b64encode(CONTENT[begin:end]).decode()
    return Sent(sending=sending, file=FILE, offset=begin, content=content)


def test_a_file_is_taken_once_however_often_its_last_slice_comes(uploads):
    taken = []

    def take(path, name):
        taken.append((path.read_bytes(), name))

    answer = answer_to(Sent(sending="s1", file=FILE), None, uploads, take)
    assert (answer["received"], answer["done"]) == (0, False)
    for begin, end in ((0, 4), (0, 4), (4, 8), (4, 8)):
        answer = answer_to(slice_of(begin, end), answer, uploads, take)
    assert answer == {"sending": "s1", "received": len(CONTENT), "problem": "", "done": True}
    assert taken == [(CONTENT, "table.csv")]
    again = answer_to(slice_of(0, 8, "s2"), answer, uploads, take)
    assert again["done"], "the same file may be wanted again"
    assert len(taken) == 2


def test_what_is_cancelled_or_no_slice_leaves_nothing(uploads):
    def take(path, name):
        raise DataError(f"{name} is not wanted.")

    answer = answer_to(slice_of(0, 4), None, uploads, take)
    answer = answer_to(Sent(sending="s1", file=FILE, cancelled=True), answer, uploads, take)
    assert uploads.received(FILE) == 0
    spoiled = Sent(sending="s1", file=FILE, offset=0, content="no base64!")
    assert answer_to(spoiled, answer, uploads, take)["received"] == 0
    answer = answer_to(slice_of(0, 8), answer, uploads, take)
    assert (answer["problem"], answer["done"]) == ("table.csv is not wanted.", False)
