"""No file can hurt: a corpus of hostile files, each opened under limits in a process that opens few others.

A process that runs code, reaches for another file, the net or a module, or writes anything, is ended at once
and counts as a failure; so do a crash, a traceback, more than two seconds, and more than 300 MB.
"""

import shutil
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path

import pytest

from runtime.errors import FileFormatError, LayerloomError, RefusedError
from runtime.models import clone_model, load_model
from runtime.saving import inspect_model
from tests.runtime.saving.hostile.attacks import MECHANISMS, Attack, spoiled, with_layers, write_archive
from tests.runtime.saving.hostile.code_attacks import bytecode, code_attacks
from tests.runtime.saving.hostile.corpus import complaint, corpus, written
from tests.runtime.saving.hostile.fork_server import ForkServer
from tests.runtime.saving.hostile.good_files import branched, good_files, perceptron

AT_ONCE = 12
"""Files that one process opens, one after the other: to make the process takes longer than to open a file."""


@pytest.fixture(scope="module")
def attacks() -> dict[str, list[Attack]]:
    found: dict[str, list[Attack]] = defaultdict(list)
    for attack in corpus():
        found[attack.mechanism].append(attack)
    return found


@pytest.fixture(scope="module")
def server() -> Generator[ForkServer]:
    started = ForkServer()
    yield started
    started.close()


@pytest.mark.parametrize("mechanism", list(MECHANISMS))
def test_hostile_files_end_in_one_clear_error(
    mechanism: str, attacks: dict[str, list[Attack]], server: ForkServer, tmp_path: Path
) -> None:
    wrong: list[str] = []
    for start in range(0, len(attacks[mechanism]), AT_ONCE):
        tried: list[tuple[Attack, Path, str, Path, str]] = []
        for attack in attacks[mechanism][start : start + AT_ONCE]:
            folder = tmp_path / str(start + len(tried))
            folder.mkdir()
            path = written(attack, folder, 0, folder / "executed")
            tried.append((attack, folder, attack.opened_by, path, attack.told))
            if attack.kind in ("h5", "keras", "npz"):
                tried.append((attack, folder, "inspect_model", path, ""))
        outcomes = server.open_all([(way, path) for _, _, way, path, _ in tried])
        for (attack, folder, way, _, told), outcome in zip(tried, outcomes, strict=True):
            found = complaint(outcome, told) or ("the marker was made" if _is_made(folder) else "")
            if found:
                wrong.append(f"{attack}, {way}: {found}")
        for folder in {folder for _, folder, *_ in tried}:
            shutil.rmtree(folder)
    assert not wrong, "\n".join(wrong)


def _is_made(folder: Path) -> bool:
    return (folder / "executed").exists()


def test_each_mechanism_has_its_files(attacks: dict[str, list[Attack]]) -> None:
    """For each kind of file that can carry it; a name is used once."""
    for mechanism, kinds in MECHANISMS.items():
        assert {attack.kind for attack in attacks[mechanism]} >= set(kinds), mechanism
    assert set(attacks) == set(MECHANISMS)
    names = [str(attack) for several in attacks.values() for attack in several]
    assert len(set(names)) == len(names) > 900


def test_good_files_pass_the_same_limits(server: ForkServer, tmp_path: Path) -> None:
    """Else nothing above would mean anything."""
    for file in good_files(tmp_path):
        outcome = server.open(file.way, tmp_path / file.name)
        assert outcome.kind == "loaded", (file.name, outcome)


@pytest.mark.parametrize(
    ("way", "kind"),
    [("run code", "tripped"), ("crash", "crashed"), ("fail", "failed"), ("hold memory", "loaded")],
)
def test_the_limits_themselves_hold(way: str, kind: str, server: ForkServer, tmp_path: Path) -> None:
    """What must not happen is seen when it happens."""
    (tmp_path / "x").write_text("x")
    outcome = server.open(way, tmp_path / "x")
    assert outcome.kind == kind
    assert complaint(outcome)


