"""The part of a generated program that gets the data."""

import ast
from dataclasses import dataclass
from typing import Any

import numpy as np

from graph_compiler.analysis import Analysis, analyze
from graph_compiler.bypassing import without_bypassed
from graph_compiler.checks.endings import compares_classes, wants_class_numbers
from graph_compiler.compile_settings import make_loss
from graph_compiler.document import GraphDocument, SetParam, apply
from graph_compiler.instances import find_spec
from runtime.losses import Loss
from runtime.types import TEXT, Shape

_SIZES = (32, 28, 16, 8, 4, 2, 1)
_TRAIN_ROWS = 256
_TEST_ROWS = 64


@dataclass(frozen=True)
class DataSnippet:
    """Code that makes the arrays a program trains and tests with.

    Args:
        imports: Import lines it needs.
        code: The code, after which the names below are set.
        x_train: Names of the training inputs, one for each input of the model.
        y_train: Names of the training targets, one for each output, or one for all.
        x_test: Names of the test inputs.
        y_test: Names of the test targets.
    """

    imports: tuple[str, ...]
    code: str
    x_train: tuple[str, ...] = ("x_train",)
    y_train: tuple[str, ...] = ("y_train",)
    x_test: tuple[str, ...] = ("x_test",)
    y_test: tuple[str, ...] = ("y_test",)

    @property
    def names(self) -> frozenset[str]:
        """All names the snippet uses, which the layers' variables must leave alone."""
        tree = ast.parse("\n".join((*self.imports, self.code)))
        found: set[str] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                found.add(node.id)
            elif isinstance(node, ast.alias):
                found.add((node.asname or node.name).partition(".")[0])
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                found.add(node.name)
        return frozenset(found | {*self.x_train, *self.y_train, *self.x_test, *self.y_test})


def synthetic_data(document: GraphDocument) -> DataSnippet:
    """Random numbers in the shapes the model wants, so that the program runs before there is real data.

    Args:
        document: A design without errors.

    Returns:
        A snippet that needs nothing but numpy.
    """
    known, analysis = _with_known_sizes(document)
    x = _array_names("x", known, analysis.inputs)
    y = [f"{name}_target" if name in x else name for name in _array_names("y", known, analysis.outputs)]
    lines = [
        "# Random numbers in the shapes of the model: put your own data in their place.",
        "rng = np.random.default_rng(0)",
    ]
    for part, rows in (("train", _TRAIN_ROWS), ("test", _TEST_ROWS)):
        for name, node_id in zip(x, analysis.inputs, strict=True):
            lines.append(f"{name}_{part} = {_samples(known, analysis, node_id, rows)}")
        for name, node_id in zip(y, analysis.outputs, strict=True):
            lines.append(f"{name}_{part} = {_targets(known, analysis, node_id, rows)}")
    return DataSnippet(
        imports=("import numpy as np",),
        code="\n".join(lines),
        x_train=tuple(f"{name}_train" for name in x),
        y_train=tuple(f"{name}_train" for name in y),
        x_test=tuple(f"{name}_test" for name in x),
        y_test=tuple(f"{name}_test" for name in y),
    )


def sample_inputs(document: GraphDocument, rows: int, seed: int) -> list[Any]:
    """Random numbers as a model of the design takes them, one array for each input.

    Args:
        document: A design without errors.
        rows: Samples.
        seed: Makes them repeatable.
    """
    known, analysis = _with_known_sizes(document)
    rng = np.random.default_rng(seed)
    arrays: list[Any] = []
    for node_id in analysis.inputs:
        tensor = next(iter(analysis.shapes[node_id].values()))
        shape = (rows, *(_SIZES[0] if size is None else size for size in tensor.shape[1:]))
        ids = _number_of_ids(known, node_id)
        if tensor.dtype == TEXT:
            arrays.append(np.array(["one", "two"])[rng.integers(2, size=shape)])
        elif ids is None and "float" in tensor.dtype:
            arrays.append(rng.random(shape).astype("float64" if tensor.dtype == "float64" else "float32"))
        else:
            arrays.append(rng.integers(ids or 2, size=shape).astype(tensor.dtype))
    return arrays


