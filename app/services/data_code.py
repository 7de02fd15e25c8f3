"""How a program that is taken away gets the data a design was made for."""

import textwrap

from app.services.datasets import DatasetInfo, describe
from app.services.datasets.own import is_own_name
from graph_compiler.codegen import DataSnippet, synthetic_data
from graph_compiler.document import GraphDocument
from runtime.errors import UnknownNameError


def data_snippet(document: GraphDocument) -> DataSnippet | None:
    """Code that reads the design's data from the file that is exported beside the program.

    Without the file the program still runs, on random numbers, and says so.

    Args:
        document: A design without errors.

    Returns:
        None when no data set is chosen that fits a network of one input and one output.
    """
    card = _card(document)
    random = synthetic_data(document)
    if card is None or random.x_train != ("x_train",) or random.y_train != ("y_train",):
        return None
    code = f"""\
{_about(card)}# {_line(card.title)}: the file {data_file_name(card)}, to be had beside this program.
data_file = Path(__file__).with_name("{data_file_name(card)}")
if data_file.exists():
    with np.load(data_file) as data:
        x_train, y_train = data["x_train"], data["y_train"]
        x_test, y_test = data["x_test"], data["y_test"]
else:
    print(f"{{data_file}} is missing: training with random numbers in its place.")
{textwrap.indent(random.code.strip(), "    ")}
"""
    return DataSnippet(imports=("from pathlib import Path", *random.imports), code=code)


def _about(card: DatasetInfo) -> str:
    """How data of the user's own were made, as comments: their file cannot say so itself."""
    if not is_own_name(card.name):
        return ""
    words = textwrap.wrap(_line(card.description), 96)
    return "".join(f"# {line}\n" for line in words)


def _line(text: str) -> str:
    """A text on one line, whatever a user has called a column."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def data_file_name(card: DatasetInfo) -> str:
    """Name of the file that holds a data set's arrays."""
    return f"{card.name}.npz"


def _card(document: GraphDocument) -> DatasetInfo | None:
    if document.data is None:
        return None
    try:
        return describe(document.data.dataset)
    except UnknownNameError:
        return None
