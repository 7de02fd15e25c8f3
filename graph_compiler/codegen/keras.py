"""A document as a Keras program: what a good teacher would write on the board."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from graph_compiler.analysis import Analysis, analyze
from graph_compiler.bypassing import without_bypassed
from graph_compiler.codegen.adapting import (
    LEARNT_ROWS,
    adapted,
    layer_variables,
    learning_nodes,
    rows_to_learn_from,
)
from graph_compiler.codegen.data_snippet import DataSnippet, synthetic_data
from graph_compiler.codegen.expressions import (
    WIDTH,
    Expression,
    call,
    called,
    flat,
    keyword,
    layout,
    list_of,
    text,
)
from graph_compiler.codegen.functions import function_call
from graph_compiler.codegen.headings import heading
from graph_compiler.codegen.sequential import is_chain, sequential_model
from graph_compiler.codegen.statements import as_comment
from graph_compiler.codegen.values import constructor_arguments, is_default, literal, made, parameter_value
from graph_compiler.codegen.variables import Variables, choose_variables
from graph_compiler.compile_settings import SCHEDULES, Part, class_of, optimizer_arguments
from graph_compiler.document import CompileSettings, Configured, GraphDocument, Node
from graph_compiler.instances import find_spec
from graph_compiler.lowering import CompilationError, model_name
from graph_compiler.operations import is_function, uses_functions
from graph_compiler.wiring import Wiring
from runtime.configurable import constructor_parameters
from runtime.errors import ExportError
from runtime.layers.parameters import find_registry
from runtime.layers.spec import LayerSpec
from runtime.types import Shape

Style = Literal["functional", "sequential", "auto"]
"""How a program puts layers together."""

_RESERVED = frozenset({"keras", "layers", "model", "ops", "os", "results"})
_NOT_FOUND: dict[Part, frozenset[str]] = {
    "optimizers": frozenset({"Lamb", "adam_w", "lamb", "rm_sprop", "schedule_free_adam_w"}),
    "losses": frozenset(
        {
            "CategoricalGeneralizedCrossEntropy",
            "categorical_generalized_cross_entropy",
            "cosine_proximity",
            "kullback_leibler_divergence",
            "logcosh",
        }
    ),
    "metrics": frozenset(
        {
            "KLD",
            "RMSE",
            "binary_focal_crossentropy",
            "categorical_focal_crossentropy",
            "huber",
            "kld",
            "log_cosh",
            "logcosh",
            "rmse",
        }
    ),
}
"""Names of a design that Keras 3 does not find when it is given them as text."""
_BACKEND = (
    "# Keras computes with another library: torch, jax or tensorflow.",
    'os.environ.setdefault("KERAS_BACKEND", "torch")',
)


def keras_code(
    document: GraphDocument,
    data: DataSnippet | None = None,
    *,
    file_format: Literal["keras", "h5"] = "keras",
    style: Style = "functional",
) -> str:
    """Writes the program that makes, trains, tests and saves the model.

    Args:
        document: A design without errors.
        data: How the program gets its data; None for random numbers in the right shapes.
        file_format: Ending of the file the program saves.
        style: "sequential" lists the layers, "functional" calls them one by one; "auto" lists them where
            the design is a chain.

    Returns:
        A Python program that runs as it is under Keras 3.

    Raises:
        CompilationError: The document has errors.
        ExportError: It is no chain, and the style is "sequential".
    """
    sections = keras_sections(document, data, file_format=file_format, style=style)
    return "\n\n".join("\n".join(lines) for lines in sections.values() if lines) + "\n"


def keras_sections(
    document: GraphDocument,
    data: DataSnippet | None = None,
    *,
    file_format: Literal["keras", "h5"] = "keras",
    style: Style = "functional",
) -> dict[str, list[str]]:
    """The lines of the program by what they are for; the arguments are those of `keras_code`."""
    document = without_bypassed(document)
    analysis = analyze(document)
    if not analysis.ok:
        raise CompilationError(document, analysis.errors)
    data = data or synthetic_data(document)
    learning = learning_nodes(document, analysis)
    reserved = _RESERVED | data.names | ({LEARNT_ROWS} if learning else set())
    variables = choose_variables(document, analysis, reserved)
    apart = list(dict.fromkeys([*learning, *_owners(document)]))
    layer_names = layer_variables(document, apart, {*variables.values(), *reserved})
    chain = style != "functional" and is_chain(document, analysis)
    if style == "sequential" and not chain:
        raise ExportError(
            "This design is no chain of layers, which is what Sequential takes.",
            hint="Export it in functional style.",
        )
    if chain:
        layers, model = [], sequential_model(document, analysis, _made, _shown)
    else:
        layers = _layers(document, analysis, variables, data, layer_names, learning)
        model = _model(document, analysis, variables)
    return {
        "heading": [heading(document, analysis, "Keras")],
        "imports": _imports(data, uses_functions(document)),
        "seed": _seed(document),
        "data": [data.code.strip()],
        "rows": rows_to_learn_from(document, data) if learning else [],
        "layers": layers,
        "model": model,
        "training": _training(document, data, len(analysis.outputs)),
        "testing": _testing(document, data, len(analysis.outputs), file_format),
    }


def _imports(data: DataSnippet, functions: bool) -> list[str]:
    """Python's own modules, then the backend, which Keras reads at its import, then the libraries."""
    from_keras = "from keras import layers, ops" if functions else "from keras import layers"
    lines = {"import os", "import keras", from_keras, *data.imports} - {""}
    own = {line for line in lines if line.split()[1].partition(".")[0] in sys.stdlib_module_names}
    return [*_sorted_imports(own), "", *_BACKEND, "", *_sorted_imports(lines - own)]


