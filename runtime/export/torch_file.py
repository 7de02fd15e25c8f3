"""`export_torch`: writes a model as a program that torch runs without the Python that made it."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import torch

from runtime.console import say
from runtime.errors import FileFormatError, LayerloomError
from runtime.export.comparison import compare
from runtime.export.quiet import quiet
from runtime.export.receipt import ExportReceipt
from runtime.export.signature import signature_of, unique_names
from runtime.export.tracing import Traced, check_model, fitting_size, in_names, open_names, shapes_of, trace
from runtime.release import __version__
from runtime.saving.atomic import replacing


def export_torch(
    model: Any,
    filepath: str | os.PathLike[str],
    input_signature: Any = None,
    verbose: bool | None = None,
    *,
    check: bool = True,
) -> ExportReceipt:
    """Writes what a model computes as an `ExportedProgram` of torch, and compares the file with the model.

    `torch.export.load(path).module()` is a function of the inputs, in order, that gives a tuple of outputs.

    Args:
        model: The model.
        filepath: The file, ending in `.pt2`. An old one stays until the new one is checked.
        input_signature: Shapes (and element types) of the inputs, in place of those the model states.
        verbose: False says nothing; by default a line tells what was written.
        check: False does not run the file.

    Returns:
        What was written, and the largest difference between file and model.

    Raises:
        FileFormatError: The file is not called `.pt2`.
        LayerloomError: torch cannot follow what the model does (with the name of the layer), the file
            computes other numbers, or cannot be written.
    """
    if not str(filepath).endswith(".pt2"):
        raise FileFormatError(f"'{filepath}' is no name for a program of torch.", hint="Let it end in .pt2.")
    check_model(model)
    signature = signature_of(model, input_signature)
    traced = Traced(model, signature)
    size = fitting_size(traced, signature)
    program = trace(traced, signature, size)
    for node in program.graph.nodes:
        # They name folders of this machine.
        node.meta.pop("stack_trace", None)
    words = open_names(program, signature)
    taken, given = shapes_of(program)
    names = unique_names(traced.names)
    difference, batches = None, ()
    with replacing(filepath) as file, quiet():
        with file.open("wb") as stream:
            torch.export.save(program, stream)
        if check:
            difference, batches = compare(_run(file, traced.device), traced, signature, size)
    receipt = ExportReceipt(
        path=Path(filepath),
        format="torch",
        opset=None,
        inputs={
            one.name: tuple(in_names(size, words) for size in shape)
            for one, shape in zip(signature.inputs, taken, strict=True)
        },
        outputs={
            name: tuple(in_names(size, words) for size in shape)
            for name, shape in zip(names, given, strict=True)
        },
        largest_difference=difference,
        batches=batches,
        versions={"layerloom": __version__, "torch": torch.__version__},
    )
    if verbose is None or verbose:
        say(f"Saved artifact at '{filepath}'.")
    return receipt


def _run(file: Path, device: Any) -> Any:
    try:
        function = torch.export.load(file).module()
    except Exception as error:
        raise LayerloomError(
            f"torch cannot read the exported program: {error}. Nothing was written."
        ) from error

    def run(arrays: list[np.ndarray]) -> list[np.ndarray]:
        with torch.no_grad():
            return [
                one.cpu().numpy() for one in function(*(torch.as_tensor(x, device=device) for x in arrays))
            ]

    return run
