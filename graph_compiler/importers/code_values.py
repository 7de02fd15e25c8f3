"""Values in Python code that are known without running it: numbers, texts, lists, and sums on them."""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from runtime.errors import LayerloomError

MAX_ITEMS = 10_000
"""Most items of a list, and most characters of a text, that code may make."""
MAX_NUMBER = 2**63
"""Largest number that code may make."""


class CodeError(LayerloomError, ValueError):
    """A line of code that is not read.

    Args:
        line: Its number, from 1.
        reason: Why.
        quiet: True if it is no matter of Keras, and need not be said as long as no model depends on it.
    """

    def __init__(self, line: int, reason: str, *, quiet: bool = False) -> None:
        super().__init__(f"Line {line}: {reason}", hint="")
        self.line = line
        self.reason = reason
        self.quiet = quiet


_SIGNS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_COMPARISONS: dict[type, Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda one, other: one in other,
    ast.NotIn: lambda one, other: one not in other,
}
_NAMED: Mapping[str, Callable[..., Any]] = {
    "abs": abs,
    "float": float,
    "int": int,
    "len": len,
    "list": list,
    "max": max,
    "min": min,
    "round": round,
    "str": str,
    "sum": sum,
    "tuple": tuple,
}
"""Functions of Python that are computed, on plain values only."""


def is_plain(value: Any, depth: int = 0) -> bool:
    """True for numbers, texts, None, and lists, tuples and dicts of them."""
    if isinstance(value, dict):
        return depth < 20 and all(is_plain(item, depth + 1) for item in value.values())
    if isinstance(value, list | tuple):
        return depth < 20 and all(is_plain(item, depth + 1) for item in value)
    return value is None or isinstance(value, bool | int | float | str)


def combined(node: ast.BinOp, left: Any, right: Any) -> Any:
    """What a sign makes of two plain values.

    Raises:
        CodeError: It is not computed, or would become too large.
    """
    if isinstance(node.op, ast.Pow):
        return _power(node, left, right)
    sign = _SIGNS.get(type(node.op))
    if sign is None or not (is_plain(left) and is_plain(right)):
        raise CodeError(node.lineno, "this sign is not read between such values.")
    sizes = [value for value in (left, right) if isinstance(value, list | tuple | str)]
    if isinstance(node.op, ast.Mult) and sizes:
        times = right if sizes[0] is left else left
        if not isinstance(times, int) or len(sizes[0]) * times > MAX_ITEMS:
            raise CodeError(node.lineno, f"it makes a list or text of more than {MAX_ITEMS:,} items.")
    if isinstance(node.op, ast.Mod) and isinstance(left, str):
        raise CodeError(node.lineno, "texts with % in them are not read; write an f-string.")
    return bounded(node, _tried(node, sign, left, right))


def compared(node: ast.Compare, values: list[Any]) -> bool:
    """What a comparison of plain values says.

    Raises:
        CodeError: Something in it is no plain value.
    """
    if not all(map(is_plain, values)):
        raise CodeError(node.lineno, "only numbers and texts are compared.")
    pairs = zip(node.ops, values[:-1], values[1:], strict=True)
    return all(_tried(node, _COMPARISONS[type(sign)], one, other) for sign, one, other in pairs)


def named_function(node: ast.Call, name: str, args: list[Any]) -> Any:
    """What a function of Python gives; `NotImplemented` if it is none that is computed."""
    if name == "range":
        numbers = _tried(node, range, *args)
        if len(numbers) > MAX_ITEMS:
            raise CodeError(node.lineno, f"range has more than {MAX_ITEMS:,} numbers.")
        return list(numbers)
    if name in ("enumerate", "reversed", "zip") and all(isinstance(item, list | tuple) for item in args):
        builtin: Any = {"enumerate": enumerate, "reversed": reversed, "zip": zip}[name]
        return [item if name == "reversed" else tuple(item) for item in _tried(node, builtin, *args)]
    function = _NAMED.get(name)
    if function is None:
        return NotImplemented
    if name not in ("len", "list", "tuple") and not all(map(is_plain, args)):
        raise CodeError(node.lineno, f"{name}() is read on numbers and texts only.")
    if any(isinstance(item, str) and len(item) > 100 for item in args):
        raise CodeError(node.lineno, f"{name}() is not read on such a long text.")
    return bounded(node, _tried(node, function, *args))


def bounded(node: ast.AST, value: Any) -> Any:
    """The value, if it is not too large.

    Raises:
        CodeError: It is.
    """
    is_number = isinstance(value, int | float)
    if abs(value) > MAX_NUMBER if is_number else _items_in(value) > MAX_ITEMS:
        raise CodeError(getattr(node, "lineno", 0), "it makes a value that is too large.")
    return value


def _items_in(value: Any) -> int:
    """Items of nested lists, counted as often as they are met; the count ends soon after the limit."""
    count = 0
    pending = [value]
    while pending and count <= MAX_ITEMS:
        held = pending.pop()
        if isinstance(held, str):
            count += len(held) // 10
        elif isinstance(held, list | tuple | dict):
            count += len(held)
            pending += list(held.values() if isinstance(held, dict) else held)[: MAX_ITEMS + 1]
    return count


def _power(node: ast.BinOp, base: Any, exponent: Any) -> Any:
    small = isinstance(base, int | float) and isinstance(exponent, int | float) and abs(exponent) <= 64
    if not small or abs(base) > 10_000:
        raise CodeError(node.lineno, "such a power is not read.")
    return bounded(node, _tried(node, operator.pow, base, exponent))


def _tried(node: ast.AST, function: Callable[..., Any], *args: Any) -> Any:
    try:
        return function(*args)
    except Exception as error:
        raise CodeError(getattr(node, "lineno", 0), f"it cannot be computed: {error}.") from error
