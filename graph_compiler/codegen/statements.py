"""Statements of generated programs in lines that are short enough."""

import io
import re
import textwrap
import tokenize

from graph_compiler.codegen.expressions import WIDTH, Expression, layout, parse

_TWO = 2
_BRACKETS = (")", "]", "}")
_OPERATORS = ("|", "&", "+-", "*/@")
"""Operators, those that bind least first."""
_ASSIGNED = re.compile(r"((?:[\w., ]|\([\w, ]*\))+?) = ")


def laid_out(code: str, indent: int = 0, comment: str = "") -> list[str]:
    """A statement of one line as the formatters would have it.

    Args:
        code: The statement.
        indent: Columns it is indented by.
        comment: What is said of it, behind it or, where there is no room, above.

    Returns:
        Lines with their indentation.
    """
    margin = " " * indent
    whole = f"{margin}{code}  # {comment}" if comment else f"{margin}{code}"
    if len(whole) <= WIDTH:
        return [whole]
    above = [f"{margin}# {comment}"] if comment else []
    if len(margin) + len(code) <= WIDTH:
        return [*above, f"{margin}{code}"]
    found = _ASSIGNED.match(code)
    head = found[0] if found else "return " if code.startswith("return ") else ""
    expression = parse(code[len(head) :])
    operands = _operands(expression)
    if head and len(operands) > 1 and (len(operands) > _TWO or operands[-1][-1:] not in _BRACKETS):
        rest = code[len(head) :]
        lines = [rest] if len(margin) + 4 + len(rest) <= WIDTH else operands
        inside = "\n".join(f"{margin}    {line}" for line in lines)
        return [*above, *f"{margin}{head}(\n{inside}\n{margin})".split("\n")]
    text = f"{head}{layout(expression, indent, indent + len(head))}"
    if head and len(text.partition("\n")[0]) + indent > WIDTH:
        text = f"{head}(\n{margin}    {layout(expression, indent + 4, indent + 4)}\n{margin})"
    return [*above, *f"{margin}{text}".split("\n")]


def _operands(expression: Expression) -> list[str]:
    """What the weakest operators join, each operand behind its operator; all of it if there are none."""
    spaced = "".join(part if isinstance(part, str) else part.flat().replace(" ", "\0") for part in expression)
    for operators in _OPERATORS:
        found = re.split(rf" (?=[{operators}] )", spaced)
        if len(found) > 1:
            return [operand.replace("\0", " ") for operand in found]
    return [spaced.replace("\0", " ")]


def indented(code: str, indent: int = 4) -> str:
    """Code with its lines moved to the right, those within texts of several lines left alone."""
    inside: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.STRING:
            inside |= set(range(token.start[0] + 1, token.end[0] + 1))
    lines = code.split("\n")
    return "\n".join(
        line if number in inside or not line else " " * indent + line
        for number, line in enumerate(lines, start=1)
    )


def as_comment(words: str, indent: int = 0) -> list[str]:
    """Words as comment lines; nothing in them can become code."""
    width = WIDTH - indent - 2
    return [
        f"{' ' * indent}# {line}"
        for paragraph in map(_printable, words.splitlines())
        for line in textwrap.wrap(paragraph, width, break_long_words=False, break_on_hyphens=False)
    ]


def _printable(words: str) -> str:
    """Without what no program may hold, such as the character 0."""
    return "".join(letter if letter.isprintable() else " " for letter in words)
