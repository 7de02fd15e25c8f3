"""HDF5 members and archives that are not what they seem, and files that are broken: one clear error each."""

import io
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from runtime.errors import FileFormatError
from runtime.models import load_model
from runtime.saving import inspect_model
from runtime.saving.h5_reading import has_attribute, name_list, opened, text_attribute
from tests.runtime.saving.zoo import ours, perceptron

pytestmark = pytest.mark.usefixtures("is_quick_and_modest")


def test_hard_link_cycles_end(tmp_path: Path) -> None:
    ours(perceptron).save(tmp_path / "m.keras")
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    weights = io.BytesIO(members["model.weights.h5"])
    with h5py.File(weights, "r+") as file:
        file["layers/again"] = file["layers"]
        file["layers/once more"] = file["/"]
    with zipfile.ZipFile(tmp_path / "n.keras", "w") as archive:
        for name, content in {**members, "model.weights.h5": weights.getvalue()}.items():
            archive.writestr(name, content)
    assert len(inspect_model(tmp_path / "n.keras").weights) == 3


@pytest.mark.parametrize("content", [b"", b"\x89HDF\r\n\x1a\n", b"PK\x03\x04" + b"\0" * 100, b"hello" * 1000])
def test_other_files(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "m.h5").write_bytes(content)
    with pytest.raises(FileFormatError):
        load_model(tmp_path / "m.h5")
    with pytest.raises(FileFormatError):
        inspect_model(tmp_path / "m.h5")


def _archive(path: Path, members: list[tuple[str, bytes]], compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def test_archives_give_only_the_three_members_they_must(tmp_path: Path, tripwire: Path) -> None:
    ours(perceptron).save(tmp_path / "good.keras")
    with zipfile.ZipFile(tmp_path / "good.keras") as archive:
        good = [(name, archive.read(name)) for name in archive.namelist()]
    extra = [(f"../../../../../..{tripwire}", b"x"), (str(tripwire), b"x"), ("assets/../x", b"x")]
    assert load_model(_archive(tmp_path / "m.keras", good + extra)).count_params() == 48
    with pytest.raises(FileFormatError, match="no members called"):
        load_model(_archive(tmp_path / "m.keras", good[:2]))
    with pytest.warns(UserWarning, match="Duplicate name"):
        _archive(tmp_path / "m.keras", [*good, good[1]])
    with pytest.raises(FileFormatError, match="2 members called"):
        load_model(tmp_path / "m.keras")


def test_compressed_bombs(tmp_path: Path) -> None:
    bomb = [("metadata.json", b"{}"), ("config.json", b"[" + b" " * 10**8 + b"]"), ("model.weights.h5", b"")]
    with pytest.raises(FileFormatError, match="far more than"):
        load_model(_archive(tmp_path / "m.keras", bomb, zipfile.ZIP_DEFLATED))


@pytest.mark.parametrize("size", [0, 8, 2**64 - 8, 5000])
@pytest.mark.parametrize("place", ["first", "last"])
def test_heaps_of_texts_that_go_round_in_circles(size: int, place: str, tmp_path: Path) -> None:
    """The HDF5 library itself would read some of these for ever."""
    ours(perceptron).save(tmp_path / "m.h5")
    data = bytearray((tmp_path / "m.h5").read_bytes())
    start = data.find(b"GCOL") + 16
    while place == "last" and data[start : start + 2] != b"\0\0":
        start += 16 + (int.from_bytes(data[start + 8 : start + 16], "little") + 7) // 8 * 8
    data[start + 8 : start + 16] = size.to_bytes(8, "little")
    (tmp_path / "m.h5").write_bytes(data)
    try:
        assert load_model(tmp_path / "m.h5").count_params() == 48
    except FileFormatError:
        assert place == "first"


def test_addresses_of_other_sizes(tmp_path: Path) -> None:
    plan = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    plan.set_sizes(4, 4)
    h5py.h5f.create(str(tmp_path / "m.h5").encode(), h5py.h5f.ACC_TRUNC, plan).close()
    with pytest.raises(FileFormatError, match="unusual size"):
        load_model(tmp_path / "m.h5")


def test_a_text_that_claims_to_be_long_costs_nothing(tmp_path: Path) -> None:
    """The HDF5 library takes as much memory as the text claims, before it looks whether it is there."""
    ours(perceptron).save(tmp_path / "m.h5")
    data = (tmp_path / "m.h5").read_bytes()
    heap = data.find(b"GCOL").to_bytes(8, "little")
    version = (6).to_bytes(4, "little") + heap
    assert version in data
    (tmp_path / "m.h5").write_bytes(data.replace(version, b"\xf0\xff\xff\xff" + heap))
    with pytest.raises(FileFormatError, match="damaged"):
        load_model(tmp_path / "m.h5")


@pytest.mark.parametrize("version", ["earliest", "latest"])
def test_texts_as_other_writers_leave_them(version: str, tmp_path: Path) -> None:
    """Both generations of HDF5, texts of fixed and of varying length, many and none."""
    kept = {"one": "text", "bytes": np.bytes_(b"fixed"), "none": np.zeros(0), "many": ["a", "", "längere"]}
    kept |= {"fixed": np.array([b"ab", b"c"]), "utf8": "ä" * 3_000}
    with h5py.File(tmp_path / "m.h5", "w", libver=version) as file:
        for holder in (file, file.create_group("group")):
            for name, value in kept.items():
                holder.attrs[name] = value
    with opened(tmp_path / "m.h5") as file:
        for holder in (file, file["group"]):
            assert text_attribute(holder, "one") == "text"
            assert text_attribute(holder, "bytes") == "fixed"
            assert text_attribute(holder, "utf8") == kept["utf8"]
            assert text_attribute(holder, "other") is None
            assert name_list(holder, "none") == []
            assert name_list(holder, "many") == kept["many"]
            assert name_list(holder, "fixed") == ["ab", "c"]
            assert name_list(holder, "other") is None
            assert has_attribute(holder, "one")
            with pytest.raises(FileFormatError, match="no list of names"):
                name_list(holder, "one")
            with pytest.raises(FileFormatError, match="no text"):
                text_attribute(holder, "many")


def test_free_room_that_leads_back_to_itself(tmp_path: Path) -> None:
    """The HDF5 library would follow it for ever."""
    with h5py.File(tmp_path / "m.h5", "w") as file:
        file["a_name_that_will_be_deleted"] = 1
        file["another"] = 2
    with h5py.File(tmp_path / "m.h5", "r+") as file:
        del file["a_name_that_will_be_deleted"]
    data = bytearray((tmp_path / "m.h5").read_bytes())
    heap = data.find(b"HEAP")
    free, address = (int.from_bytes(data[heap + n : heap + n + 8], "little") for n in (16, 24))
    assert free > 1
    data[address + free : address + free + 8] = free.to_bytes(8, "little")
    (tmp_path / "m.h5").write_bytes(data)
    with pytest.raises(FileFormatError, match="damaged"):
        load_model(tmp_path / "m.h5")
