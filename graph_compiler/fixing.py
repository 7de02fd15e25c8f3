"""Quick fixes: edits that mend a finding, each tried before it is offered.

Rules name functions that guess (`Rule.mending`). Here each guess is carried out on a copy of the document and
the copy is checked: a guess is a fix only if the finding is gone and nothing as bad has come in its place.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from graph_compiler.analysis import Analysis, analyze, context_of
from graph_compiler.checks import RULES
from graph_compiler.data_facts import DataFacts
from graph_compiler.document import Batch, DocumentError, GraphDocument, apply
from graph_compiler.findings import Finding, QuickFix

MOST_FIXES = 3
"""How many fixes are offered for one finding."""

_MOST_TRIES = 80

_Kind = tuple[str, str | None, str | None, str | None]


def fixes_for(
    document: GraphDocument, finding: Finding, data: DataFacts | None = None, most: int = MOST_FIXES
) -> tuple[QuickFix, ...]:
    """Fixes for one finding of a document, the likeliest first.

    Args:
        document: The design the finding is about.
        finding: One of `analyze(document, data).findings`.
        data: The facts it was checked against.
        most: How many are enough.

    Returns:
        At most so many fixes. Applied, each removes the finding and adds none of the same or a higher
        severity; there is none for a mistake that no edit we know of mends.
    """
    before = analyze(document, data)
    if finding not in before.findings:
        return ()
    found: list[QuickFix] = []
    for fix in islice(_proposals(document, finding, data), _MOST_TRIES):
        if fix.title not in {other.title for other in found} and _mends(fix, document, before, finding, data):
            found.append(fix)
            if len(found) == most:
                break
    return tuple(found)


def applied(document: GraphDocument, fix: QuickFix) -> GraphDocument:
    """The document after a fix.

    Raises:
        DocumentError: The document is no longer the one the fix was made for.
    """
    return apply(document, Batch(edits=fix.edits))[0]


def _proposals(document: GraphDocument, finding: Finding, data: DataFacts | None) -> Iterator[QuickFix]:
    context = context_of(document, data)
    for rule in RULES:
        if rule.code == finding.code:
            for mending in rule.mending:
                yield from mending(context, finding)


def _mends(
    fix: QuickFix, document: GraphDocument, before: Analysis, finding: Finding, data: DataFacts | None
) -> bool:
    try:
        after = analyze(applied(document, fix), data)
    except DocumentError:
        return False
    were, are = _kinds(before, finding), _kinds(after, finding)
    return are[_kind(finding)] < were[_kind(finding)] and not are - were


def _kinds(analysis: Analysis, finding: Finding) -> Counter[_Kind]:
    """How many findings there are of each kind that is as bad as this one or worse."""
    return Counter(
        _kind(other)
        for other in analysis.findings
        if other.severity == "error" or finding.severity == "warning"
    )


def _kind(finding: Finding) -> _Kind:
    """What makes two findings the same mistake, though the numbers in their words may differ."""
    return finding.code, finding.node_id, finding.port, finding.param
