"""Parameter values as a person types them, and back."""

import json
from typing import Any

from runtime.errors import ParameterError
from runtime.layers.parameters import ParamSpec

NO_VALUE = "none"
"""How the absence of a value is shown in a list of choices."""


def as_text(value: Any) -> str:
    """A shape, a size or any JSON as one line: `[28, 28, 1]` is "28, 28, 1"."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join("None" if item is None else str(item) for item in value)
    return value if isinstance(value, str) else json.dumps(value)


def from_text(param: ParamSpec, text: str) -> Any:
    """The value a person meant by a text.

    Args:
        param: The parameter it is for.
        text: What was typed: "28, 28, 1", "28 x 28", "3", or JSON.

    Raises:
        ParameterError: It cannot be read as such a value.
    """
    text = text.strip()
    if not text:
        return None
    if param.kind in ("shape", "ints", "size"):
        return _numbers(param, text)
    if param.kind == "json":
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return text
    return text


def _numbers(param: ParamSpec, text: str) -> Any:
    words = text.strip("()[]").replace("×", ",").replace("x", ",").replace(",", " ").split()
    try:
        sizes = [None if word in ("None", "?") else int(word) for word in words]
    except ValueError:
        raise ParameterError(
            f"{param.name} got {text!r}, but it wants whole numbers.",
            parameter=param.name,
            received=text,
            hint="Write them with commas between them: 28, 28, 1.",
        ) from None
    return sizes[0] if len(sizes) == 1 and param.kind != "shape" else sizes


def same(left: Any, right: Any) -> bool:
    """Whether two parameter values are equal; a tuple of the code and a list of the document are."""
    return json.dumps(left, default=str) == json.dumps(right, default=str)
