"""Quick fixes for what forbids nothing and is hardly meant: usual values in the place of odd ones."""

from collections.abc import Iterator

from graph_compiler.checks.mending.drawing import insert
from graph_compiler.checks.mending.fitting import bridges, described, resize, set_param
from graph_compiler.checks.rule import Context
from graph_compiler.findings import Finding, QuickFix

_WIDTHS = (32, 16, 8, 4)


def activate(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """The usual activation of a layer in the middle."""
    if finding.node_id is not None:
        yield set_param(context.document.nodes[finding.node_id], "activation", "relu")


def deactivate(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """No activation at the layer the finding comes from."""
    if finding.cause is not None:
        yield set_param(context.document.nodes[finding.cause], "activation", "linear")


def widen(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """More units."""
    for size in _WIDTHS if finding.node_id is not None else ():
        yield from resize(context, finding.node_id or "", size)


def usual_rate(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """Less disturbance."""
    if finding.node_id is not None:
        for rate in (0.5, 0.2):
            yield set_param(context.document.nodes[finding.node_id], "rate", rate)


def shorter_strides(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """Steps that leave out nothing."""
    if finding.node_id is not None:
        layer = context.instance(finding.node_id).layer
        for size in sorted(set(context.window(layer) or ()), reverse=True):
            yield set_param(context.document.nodes[finding.node_id], "strides", size)


def scale_inputs(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """A layer behind the Input that brings its numbers into a small range."""
    given = context.output_spec(finding.node_id or "")
    if finding.node_id is None or given is None or context.data is None:
        return
    name = context.document.nodes[finding.node_id].name
    for spec, params in bridges(given, [given.shape]):
        if "scales" in spec.cls.traits:
            fitted = params | ({"scale": 1 / context.data.largest} if context.data.largest else {})
            edits = [
                edit
                for edge in context.wiring.outgoing[finding.node_id]
                for edit in insert(context.document, edge, spec, fitted)
            ]
            yield QuickFix(f"Put {described(spec, fitted)} behind '{name}'", tuple(edits))


def count_ids(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """As many ids as the data have."""
    if finding.node_id is not None and finding.param is not None and context.data is not None:
        node = context.document.nodes[finding.node_id]
        yield set_param(node, finding.param, context.data.vocabulary)
