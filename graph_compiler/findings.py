"""What a check found, as data."""

from dataclasses import dataclass
from typing import Literal

from graph_compiler.document import Edit

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One mistake, or one piece of advice.

    Args:
        code: The rule's permanent code, such as "NN201".
        severity: "error" if no model can be made of it, "warning" if one can that is hardly meant.
        node_id: The node to mend; None if it concerns the design as a whole.
        port: The port it concerns.
        message: What is wrong, with the values received.
        hint: How to mend it.
        param: The parameter or call setting it concerns.
        cause: The node upstream that the mistake comes from, where it lies elsewhere.
    """

    code: str
    severity: Severity
    node_id: str | None
    port: str | None
    message: str
    hint: str = ""
    param: str | None = None
    cause: str | None = None


@dataclass(frozen=True)
class QuickFix:
    """Edits that mend a finding, offered as one click.

    Args:
        title: What they do, in a learner's words.
        edits: The edits, in order; together they are one step that can be undone.
    """

    title: str
    edits: tuple[Edit, ...]