def _array_names(letter: str, document: GraphDocument, node_ids: tuple[str, ...]) -> list[str]:
    """The usual letter for one array; several are called after their layers."""
    return [letter] if len(node_ids) == 1 else [document.nodes[node_id].name for node_id in node_ids]


def _with_known_sizes(document: GraphDocument) -> tuple[GraphDocument, Analysis]:
    """The document with a number for each size an input leaves open, the first number that goes."""
    document = without_bypassed(document)
    for size in _SIZES:
        known = _with_size(document, size)
        analysis = analyze(known)
        if analysis.ok:
            return known, analysis
    return document, analyze(document)


def _with_size(document: GraphDocument, unknown: int) -> GraphDocument:
    for node in document.nodes.values():
        spec = find_spec(node.layer)
        if spec is None or not spec.is_source:
            continue
        for param in spec.params:
            value = node.params.get(param.name)
            if param.kind == "shape" and isinstance(value, list) and None in value:
                first = [None] if param.name == "batch_shape" else []
                sizes = [unknown if size is None else size for size in value[len(first) :]]
                edit = SetParam(node=node.id, param=param.name, value=[*first, *sizes])
                document, _ = apply(document, edit)
    return document


def _samples(document: GraphDocument, analysis: Analysis, node_id: str, rows: int) -> str:
    tensor = next(iter(analysis.shapes[node_id].values()))
    shape = _shape(rows, tensor.shape[1:])
    if tensor.dtype == TEXT:
        return f'np.array(["one", "two"])[rng.integers(2, size={shape})]'
    highest = _number_of_ids(document, node_id)
    cast = "" if tensor.dtype == "int64" else f', dtype="{tensor.dtype}"'
    if highest is not None:
        whole = f"rng.integers({highest}, size={shape}"
        return f"{whole}{cast})" if "int" in tensor.dtype else f'{whole}).astype("{tensor.dtype}")'
    if tensor.dtype in ("float32", "float64"):
        return f"rng.random({shape}{cast})"
    return f'rng.integers(2, size={shape}).astype("{tensor.dtype}")'


def _number_of_ids(document: GraphDocument, node_id: str) -> int | None:
    """How many ids there are wherever an input is looked up; None where it is not."""
    sizes: list[int] = []
    for edge in document.edges.values():
        target = document.nodes[edge.target]
        spec = find_spec(target.layer)
        port = spec.port(edge.target_port) if spec else None
        if edge.source == node_id and port is not None and port.whole:
            size = (document.owner_of(target) or target).params.get("input_dim")
            sizes.append(size if isinstance(size, int) else 2)
    return min(sizes, default=None)


def _targets(document: GraphDocument, analysis: Analysis, node_id: str, rows: int) -> str:
    shape = next(iter(analysis.shapes[node_id].values())).shape[1:]
    loss = make_loss(document.compile)
    classes = (shape[-1] if shape else None) or 2
    if wants_class_numbers(loss):
        return f"rng.integers({classes}, size={_shape(rows, shape[:-1])})"
    if compares_classes(loss):
        return f"np.eye({classes})[rng.integers({classes}, size={_shape(rows, shape[:-1])})]"
    if isinstance(loss, Loss) and loss.fuses_with == "sigmoid":
        return f"rng.integers(2, size={_shape(rows, shape)})"
    return f'rng.random({_shape(rows, shape)}, dtype="float32")'


def _shape(rows: int, sample: Shape) -> str:
    sizes = [rows, *(_SIZES[0] if size is None else size for size in sample)]
    return str(sizes[0]) if len(sizes) == 1 else f"({', '.join(map(str, sizes))})"
