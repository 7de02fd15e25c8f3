"""House rules that a reader would have to remember: layout, names of layers, re-exports."""

import ast
import importlib
import subprocess
from pathlib import Path

import pytest

from runtime.layers import layer_names, layer_spec

ROOT = Path(__file__).parent.parent
PACKAGES = ("app", "graph_compiler", "runtime")
PLAN = {"LICENSE", "README.md", "app", "assets", "graph_compiler", "pyproject.toml", "runtime", "tests"}
SOURCES = [
    path
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
    if "node_modules" not in str(path)
]


def tracked() -> list[str]:
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode:
        pytest.skip("this is no git checkout")
    return listing.stdout.splitlines()


def test_the_root_holds_what_the_readme_lists() -> None:
    top = {name.split("/")[0] for name in tracked()}
    assert {name for name in top if not name.startswith(".")} == PLAN


def code_words(tree: ast.AST) -> set[str]:
    """Names and texts of a module, without its docstrings."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    words: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            words.add(node.value)
        elif isinstance(node, ast.Name):
            words.add(node.id)
        elif isinstance(node, ast.Attribute):
            # Kinds of syntax trees have names of their own.
            if not (isinstance(node.value, ast.Name) and node.value.id == "ast"):
                words.add(node.attr)
        elif isinstance(node, ast.ImportFrom):
            words |= {alias.name for alias in node.names}
    return words


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if path.parts[len(ROOT.parts)] != "runtime"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_no_layer_is_named_outside_of_the_layers(path: Path) -> None:
    # Some palette groups are called as a layer is.
    groups = {layer_spec(name).group for name in layer_names()}
    assert code_words(ast.parse(path.read_text())) & set(layer_names()) - groups == set()


@pytest.mark.parametrize(
    "path", sorted((ROOT / "runtime" / "layers").glob("*.py")), ids=lambda path: path.name
)
def test_layers_can_be_introspected(path: Path) -> None:
    text = path.read_text()
    assert "from __future__ import annotations" not in text
    assert "TYPE_CHECKING" not in text


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if path.name == "__init__.py"],
    ids=lambda path: str(path.parent.relative_to(ROOT)),
)
def test_packages_only_re_export(path: Path) -> None:
    for node in ast.parse(path.read_text()).body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_alias = isinstance(node, ast.Assign) and isinstance(
            node.value, ast.Name | ast.Attribute | ast.List | ast.Constant
        )
        assert is_docstring or is_alias or isinstance(node, ast.Import | ast.ImportFrom), ast.unparse(node)
    name = ".".join(path.parent.relative_to(ROOT).parts)
    module = importlib.import_module(name)
    exported = getattr(module, "__all__", [])
    assert len(exported) == len(set(exported))
    assert [each for each in exported if not hasattr(module, each)] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_hold_one_idea(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400


def test_ci_calls_the_readmes_commands() -> None:
    readme, ci = (ROOT / "README.md").read_text(), (ROOT / ".ci" / "run").read_text()
    command = next(line for line in readme.splitlines() if line.endswith("-m tests"))
    assert command in ci


DRAWN = sorted(path for part in ("components", "pages") for path in (ROOT / "app" / part).rglob("*.py"))


@pytest.mark.parametrize("path", DRAWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_are_begun_anew_in_one_way(path: Path) -> None:
    """A bare `st.rerun()` takes the place of a click on a link that waits for the run to end."""
    assert path.stem == "again" or "st.rerun" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", DRAWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_widgets_call_is_guarded(path: Path) -> None:
    """An error in a callback comes before the page is drawn: nothing else would make a sentence of it."""
    callbacks = {"on_click", "on_change", "on_select", "on_dismiss"}
    given = [
        keyword.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg in callbacks and not isinstance(keyword.value, ast.Constant)
    ]
    bare = [ast.unparse(value) for value in given if not ast.unparse(value).startswith("guarded(")]
    assert bare == []