def _sorted_imports(lines: Iterable[str]) -> list[str]:
    """Plain imports first, each kind by name."""
    return sorted(lines, key=lambda line: (line.startswith("from "), line))


def _seed(document: GraphDocument) -> list[str]:
    seed = document.training.seed
    if seed is None:
        return []
    return ["# The same random numbers in each run.", f"keras.utils.set_random_seed({seed})"]


def _layers(
    document: GraphDocument,
    analysis: Analysis,
    variables: Variables,
    data: DataSnippet,
    layer_names: Mapping[str, str],
    learning: Sequence[str],
) -> list[str]:
    lines = ["# The layers; behind each, the shape that comes out of it."]
    wiring = Wiring(document)
    made: set[str] = set()
    for node_id in analysis.order:
        node = document.nodes[node_id]
        owner = document.owner_of(node) or node
        lines += as_comment(node.note)
        ports = analysis.shapes[node_id]
        names = ", ".join(variables[node_id, port] for port in ports)
        shapes = ", ".join(_shown(spec.shape) for spec in ports.values())
        if owner.id in layer_names:
            layer = layer_names[owner.id]
            if owner.id not in made:
                made.add(owner.id)
                lines.append(f"{layer} = {layout(_made(owner), before=len(layer) + 3)}")
            if node_id in learning:
                lines += adapted(layer, node_id, document, analysis, variables, data)
            expression = called(text(layer), _call_arguments(_spec(node), node, wiring, variables))
        else:
            expression = _made_and_called(node, wiring, variables)
        lines += _assignment(names, expression, shapes)
    return lines


def _owners(document: GraphDocument) -> list[str]:
    """The nodes whose layers other nodes call once more."""
    owners = [document.owner_of(node) for node in document.nodes.values() if node.shares]
    return [owner.id for owner in owners if owner is not None]


def _assignment(names: str, expression: Expression, comment: str) -> list[str]:
    """`names = expression  # comment`, the comment above where it has no room behind."""
    whole = f"{names} = {flat(expression)}  # {comment}"
    if len(whole) <= WIDTH:
        return [whole]
    broken = f"{names} = {layout(expression, before=len(names) + 3)}"
    if len(broken.partition("\n")[0]) > WIDTH >= len(flat(expression)) + 4:
        # Two long names: the expression gets lines of its own.
        broken = f"{names} = (\n    {flat(expression)}\n)"
    return [f"# {comment}", broken]


def _shown(shape: Shape) -> str:
    sizes = ["batch" if size is None and not place else str(size) for place, size in enumerate(shape)]
    return f"({', '.join(sizes)}{',' * (len(sizes) == 1)})"


def _made_and_called(node: Node, wiring: Wiring, variables: Variables) -> Expression:
    spec, made = _spec(node), _made(node)
    if is_function(spec):
        return function_call(spec, node, wiring, variables)
    return made if spec.is_source else called(made, _call_arguments(spec, node, wiring, variables))


def _spec(node: Node) -> LayerSpec:
    spec = find_spec(node.layer)
    if spec is None:
        raise ValueError(f"There is no layer {node.layer!r}.")
    return spec


def _made(node: Node) -> Expression:
    """The layer itself."""
    spec = _spec(node)
    return call(spec.constructor, constructor_arguments(spec, node.params, node.name))


def _call_arguments(
    spec: LayerSpec, node: Node, wiring: Wiring, variables: Variables
) -> Iterable[Expression]:
    """Required tensors by place, optional tensors and settings by name."""
    wires: dict[str, Expression] = {}
    for port in spec.inputs:
        edges = wiring.incoming[node.id].get(port.name, ())
        tensors = [text(variables[edge.source, edge.source_port]) for edge in edges]
        if tensors:
            wires[port.name] = list_of(tensors) if port.variadic else tensors[0]
    required = {port.argument for port in spec.inputs if not port.optional}
    for name, value in spec.call_arguments(wires).items():
        tensor = list_of(value) if isinstance(value, list) else value
        yield tensor if name in required else keyword(name, tensor)
    for setting in spec.settings:
        if setting.name in node.settings and not is_default(setting, node.settings[setting.name]):
            yield keyword(setting.name, parameter_value(setting, node.settings[setting.name]))


