"""From the document to a model that can be trained."""

import re
from collections.abc import Mapping
from typing import Any

import torch

from graph_compiler.analysis import Analysis, analyze
from graph_compiler.bypassing import without_bypassed
from graph_compiler.compile_settings import make_loss, make_metrics, make_optimizer
from graph_compiler.document import CompileSettings, GraphDocument, Node
from graph_compiler.findings import Finding
from graph_compiler.instances import find_spec, make_layer, setting_arguments
from graph_compiler.operations import unwrapped
from graph_compiler.wiring import Wiring
from runtime.errors import LayerloomError
from runtime.layers.spec import LayerSpec
from runtime.models import Model
from runtime.symbolic import KerasTensor


class CompilationError(LayerloomError, ValueError):
    """No model can be made of a document.

    Args:
        document: The document.
        findings: What stands against it.
    """

    def __init__(self, document: GraphDocument, findings: tuple[Finding, ...]) -> None:
        places = [_place(document, finding) for finding in findings]
        count = f"{len(findings)} mistake{'s' * (len(findings) != 1)}"
        super().__init__(
            f"No model can be made of this design: it has {count}.\n" + "\n".join(places),
            hint="Mend them on the Design page.",
        )
        self.findings = findings


def lower(document: GraphDocument, seed: int | None = None, *, compile: bool = True) -> Model:
    """Makes the model a document describes.

    Args:
        document: The design.
        seed: Makes the start values of the weights repeatable; None takes that of the document.
        compile: True gives the model the optimizer, loss and metrics of the document.

    Returns:
        A functional model whose layers have the names of the nodes.

    Raises:
        CompilationError: The document has errors; they are listed by node.
    """
    document = without_bypassed(document)
    analysis = analyze(document)
    if not analysis.ok:
        raise CompilationError(document, analysis.errors)
    seed = document.training.seed if seed is None else seed
    if seed is None:
        model = _model(document, analysis)
    else:
        # The random numbers of the rest of the program are left as they were.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            model = _model(document, analysis)
    if compile:
        compile_as(document, model)
    return model


def compile_as(document: GraphDocument, model: Any) -> None:
    """Gives a model the optimizer, loss and metrics of a document."""
    settings = document.compile
    model.compile(
        optimizer=make_optimizer(settings),
        loss=make_loss(settings),
        metrics=metrics_by_output(settings, len(model.outputs)),
    )


def metrics_by_output(settings: CompileSettings, outputs: int) -> list[Any]:
    """The metrics as `compile` takes them: one list serves one output, several outputs have a list each."""
    # Metrics that are objects count for one output each.
    return make_metrics(settings) if outputs == 1 else [make_metrics(settings) for _ in range(outputs)]


def model_name(document: GraphDocument) -> str:
    """The document's name as models, files and programs can have it."""
    return re.sub(r"\W+", "_", document.name).strip("_") or "model"


def _model(document: GraphDocument, analysis: Analysis) -> Model:
    wiring = Wiring(document)
    tensors: dict[tuple[str, str], KerasTensor] = {}
    layers: dict[str, Any] = {}
    for node_id in analysis.order:
        owner = document.owner_of(document.nodes[node_id])
        assert owner is not None, "a design without errors has the layers it shares"
        if owner.id not in layers:
            layers[owner.id] = make_layer(owner.layer, owner.name, owner.params)
        made = _call(layers[owner.id], document.nodes[node_id], wiring, tensors)
        for port, tensor in zip(analysis.shapes[node_id], made, strict=True):
            tensors[node_id, port] = tensor
    inputs = [_first(node_id, analysis, tensors) for node_id in analysis.inputs]
    outputs = [_first(node_id, analysis, tensors) for node_id in analysis.outputs]
    return Model(
        inputs=inputs[0] if len(inputs) == 1 else inputs,
        outputs=outputs[0] if len(outputs) == 1 else outputs,
        name=model_name(document),
    )


def _first(node_id: str, analysis: Analysis, tensors: Mapping[tuple[str, str], KerasTensor]) -> KerasTensor:
    return tensors[node_id, next(iter(analysis.shapes[node_id]))]


def _call(
    layer: Any, node: Node, wiring: Wiring, tensors: Mapping[tuple[str, str], KerasTensor]
) -> list[KerasTensor]:
    """The tensors that come out of a node, by output port in order."""
    spec = find_spec(node.layer)
    if spec is None or spec.is_source:
        return [layer.output]
    arguments = unwrapped(spec.cls, spec.call_arguments(_wired(spec, node, wiring, tensors)))
    made = layer(**arguments, **setting_arguments(spec, node.settings))
    return list(made) if isinstance(made, list | tuple) else [made]


def _wired(
    spec: LayerSpec, node: Node, wiring: Wiring, tensors: Mapping[tuple[str, str], KerasTensor]
) -> dict[str, Any]:
    wired: dict[str, Any] = {}
    for port in spec.inputs:
        given = [tensors[e.source, e.source_port] for e in wiring.incoming[node.id].get(port.name, ())]
        if given:
            wired[port.name] = given if port.variadic else given[0]
    return wired


def _place(document: GraphDocument, finding: Finding) -> str:
    name = f"'{document.nodes[finding.node_id].name}': " if finding.node_id else ""
    return f"{finding.code} {name}{finding.message} {finding.hint}".rstrip()