def test_the_marker_would_be_made(tmp_path: Path) -> None:
    """The code in the files does what it says, if somebody runs it."""
    import base64
    import marshal

    exec(marshal.loads(base64.b64decode(bytecode(tmp_path / "executed"))))
    assert (tmp_path / "executed").exists()
    assert any("Lambda" in str(attack.mechanism) or attack.told for attack in code_attacks())


def test_a_clone_runs_nothing_either(tmp_path: Path) -> None:
    model = perceptron()
    code = {"class_name": "__lambda__", "config": {"code": bytecode(tmp_path / "executed")}}
    model.layers[0]._arguments["kernel_initializer"] = code
    with pytest.raises(LayerloomError):
        clone_model(model)
    assert not (tmp_path / "executed").exists()


def test_what_is_refused_is_named(tmp_path: Path) -> None:
    write_archive(tmp_path / "m.keras", {"config.json": _text(with_layers(_lambda()))})
    with pytest.raises(RefusedError, match=r"Layer 'perceptron'.*Lambda is not read from files") as caught:
        load_model(tmp_path / "m.keras")
    assert caught.value.what == "Lambda"
    assert "custom_objects" in caught.value.hint


def test_refused_layers_are_shown_with_their_wires(tmp_path: Path) -> None:
    model = branched()
    model.save(tmp_path / "m.h5")
    import json

    def spoil(file: "object") -> None:
        config = json.loads(file.attrs["model_config"])  # type: ignore[attr-defined]
        layer = next(one for one in config["config"]["layers"] if one["class_name"] == "Bidirectional")
        layer["class_name"] = "Foreign"
        file.attrs["model_config"] = json.dumps(config)  # type: ignore[attr-defined]

    spoiled(tmp_path / "n.h5", (tmp_path / "m.h5").read_bytes(), spoil)
    seen = inspect_model(tmp_path / "n.h5")
    refused = seen.refused[0]
    assert [refused.class_name, refused.what, len(seen.refused)] == ["Foreign", "Foreign", 1]
    assert "embedding" in str(refused.inbound_nodes)
    assert next(iter(refused.weights.values())) == (4, 8)
    assert seen.config["config"]["output_layers"]


@pytest.mark.parametrize("ending", [".h5", ".keras", ".json"])
def test_each_kind_is_looked_at(ending: str, tmp_path: Path) -> None:
    model = branched()
    path = tmp_path / f"m{ending}"
    path.write_text(model.to_json()) if ending == ".json" else model.save(path)
    seen = inspect_model(path)
    by_name = {layer.name: layer for layer in seen.layers}
    assert not seen.refused
    assert not seen.problem
    assert by_name["add"].inbound_nodes
    if ending != ".json":
        assert list(by_name["inner/dense"].weights.values()) == [(5, 4), (4,)]
        assert len(by_name["bidirectional"].weights) == 6


def test_weights_that_lead_elsewhere_leave_the_layers_to_be_seen(tmp_path: Path) -> None:
    import h5py

    perceptron().save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5", "r+") as file:
        del file["model_weights/hidden"]
        file["model_weights/hidden"] = h5py.ExternalLink("other.h5", "/")
    seen = inspect_model(tmp_path / "m.h5")
    assert len(seen.layers) == 4
    assert "link to somewhere else" in seen.problem


def test_messages_are_fit_to_be_shown() -> None:
    error = FileFormatError("Layer '\x1b[2J\u202e' " + "x" * 10_000, hint="a\nb")
    assert str(error).isprintable()
    assert "\\u001b[2J\\u202e" in str(error)
    assert len(str(error)) < 2_000


def _lambda() -> dict[str, object]:
    return {"class_name": "Lambda", "config": {"name": "evil", "function": ["4wAAAA==", None, None]}}


def _text(config: object) -> str:
    import json

    return json.dumps(config)
