"""Functions between layers in PyTorch programs: each computes the same, or is refused with a reason."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import runtime
from graph_compiler.codegen import torch_code, torch_weights
from graph_compiler.codegen.pytorch.program import class_name
from graph_compiler.document import GraphDocument
from graph_compiler.importers import import_model
from runtime import ops
from runtime.errors import ExportError
from runtime.layers.operations import operation_class, operation_names
from runtime.layers.torch_forms import form_of, reason_against
from runtime.layers.torch_forms.registration import FUNCTIONS, REFUSED_FUNCTIONS
from runtime.models import Functional
from tests.graph_compiler.codegen.test_keras import formatted
from tests.graph_compiler.codegen.torch_runs import Runs
from tests.runtime.ops.calls import CALLS, data, names_in
from tests.runtime.ops.running import ALL_CALLS, chosen, flat, run, used

TOLERANCE = 1e-5
MORE_CALLS = """
broadcast_to(x[:, :1], (-1, 3, 4))
depth_to_space(space_to_depth(img, 2), 2)
diagflat(x[0, 0])
fold(unfold(moveaxis(img, 3, 1), 2), (8, 8), 2)
full((2, 3, 4), x)
histogram(x[0, 0], bins=3, range=(-1.0, 1.0))
outer(x[0, 0], y[0, 0])
vdot(x[0, 0], y[0, 0])
vander(x[0, 0])
scatter(array([[0, 1], [2, 0]]), x[0, 0, :2], (3, 2))
segment_sum(x[0], array([0, 1, 0]))
segment_max(x[0], array([0, 0, 0]), 2)
segment_min(x[0], array([1, 0, -1]))
segment_prod(x[0], array([1, 1, 0]), 2)
view(x, 'int32')
add(x, k1[0, 0])
maximum(x, k1[0, :1, :])
split(x, 2, axis=2)[1]
""".strip().splitlines()
"""What the calls of all functions have with constants alone, and constants that are no single numbers."""
BEYOND_DESIGNS = (
    # Their batch is of two, or what they give is no tensor.
    *(
        "affine_transform(img, ",
        "broadcast_to(x[:, :1], (2",
        "ctc_decode",
        "ctc_loss",
        "depth_to_space(reshape",
    ),
    *("convert_to_numpy", "dtype(", "fold(reshape", "is_tensor", "segment_sum(x, ", "shape(x)", "unstack(x)"),
    # A symbolic tensor has no `.T`, and designs hold no lists of tensors and constants, no further arguments.
    *(".T", "select([c], [x])", "einsum('ij,j->i'", "h1=3", "p2=4"),
    # The names of axes look like data.
    "'b h w c",
)
"""Parts of calls that no design can hold."""
PROGRAMS = [
    call
    for call in CALLS
    if used(call)
    and "empty" not in call
    and not any(call.startswith(part) or part in call[len("image.") :] for part in BEYOND_DESIGNS)
]
REFUSED_CALLS = {
    "mean(x, axis=())": "it works along no axis",
    "var(x, axis=())": "it works along no axis",
    "bincount(i[0], weights=v[:3], minlength=6)": "its numbers count with weights",
    "saturate_cast(x * 1e6, 'float16')": "it cuts off what does not fit into float16",
    "image.resize(img[0], (4, 4))": "it takes single pictures without a batch",
}
"""Calls of functions that have a form, which this form refuses."""


def arrays_of(dtype: str) -> dict[str, Any]:
    """The data of the calls, with `x` and `y` of another element type."""
    found = data()
    if dtype != "float32":
        found |= {name: (found[name] * 3).astype(dtype) for name in "xy"}
    return found


def design(call: str, arrays: dict[str, Any]) -> tuple[GraphDocument, list[Any]]:
    """A design of a call, and what it computes."""
    names = {name: torch.from_numpy(values) for name, values in arrays.items()}
    inputs = {
        name: runtime.Input(arrays[name].shape[1:], name=f"in_{name}", dtype=str(arrays[name].dtype))
        for name in used(call)
    }
    outputs = flat(run(ops, call, {**names, **inputs}))
    document = import_model(Functional(list(inputs.values()), outputs)).document
    return document, [np.asarray(ops.convert_to_numpy(output)) for output in flat(run(ops, call, names))]


def assert_refused(call: str, document: GraphDocument, error: ExportError) -> None:
    names = {node.name: node.layer.removeprefix("ops.") for node in document.nodes.values()}
    reason = REFUSED_CALLS.get(call) or REFUSED_FUNCTIONS[names[error.layer]]
    assert f"cannot be written in PyTorch: {reason}" in str(error)


def programs_agree(folder: Path, calls: Sequence[str], dtype: str = "float32") -> None:
    runs = Runs(folder)
    arrays = arrays_of(dtype)
    for call in calls:
        document, wanted = design(call, arrays)
        try:
            code, weights = torch_code(document), torch_weights(document)
        except ExportError as error:
            assert_refused(call, document, error)
            continue
        runs.add(call, code, class_name(document), weights, [arrays[name] for name in used(call)], wanted)
    assert len(runs.cases) > 0.8 * len(calls)
    found = runs.differences()
    assert {call: each for call, each in found.items() if each[0] or each[1] > TOLERANCE} == {}
    if not ALL_CALLS:
        run = formatted(*folder.glob("*.py"))
        assert run.returncode == 0, run.stdout


@pytest.mark.filterwarnings("ignore")
def test_programs_compute_what_the_functions_do(tmp_path):
    programs_agree(tmp_path, [*chosen(PROGRAMS), *MORE_CALLS])


@pytest.mark.filterwarnings("ignore")
def test_programs_compute_the_same_of_whole_numbers(tmp_path):
    kinds = (
        "add",
        "divide",
        "power",
        "mean",
        "sum",
        "cumprod",
        "argmax",
        "exp",
        "round",
        "clip",
        "where",
        "var",
    )
    calls = [call for call in PROGRAMS if names_in(call) in kinds and set(used(call)) & {"x", "y"}]
    programs_agree(tmp_path, calls, "int32")


@pytest.mark.parametrize("name", operation_names())
def test_each_function_has_a_form_or_a_reason_why_not(name):
    assert (name in FUNCTIONS) != (name in REFUSED_FUNCTIONS)
    assert bool(form_of(operation_class(name))) == (name in FUNCTIONS)
    assert (reason_against(operation_class(name)) or None) == REFUSED_FUNCTIONS.get(name)
