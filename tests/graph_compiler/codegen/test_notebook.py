import json
import subprocess
import sys
from pathlib import Path

import pytest

from graph_compiler.codegen import DataSnippet, notebook
from graph_compiler.document import RenameDocument, apply
from tests.graph_compiler.codegen.torch_runs import BLOCKED
from tests.graph_compiler.designs import branches, cnn, learning, mlp

CELLS = """
import json
for path in sys.argv[1:]:
    scope = {"__name__": "__main__"}
    for cell in json.load(open(path, encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), scope)
    print("ran", path, len(scope["history"]["loss"]))
"""


def run(folder: Path, start: str, *designs) -> str:
    library = "torch" if start else "keras"
    paths = []
    for design in designs:
        paths.append(folder / f"{design.__name__}.ipynb")
        paths[-1].write_text(notebook(design(), library=library), "utf-8")
    command = [sys.executable, "-I", "-c", f"{start or 'import sys'}\n{CELLS}", *map(str, paths)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_the_cells_run_in_order_with_torch_alone(tmp_path):
    shown = run(tmp_path, BLOCKED, mlp, branches)
    assert "mlp.ipynb 2" in shown
    assert "branches.ipynb 1" in shown


def test_the_cells_run_in_order_under_the_real_keras(tmp_path):
    shown = run(tmp_path, "", cnn, learning)
    assert "cnn.ipynb 1" in shown
    assert "learning.ipynb 1" in shown


@pytest.mark.parametrize("library", ["keras", "torch"])
def test_it_is_a_notebook_of_format_4_5(library):
    whole = json.loads(notebook(mlp(), library=library))
    assert (whole["nbformat"], whole["nbformat_minor"]) == (4, 5)
    assert set(whole) == {"cells", "metadata", "nbformat", "nbformat_minor"}
    ids = [cell["id"] for cell in whole["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in whole["cells"]:
        extra = {"execution_count", "outputs"} if cell["cell_type"] == "code" else set()
        assert set(cell) == {"cell_type", "id", "metadata", "source"} | extra
        assert all(isinstance(line, str) for line in cell["source"])


def test_it_begins_with_a_table_of_the_layers():
    first = "".join(json.loads(notebook(mlp()))["cells"][0]["source"])
    assert first.startswith("# iris\n\n3 layers, 131 parameters.")
    assert "| hidden | Dense | (batch, 16) | 80 |" in first


def test_names_are_no_markup():
    document, _ = apply(mlp(), RenameDocument(name="<script>[x](y)"))
    first = "".join(json.loads(notebook(document))["cells"][0]["source"])
    assert first.startswith(r"# \<script\>\[x\]\(y\)")


@pytest.mark.parametrize("library", ["keras", "torch"])
def test_files_are_looked_for_where_the_notebook_runs(library):
    code = 'from pathlib import Path\nfound = Path(__file__).with_name("iris.npz")\nx = y = found'
    data = DataSnippet((), code, ("x",), ("y",), ("x",), ("y",))
    text = notebook(mlp(), data, library=library)
    assert "__file__" not in text
    assert r"Path(\"iris.npz\")" in text
