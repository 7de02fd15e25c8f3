"""Makes models like others: copies with new weights, and models described by JSON."""

from collections.abc import Callable
from typing import Any

from runtime.errors import GraphError
from runtime.layers import InputLayer, Layer
from runtime.models.functional import Functional
from runtime.models.sequential import Sequential
from runtime.saving.json_text import parse_json
from runtime.saving.memory import MemoryLimit, usable_memory
from runtime.saving.reading import Reading, read_layer
from runtime.saving.versions import major, written_by
from runtime.symbolic import KerasTensor, find_symbolic


def model_from_json(json_string: str, custom_objects: dict[str, Any] | None = None) -> Any:
    """Makes the model that `to_json` described, with new weights.

    Args:
        json_string: The description, as this package or any Keras since 2.0 writes it.
        custom_objects: Classes and functions of your own, by the names the description has for them.

    Raises:
        FileFormatError: The description is wrong.
        RefusedError: It names something that is not known, or would run code.
    """
    return model_from_config(parse_json(json_string, "The model's description"), custom_objects)


def model_from_config(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
    """Makes a model from its class name and config, with new weights.

    Args:
        config: {"class_name", "config"}.
        custom_objects: Classes and functions of your own, by the names the config has for them.

    Raises:
        FileFormatError: The config is wrong.
        RefusedError: It names something that is not known, or would run code.
    """
    version = config.get("keras_version") if isinstance(config, dict) else None
    reading = Reading(custom_objects or {}, keras_version=major(version, otherwise=3))
    with written_by(version), MemoryLimit(usable_memory(), "this machine has not the memory for it"):
        return read_layer(config, reading)


def clone_model(
    model: Any,
    input_tensors: Any = None,
    clone_function: Callable[[Layer], Layer] | None = None,
    call_function: Callable[..., Any] | None = None,
    recursive: bool = False,
) -> Any:
    """Makes a model of equal layers with the same names and new weights, compiled alike.

    Args:
        model: A functional or sequential model; one of a class of your own is made anew from its config.
        input_tensors: Symbolic tensors to build it on in place of inputs of its own.
        clone_function: Makes the copy of a layer; by default from its config.
        call_function: Calls the copy of a layer: a function of it and of the arguments of the call. For
            functional models.
        recursive: True copies models inside layer by layer, too.

    Raises:
        GraphError: An argument does not go with such a model.
    """
    copies: dict[int, Layer] = {}

    def copy(layer: Layer) -> Layer:
        if id(layer) not in copies:
            copies[id(layer)] = made(layer)
        return copies[id(layer)]

    def made(layer: Layer) -> Layer:
        if recursive and isinstance(layer, Sequential):
            return clone_model(layer, clone_function=clone_function, recursive=True)
        if recursive and isinstance(layer, Functional):
            return clone_model(
                layer, clone_function=clone_function, call_function=call_function, recursive=True
            )
        if clone_function is not None:
            return clone_function(layer)
        if isinstance(layer, Sequential | Functional):
            return clone_model(layer)
        return type(layer).from_config(layer.get_config())

    if isinstance(model, Sequential):
        _refuse_for(model, call_function=call_function)
        layers = [copy(layer) for layer in model.layers]
        start = find_symbolic(input_tensors)
        if not start and model.built:
            start = [_new_input(model.inputs[0])]
        clone: Any = Sequential([*start, *layers], name=model.name, trainable=model.trainable)
    elif isinstance(model, Functional):
        call = call_function or (lambda layer, *args, **kwargs: layer(*args, **kwargs))
        clone = _clone_graph(model, find_symbolic(input_tensors), copy, call)
    else:
        _refuse_for(
            model, clone_function=clone_function, input_tensors=input_tensors, call_function=call_function
        )
        return _again(model)
    if model.compiled:
        clone.compile_from_config(model.get_compile_config())
    return clone


def _refuse_for(model: Any, **arguments: Any) -> None:
    given = next((name for name, value in arguments.items() if value is not None), None)
    if given is not None:
        own = "a class of its own" if not isinstance(model, Sequential) else "a sequential one"
        raise GraphError(
            f"clone_model({given}=…) does not go with model '{model.name}', which is {own}.",
            hint="Use it for functional models." if given == "call_function" else "Leave it out.",
        )


def _again(model: Any) -> Any:
    """A model of one's own class, made anew from its config and built for the same shapes."""
    clone = type(model).from_config(model.get_config())
    shapes = model.get_build_config()
    if shapes and not clone.built:
        clone.build_from_config(shapes)
    if model.compiled:
        clone.compile_from_config(model.get_compile_config())
    return clone


def _clone_graph(
    model: Functional,
    inputs: list[KerasTensor],
    copy: Callable[[Layer], Layer],
    call: Callable[..., Any],
) -> Functional:
    inputs = inputs or [_new_input(tensor) for tensor in model.inputs]
    if len(inputs) != len(model.inputs):
        raise GraphError(
            f"clone_model got {len(inputs)} input_tensors, but model '{model.name}' has {len(model.inputs)} "
            "inputs.",
            hint="Give one for each.",
        )
    tensors = {id(old): new for old, new in zip(model.inputs, inputs, strict=True)}
    layers = {layer: copy(layer) for layer in model.graph.layers if layer.output not in model.inputs}

    def moved(value: Any) -> Any:
        if isinstance(value, KerasTensor):
            return tensors[id(value)]
        if isinstance(value, dict):
            return {key: moved(item) for key, item in value.items()}
        return [moved(item) for item in value] if isinstance(value, list | tuple) else value

    for node in model.graph.nodes:
        if id(node.outputs[0]) not in tensors:
            outputs = find_symbolic(call(layers[node.layer], **moved(node.arguments)))
            tensors |= {id(old): new for old, new in zip(node.outputs, outputs, strict=True)}
    return Functional(moved(model.input), moved(model.output), name=model.name, trainable=model.trainable)


def _new_input(tensor: KerasTensor) -> KerasTensor:
    name = tensor.node.layer.name if tensor.node is not None else None
    return InputLayer.from_config({"batch_shape": tensor.shape, "dtype": tensor.dtype, "name": name}).output
