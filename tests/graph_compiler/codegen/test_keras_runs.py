"""Keras programs of all designs, run in clean processes under the real Keras and under the project's own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from graph_compiler import analyze, load_document
from graph_compiler.codegen import keras_code
from graph_compiler.codegen.sequential import is_chain
from graph_compiler.document import GraphDocument, Node
from graph_compiler.wiring import Wiring
from tests.graph_compiler.codegen.cases import Case, case_of, random_cases
from tests.graph_compiler.codegen.keras_runs import KerasRuns, Library
from tests.graph_compiler.codegen.test_keras import awkward
from tests.graph_compiler.designs import DESIGNS
from tests.graph_compiler.torch_designs import TORCH_DESIGNS
from tests.runtime.drawn import TIMES

TEMPLATES = Path(__file__).parents[3] / "assets" / "templates"
RANDOM = 50
TOLERANCE = 1e-5


def has(layer: str, **params: object) -> Callable[[GraphDocument], bool]:
    """Says of a design whether it has such a layer."""

    def found(document: GraphDocument) -> bool:
        return any(
            node.layer == layer and params.items() <= node.params.items() for node in document.nodes.values()
        )

    return found


def pools_unevenly(document: GraphDocument) -> bool:
    """True for means of windows over an edge that is not in the middle of them."""
    return any(
        node.layer.startswith("AveragePooling") and node.params.get("padding") == "same"
        for node in document.nodes.values()
    )


def normalizes_inner_axes(document: GraphDocument) -> bool:
    """True for an RMSNormalization of other axes than the last."""
    return any(
        node.layer == "RMSNormalization" and node.params.get("axis", -1) != -1
        for node in document.nodes.values()
    )


def joins_twice(document: GraphDocument) -> bool:
    """True for a layer that joins tensors and is called again."""
    joining = ("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract")
    return any(node.shares is not None and node.layer in joining for node in document.nodes.values())


def learns_from_layers(document: GraphDocument) -> bool:
    """True for bins that are learnt from what layers with weights of their own make of the data."""
    wiring = Wiring(document)

    def source(node: Node) -> Node:
        return document.nodes[next(iter(wiring.wires_into(node.id))).source]

    return any(
        node.layer == "Discretization" and source(node).layer != "InputLayer"
        for node in document.nodes.values()
    )


UNLIKE_KERAS: dict[str, Callable[[GraphDocument], bool]] = {
    "Outside of training, Keras hands on whole pictures, though it says the size they are cut to.": has(
        "RandomCrop"
    ),
    "Called again, Keras still adds axes, or none, as the first tensors wanted it.": joins_twice,
    "Keras cannot learn no bins at all.": has("Discretization", num_bins=0),
    "On torch, Keras repeats edges where padding is uneven and counts them in.": pools_unevenly,
    "On torch, Keras normalizes the last axes alone.": normalizes_inner_axes,
}
"""Where a program under the real Keras is another model than the designed one, and why."""


def designs() -> list[Case]:
    """Templates, the designs of the tests, and random ones."""
    templates = {path.stem: load_document(path.read_text("utf-8")) for path in TEMPLATES.glob("*.json")}
    named = {name: design() for name, design in {**DESIGNS, **TORCH_DESIGNS, "awkward": awkward}.items()}
    cases = [case_of(name, document) for name, document in {**templates, **named}.items() if document.nodes]
    return [*cases, *random_cases(RANDOM * TIMES)]


def add_programs(runs: KerasRuns, case: Case) -> None:
    """The program of a design in functional style; as a Sequential, too, if it is a chain."""
    weights = case.model.get_weights()
    runs.add(case.name, keras_code(case.document), weights, case.inputs, case.outputs)
    if is_chain(case.document, analyze(case.document)):
        code = keras_code(case.document, style="sequential")
        runs.add(f"{case.name} sequential", code, weights, case.inputs, case.outputs)


@pytest.mark.parametrize("library", ["keras", "runtime"])
def test_programs_compute_what_the_designed_models_do(library: Library, tmp_path):
    runs = KerasRuns(tmp_path)
    cases = designs()
    for case in cases:
        unlike = library == "keras" and any(applies(case.document) for applies in UNLIKE_KERAS.values())
        # Such a program learns with the weights it begins with, and is given those of the model afterwards.
        if not unlike and not learns_from_layers(case.document):
            add_programs(runs, case)
    assert len({name.partition(" ")[0] for name, _ in runs.cases}) > 0.9 * len(cases)
    assert sum(name.endswith(" sequential") for name, _ in runs.cases) > 0.1 * len(cases)
    found = runs.differences(library)
    assert {name: each for name, each in found.items() if each[0] or each[1] > TOLERANCE} == {}
