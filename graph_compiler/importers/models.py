"""From a model, or from the config of one, to a design."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from graph_compiler.document.values import plain_json
from graph_compiler.importers.arguments import params_of
from graph_compiler.importers.compiling import compile_settings, likely_settings
from graph_compiler.importers.configs import read_steps
from graph_compiler.importers.drawing import Drawing, drawn
from graph_compiler.importers.guarding import in_words, whole_texts
from graph_compiler.importers.result import Imported
from graph_compiler.lowering import lower
from runtime.errors import FileFormatError, LayerloomError, RefusedError
from runtime.layers import Layer
from runtime.layers.learning import LearnsFromData
from runtime.models import Model
from runtime.saving.graph_writing import layer_config
from runtime.saving.memory import MemoryLimit
from runtime.saving.reading import Reading
from runtime.saving.training_settings import compile_config

_WORKING_SPACE = 64 * 2**20


def import_model(model: Model) -> Imported:
    """The design of a model, with its weights.

    Args:
        model: A functional or sequential model; layers of the program's own classes become locked nodes.

    Raises:
        FileFormatError: It is a class of its own, whose code joins the layers.
    """
    try:
        config = layer_config(model)
        learnt = compile_config(model)
    except (NotImplementedError, LayerloomError) as error:
        raise FileFormatError(
            f"Model '{model.name}' cannot be drawn: {error}",
            hint="Only functional and sequential models say how their layers are joined.",
        ) from error
    return with_weights(draw_config(config, Reading(), learnt), model)


def draw_config(config: Any, reading: Reading, learnt: Any = None) -> Drawing:
    """The design of a model's config, without weights; nothing in it is run.

    Args:
        config: {"class_name", "config"} as any Keras since 2.0 writes it.
        reading: The file it stands in.
        learnt: The compile settings in the file, if there are some.

    Raises:
        FileFormatError: It is no model that can be drawn.
    """
    with in_words("The model's config"):
        with MemoryLimit(_WORKING_SPACE, "no layer needs so much before it has weights"):
            try:
                found = read_steps(whole_texts(config), reading)
            except RefusedError as error:
                raise FileFormatError(error.message, hint=error.hint) from error
            last = found.steps[found.outputs[0].step] if len(found.outputs) == 1 else None
            settings = compile_settings(whole_texts(learnt), reading, found.remark) or likely_settings(last)
        return drawn(found, settings)


def with_weights(drawing: Drawing, model: Any) -> Imported:
    """A design with the weights of the model it was made from, and with what its layers have learnt.

    Args:
        drawing: The design of the model's config.
        model: The model.
    """
    document = drawing.document
    nodes = {node.name: node for node in document.nodes.values()}
    weights: dict[str, tuple[Any, ...]] = {}
    for path, layer in layers_by_path(model):
        name = drawing.owners.get(path)
        if name is None or nodes[name].locked:
            continue
        if layer.weights:
            weights[name] = tuple(layer.get_weights())
        if isinstance(layer, LearnsFromData):
            learnt = plain_json(params_of(layer))
            nodes[name] = nodes[name].model_copy(update={"params": learnt})
    document = document.model_copy(update={"nodes": {node.id: node for node in nodes.values()}})
    return Imported(document, weights, drawing.remarks)


def layers_by_path(model: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Layer]]:
    """All layers of a model that are no models themselves, each with the names of the models it is in."""
    for layer in model.layers:
        own = (*path, layer.name)
        if isinstance(layer, Model):
            yield from layers_by_path(layer, own)
        else:
            yield own, layer


def lower_with_weights(imported: Imported) -> Model:
    """The model of an imported design, with the weights that came along.

    Raises:
        CompilationError: The design has errors, such as locked layers.
    """
    return put_weights(lower(imported.document), imported)


def put_weights(model: Any, imported: Imported) -> Any:
    """Gives a model the imported weights that fit: by the names of the layers and the shapes."""
    for layer in model.layers:
        arrays = imported.weights.get(layer.name, ())
        shapes = [tuple(weight.shape) for weight in layer.weights]
        if arrays and shapes == [array.shape for array in arrays]:
            layer.set_weights(list(arrays))
    return model


def remarked(imported: Imported, *texts: str) -> Imported:
    """An import with further remarks."""
    return replace(imported, remarks=(*imported.remarks, *texts))
