"""Files are fetched once, whole, over safe ways, and unpacked nowhere else than asked."""

import hashlib
import io
import socket
import tarfile
import zipfile
from pathlib import Path

import pytest

from runtime.errors import DownloadError, FileFormatError, ParameterError, RefusedError
from runtime.utils import downloads, get_file
from tests.runtime.utils.serving import serving

CONTENT = b"some numbers" * 50
SHA256 = hashlib.sha256(CONTENT).hexdigest()
MD5 = hashlib.md5(CONTENT).hexdigest()


def tar_of(*entries):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for entry, content in entries:
            info = entry if isinstance(entry, tarfile.TarInfo) else tarfile.TarInfo(entry)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def zip_of(*entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


def link(name, target, kind=tarfile.SYMTYPE):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize("checksum", [{}, {"file_hash": SHA256}, {"file_hash": MD5}, {"md5_hash": MD5}])
def test_a_file_is_fetched_once(tmp_path, checksum):
    with serving({"/data.bin": CONTENT}) as (address, asked):
        for _ in range(2):
            path = get_file(origin=f"{address}/data.bin", cache_dir=tmp_path, **checksum)
            assert path == str(tmp_path / "datasets" / "data.bin")
            assert Path(path).read_bytes() == CONTENT
        assert len(asked) == 1
        get_file("data.bin", f"{address}/data.bin", cache_dir=tmp_path, force_download=True)
        assert len(asked) == 2
    assert [file.name for file in (tmp_path / "datasets").iterdir()] == ["data.bin"]


def test_the_cache_is_that_of_keras(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    with serving({"/a": CONTENT}) as (address, _):
        assert get_file(origin=f"{address}/a", cache_subdir="models") == str(tmp_path / "models" / "a")


def test_a_wrong_checksum_leaves_nothing_behind(tmp_path):
    served = serving({"/data.bin": CONTENT})
    with served as (address, _), pytest.raises(DownloadError, match="checksum differs"):
        get_file(origin=f"{address}/data.bin", cache_dir=tmp_path, file_hash="0" * 64)
    assert not list((tmp_path / "datasets").iterdir())


def test_a_broken_file_in_the_cache_is_fetched_anew(tmp_path):
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "data.bin").write_bytes(b"half")
    with serving({"/data.bin": CONTENT}) as (address, _):
        path = get_file(origin=f"{address}/data.bin", cache_dir=tmp_path, file_hash=SHA256)
    assert Path(path).read_bytes() == CONTENT


def test_a_transfer_that_breaks_off_is_told(tmp_path):
    served = serving({"/data.bin": CONTENT}, cut=["/data.bin"])
    with served as (address, _), pytest.raises(DownloadError, match="broke off after 300 of 600 bytes"):
        get_file(origin=f"{address}/data.bin", cache_dir=tmp_path)
    assert not list((tmp_path / "datasets").iterdir())


def test_what_is_too_large_is_not_fetched(tmp_path, monkeypatch):
    monkeypatch.setattr(downloads, "LARGEST", 100)
    with serving({"/data.bin": CONTENT}) as (address, _), pytest.raises(DownloadError, match="larger than"):
        get_file(origin=f"{address}/data.bin", cache_dir=tmp_path)


def test_a_missing_file_and_no_network_are_told(tmp_path):
    with serving({}) as (address, _), pytest.raises(DownloadError, match="404"):
        get_file(origin=f"{address}/nothing.bin", cache_dir=tmp_path)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(DownloadError, match="Is there a network") as caught:
        get_file(origin=f"http://127.0.0.1:{port}/data.bin", cache_dir=tmp_path)
    assert str(tmp_path / "datasets" / "data.bin") in str(caught.value)


@pytest.mark.parametrize(
    "origin",
    ["http://example.com/a", "ftp://example.com/a", "file:///etc/passwd", "/etc/passwd", "https:///a", ""],
)
def test_only_https_is_taken(tmp_path, origin):
    with pytest.raises(ParameterError, match="https only"):
        get_file(origin=origin, cache_dir=tmp_path)


def test_a_way_on_to_an_unsafe_address_is_not_gone(tmp_path):
    redirects = {"/a": "http://example.com/a", "/b": "/data.bin"}
    with serving({"/data.bin": CONTENT}, redirects) as (address, _):
        with pytest.raises(DownloadError, match="which is not https"):
            get_file(origin=f"{address}/a", cache_dir=tmp_path)
        assert Path(get_file(origin=f"{address}/b", cache_dir=tmp_path)).read_bytes() == CONTENT


@pytest.mark.parametrize("name", ["../a", "/a", "a/b", "..", "a\\b", "c:a"])
def test_a_name_cannot_be_a_path(tmp_path, name):
    with pytest.raises(ParameterError, match="plain name"):
        get_file(name, "https://example.com/a", cache_dir=tmp_path)
    with pytest.raises(ParameterError):
        get_file(origin="https://example.com/", cache_dir=tmp_path)


@pytest.mark.parametrize("pack", [tar_of, zip_of])
@pytest.mark.parametrize(
    ("name", "folder"), [(None, "archive"), ("flowers", "flowers"), ("flowers.x", "flowers_extracted")]
)
def test_an_archive_is_unpacked(tmp_path, pack, name, folder):
    content = pack(("flowers/one.txt", b"1"), ("flowers/deep/two.txt", b"2"))
    with serving({"/archive": content}) as (address, asked):
        for _ in range(2):
            path = get_file(name, f"{address}/archive", extract=True, cache_dir=tmp_path)
        assert len(asked) == 1
    assert path == str(tmp_path / "datasets" / folder)
    assert Path(path, "flowers", "deep", "two.txt").read_bytes() == b"2"


HOSTILE = {
    "up": tar_of(("../out.txt", b"x")),
    "root": tar_of(("/tmp/out.txt", b"x")),
    "deep": tar_of(("a/../../out.txt", b"x")),
    "link": tar_of((link("a", "/etc"), b""), ("a/out.txt", b"x")),
    "hard link": tar_of((link("a", "/etc/passwd", tarfile.LNKTYPE), b"")),
    "pipe": tar_of((link("a", "", tarfile.FIFOTYPE), b"")),
    "zip up": zip_of(("../out.txt", b"x")),
    "zip windows": zip_of(("..\\out.txt", b"x")),
    "zip root": zip_of(("/out.txt", b"x")),
    "zip drive": zip_of(("c:/out.txt", b"x")),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_nothing_is_unpacked_elsewhere(tmp_path, case):
    with serving({"/archive": HOSTILE[case]}) as (address, _), pytest.raises(RefusedError):
        get_file(origin=f"{address}/archive", extract=True, cache_dir=tmp_path / "cache")
    assert not list(tmp_path.rglob("out.txt"))
    assert [file.name for file in (tmp_path / "cache" / "datasets").iterdir()] == ["archive_archive"]


def test_an_archive_that_grows_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("runtime.utils.archives.MOST_BYTES", 1000)
    served = serving({"/archive": tar_of(("zeros", bytes(5000)))})
    with served as (address, _), pytest.raises(RefusedError, match="more than can be unpacked"):
        get_file(origin=f"{address}/archive", extract=True, cache_dir=tmp_path)


def test_what_is_no_archive_is_told(tmp_path):
    with serving({"/archive": CONTENT}) as (address, _):
        with pytest.raises(FileFormatError, match="no tar or zip archive"):
            get_file(origin=f"{address}/archive", extract=True, cache_dir=tmp_path)
        with pytest.raises(ParameterError, match="archive_format"):
            get_file(origin=f"{address}/archive", extract=True, archive_format="rar", cache_dir=tmp_path)
