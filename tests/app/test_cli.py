import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app import cli
from app.services.settings import DATA_DIR_VARIABLE, resolve_settings
from runtime.errors import LayerloomError

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def designer(folder, *arguments):
    """Starts the command in a folder that is not the checkout; yields the process and its first lines."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "--no-browser", "--data-dir", str(folder / "data"), *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines = []
    try:
        for line in process.stdout:
            lines.append(line)
            if "Layerloom is at" in line:
                break
        yield process, "".join(lines)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def wait_until_listening(process, port):
    while process.poll() is None:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    pytest.fail("the designer ended instead of listening")


@pytest.mark.parametrize(("flag", "expected"), [("--help", "--data-dir"), ("--version", "layerloom ")])
def test_help_and_version_say_what_they_should(flag, expected, capsys):
    with pytest.raises(SystemExit) as end:
        cli.main([flag])
    assert end.value.code == 0
    assert expected in capsys.readouterr().out


@pytest.mark.parametrize("port", ["-1", "65536", "eight"])
def test_a_port_that_is_no_port_is_refused(port, capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(["--port", port])
    assert end.value.code == 2
    assert "a port is a number from 0 to 65535" in capsys.readouterr().err


def test_it_serves_on_this_machine_only_and_takes_a_free_port_when_its_own_is_busy(tmp_path):
    with closing(socket.socket()) as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        taken = busy.getsockname()[1]
        with designer(tmp_path, "--port", str(taken)) as (process, said):
            assert f"Port {taken} is taken by another program" in said
            port = int(re.search(r"http://127\.0\.0\.1:(\d+)", said)[1])
            wait_until_listening(process, port)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health") as answer:
                assert answer.status == 200
            with closing(socket.socket()) as outside:
                # Another address of this machine: a server bound to all of them would answer.
                assert outside.connect_ex(("127.0.0.2", port)) != 0
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0
            assert process.stdout.read().split() == ["Stopping..."]
    assert (tmp_path / "data").is_dir()


def test_a_data_directory_that_cannot_be_made_is_explained(tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    assert cli.main(["--data-dir", str(tmp_path / "file" / "data")]) == 1
    said = capsys.readouterr().err
    assert "cannot be made" in said
    assert "--data-dir" in said
    assert "Traceback" not in said


def test_the_data_directory_is_the_given_one_then_the_variable(tmp_path, monkeypatch):
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path / "variable"))
    assert resolve_settings().data_dir == tmp_path / "variable"
    assert resolve_settings(tmp_path / "given").data_dir == tmp_path / "given"
    assert resolve_settings(tmp_path / "given").run_dir("r1") == tmp_path / "given" / "runs" / "r1"


def test_a_data_directory_is_for_its_owner_only(tmp_path):
    settings = resolve_settings(tmp_path / "new")
    assert settings.data_dir.stat().st_mode & 0o077 == 0
    with pytest.raises(LayerloomError, match="cannot be made"):
        resolve_settings("/dev/null/x")
