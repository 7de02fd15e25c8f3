"""`Functional`: a model described by symbolic tensors from inputs to outputs."""

from collections.abc import Callable
from typing import Any, ClassVar, Self

import torch

from runtime.data.nested import flatten
from runtime.errors import DataError, GraphError, ShapeError
from runtime.layers import Layer, Operation
from runtime.layers.calls import call_signature
from runtime.layers.context import context
from runtime.layers.precision import policies
from runtime.layers.texts import as_texts, is_list_of_texts
from runtime.models.graph import Graph, trace_graph
from runtime.models.model import Model
from runtime.models.program import Plans, Program, compile_program, is_quiet
from runtime.naming import module_name
from runtime.saving.graph_reading import read_graph
from runtime.saving.graph_writing import graph_config
from runtime.saving.reading import Reading, model_class
from runtime.symbolic import KerasTensor, find_symbolic
from runtime.types import TEXT, TensorSpec, show_shape


@model_class("Functional", "Model")
class Functional(Model):
    """A model made of the layers between its inputs and outputs.

    Args:
        inputs: One symbolic tensor, or a list or dict of them.
        outputs: One symbolic tensor, or a list or dict of them.
        name: Name of the model.
    """

    supports_mask = True
    takes_other_sizes = False
    """True if only the number of axes of the inputs is checked: nobody has stated their sizes."""
    _file_module: ClassVar[str] = "keras.src.models.functional"

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None, **kwargs: Any) -> None:
        Layer.__init__(self, name=name, **kwargs)
        # Each input gets the element type that its Input states, each layer casts for itself.
        self.autocast = False
        self._input_structure = inputs
        self._output_structure = outputs
        self._output_template = outputs
        for value, what in ((inputs, "inputs"), (outputs, "outputs")):
            if not find_symbolic(value):
                raise GraphError(
                    f"Model({what}=…) got {value!r}, which is no symbolic tensor.",
                    hint="Give what Input() and the layers called on it return.",
                )
        self.graph = trace_graph(find_symbolic(inputs), find_symbolic(outputs))
        for layer in self.graph.layers:
            self._modules[module_name(self, layer.name)] = layer
        self._programs = Plans()
        self._programs_of = policies["changes"]
        self.built = True

    def build(self, input_shape: Any) -> None:
        """Does nothing: the layers were built when the model was described."""
        del input_shape

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic inputs, in order."""
        return self.graph.inputs

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic outputs, in order."""
        return self.graph.outputs

    @property
    def input(self) -> Any:
        """The symbolic input, or the list or dict of them, as the model was given it."""
        return self._input_structure

    @property
    def output(self) -> Any:
        """The symbolic output, or the list or dict of them, as the model was given it."""
        return self._output_structure

    @property
    def input_names(self) -> list[str]:
        """Names of the inputs, by which a dict of data is matched."""
        if isinstance(self._input_structure, dict):
            return sorted(self._input_structure, key=str)
        return [tensor.node.layer.name for tensor in self.inputs if tensor.node]

    @property
    def output_names(self) -> list[str]:  # type: ignore[override]
        """Names of the layers the outputs come from, by which losses and metrics are matched."""
        if isinstance(self._output_structure, dict):
            return sorted(self._output_structure, key=str)
        return [tensor.node.layer.name for tensor in self.outputs if tensor.node]

    @property
    def input_shape(self) -> Any:
        """Shape of the input, or the list of them."""
        shapes = [tensor.shape for tensor in self.inputs]
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def output_shape(self) -> Any:
        """Shape of the output, or the list of them."""
        shapes = [tensor.shape for tensor in self.outputs]
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def layers(self) -> list[Layer]:
        """All layers, inputs included, those farthest from the output first; signs such as + are none."""
        return [layer for layer in self.graph.layers if not isinstance(layer, Operation)]

    def get_config(self) -> dict[str, Any]:
        """Layers, their calls, inputs and outputs, in the form of Keras 3."""
        graph = graph_config(self.graph, self._input_structure, self._output_structure)
        return {"name": self.name, "trainable": self._trainable, **graph}

    @classmethod
    def read_config(cls, config: Any, reading: Reading) -> Self:
        """Makes the model that a config in a file describes."""
        inputs, outputs = read_graph(config, reading)
        return cls(inputs, outputs, name=config.get("name"), trainable=config.get("trainable") is not False)

    def _apply(self, fn: Callable[[torch.Tensor], torch.Tensor], recurse: bool = True) -> Self:
        super()._apply(fn, recurse)
        convert_graph(self.graph, fn)
        return self

    def output_spec(
        self, ports: dict[str, Any], settings: dict[str, Any] | None = None
    ) -> dict[str, TensorSpec]:
        """Shapes of the outputs for other shapes of the inputs, such as another batch size."""
        del settings
        given = ports["inputs"]
        specs = given if isinstance(given, list) else [given]
        known: dict[int, TensorSpec] = {}
        for tensor, spec in zip(self.inputs, specs, strict=True):
            self._check_shape(tensor, spec.shape)
            known[id(tensor)] = spec
        for node in self.graph.nodes:
            if id(node.outputs[0]) in known:
                continue
            if isinstance(node.layer, Operation):
                arguments = {name: _respecified(value, known) for name, value in node.arguments.items()}
                found = node.layer.describe(arguments)
                known |= {id(t): spec for t, spec in zip(node.outputs, flatten(found), strict=True)}
                continue
            signature = call_signature(type(node.layer))
            values = signature.port_values(node.arguments)
            ports = {name: _replaced(value, known) for name, value in values.items()}
            found = node.layer.output_spec(ports, signature.settings(node.arguments))
            known |= {id(t): spec for t, spec in zip(node.outputs, found.values(), strict=True)}
        names = self.output_names if len(self.outputs) > 1 else ["output"]
        if len(set(names)) < len(names):
            names = [f"output_{place}" for place in range(len(names))]
        return {name: known[id(tensor)] for name, tensor in zip(names, self.outputs, strict=True)}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Calls the model on symbolic or real tensors, given as one, a list, or a dict by name."""
        if args and isinstance(args[0], dict):
            args = (self._ordered(args[0]), *args[1:])
        return super().__call__(*args, **kwargs)

    def call(self, inputs: torch.Tensor, training: bool | None = None, mask: Any = None) -> Any:
        """Computes the outputs, in the structure the model was given them in."""
        tensors = self.prepare_inputs(inputs)
        masks = () if mask is None else mask if isinstance(mask, list) else [mask]
        if training is None and context.training is None and self._is_quiet():
            training = False
            context.training = self._programs["flag"]
        return self.structured(self.program(training=training)(*tensors, *masks))

    def program(self, *, training: bool | None) -> Program:
        """The flat function that computes the outputs.

        Args:
            training: The flag of all layers; None leaves it to the calls in the graph and to the layers.
        """
        if self._programs_of != policies["changes"]:
            self._programs_of = policies["changes"]
            self._programs.clear()
        if training is not None:
            training = bool(training)
        if training not in self._programs:
            self._programs[training] = compile_program(self.graph, training=training)
        return self._programs[training]

    def _is_quiet(self) -> bool:
        if "quiet" not in self._programs:
            self._programs["quiet"] = is_quiet(self.graph)
            defaults = [call_signature(type(node.layer)).training_default for node in self.graph.nodes]
            self._programs["flag"] = False if False in defaults else None
        return self._programs["quiet"]

    def prepare_inputs(self, inputs: Any, *, convert: bool = True) -> list[torch.Tensor]:
        """Inputs as a list of tensors of the stated dtypes and number of axes.

        Args:
            inputs: One tensor, or a list or dict of them.
            convert: False keeps the element types as they are.

        Raises:
            DataError: There are more or fewer than the model has inputs, or one is missing by name.
            ShapeError: One has a size that differs from the stated one.
        """
        if isinstance(inputs, dict):
            inputs = self._ordered(inputs)
        texts = len(self.inputs) == 1 and is_list_of_texts(inputs)
        given = list(inputs) if isinstance(inputs, list | tuple) and not texts else [inputs]
        if len(given) != len(self.inputs):
            raise DataError(
                f"Model '{self.name}' has {len(self.inputs)} inputs ({', '.join(self.input_names)}), "
                f"but gets {len(given)}.",
                hint="Give a list with one array an input, or a dict by name.",
            )
        tensors: list[torch.Tensor] = []
        for tensor, stated in zip(given, self.inputs, strict=True):
            if stated.dtype == TEXT:
                tensors.append(self._texts(tensor, stated))  # type: ignore[arg-type]
                continue
            value = torch.as_tensor(tensor)
            if value.ndim == len(stated.shape) - 1 and stated.shape[-1] == 1:
                value = value.unsqueeze(-1)
            self._check_shape(stated, tuple(value.shape))
            tensors.append(value.to(getattr(torch, stated.dtype)) if convert else value)
        return tensors

    def _texts(self, values: Any, stated: KerasTensor) -> Any:
        texts = as_texts(values, f"Model '{self.name}'")
        if texts.ndim == len(stated.shape) - 1 and stated.shape[-1] == 1:
            texts = texts[..., None]
        self._check_shape(stated, texts.shape)
        return texts

    def structured(self, outputs: list[Any]) -> Any:
        """A list of outputs in the structure the model was given; as in Keras, a list of one is that one."""
        if isinstance(self._output_structure, dict):
            by_name = dict(zip(self.output_names, outputs, strict=True))
            return {name: by_name[name] for name in self._output_structure}
        if len(outputs) == 1:
            return outputs[0]
        return tuple(outputs) if isinstance(self._output_structure, tuple) else outputs

    def _ordered(self, inputs: dict[str, Any]) -> list[Any]:
        missing = [name for name in self.input_names if name not in inputs]
        if missing:
            raise DataError(
                f"Model '{self.name}' wants an input called '{missing[0]}', "
                f"but the data has {', '.join(map(repr, inputs))}.",
                hint="The names of the Inputs and of the data must agree.",
            )
        return [inputs[name] for name in self.input_names]

    def _check_shape(self, stated: KerasTensor, shape: Any) -> None:
        fits = len(shape) == len(stated.shape) and all(
            a is None or b is None or a == b or self.takes_other_sizes
            for a, b in zip(stated.shape[1:], shape[1:], strict=True)
        )
        if not fits:
            raise ShapeError(
                f"Input '{stated.name}' of model '{self.name}' wants {show_shape(stated.shape)}, "
                f"but gets {show_shape((None, *shape[1:]))}.",
                port="inputs",
                hint="Reshape the data, or state its shape in the Input.",
            )


def convert_graph(graph: Graph, fn: Callable[[torch.Tensor], torch.Tensor]) -> None:
    """Gives a graph's symbolic tensors the element types its layers are converted to."""
    for node in graph.nodes:
        for tensor in node.outputs:
            kind = fn(torch.empty(0, dtype=getattr(torch, tensor.dtype))).dtype
            tensor.dtype = str(kind).rpartition(".")[2]


def _replaced(value: Any, known: dict[int, TensorSpec]) -> Any:
    if isinstance(value, list):
        return [_replaced(item, known) for item in value]
    return known[id(value)] if isinstance(value, KerasTensor) else TensorSpec(tuple(value.shape))


def _respecified(value: Any, known: dict[int, TensorSpec]) -> Any:
    """An argument of an operation, its symbolic tensors in other shapes."""
    if isinstance(value, KerasTensor):
        return KerasTensor(known[id(value)].shape, known[id(value)].dtype)
    return [_respecified(item, known) for item in value] if isinstance(value, list | tuple) else value
