"""What Python takes from the browser and asks of it, without a browser."""

import json
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.components.canvas.state import parse_state

ROOT = Path(__file__).parents[4]
PACKAGE = ROOT / "app" / "components" / "canvas"
NODE = {
    "id": "n_a",
    "layer": "Dense",
    "name": "dense",
    "params": {},
    "settings": {},
    "x": 0,
    "y": 0,
    "note": "",
}


def script() -> None:
    import streamlit as st

    from app.components.canvas import canvas, read_state, send

    epoch = st.session_state.get("epoch", "a")
    newest = read_state("canvas", epoch)
    if st.session_state.pop("ask", False):
        st.session_state["asked"] = send("canvas", "set_node", node="n_a", name="renamed")
    state = canvas("canvas", newest.document if newest else {"nodes": [], "edges": []}, epoch)
    st.session_state["seen"] = (newest.rev if newest else None, state.rev, state.ack, state.selected)


def app() -> AppTest:
    at = AppTest.from_function(script, default_timeout=20).run()
    assert not at.exception
    return at


def told(at: AppTest) -> dict[str, Any]:
    """What Python sent to the browser in the last run."""
    return json.loads(at.get("bidi_component")[0].proto.json)


def commit(
    at: AppTest, *, rev: int, ack: int = 0, epoch: str = "a", selected: tuple[str, ...] = ()
) -> AppTest:
    """What the browser does at an edit."""
    doc = {"nodes": [NODE], "edges": [], "rev": rev, "epoch": epoch, "ack": ack, "selected": list(selected)}
    at.session_state["canvas"] = {"doc": doc}
    at.run()
    assert not at.exception
    return at


def test_an_edit_is_seen_before_the_canvas_is_drawn_in_the_same_run() -> None:
    at = commit(app(), rev=3, selected=("n_a",))
    assert at.session_state["seen"] == (3, 3, 0, ("n_a",))
    assert told(at)["doc"]["nodes"] == [NODE]
    assert told(at)["rev"] == 3


def test_a_command_is_sent_until_it_is_acknowledged() -> None:
    at = app()
    at.session_state["ask"] = True
    at.run()
    asked = at.session_state["asked"]
    wanted = [{"id": asked, "op": "set_node", "node": "n_a", "name": "renamed"}]
    assert told(at)["commands"] == wanted
    assert told(commit(at, rev=1))["commands"] == wanted
    assert told(commit(at, rev=2, ack=asked))["commands"] == []
    at.session_state["ask"] = True
    at.run()
    assert at.session_state["asked"] > asked


def test_ids_grow_however_fast_commands_are_sent() -> None:
    def fast() -> None:
        import streamlit as st

        from app.components.canvas import send

        st.session_state["ids"] = [send("canvas", "focus", nodes=[]) for _ in range(50)]

    at = AppTest.from_function(fast, default_timeout=20).run()
    ids = at.session_state["ids"]
    assert ids == sorted(set(ids))


def test_commands_for_another_design_are_forgotten_and_those_for_this_one_are_not() -> None:
    def opened() -> None:
        import streamlit as st

        from app.components.canvas import canvas, forget, send

        st.session_state["old"] = send("canvas", "focus", nodes=["n_a"])
        forget("canvas")
        st.session_state["new"] = send("canvas", "focus", nodes=["n_b"])
        canvas("canvas", {"nodes": [], "edges": []}, "another")

    at = AppTest.from_function(opened, default_timeout=20).run()
    old, new = at.session_state["old"], at.session_state["new"]
    assert told(at)["commands"] == [{"id": new, "op": "focus", "nodes": ["n_b"]}]
    assert new > old


def test_the_state_of_another_opening_is_not_taken() -> None:
    at = commit(app(), rev=3, epoch="another")
    assert at.session_state["seen"] == (None, 0, 0, ())
    assert told(at)["doc"]["nodes"] == []


@pytest.mark.parametrize(
    "doc",
    [
        None,
        7,
        [],
        {},
        {"nodes": 1, "edges": []},
        {"nodes": [1], "edges": [], "epoch": 1},
        {"nodes": [], "edges": []},
    ],
)
def test_what_is_no_design_is_no_state(doc: object) -> None:
    assert parse_state(doc) is None


def test_odd_fields_do_no_harm() -> None:
    state = parse_state({"nodes": [], "edges": [], "epoch": 1, "rev": "x", "ack": None, "selected": "n_a"})
    assert state is not None
    assert (state.rev, state.ack, state.selected) == (0, 0, ())


def test_the_bundle_is_one_file_and_part_of_the_installed_package() -> None:
    (bundle,) = (PACKAGE / "frontend_dist").iterdir()
    assert fnmatch(bundle.name, "canvas-*.js")
    manifest = tomllib.loads((PACKAGE / "pyproject.toml").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert manifest["project"]["name"] == project["project"]["name"]
    assert manifest["project"]["version"] == project["project"]["version"]
    patterns = project["tool"]["setuptools"]["package-data"].get("app.components.canvas", [])
    for wanted in ("pyproject.toml", f"frontend_dist/{bundle.name}"):
        assert any(fnmatch(wanted, pattern) for pattern in patterns), f"{wanted} would not be installed"


def test_no_user_string_can_become_markup() -> None:
    sources = (PACKAGE / "frontend" / "src").rglob("*.ts*")
    guilty = [
        path.name
        for path in sources
        if "dangerouslySetInnerHTML" in (text := path.read_text()) or "innerHTML" in text
    ]
    assert guilty == []
