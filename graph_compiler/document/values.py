"""The plain values a document is made of: JSON, ids, and the base of its records."""

import math
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

V = TypeVar("V")

MAX_DEPTH = 32
"""Deepest nesting of a value: no layer needs more, and a hostile file is stopped here."""


def plain_json(value: Any, depth: int = 0) -> JsonValue:
    """The value as JSON has it: tuples become lists, and what JSON lacks is refused.

    Args:
        value: Numbers, text, None, and lists, tuples and dictionaries of these.
        depth: How deep the value stands inside another; for the recursion.

    Returns:
        An equal value made of JSON's own kinds.

    Raises:
        ValueError: For an object of another kind, an infinite number or too deep a nesting.
    """
    if depth > MAX_DEPTH:
        raise ValueError(f"values may be nested at most {MAX_DEPTH} deep")
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} is not a number that JSON can hold")
        return value
    if isinstance(value, list | tuple):
        return [plain_json(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {_key(key): plain_json(item, depth + 1) for key, item in value.items()}
    raise ValueError(f"a {type(value).__name__} cannot be kept in a document")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise ValueError(f"a key must be text, received {key!r}")
    return key


def by_key(values: Mapping[str, V]) -> dict[str, V]:
    """The same entries in the order of their keys, so that equal records are written alike."""
    return dict(sorted(values.items()))


def _sorted_json(value: Any) -> Any:
    plain = plain_json(value)
    return by_key(plain) if isinstance(plain, dict) else plain


Json = Annotated[JsonValue, BeforeValidator(plain_json)]
"""One value of a parameter."""

JsonTable = Annotated[dict[str, JsonValue], BeforeValidator(_sorted_json)]
"""Parameters by name, kept in the order of the names."""

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""A stable name of a node, edge or group that no person reads."""

Text = Annotated[str, Field(max_length=200)]
"""A short text a person typed."""


class Record(BaseModel):
    """Base of everything in a document: never changed in place, and nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def same_value(left: object, right: object) -> bool:
    """True if two values or records mean the same: 1 and 1.0 do, 1 and True do not.

    Plain `==` will not do: to Python True is 1. A browser writes 1.0 as 1, so these two must be the same.
    """
    if isinstance(left, Record):
        return type(left) is type(right) and all(
            same_value(value, getattr(right, field)) for field, value in left
        )
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same_value(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same_value, left, right))
    return left == right and isinstance(left, bool) == isinstance(right, bool)
