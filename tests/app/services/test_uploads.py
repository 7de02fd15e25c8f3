"""Files that come from a browser in slices."""

import os

import pytest

from app.services import uploads as module
from app.services.uploads import FileInBrowser, Uploads
from runtime.errors import RefusedError

CONTENT = bytes(range(256)) * 40
FILE = FileInBrowser(name="../Häuser 2024.CSV", size=len(CONTENT), modified=5.0)
HALF = len(CONTENT) // 2


@pytest.fixture
def uploads(tmp_path):
    return Uploads(tmp_path / "uploads")


def test_slices_become_the_file_whatever_comes_twice_or_out_of_order(uploads):
    assert uploads.begin(FILE) == 0
    assert uploads.take(FILE, 0, CONTENT[:HALF]) == HALF
    assert uploads.take(FILE, 0, CONTENT[:HALF]) == HALF, "a slice that is sent again is not taken again"
    assert uploads.take(FILE, HALF + 9, CONTENT[HALF + 9 :]) == HALF, "nor one that leaves a gap"
    assert uploads.take(FILE, HALF, CONTENT[HALF:] + b"more") == HALF, "nor more than the file has"
    assert uploads.take(FILE, HALF, CONTENT[HALF:]) == len(CONTENT)
    path = uploads.finish(FILE)
    assert path.read_bytes() == CONTENT
    assert path.suffix == ".CSV"
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_file_goes_on_where_it_was_after_a_restart(uploads, tmp_path):
    uploads.begin(FILE)
    uploads.take(FILE, 0, CONTENT[:HALF])
    later = Uploads(tmp_path / "uploads")
    later.keep_only(())
    assert later.begun(resting=0) == [(FILE, HALF)]
    assert not later.begun(), "what is being sent just now is not offered"
    assert later.begin(FILE) == HALF
    other = FILE.model_copy(update={"modified": 6.0})
    assert later.begin(other) == 0, "a file that was changed begins anew"
    later.discard(FILE)
    assert later.begin(FILE) == 0


def test_what_nobody_goes_on_with_is_removed_after_a_day(uploads, tmp_path):
    uploads.begin(FILE)
    uploads.take(FILE, 0, CONTENT[:HALF])
    folder = tmp_path / "uploads"
    (folder / "whole.csv").write_bytes(b"left by a designer that is gone")
    needed = folder / "needed.csv"
    needed.write_bytes(b"waited for")
    for each in folder.iterdir():
        os.utime(each, (1, 1))
    uploads.keep_only({needed})
    assert list(folder.iterdir()) == [needed]


def test_what_has_no_room_is_refused_before_it_comes(uploads, monkeypatch):
    monkeypatch.setattr(module, "MOST", HALF)
    with pytest.raises(RefusedError, match="at most"):
        uploads.begin(FILE)
    assert uploads.most() == HALF
