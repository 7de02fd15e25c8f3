"""A document as a Jupyter notebook: the program in cells, with words between them."""

import json
from typing import Any, Literal

from graph_compiler.analysis import Analysis, analyze
from graph_compiler.bypassing import without_bypassed
from graph_compiler.codegen.data_snippet import DataSnippet, synthetic_data
from graph_compiler.codegen.headings import summary_of, title_of
from graph_compiler.codegen.keras import keras_sections
from graph_compiler.codegen.pytorch.module import shape_comment
from graph_compiler.codegen.pytorch.program import TorchProgram
from graph_compiler.document import GraphDocument
from graph_compiler.instances import find_spec
from graph_compiler.lowering import CompilationError

_FORMAT = (4, 5)
_CURVES = """\
try:
    import matplotlib.pyplot as plt
except ImportError:
    print(history)
else:
    for name, values in history.items():
        plt.plot(values, label=name)
    plt.xlabel("epoch")
    plt.legend()
    plt.show()"""


def notebook(
    document: GraphDocument, data: DataSnippet | None = None, *, library: Literal["keras", "torch"] = "keras"
) -> str:
    """Writes the notebook that makes, trains and tests the model, cell by cell.

    Args:
        document: A design without errors.
        data: How the notebook gets its data; None for random numbers in the right shapes.
        library: What the model is made with: Keras 3 or plain PyTorch.

    Returns:
        The JSON of an .ipynb file, format 4.5.

    Raises:
        CompilationError: The document has errors.
        ExportError: The design cannot be written in PyTorch.
    """
    document = without_bypassed(document)
    analysis = analyze(document)
    if not analysis.ok:
        raise CompilationError(document, analysis.errors)
    data = data or synthetic_data(document)
    parts = _keras_parts(document, data) if library == "keras" else _torch_parts(document, data)
    packages = "keras torch matplotlib" if library == "keras" else "torch numpy matplotlib"
    cells = [
        _words(f"# {_plain(title_of(document))}\n\n{summary_of(analysis)}\n\n{_table(document, analysis)}"),
        _words(f"It needs these packages: `pip install {packages}`"),
    ]
    for title, code in parts:
        cells += [_words(f"## {title}"), _code(code)]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    whole = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": _FORMAT[0],
        "nbformat_minor": _FORMAT[1],
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _keras_parts(document: GraphDocument, data: DataSnippet) -> list[tuple[str, str]]:
    sections = {
        name: "\n".join(lines) for name, lines in keras_sections(document, data, style="auto").items()
    }
    begin = [sections["imports"], sections["seed"]]
    rows = [_beside(sections["data"]), sections["rows"]]
    training = sections["training"].replace("\nmodel.fit(", "\nhistory = model.fit(")
    return [
        ("Libraries", _joined(begin)),
        ("Data", _joined(rows)),
        ("Model", _joined([sections["layers"], sections["model"]])),
        ("Training", f"{training}\nhistory = history.history"),
        ("Curves", _CURVES),
        ("Testing", sections["testing"]),
        ("Predictions", f"print(model.predict({_given(data)}))"),
    ]


def _given(data: DataSnippet) -> str:
    rows = [f"{name}[:3]" for name in data.x_test]
    return rows[0] if len(rows) == 1 else f"[{', '.join(rows)}]"


def _torch_parts(document: GraphDocument, data: DataSnippet) -> list[tuple[str, str]]:
    program = TorchProgram(document, data)
    definitions = program.definitions()
    training = program.training
    begin = "\n".join(program.seed())
    libraries = program.imports("\n".join([*definitions, *program.model(), *training.batches()]))
    prediction = """\
model.eval()
with torch.no_grad():
    count = min(3, len(test))
    rows = [torch.stack(column) for column in zip(*(test[row] for row in range(count)))]"""
    return [
        ("Libraries", _joined([libraries, begin])),
        ("Data", _joined([_beside(data.code.strip()), "\n".join(training.batches())])),
        (
            "Model",
            _joined([*definitions, "\n".join([*program.model(), *training.optimizer(), "print(model)"])]),
        ),
        ("Training", "\n".join(_with_history(training.epochs()))),
        ("Curves", _CURVES),
        ("Testing", "\n".join(training.testing())),
        ("Predictions", f"{prediction}\n    print(model(*rows[:{len(data.x_test)}]))"),
    ]


def _with_history(epochs: list[str]) -> list[str]:
    """The passes over the data, with all results kept."""
    return [
        "history = {}",
        *epochs,
        "    for name, value in results.items():",
        "        history.setdefault(name, []).append(value)",
    ]


def _beside(code: str) -> str:
    """Code that looks for files beside itself, as a notebook can: in the folder it runs in."""
    return code.replace("Path(__file__).with_name(", "Path(")


def _joined(parts: list[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def _table(document: GraphDocument, analysis: Analysis) -> str:
    """The layers with what comes out of them and how many weights they hold."""
    lines = ["| layer | kind | output | parameters |", "| --- | --- | --- | --- |"]
    for node_id in analysis.order:
        node = document.nodes[node_id]
        spec = find_spec(node.layer)
        shapes = " ".join(shape_comment(tensor.shape) for tensor in analysis.shapes[node_id].values())
        count = f"{analysis.parameters.get(node_id, 0):,}"
        lines.append(f"| {_plain(node.name)} | {_plain(spec.label if spec else '')} | {shapes} | {count} |")
    return "\n".join(lines)


def _plain(words: str) -> str:
    """Words in which nothing is taken for Markdown or HTML."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]<>()#+-!|$~" else letter for letter in words)


def _words(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": "", "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(text: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": "",
        "metadata": {},
        "outputs": [],
        "source": text.splitlines(keepends=True),
    }
