"""Quick fixes of how a model ends: units, activation and loss that go together and with the data."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from graph_compiler.checks.endings import ending_of
from graph_compiler.checks.mending.drawing import insert
from graph_compiler.checks.mending.fitting import bridges, described, resize
from graph_compiler.checks.mending.values import compiled, forget_metric, other_compile, trained
from graph_compiler.checks.rule import Context
from graph_compiler.document import DeleteNodes, Edit, SetParam
from graph_compiler.findings import Finding, QuickFix
from graph_compiler.instances import find_spec
from runtime.types import TensorSpec

_ENDINGS = (
    ("softmax", "sparse_categorical_crossentropy"),
    ("softmax", "categorical_crossentropy"),
    ("sigmoid", "binary_crossentropy"),
    ("linear", "mean_squared_error"),
)
"""Activations of the last layer, and losses that go with them."""


@dataclass(frozen=True)
class _Change:
    """One step of a fix, and what it is called in a title."""

    words: str
    edit: Edit


def fit_ending(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """Other units, activation or loss; one of them if that is enough, else two, else all three."""
    node_id = finding.node_id or (context.outputs[-1] if context.outputs else None)
    if node_id is None:
        return
    choices = [_changes(context, node_id, *ending) for ending in _likely(context)]
    for count in (1, 2, 3):
        for changes in choices:
            for some in combinations(changes, count):
                title = " and ".join(change.words for change in some)
                yield QuickFix(title[0].upper() + title[1:], tuple(change.edit for change in some))


def fit_input(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """The Input with the shape of the data, and a layer behind it that makes what it was of it."""
    if finding.node_id is None or context.data is None:
        return
    document = context.document
    node, given = document.nodes[finding.node_id], context.output_spec(finding.node_id)
    for shape in context.data.input_shapes:
        title = f"Set the shape of '{node.name}' to {' × '.join(map(str, shape)) or 'one number'}"
        edit = SetParam(node=node.id, param="shape", value=list(shape))
        yield QuickFix(title, (edit,))
        wires = context.wiring.outgoing[node.id]
        if given is None or len(wires) != 1:
            continue
        for spec, params in bridges(TensorSpec((None, *shape), given.dtype), [None, given.shape]):
            edits = (edit, *insert(document, wires[0], spec, params))
            yield QuickFix(f"{title} and put {described(spec, params)} behind it", edits)


def delete_spare_inputs(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """The inputs less for which there are no data."""
    del finding
    spare = context.inputs[len(context.data.input_shapes) :] if context.data else ()
    if spare:
        names = " and ".join(f"'{context.document.nodes[key].name}'" for key in spare)
        yield QuickFix(f"Delete {names}", (DeleteNodes(nodes=spare),))


def delete_dead_end(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """A loose end less, with the layers that only it needs; or all loose ends but one."""
    # A bypassed end troubles nobody: it goes only with what it is behind.
    in_use = tuple(key for key in context.outputs if not context.document.nodes[key].bypassed)
    choices = [(kept, ends) for ends in dict.fromkeys((in_use, context.outputs)) for kept in ends]
    for kept, ends in choices:
        if kept == finding.node_id:
            continue
        gone: set[str] = set()
        for key in ends:
            if key != kept:
                gone |= _only_for(context, key, gone)
        if kept not in gone and not any(context.is_source(key) for key in gone):
            nodes = tuple(key for key in context.document.nodes if key in gone)
            names = " and ".join(f"'{context.document.nodes[key].name}'" for key in nodes[:3])
            more = f" and {len(nodes) - 3} more" if len(nodes) > 3 else ""
            yield QuickFix(f"Delete {names}{more}", (DeleteNodes(nodes=nodes),))


def input_ids(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """Whole numbers, or measurements, at the inputs that lie before the node."""
    pending, seen = [finding.node_id or ""], set[str]()
    while pending:
        key = pending.pop()
        if key in seen or key not in context.document.nodes:
            continue
        seen.add(key)
        pending += [edge.source for edge in context.wiring.wires_into(key)]
        spec = find_spec(context.document.nodes[key].layer)
        if spec is not None and spec.is_source:
            name = context.document.nodes[key].name
            for dtype, words in (("int32", "whole numbers (int32)"), ("float32", "measurements (float32)")):
                edit = SetParam(node=key, param="dtype", value=dtype)
                yield QuickFix(f"Let '{name}' take {words}", (edit,))


def fit_metrics(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """The metrics of the finding's kind less, or one that goes with measurements."""
    metrics = context.document.compile.metrics
    for place, name in enumerate(metrics):
        if f"'{name}'" in finding.message:
            if "mae" not in metrics:
                after = (*metrics[:place], "mae", *metrics[place + 1 :])
                yield compiled(context, "Use the metric 'mae'", metrics=after)
            yield forget_metric(context, place)


