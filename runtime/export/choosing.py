"""`Model.export`: one door to all formats, which says what to do where there is none."""

import os
from collections.abc import Callable
from inspect import signature
from typing import Any

from runtime.errors import LayerloomError, ParameterError, UnknownNameError, did_you_mean
from runtime.export.onnx_file import export_onnx
from runtime.export.receipt import ExportReceipt
from runtime.export.torch_file import export_torch

_FORMATS: dict[str, Callable[..., ExportReceipt]] = {"onnx": export_onnx, "torch": export_torch}
_ELSEWHERE = {
    "tf_saved_model": "TensorFlow writes its own format: save the model as a .keras file, open it in Keras "
    "on TensorFlow and export it there.",
    "openvino": "OpenVINO opens files of ONNX's: take format='onnx'.",
    "litert": "Save the model as a .keras file, open it in Keras and export it there; or take format='onnx'.",
}
"""Formats of Keras's that are not written here → what to do instead."""


def export_model(model: Any, filepath: str | os.PathLike[str], format: str, **options: Any) -> ExportReceipt:
    """Writes what a model computes for another program.

    Args:
        model: The model.
        filepath: The file.
        format: "onnx" or "torch".
        **options: Arguments of `export_onnx` or `export_torch`.

    Raises:
        LayerloomError: The format is not written here, or the model cannot be said in it.
        UnknownNameError: There is no such format.
        ParameterError: There is no such option.
    """
    if format in _ELSEWHERE:
        raise LayerloomError(f"Models are not exported as {format!r} here.", hint=_ELSEWHERE[format])
    if format not in _FORMATS:
        raise UnknownNameError("export format", format, _FORMATS)
    export = _FORMATS[format]
    known = [name for name in signature(export).parameters if name not in ("model", "filepath")]
    for name, value in options.items():
        if name not in known:
            near = did_you_mean(name, known)
            raise ParameterError(
                f"export(format={format!r}) has no argument {name!r}.",
                parameter=name,
                received=value,
                hint=f"Did you mean {near[0]!r}?" if near else f"It takes {', '.join(known)}.",
            )
    return export(model, filepath, **options)
