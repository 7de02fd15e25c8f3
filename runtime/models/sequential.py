"""`Sequential`: a chain of layers, each fed by the one before it."""

from collections.abc import Callable, Sequence
from typing import Any, Self, cast

import torch

from runtime.configurable import object_config
from runtime.errors import GraphError, NotBuiltError, ParameterError
from runtime.layers import InputLayer, Layer
from runtime.models.functional import Functional, convert_graph
from runtime.models.model import Model
from runtime.models.program import Program
from runtime.naming import module_name
from runtime.saving.chain_reading import read_chain
from runtime.saving.graph_writing import chain_config
from runtime.saving.reading import Reading, model_class
from runtime.symbolic import KerasTensor
from runtime.types import Shape, TensorSpec


@model_class("Sequential")
class Sequential(Model):
    """A model whose layers stand one behind the other.

    It is built when the shape of the input is known: from an Input as first entry, from `input_shape=` of
    the first layer, from `build()`, or from the first data.

    Args:
        layers: The layers, in order.
        trainable: False freezes all weights.
        name: Name of the model.
    """

    supports_mask = True

    def __init__(
        self,
        layers: Sequence[Any] | None = None,
        trainable: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        Layer.__init__(self, trainable=trainable, name=name, **kwargs)
        self.autocast = False
        self._chain: list[Layer] = []
        self._input: KerasTensor | None = None
        self._tail: Any = None
        self._functional: Functional | None = None
        self._built_by_data = False
        for layer in layers or []:
            self.add(layer)

    def add(self, layer: Any) -> None:
        """Puts a layer at the end.

        Args:
            layer: A layer, or an `Input` as the first entry.

        Raises:
            ParameterError: It is no layer.
            GraphError: An Input behind other layers, or a second layer of the same name.
        """
        if isinstance(layer, KerasTensor):
            self._set_input(layer)
            return
        if not isinstance(layer, Layer):
            raise ParameterError(
                f"Sequential wants layers, but got {layer!r}.", received=layer, hint="For example Dense(8)."
            )
        if isinstance(layer, InputLayer):
            self._set_input(layer.output)
            return
        if any(layer.name == other.name for other in self._chain):
            raise GraphError(
                f"Two layers of the model are called '{layer.name}'.", hint="Give each layer its own name."
            )
        if not self._chain and self._input is None:
            shape = _stated_shape(layer)
            if shape is not None:
                self._set_input(InputLayer(batch_shape=shape).output)
        self._chain.append(layer)
        self._modules[module_name(self, layer.name)] = layer
        self._functional = None
        if self._input is not None:
            self._tail = layer(self._tail)
            self.built = True
        elif len(self._chain) == 2:
            self._take_shape_of(self._chain[0])

    def _take_shape_of(self, begins: Layer) -> None:
        """A model at the beginning says the shape of the input."""
        if not isinstance(begins, Functional | Sequential) or not begins.built:
            return
        first, *others = cast(list[KerasTensor], begins.inputs)
        if not others:
            self.build(first.shape)

    def pop(self) -> Layer:
        """Takes the last layer away and returns it."""
        layer = self._chain.pop()
        del self._modules[module_name(self, layer.name)]
        self._functional = None
        if self._input is not None:
            self._tail = self._input
            for left in self._chain:
                self._tail = left(self._tail)
        return layer

    def _set_input(self, tensor: KerasTensor) -> None:
        if self._chain or self._input is not None:
            raise GraphError("An Input stands behind other layers.", hint="It must be the first entry.")
        self._input = self._tail = tensor

    def build(self, input_shape: Shape) -> None:
        """Makes all weights for a shape of the input, batch first."""
        if self._input is not None:
            return
        exact = "float64" if self._chain and self._chain[0].compute_dtype == "float64" else "float32"
        self._input = self._tail = InputLayer(batch_shape=tuple(input_shape), dtype=exact).output
        self._built_by_data = True
        for layer in self._chain:
            self._tail = layer(self._tail)
        self.built = True

    @property
    def layers(self) -> list[Layer]:
        """The layers, in order, without the Input."""
        return list(self._chain)

    def get_config(self) -> dict[str, Any]:
        """The layers, led by the Input if the shape of the input is known."""
        start = self._input.node.layer if self._input is not None and self._input.node is not None else None
        layers = self._chain if start is None else [start, *self._chain]
        shape = None if self._input is None else self._input.shape
        policy = object_config(self.dtype_policy)
        base = {"name": self.name, "trainable": self._trainable, "dtype": policy}
        return {**base, **chain_config(layers, shape)}

    @classmethod
    def read_config(cls, config: Any, reading: Reading) -> Self:
        """Makes the model that a config in a file describes."""
        layers, shape = read_chain(config, reading)
        named = config if isinstance(config, dict) else {}
        model = cls(layers, name=named.get("name"), trainable=named.get("trainable") is not False)
        if not model.built and shape is not None:
            model.build(shape)
        return model

    @property
    def functional(self) -> Functional:
        """The same model as a functional one.

        Raises:
            NotBuiltError: The shape of the input is not known yet.
        """
        if self._functional is None:
            if self._input is None:
                raise NotBuiltError(
                    f"Model '{self.name}' does not know the shape of its input yet.",
                    hint="Begin it with an Input, call build(input_shape), or fit it on data.",
                )
            functional = Functional(self._input, self._tail, name=self.name)
            functional.takes_other_sizes = self._built_by_data
            # Not as a module of this one: its layers would be there twice.
            object.__setattr__(self, "_functional", functional)
        return self._functional

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic input, in a list."""
        return self.functional.inputs

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic output, in a list."""
        return self.functional.outputs

    @property
    def input(self) -> Any:
        """The symbolic input."""
        return self.functional.input

    @property
    def output(self) -> Any:
        """The symbolic output."""
        return self.functional.output

    @property
    def input_names(self) -> list[str]:
        """Name of the input, in a list."""
        return self.functional.input_names

    @property
    def output_names(self) -> list[str]:  # type: ignore[override]
        """Name of the last layer, in a list."""
        return self.functional.output_names

    @property
    def input_shape(self) -> Any:
        """Shape of the input, batch first."""
        return self.functional.input_shape

    @property
    def output_shape(self) -> Any:
        """Shape of the output, batch first."""
        return self.functional.output_shape

    def _apply(self, fn: Callable[[torch.Tensor], torch.Tensor], recurse: bool = True) -> Self:
        super()._apply(fn, recurse)
        if self._input is not None:
            convert_graph(self.functional.graph, fn)
        return self

    def output_spec(
        self, ports: dict[str, Any], settings: dict[str, Any] | None = None
    ) -> dict[str, TensorSpec]:
        """Shape and dtype of the output."""
        self.build_from_shapes({name: spec.shape for name, spec in ports.items()})
        return self.functional.output_spec(ports, settings)

    def program(self, *, training: bool | None) -> Program:
        """The flat function that computes the output."""
        return self.functional.program(training=training)

    def prepare_inputs(self, inputs: Any, *, convert: bool = True) -> list[torch.Tensor]:
        """The input as a tensor of the stated dtype, in a list; `convert=False` keeps its own dtype."""
        return self.functional.prepare_inputs(inputs, convert=convert)

    def call(self, inputs: torch.Tensor, training: bool | None = None, mask: Any = None) -> Any:
        """Computes the output."""
        return self.functional.call(inputs, training=training, mask=mask)


def _stated_shape(layer: Layer) -> Shape | None:
    """Input shape a first layer was given in the manner of Keras 2: `Dense(8, input_shape=(4,))`."""
    stated = layer._first_layer_arguments
    if "batch_input_shape" in stated:
        return tuple(stated["batch_input_shape"])
    batch = stated.get("batch_size")
    if "input_shape" in stated:
        shape = stated["input_shape"]
        return (batch, *((shape,) if isinstance(shape, int) else tuple(shape)))
    if stated.get("input_dim") is not None:
        length = (stated["input_length"],) if "input_length" in stated else ()
        return (batch, *length, stated["input_dim"])
    if "input_length" in stated:
        return (batch, stated["input_length"])
    return None
