"""Expressions of the generated code, and how a long one is broken into lines.

Generated programs look as the usual formatters (black, ruff format) would leave them. What is generated is
only calls, collections and literals, so a few rules of those formatters suffice; see `layout`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

WIDTH = 88
"""Longest line, in characters; the formatters' default."""
_INDENT = 4


@dataclass(frozen=True)
class Group:
    """Something in brackets, the only places where a line may be broken.

    Args:
        opening: The opening bracket.
        items: What stands between, to be separated by commas.
        closing: The closing bracket.
    """

    opening: str
    items: tuple["Expression", ...]
    closing: str

    @property
    def is_arguments(self) -> bool:
        """True for the arguments of a call, which may stay together on a line of their own."""
        return self.opening == "("

    def flat(self) -> str:
        """The group on one line."""
        comma = "," if self.opening == "((" and len(self.items) == 1 else ""
        return f"{self.opening[-1]}{', '.join(map(flat, self.items))}{comma}{self.closing}"


Expression = tuple[str | Group, ...]
"""Pieces of text and groups, one behind the other."""


def text(words: str) -> Expression:
    """An expression that is never broken."""
    return (words,)


def call(function: str, arguments: Iterable[Expression]) -> Expression:
    """`function(arguments)`."""
    return (function, Group("(", tuple(arguments), ")"))


def called(function: Expression, arguments: Iterable[Expression]) -> Expression:
    """`<expression>(arguments)`."""
    return (*function, Group("(", tuple(arguments), ")"))


def keyword(name: str, value: Expression) -> Expression:
    """`name=value`, an argument of a call."""
    return (f"{name}=", *value)


def list_of(items: Iterable[Expression]) -> Expression:
    """`[items]`."""
    return (Group("[", tuple(items), "]"),)


def tuple_of(items: Iterable[Expression]) -> Expression:
    """`(items)`, with the comma a tuple of one needs."""
    return (Group("((", tuple(items), ")"),)


def dict_of(items: Iterable[tuple[str, Expression]]) -> Expression:
    """`{key: value}`."""
    return (Group("{", tuple((f"{key}: ", *value) for key, value in items), "}"),)


def flat(expression: Expression) -> str:
    """The expression on one line."""
    return "".join(part if isinstance(part, str) else part.flat() for part in expression)


def layout(expression: Expression, indent: int = 0, before: int = 0, after: int = 0) -> str:
    """The expression in lines that are short enough.

    It is broken at the last group whose opening bracket still fits on the line. Arguments of a call stay
    together if they fit on one line; otherwise, and in collections always, each gets a line and a comma.

    Args:
        expression: What to write.
        indent: Columns the statement is indented by.
        before: Columns that are used on the first line.
        after: Columns that are needed behind the last.

    Returns:
        Text without indentation on its first line.
    """
    whole = flat(expression)
    groups = [place for place, part in enumerate(expression) if isinstance(part, Group) and part.items]
    if before + len(whole) + after <= WIDTH or not groups:
        return whole
    fitting = [place for place in groups if before + len(flat(expression[:place])) + 1 <= WIDTH]
    place = fitting[-1] if fitting else groups[0]
    group = expression[place]
    if isinstance(group, str):
        return whole
    lines = _body(group, indent + _INDENT)
    head, tail = flat(expression[:place]), flat(expression[place + 1 :])
    inside = "\n".join(" " * (indent + _INDENT) + line for line in lines)
    return f"{head}{group.opening[-1]}\n{inside}\n{' ' * indent}{group.closing}{tail}"


def _body(group: Group, indent: int) -> list[str]:
    together = ", ".join(map(flat, group.items))
    if (group.is_arguments or len(group.items) == 1) and indent + len(together) <= WIDTH:
        return [together]
    return [f"{layout(item, indent, indent, 1)}," for item in group.items]
