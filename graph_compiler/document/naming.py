"""Names and ids: which a layer may have, and how a fresh one is found."""

import builtins
import keyword
import re
import secrets
import unicodedata
from collections.abc import Collection

from runtime.registries import snake_case

MAX_NAME = 64
"""Longest layer name, in characters."""


def new_node_id() -> str:
    """A node id that was never used."""
    return f"n_{secrets.token_hex(4)}"


def new_edge_id() -> str:
    """An edge id that was never used."""
    return f"e_{secrets.token_hex(4)}"


def name_problem(name: str) -> str | None:
    """Why a layer cannot have this name, or None when it can.

    A layer's name is also a variable of the generated code and a folder in the weight file, so it must be a
    Python identifier. Python reads identifiers in Unicode's NFKC form: two that look different may be one.
    """
    if not name:
        return "it is empty"
    if len(name) > MAX_NAME:
        return f"it is longer than {MAX_NAME} characters"
    if keyword.iskeyword(name):
        return "it is a word of the Python language"
    if name.startswith("__"):
        return "it begins with two underscores, and Python hides such names inside a class"
    if not name.isidentifier() or name != unicodedata.normalize("NFKC", name):
        return "it may hold only letters, digits and _, and must not begin with a digit"
    return None


def name_from_label(label: str) -> str:
    """A label as a layer name: "TwoWords" is "two_words", "My layer!" is "my_layer"."""
    letters = (
        letter if f"_{letter}".isidentifier() else "_" for letter in unicodedata.normalize("NFKC", label)
    )
    text = snake_case("".join(letters).strip("_"))
    text = re.sub(r"__+", "_", unicodedata.normalize("NFKC", text))[: MAX_NAME - 8]
    if not text:
        return "layer"
    if not text[0].isidentifier():
        return f"layer_{text}"
    return f"{text}_" if keyword.iskeyword(text) else text


def propose_name(label: str, taken: Collection[str]) -> str:
    """A valid layer name made from a label that nobody has yet: "dense", then "dense_1", "dense_2".

    Args:
        label: A layer's label, or any text a person typed.
        taken: Names in use.

    Returns:
        A name that `name_problem` has nothing against.
    """
    base = name_from_label(label)
    if base not in taken:
        return base
    number = 1
    while f"{base}_{number}" in taken:
        number += 1
    return f"{base}_{number}"


def is_reserved_variable(name: str) -> bool:
    """True for names that a variable of readable code should not have, such as `input` or `max`."""
    return keyword.iskeyword(name) or keyword.issoftkeyword(name) or hasattr(builtins, name)
