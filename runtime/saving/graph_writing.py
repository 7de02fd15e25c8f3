"""Writes functional and sequential models as configs, in the form of Keras 3."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch

from runtime.configurable import to_json
from runtime.errors import GraphError
from runtime.layers import Layer, Operation, registry
from runtime.layers.calls import call_signature
from runtime.saving.custom_objects import get_registered_name
from runtime.saving.reading import model_classes
from runtime.symbolic import KerasTensor, Node, find_symbolic
from runtime.types import Shape

if TYPE_CHECKING:
    from runtime.models.graph import Graph


def layer_config(layer: Layer) -> dict[str, Any]:
    """Class and arguments of a layer, as they stand in a model's config."""
    cls = type(layer)
    name = cls.__name__
    known: Any = model_classes.get(name)
    listed = name in registry.names() and registry.lookup(name) is cls
    ours = known is cls or listed or issubclass(cls, Operation) or "_of_keras" in vars(cls)
    own_module: str | None = getattr(cls, "_file_module", None)
    built = None if ours else layer.get_build_config()
    return {
        "module": (own_module or cls._module) if ours else cls.__module__,
        "class_name": name,
        "config": layer.get_config(),
        "registered_name": None if ours and own_module is None else get_registered_name(cls),
        **({} if built is None else {"build_config": built}),
    }


def short_config(config: dict[str, Any]) -> dict[str, Any]:
    """A model's config as `.h5` files have it: layers are known by class name alone.

    Args:
        config: What `layer_config` returned.
    """
    short = {key: value for key, value in config.items() if key not in ("module", "registered_name")}
    name = config["class_name"]
    if name in registry.names():
        name = getattr(registry.lookup(name), "_class_in_files", "") or name
    short["class_name"] = config.get("registered_name") or name
    inner = config["config"]
    if isinstance(inner.get("layers"), list):
        short["config"] = {**inner, "layers": [short_config(layer) for layer in inner["layers"]]}
    return short


def chain_config(layers: Sequence[Layer], input_shape: Shape | None) -> dict[str, Any]:
    """Layers of a sequential model, and the shape it is built for once that is known.

    Args:
        layers: The layers in order, led by the input layer if there is one.
        input_shape: Shape of the input, batch first.
    """
    config: dict[str, Any] = {"layers": [layer_config(layer) for layer in layers]}
    return config if input_shape is None else {**config, "build_input_shape": list(input_shape)}


def graph_config(graph: "Graph", inputs: Any, outputs: Any) -> dict[str, Any]:
    """Layers, calls, inputs and outputs of a functional model.

    Args:
        graph: The layers and calls.
        inputs: The structure of symbolic tensors the model was given as inputs.
        outputs: The same for the outputs.

    Raises:
        GraphError: An input is the output of some layer.
    """
    middle = next((t for t in graph.inputs if t.node is not None and t.node.arguments), None)
    if middle is not None:
        raise GraphError(
            f"The model begins at the output of a layer ({middle.name}), so no config describes it.",
            hint="Begin it with an Input, and call the layers on that.",
        )
    writer = _Writer(graph)
    return {
        "layers": [writer.layer(layer) for layer in graph.layers],
        "input_layers": writer.ends(inputs),
        "output_layers": writer.ends(outputs),
    }


class _Writer:
    """Knows the place of each call among the calls of its layer in this model."""

    def __init__(self, graph: "Graph") -> None:
        self.calls = {layer: graph.calls_of(layer) for layer in graph.layers}
        self.place = {node: place for calls in self.calls.values() for place, node in enumerate(calls)}

    def layer(self, layer: Layer) -> dict[str, Any]:
        """A layer with its calls."""
        calls = [self.call(node) for node in self.calls[layer] if node.arguments]
        return {**layer_config(layer), "name": layer.name, "inbound_nodes": calls}

    def call(self, node: Node) -> dict[str, Any]:
        """One call: the tensors that must be there go by place, all else by name."""
        if isinstance(node.layer, Operation):
            places, names = node.layer.file_arguments(node.arguments)
            return {"args": self.value(places), "kwargs": self.value(names)}
        arguments = dict(node.arguments)
        signature = call_signature(type(node.layer))
        required = {port.argument for port in signature.spec.inputs if not port.optional}
        args: list[Any] = []
        for name in signature.names:
            if name not in required or not find_symbolic(arguments.get(name)):
                break
            args.append(self.value(arguments.pop(name)))
        return {"args": args, "kwargs": {name: self.value(value) for name, value in arguments.items()}}

    def value(self, value: Any) -> Any:
        """An argument of a call."""
        if isinstance(value, KerasTensor):
            return {
                "class_name": "__keras_tensor__",
                "config": {
                    "shape": list(value.shape),
                    "dtype": value.dtype,
                    "keras_history": self.history(value),
                },
            }
        if isinstance(value, dict):
            return {str(key): self.value(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(item) for item in value]
        if isinstance(value, slice):
            ends = {"start": value.start, "stop": value.stop, "step": value.step}
            return {"class_name": "__slice__", "config": ends}
        if value is ...:
            return {"class_name": "__ellipsis__", "config": {}}
        if isinstance(value, torch.Tensor):
            dtype = str(value.dtype).rpartition(".")[2]
            return {"class_name": "__numpy__", "config": {"value": value.tolist(), "dtype": dtype}}
        return to_json(value)

    def history(self, tensor: KerasTensor) -> list[Any]:
        """Which output of which call of which layer a tensor is."""
        assert tensor.node is not None
        return [tensor.node.layer.name, self.place[tensor.node], tensor.index]

    def ends(self, tensors: Any) -> Any:
        """Histories of the inputs or outputs, in their structure.

        Keras counts here (and only here) the making of a nested functional model as its first call.
        """
        if isinstance(tensors, dict):
            return {name: self.ends(tensor) for name, tensor in tensors.items()}
        if isinstance(tensors, list | tuple):
            return [self.ends(tensor) for tensor in tensors]
        name, place, index = self.history(tensors)
        assert tensors.node is not None
        return [name, place + isinstance(tensors.node.layer, model_classes["Functional"]), index]