def _model(document: GraphDocument, analysis: Analysis, variables: Variables) -> list[str]:
    def ends(node_ids: Sequence[str]) -> Expression:
        first = [text(variables[key, next(iter(analysis.shapes[key]))]) for key in node_ids]
        return first[0] if len(first) == 1 else list_of(first)

    made = call(
        "keras.Model",
        [
            keyword("inputs", ends(analysis.inputs)),
            keyword("outputs", ends(analysis.outputs)),
            keyword("name", literal(model_name(document))),
        ],
    )
    return [f"model = {layout(made, before=8)}", "model.summary()"]


def _training(document: GraphDocument, data: DataSnippet, outputs: int) -> list[str]:
    compile_settings, training = document.compile, document.training
    given = compile_settings.metric_params
    metrics = [_part("metrics", name, given.get(name) or {}) for name in compile_settings.metrics]
    # One list of metrics serves one output; with several outputs Keras wants a list for each.
    wanted = list_of(metrics) if outputs == 1 else list_of([list_of(metrics)] * outputs)
    compiled = call(
        "model.compile",
        [
            keyword("optimizer", _optimizer(compile_settings)),
            keyword("loss", _part("losses", compile_settings.loss, compile_settings.loss_params)),
            *([keyword("metrics", wanted)] if metrics else []),
        ],
    )
    fitted = call(
        "model.fit",
        [
            _arrays(data.x_train),
            _arrays(data.y_train, outputs),
            keyword("epochs", literal(training.epochs)),
            keyword("batch_size", literal(training.batch_size)),
            *(
                [keyword("validation_split", literal(training.validation_split))]
                * (training.validation_split > 0)
            ),
            *([keyword("shuffle", literal(False))] * (not training.shuffle)),
            *(
                [keyword("callbacks", list_of(map(_callback, training.callbacks)))]
                if training.callbacks
                else []
            ),
        ],
    )
    return ["# Training: the optimizer makes the loss small, step by step.", layout(compiled), layout(fitted)]


def _optimizer(settings: CompileSettings) -> Expression:
    """The optimizer's name; the object with its learning rate where a parameter is not the default.

    The object, too, where Keras does not find the name.
    """
    cls = find_registry("optimizers").lookup(settings.optimizer)
    defaults = constructor_parameters(cls)  # type: ignore[arg-type]
    arguments = optimizer_arguments(settings)
    is_found = settings.optimizer not in _NOT_FOUND["optimizers"]
    if is_found and all(defaults[name].default == value for name, value in arguments.items()):
        return literal(settings.optimizer)
    given: dict[str, Any] = {
        name: value
        for name, value in arguments.items()
        if name == "learning_rate" or defaults[name].default != value
    }
    return call(
        f"keras.optimizers.{cls.__name__}",
        [
            keyword(
                name,
                made(SCHEDULES, value) if name == "learning_rate" and settings.schedule else literal(value),
            )
            for name, value in given.items()
        ],
    )


def _part(part: Part, name: str, params: Mapping[str, Any]) -> Expression:
    """The name of a loss or a metric; the object where it has parameters or Keras does not find the name."""
    if not params and name not in _NOT_FOUND[part]:
        return literal(name)
    cls = class_of(part, name)
    if cls is None:
        return text(f"keras.{part}.{find_registry(part).lookup(name).__name__}")
    return made(part, {"class_name": cls.__name__, "config": params})


def _callback(settings: Configured) -> Expression:
    return made("callbacks", {"class_name": settings.name, "config": settings.params})


def _testing(document: GraphDocument, data: DataSnippet, outputs: int, file_format: str) -> list[str]:
    tested = call(
        "model.evaluate",
        [_arrays(data.x_test), _arrays(data.y_test, outputs), keyword("return_dict", literal(True))],
    )
    return [
        "# Testing on data the model has never seen, and saving what it has learned.",
        f"results = {layout(tested, before=10)}",
        "print(results)",
        f'model.save("{model_name(document)}.{file_format}")',
    ]


def _arrays(names: Sequence[str], wanted: int = 1) -> Expression:
    """One array by its name, several as a list; one array for several outputs is given to each."""
    if len(names) == 1 and wanted > 1:
        names = [names[0]] * wanted
    arrays = [text(name) for name in names]
    return arrays[0] if len(arrays) == 1 else list_of(arrays)
