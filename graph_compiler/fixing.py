"""Quick fixes: edits that mend a finding, each tried before it is offered.

Rules name functions that guess (`Rule.mending`). Here each guess is carried out on a copy of the document and
the copy is checked: a guess is a fix only if the finding is gone and nothing as bad has come in its place.
Checks leave bypassed layers out. They are drawn, though, and may be in use again: a fix leaves them their
wires.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from graph_compiler.analysis import Analysis, analyze, context_of
from graph_compiler.checks import RULES, Context
from graph_compiler.data_facts import DataFacts
from graph_compiler.document import Batch, DocumentError, GraphDocument, apply
from graph_compiler.findings import Finding, QuickFix
from graph_compiler.instances import instance_of
from graph_compiler.wiring import Wiring
from runtime.types import TensorSpec

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
    context = _drawn(document, data)
    for rule in RULES:
        if rule.code == finding.code:
            for mending in rule.mending:
                yield from mending(context, finding)


def _drawn(document: GraphDocument, data: DataFacts | None) -> Context:
    """What the checks know, of the drawing as it is: bypassed layers are in it and hand on what comes in."""
    context = context_of(document, data)
    shapes = context.shapes
    bypassed = {key: node for key, node in document.nodes.items() if node.bypassed}
    instances = {key: instance_of(node, document.owner_of(node)) for key, node in bypassed.items()}
    handed_on: dict[str, dict[str, TensorSpec]] = {key: {} for key in bypassed}
    for edge in context.document.edges.values():
        drawn, given = document.edges[edge.id], shapes.at(edge)
        if drawn.source in bypassed and given is not None:
            handed_on[drawn.source][drawn.source_port] = given
    known = replace(shapes, instances=shapes.instances | instances, outputs=shapes.outputs | handed_on)
    return Context(document, Wiring(document), known, data)


def _mends(
    fix: QuickFix, document: GraphDocument, before: Analysis, finding: Finding, data: DataFacts | None
) -> bool:
    try:
        fixed = applied(document, fix)
        after = analyze(fixed, data)
    except DocumentError:
        return False
    were, are = _kinds(before, finding), _kinds(after, finding)
    mended = are[_kind(finding)] < were[_kind(finding)] and not are - were
    return mended and not _tears(document, fixed)


def _tears(document: GraphDocument, fixed: GraphDocument) -> bool:
    """Whether a fix takes a bypassed layer out of its wires: it shows once all layers are in use again."""
    if not any(node.bypassed for node in document.nodes.values()):
        return False
    were, are = analyze(_in_use(document)), analyze(_in_use(fixed))
    return bool(_wrong_wires(are) - _wrong_wires(were))


def _in_use(document: GraphDocument) -> GraphDocument:
    nodes = {key: node.model_copy(update={"bypassed": False}) for key, node in document.nodes.items()}
    return document.model_copy(update={"nodes": nodes})


def _wrong_wires(analysis: Analysis) -> Counter[_Kind]:
    """What is wrong with the structure; shapes may well not fit what is bypassed."""
    return Counter(_kind(error) for error in analysis.errors if error.code.startswith("NN1"))


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
