"""Fits the ends of a design to a data set: the shape that comes in, the answer that goes out, the loss."""

from typing import Any

from app.services.datasets import DatasetInfo
from graph_compiler import analyze
from graph_compiler.compile_settings import with_parts
from graph_compiler.document import (
    Batch,
    BindData,
    CompileSettings,
    DataBinding,
    Edit,
    GraphDocument,
    Node,
    SetCompile,
    SetParam,
    apply,
)
from runtime.layers import layer_names, layer_spec


def fit_to_data(document: GraphDocument, card: DatasetInfo) -> GraphDocument:
    """The design, bound to a data set and fitted to it.

    The only input gets the shape and dtype of a sample; the only output, where it has units and an
    activation, those of the answer; layers that look ids up know as many as there are; loss and metrics are
    those the data set suggests.

    Args:
        document: The design.
        card: The data set's card in the catalogue.
    """
    analysis = analyze(document)
    edits: list[Edit] = [
        BindData(data=DataBinding(dataset=card.name)),
        SetCompile(compile=suggested_compile(document.compile, card)),
    ]
    if len(analysis.inputs) == 1:
        source = document.nodes[analysis.inputs[0]]
        edits += _set(source, shape=list(card.input_shape), dtype=card.input_dtype)
        if card.vocabulary_size:
            for edge in document.edges.values():
                if edge.source == source.id:
                    edits += _set(document.nodes[edge.target], input_dim=card.vocabulary_size)
    if len(analysis.outputs) == 1:
        last = document.nodes[analysis.outputs[0]]
        edits += _set(last, units=card.answer.units, activation=card.answer.activation)
    return apply(document, Batch(edits=tuple(edits)))[0]


def suggested_compile(settings: CompileSettings, card: DatasetInfo) -> CompileSettings:
    """The settings with the loss and metrics that suit a data set."""
    return with_parts(settings, loss=card.answer.loss, metrics=card.answer.metrics)


def _set(node: Node, **values: Any) -> list[Edit]:
    """Edits for those of the values that the node's layer has a parameter for."""
    if node.layer not in layer_names():
        return []
    spec = layer_spec(node.layer)
    return [
        SetParam(node=node.id, param=name, value=value)
        for name, value in values.items()
        if spec.param(name) is not None
    ]
