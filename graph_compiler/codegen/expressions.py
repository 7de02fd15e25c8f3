"""Expressions of the generated code, and how a long one is broken into lines.

Generated programs look as the usual formatters (black, ruff format) would leave them. What is generated is
only calls, collections and literals, so a few rules of those formatters suffice; see `layout`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

WIDTH = 88
"""Longest line, in characters; the formatters' default."""
_INDENT = 4
_CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True)
class Group:
    """Something in brackets, the only places where a line may be broken.

    Args:
        opening: The opening bracket; "((" for that of a tuple, "=(" for one that only holds together.
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


def parse(code: str) -> Expression:
    """An expression written on one line, taken apart at its brackets."""
    return _Reader(code).expression("")


class _Reader:
    """Reads code from left to right.

    Args:
        code: An expression on one line.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        self.at = 0

    def expression(self, ends: str) -> Expression:
        """What stands here, up to one of these characters."""
        parts: list[str | Group] = [""]
        while self.at < len(self.code) and self.code[self.at] not in ends:
            letter = self.code[self.at]
            if letter in "([{":
                parts += [self._group(letter), ""]
            else:
                length = self._text_length() if letter in "\"'" else 1
                parts[-1] = f"{parts[-1]}{self.code[self.at : self.at + length]}"
                self.at += length
        return tuple(part for part in parts if part != "")

    def _group(self, opening: str) -> Group:
        closing = _CLOSING[opening]
        is_call = self.at > 0 and (self.code[self.at - 1].isalnum() or self.code[self.at - 1] in "_])")
        self.at += 1
        items: list[Expression] = []
        comma = False
        while self.code[self.at] != closing:
            items.append(self.expression("," + closing))
            comma = self.code[self.at] == ","
            self.at += 1 if comma else 0
            while self.code[self.at] == " ":
                self.at += 1
        self.at += 1
        is_tuple = opening == "(" and not is_call and (comma or len(items) > 1)
        bare = opening if is_call or opening != "(" else "=("
        return Group("((" if is_tuple else bare, tuple(items), closing)

    def _text_length(self) -> int:
        quote = self.code[self.at]
        end = self.at + 1
        while self.code[end] != quote:
            end += 2 if self.code[end] == "\\" else 1
        return end + 1 - self.at


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
    if group.opening == "=(":
        return [layout(group.items[0], indent, indent)]
    together = ", ".join(map(flat, group.items))
    if (group.is_arguments or len(group.items) == 1) and indent + len(together) <= WIDTH:
        return [together]
    return [f"{layout(item, indent, indent, 1)}," for item in group.items]
