"""Parameter values as a person types them, and back."""

import ast
import json
import math
from typing import Any

from runtime.errors import ParameterError
from runtime.layers.parameters import ParamSpec

NO_VALUE = "none"
"""How the absence of a value is shown in a list of choices."""

LONG = 10
"""Characters of a number from which on it is written as a fraction, where it is one."""


def as_text(value: Any) -> str:
    """A number, a shape, a size or any JSON as one line: `[28, 28, 1]` is "28, 28, 1", 1/255 is "1/255"."""
    if value is None:
        return ""
    if isinstance(value, bool | dict):
        return json.dumps(value)
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, list | tuple):
        return ", ".join(
            f"({as_text(item)})" if isinstance(item, list | tuple) else _item(item) for item in value
        )
    return str(value)


def from_text(param: ParamSpec, text: str) -> Any:
    """The value a person meant by a text.

    Args:
        param: The parameter it is for.
        text: What was typed: "28, 28, 1", "28 x 28", "3", "1/255", or JSON.

    Raises:
        ParameterError: It cannot be read as such a value.
    """
    text = text.strip()
    if not text:
        return None
    if param.kind in ("shape", "ints", "size"):
        return _sizes(param, text)
    if param.kind == "int":
        return _whole(param, text)
    if param.kind == "float":
        return _number(param, text)
    if param.kind in ("floats", "bounds"):
        numbers = [_number(param, word.strip()) for word in text.strip("()[], ").split(",")]
        return numbers[0] if len(numbers) == 1 and not param.listed else numbers
    return _any(param, text) if param.kind == "json" else text


def same(left: Any, right: Any) -> bool:
    """Whether two parameter values are equal: a tuple and the list of a document are, 1 and 1.0 as well."""
    return _as_json(left) == _as_json(right)


def _as_json(value: Any) -> str:
    numbers = json.loads(json.dumps(value, default=str), parse_int=float)
    return json.dumps(numbers, sort_keys=True)


def _item(value: Any) -> str:
    return json.dumps(value) if isinstance(value, str | bool) else "None" if value is None else as_text(value)


def _number_text(value: float) -> str:
    short = f"{value:g}"
    if float(short) == value:
        return short
    full = repr(value)
    inverse = 1 / value
    if len(full) > LONG and abs(inverse) < 1e6 and 1 / round(inverse) == value:
        return f"1/{round(inverse)}"
    return full


def _number(param: ParamSpec, text: str) -> float:
    numerator, slash, denominator = text.partition("/")
    try:
        number = float(numerator) / float(denominator) if slash else float(text)
    except (ValueError, ZeroDivisionError):
        raise ParameterError(
            f"{param.name} got {text!r}, but it wants a number.",
            parameter=param.name,
            received=text,
            hint="Write 0.5, 1e-3 or 1/255.",
        ) from None
    if not math.isfinite(number):
        raise _not_finite(param, text)
    return number


def _not_finite(param: ParamSpec, text: str) -> ParameterError:
    """JSON has no infinity: neither the canvas nor a file of the design could hold it."""
    return ParameterError(
        f"{param.name} got {text!r}, but it wants finite numbers: not inf, not nan, none beyond 1e308.",
        parameter=param.name,
        received=text,
        hint="Write a smaller number." if not param.optional else "Write a smaller number, or nothing.",
    )


def _whole(param: ParamSpec, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ParameterError(
            f"{param.name} got {text!r}, but it wants a whole number.",
            parameter=param.name,
            received=text,
            hint="Write digits: 64." if not param.optional else "Write digits, or nothing.",
        ) from None


def _sizes(param: ParamSpec, text: str) -> Any:
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
    return sizes[0] if len(sizes) == 1 and param.kind != "shape" and not _only_lists(param) else sizes


def _only_lists(param: ParamSpec) -> bool:
    """Whether one number alone is no value of a list of numbers; of a size it always is."""
    return param.kind == "ints" and param.listed


def _any(param: ParamSpec, text: str) -> Any:
    """JSON or a Python literal; anything else is the text itself."""
    for read in (json.loads, ast.literal_eval):
        try:
            value = read(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        try:
            # As JSON has it: tuples are lists.
            return json.loads(json.dumps(value, allow_nan=False))
        except TypeError:
            break
        except ValueError:
            raise _not_finite(param, text) from None
    return text
