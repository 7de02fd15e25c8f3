"""Says operations of a traced graph in words that ONNX has, where torch's translation knows others only."""

from typing import Any

import torch

_aten = torch.ops.aten


def reword(program: torch.export.ExportedProgram) -> None:
    """Replaces operations of a graph by others that compute the same and can be translated.

    Args:
        program: The graph; it is changed.
    """
    graph = program.graph_module.graph
    for node in list(graph.nodes):
        if node.op == "call_function":
            _promote(graph, node)
            _REWORDED.get(node.target, _leave)(graph, node)
    graph.lint()
    program.graph_module.recompile()


def _leave(graph: torch.fx.Graph, node: torch.fx.Node) -> None:
    del graph, node


def _promote(graph: torch.fx.Graph, node: torch.fx.Node) -> None:
    """ONNX computes with numbers of one type; torch has already said which one the result has."""
    result = node.meta.get("val")
    if node.target not in _OF_ONE_TYPE or not isinstance(result, torch.Tensor):
        return
    for place, given in enumerate(node.args):
        value = given.meta.get("val") if isinstance(given, torch.fx.Node) else None
        if isinstance(value, torch.Tensor) and value.dtype != result.dtype:
            with graph.inserting_before(node):
                cast = graph.call_function(_aten.to.dtype, (given, result.dtype))
            cast.meta = {**node.meta, "val": value.to(result.dtype)}
            node.update_arg(place, cast)


def _sort(graph: torch.fx.Graph, node: torch.fx.Node) -> None:
    """ONNX's TopK keeps the order of equal numbers in any case; onnxruntime has it for few element types."""
    given: Any = node.args[0]
    value = given.meta["val"]
    narrow = value.dtype in (torch.bool, torch.uint8, torch.int8, torch.int16)
    if narrow and node.target is _aten.argsort.stable:
        with graph.inserting_before(node):
            given = graph.call_function(_aten.to.dtype, (given, torch.int32))
        given.meta = {**node.meta, "val": value.to(torch.int32)}
    settings = {name: setting for name, setting in node.kwargs.items() if name != "stable"}
    node.args, node.kwargs = (given, *node.args[1:]), settings
    node.target = _aten.argsort.default if node.target is _aten.argsort.stable else _aten.sort.default


def _clamp(graph: torch.fx.Graph, node: torch.fx.Node) -> None:
    """Bounds of different types, as in clamp(0, 1.5), are taken for tensors on the way."""
    del graph
    value = node.args[0]
    if isinstance(value, torch.fx.Node) and value.meta["val"].is_floating_point():
        node.args = (value, *map(_as_float, node.args[1:]))
        node.kwargs = {name: _as_float(bound) for name, bound in node.kwargs.items()}


def _as_float(bound: Any) -> Any:
    return float(bound) if isinstance(bound, int) else bound


_OF_ONE_TYPE = {
    getattr(_aten, name).Tensor
    for name in ("add", "sub", "subtract", "mul", "multiply", "div", "divide", "true_divide")
} | {_aten.maximum.default, _aten.minimum.default, _aten.pow.Tensor_Tensor}
_REWORDED = {
    _aten.argsort.stable: _sort,
    _aten.sort.stable: _sort,
    _aten.clamp.default: _clamp,
}
