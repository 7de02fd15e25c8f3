"""From a graph of torch's operations to a model in ONNX, with the names of the model in it."""

import ast
import importlib.util
import re
from collections.abc import Generator, Iterable
from typing import Any

import torch

from runtime.errors import LayerloomError
from runtime.export.blame import layer_of, named_in
from runtime.export.quiet import quiet
from runtime.export.recurrence import translations
from runtime.export.signature import Signature, unique_names
from runtime.export.tracing import open_names
from runtime.export.wording import reword
from runtime.release import __version__
from runtime.saving.h5_writing import KERAS_VERSION

_PLACEHOLDER = "exported_output_"
NEEDED = ("onnx", "onnxscript", "onnxruntime")


def check_installed(names: Iterable[str]) -> None:
    """Raises unless these packages can be imported.

    Raises:
        LayerloomError: One is missing.
    """
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing:
        raise LayerloomError(
            f"Writing ONNX needs more than is installed here: {', '.join(missing)}.",
            hint='Install it: pip install "layerloom[onnx]".',
        )


def translated(
    program: torch.export.ExportedProgram, signature: Signature, names: list[str], opset: int | None
) -> Any:
    """The model in ONNX, as onnx's `ModelProto`.

    Args:
        program: The graph; it is changed.
        signature: Its inputs.
        names: Names of its outputs.
        opset: Version of ONNX's operations; None for the one torch writes best.

    Raises:
        LayerloomError: ONNX has no words for what a layer does, or not in this version.
    """
    placeholders = [f"{_PLACEHOLDER}{place}" for place in range(len(names))]
    words = open_names(program, signature)
    try:
        with quiet():
            reword(program)
            found = torch.onnx.export(
                program,
                input_names=[one.name for one in signature.inputs],
                output_names=placeholders,
                opset_version=opset,
                custom_translation_table=translations(opset),
                dynamo=True,
                verbose=False,
            )
            assert found is not None
            proto = found.model_proto
            written = next(entry.version for entry in proto.opset_import if entry.domain == "")
            if opset not in (None, written):
                raise ValueError(f"torch writes version {written} in its place")
    except Exception as error:
        raise LayerloomError(
            f"{_capital(layer_of(error)) or 'A part of the model'} cannot be said in ONNX"
            f"{'' if opset is None else f' (opset {opset})'}: {_reason(error)}.",
            hint="Export a model without it, or keep to .h5 and .keras files."
            if opset is None
            else "Leave opset_version out, to get the version that says most.",
        ) from error
    _name_values(proto.graph, [one.name for one in signature.inputs], placeholders, names)
    _name_sizes(proto.graph, words)
    _name_nodes(proto.graph)
    return proto


def sign(proto: Any, model_name: str) -> None:
    """Says in the file who wrote it, and with what."""
    proto.producer_name, proto.producer_version = "layerloom", __version__
    proto.graph.name = model_name
    del proto.metadata_props[:]
    told = {"keras_version": KERAS_VERSION, "backend": "torch", "torch_version": torch.__version__}
    for key, value in told.items():
        entry = proto.metadata_props.add()
        entry.key, entry.value = key, value


def _name_values(graph: Any, inputs: list[str], placeholders: list[str], outputs: list[str]) -> None:
    """Gives outputs their names; values inside that have one of these by chance get another."""
    new = dict(zip(placeholders, unique_names(outputs, set(inputs)), strict=True))
    taken = {*inputs, *new.values()}
    inside = {name for node in graph.node for name in node.output} | {one.name for one in graph.initializer}
    inside -= {*inputs, *placeholders}
    for name in inside & taken:
        new[name] = unique_names([f"{name}_value"], inside | taken)[0]
    for entries in (graph.initializer, graph.value_info, graph.output):
        for entry in entries:
            entry.name = new.get(entry.name, entry.name)
    for node in _all_nodes(graph):
        for names in (node.input, node.output):
            names[:] = [new.get(name, name) for name in names]


def _name_sizes(graph: Any, words: dict[str, str]) -> None:
    """Open sizes are called by words in place of torch's letters; what is computed of them by its place."""
    for entry in (*graph.input, *graph.output, *graph.value_info):
        for axis, size in enumerate(entry.type.tensor_type.shape.dim):
            if size.dim_param:
                size.dim_param = words.get(size.dim_param, f"{entry.name}_axis_{axis}")


def _name_nodes(graph: Any) -> None:
    """Calls each node by the layer it comes from, and takes out the paths of this machine."""
    taken: set[str] = set()
    for node in _all_nodes(graph):
        layer = ""
        for entry in node.metadata_props:
            if entry.key == "pkg.torch.onnx.name_scopes":
                for path in ast.literal_eval(entry.value)[:-1]:
                    layer = named_in(path) or layer
        (node.name,) = unique_names([f"{layer}/{node.op_type}" if layer else node.op_type], taken)
        taken.add(node.name)
        del node.metadata_props[:]
        node.doc_string = ""
    for entries in (graph.initializer, graph.value_info, graph.input, graph.output):
        for entry in entries:
            del entry.metadata_props[:]
            entry.doc_string = ""


def _all_nodes(graph: Any) -> Generator[Any]:
    """Nodes of a graph and of the graphs inside of them."""
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _all_nodes(attribute.g)


def _reason(error: BaseException) -> str:
    """The innermost error, in one line."""
    one = error
    while one.__cause__ is not None:
        one = one.__cause__
    text = re.sub(r"\x1b\[\d+m", "", str(one)).strip().splitlines()
    return (text[0] if text else type(one).__name__)[:200].rstrip(".")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
