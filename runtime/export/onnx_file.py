"""`export_onnx`: writes a model for programs that know nothing of Python or torch."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import torch

from runtime.console import say
from runtime.errors import LayerloomError
from runtime.export.comparison import compare
from runtime.export.quiet import quiet
from runtime.export.receipt import ExportReceipt
from runtime.export.recurrence import single_operations
from runtime.export.signature import signature_of
from runtime.export.tracing import Traced, check_model, fitting_size, trace
from runtime.export.translation import NEEDED, check_installed, sign, translated
from runtime.release import __version__
from runtime.saving.atomic import replacing

LARGEST = 2**31 - 1
"""Bytes of a file of ONNX's, which is one message of protobuf."""


def export_onnx(
    model: Any,
    filepath: str | os.PathLike[str],
    verbose: bool | None = None,
    input_signature: Any = None,
    opset_version: int | None = None,
    *,
    check: bool = True,
) -> ExportReceipt:
    """Writes what a model computes to a file of ONNX's, and compares the file with the model.

    The file holds the forward pass with training=False: onnxruntime and many other programs run it, without
    Python or torch. Inputs and outputs have the names they have in the model; the batch stays open, as do
    other sizes that the model leaves open.

    Args:
        model: The model.
        filepath: The file, usually ending in `.onnx`. An old one stays until the new one is checked.
        verbose: False says nothing; by default a line tells what was written.
        input_signature: Shapes (and element types) of the inputs, in place of those the model states: a list
            with an `InputSpec` (or a structure of them) for each argument. To be given if the model leaves
            sizes open that ONNX cannot.
        opset_version: Version of ONNX's operations; by default the one torch translates to best.
        check: False neither checks the file nor runs it.

    Returns:
        What was written, and the largest difference between file and model.

    Raises:
        LayerloomError: Something in the model cannot be said in ONNX (with the name of the layer), the file
            would be too large, computes other numbers, or cannot be written.
    """
    check_installed(NEEDED if check else NEEDED[:2])
    check_model(model)
    _check_size(model)
    signature = signature_of(model, input_signature)
    traced = Traced(model, signature)
    size = fitting_size(traced, signature)
    with single_operations():
        program = trace(traced, signature, size)
    proto = translated(program, signature, traced.names, opset_version)
    sign(proto, model.name)
    content = proto.SerializeToString()
    difference, batches = None, ()
    if check:
        difference, batches = compare(_checked_run(content), traced, signature, size)
    with replacing(filepath) as file:
        file.write_bytes(content)
    receipt = ExportReceipt(
        path=Path(filepath),
        format="onnx",
        opset=next(entry.version for entry in proto.opset_import if entry.domain == ""),
        inputs={entry.name: _sizes(entry) for entry in proto.graph.input},
        outputs={entry.name: _sizes(entry) for entry in proto.graph.output},
        largest_difference=difference,
        batches=batches,
        versions=_versions(checked=check),
    )
    if verbose is None or verbose:
        checked = (
            "not checked" if difference is None else f"differs from the model by {difference:.1e} at most"
        )
        say(f"Saved artifact at '{filepath}' (ONNX opset {receipt.opset}, {checked}).")
    return receipt


def _checked_run(content: bytes) -> Any:
    import onnx  # noqa: PLC0415 (an extra)
    import onnxruntime  # noqa: PLC0415 (an extra)

    try:
        onnx.checker.check_model(content, full_check=True)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        with quiet():
            session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise _cannot_run(error) from error
    names = [one.name for one in session.get_inputs()]

    def run(arrays: list[np.ndarray]) -> list[np.ndarray]:
        try:
            found = session.run(None, dict(zip(names, arrays, strict=True)))
            return [np.asarray(one) for one in found]
        except Exception as error:
            raise _cannot_run(error) from error

    return run


def _cannot_run(error: Exception) -> LayerloomError:
    reason = " ".join(str(error).split())
    return LayerloomError(
        f"onnxruntime cannot run the exported model: {reason[:300]}. Nothing was written.",
        hint="Nodes are called by their layer. Give check=False to write the file for another program.",
    )


def _check_size(model: Any) -> None:
    size = sum(weight.numel() * weight.element_size() for weight in model.weights)
    if size > LARGEST:
        raise LayerloomError(
            f"The weights of model '{model.name}' take {size / 2**30:.1f} GB; a file of ONNX's holds 2 GB.",
            hint="Convert the model to half precision, or export its parts one by one.",
        )


def _sizes(entry: Any) -> tuple[int | str, ...]:
    return tuple(size.dim_param or int(size.dim_value) for size in entry.type.tensor_type.shape.dim)


def _versions(*, checked: bool) -> dict[str, str]:
    import onnx  # noqa: PLC0415 (an extra)
    import onnxscript  # noqa: PLC0415 (an extra)

    versions = {
        "layerloom": __version__,
        "torch": torch.__version__,
        "onnx": onnx.__version__,
        "onnxscript": onnxscript.__version__,
    }
    if checked:
        import onnxruntime  # noqa: PLC0415 (an extra)

        versions["onnxruntime"] = onnxruntime.__version__
    return versions