def fit_learning_rate(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """The optimizer's own learning rate."""
    del finding
    yield compiled(context, "Use the optimizer's own learning rate", learning_rate=None)


def fit_batches(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """Portions and a share for validation that the data can be divided into."""
    del finding
    rows = context.data.rows if context.data else None
    if rows:
        size = max(1, min(32, rows // 4))
        yield trained(context, f"Use batches of {size} rows", batch_size=size)
        share = next((share for share in (0.1, 0.2, 0.5) if int(rows * share) >= 1), 0.0)
        yield trained(context, f"Keep {share:.0%} of the rows for validation", validation_split=share)


def unfreeze(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """All layers trainable again."""
    del finding
    frozen = [node for node in context.document.nodes.values() if node.params.get("trainable") is False]
    if frozen:
        edits = tuple(SetParam(node=node.id, param="trainable", remove=True) for node in frozen)
        yield QuickFix("Let all layers learn", edits)
        last = frozen[-1]
        yield QuickFix(f"Let '{last.name}' learn", (SetParam(node=last.id, param="trainable", remove=True),))


def _likely(context: Context) -> list[tuple[int | None, str, str]]:
    """Units, activation and loss that fit the data, the likeliest first; without data all usual endings."""
    data = context.data
    if data is None:
        return [(1 if loss.startswith(("bin", "mean")) else None, act, loss) for act, loss in _ENDINGS]
    (sparse, rows, yes_no, measured) = _ENDINGS
    answers = data.target_shape[-1] if data.target_shape else 1
    if data.classes is None:
        return [(answers, *measured)]
    if data.one_hot:
        return [(data.classes, *rows)]
    return [*([(1, *yes_no)] if data.classes == 2 else []), (data.classes, *sparse)]


def _changes(context: Context, node_id: str, units: int | None, activation: str, loss: str) -> list[_Change]:
    """What would have to change for such an ending."""
    document = context.document
    node, ending, spec = document.nodes[node_id], ending_of(context, node_id), context.instance(node_id).spec
    changes: list[_Change] = []
    param = spec.param("activation") if spec is not None else None
    if param is not None and (ending is None or ending.activation != activation):
        value: Any = None if activation == "linear" and param.optional else activation
        words = f"set activation of '{node.name}' to {activation}"
        changes.append(_Change(words, SetParam(node=node.id, param="activation", value=value)))
    if document.compile.loss != loss:
        changes.append(_Change(f"use the loss '{loss}'", other_compile(document.compile, loss=loss)))
    if units is not None and (ending is None or ending.size != units):
        for fix in resize(context, node_id, units):
            changes.append(_Change(fix.title[0].lower() + fix.title[1:], fix.edits[0]))
    return changes


def _only_for(context: Context, node_id: str, gone: set[str]) -> set[str]:
    """A node and those before it whose outputs only it needs."""
    found, pending = {node_id}, [node_id]
    while pending:
        for edge in context.wiring.wires_into(pending.pop()):
            source = edge.source
            needed = {wire.target for wire in context.wiring.outgoing[source]}
            if needed <= found | gone and source not in found and not context.is_source(source):
                found.add(source)
                pending.append(source)
    return found
