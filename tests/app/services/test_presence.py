import subprocess
import sys

from app.services.presence import Presence


def test_a_designer_is_present_until_it_ends(tmp_path):
    here, there = Presence(tmp_path), Presence(tmp_path)
    assert here.is_present(here.name)
    assert here.is_present(there.name)
    there.close()
    assert not here.is_present(there.name)
    assert not here.is_present("never was")
    here.close()
    assert list(tmp_path.iterdir()) == []


def test_a_designer_that_was_killed_is_gone(tmp_path):
    code = (
        "import sys; from pathlib import Path; from app.services.presence import Presence;"
        "presence = Presence(Path(sys.argv[1])); print(presence.name, flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        name = process.stdout.readline().strip()
        here = Presence(tmp_path)
        assert here.is_present(name)
        process.kill()
        process.wait()
        assert not here.is_present(name)
        assert [file.stem for file in tmp_path.iterdir()] == [here.name]
        here.close()
