"""`Layer`: a torch module that is built, called, described and saved as a Keras layer is."""

from collections.abc import Callable
from typing import Any, ClassVar, Self, cast

import torch

from runtime import regularizers
from runtime.configurable import Configurable, object_config
from runtime.data import flatten, packer
from runtime.errors import NotBuiltError
from runtime.layers.building import Buildable, default_build, finished, forward_of, is_default
from runtime.layers.calls import (
    CallSignature,
    as_tensor,
    attach_masks,
    call_signature,
    mask_of,
    missing_input,
    shape_arguments,
    shape_of,
)
from runtime.layers.checking import refuse_texts
from runtime.layers.context import calling, context
from runtime.layers.fitting import check_tensors, in_words
from runtime.layers.inference import names_of, probe_output_shapes, probe_outputs, shapes_of, specs_of
from runtime.layers.input_spec import check_inputs
from runtime.layers.layer_arguments import checked_name, refuse_arguments
from runtime.layers.measured import Measured
from runtime.layers.parameters import find_registry
from runtime.layers.policy_owner import PolicyOwner
from runtime.layers.spec import layer_spec
from runtime.layers.weights import WeightOwner
from runtime.symbolic import KerasTensor, Node, find_symbolic
from runtime.types import TensorSpec, is_shape

_FIRST_LAYER_ARGUMENTS = ("input_shape", "batch_input_shape", "input_dim", "batch_size", "input_length")


class Layer(Measured, Configurable, PolicyOwner, Buildable, WeightOwner):
    """A step of a model: numbers go in, are computed with the layer's weights, and numbers come out.

    Subclasses write `build` (make weights), `call` (compute) and, so that a designer can show shapes,
    `compute_output_shape`. Annotations and docstring of a subclass are all that the palette, forms,
    checks, code generators and savers need.

    Args:
        activity_regularizer: Penalty on the layer's output that is added to the loss.
        trainable: False freezes the weights.
        dtype: Element type of weights and computation, or the policy of both: "mixed_bfloat16" computes in
            half precision. None for the policy set for all layers.
        autocast: True converts floating inputs to the element type the layer computes in.
        name: Name in the model, in files and in the summary.
    """

    _is_base_layer: ClassVar[bool] = True
    _module: ClassVar[str] = "keras.layers"

    identity_in_inference: ClassVar[bool] = False
    """True if the layer passes its input through unchanged outside training."""
    _class_in_files: ClassVar[str] = ""
    """Name of Keras's class where it is not the public one: in `.h5` files, and in the names of layers."""
    _names_in_files: ClassVar[dict[str, str]] = {}
    """Attributes that hold layers, and their names in Keras's class where those are others."""
    _implied_in_keras_2: ClassVar[dict[str, Any]] = {}
    """Arguments that Keras 2 has not, with the values it goes by."""
    input_spec: Any = None
    """An `InputSpec`, or a list of them, that says what the first argument of a call must be; or None."""
    signature: ClassVar[CallSignature]
    creates_mask: bool = False
    """True if the layer marks steps to be skipped by the layers behind it."""
    supports_mask: bool = False
    """True if a mask that comes in goes out with the output."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "call" in vars(cls) and cls.forward.__code__ is Layer.forward.__code__:
            # torch's exporters read from `forward` what a module takes.
            cls.forward = forward_of(cls, Layer.forward)  # type: ignore[method-assign]
        if "build" in vars(cls):
            cls.build = finished(cls.build)  # type: ignore[method-assign]
        if "compute_mask" in vars(cls) and not cls.__module__.startswith("runtime."):
            # As in Keras, who writes it means it: it is asked even where no mask comes in.
            cls.supports_mask = cls.creates_mask = True

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Records and checks the arguments before `__init__` runs."""
        self = super().__new__(cls, *args, **kwargs)
        for param in layer_spec(cls).params:
            if param.name in self._arguments:
                param.check(self._arguments[param.name], cls.__name__)
        return self

    def __init__(
        self,
        *,
        activity_regularizer: Any = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        WeightOwner.__init__(self)
        if "signature" not in vars(type(self)):
            # An attribute, not a call: torch.compile would look into the function.
            type(self).signature = call_signature(type(self))
        self._own_weights = []
        self._losses: list[torch.Tensor] = []
        self._layers_with_losses: list[Layer] = []
        self._nodes: list[Node] = []
        self._output_template: Any = None
        self._checked_sizes: list[Any] = []
        self._trainable = trainable
        self.name = checked_name(name, type(self))
        self._take_policy(dtype, autocast=autocast)
        self.built = False
        self._is_building = False
        self._build_shapes: dict[str, Any] = {}
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self._first_layer_arguments = {
            key: kwargs.pop(key) for key in _FIRST_LAYER_ARGUMENTS if key in kwargs
        }
        if kwargs.get("quantization_config", 0) is None:
            # Keras 3.15 writes this argument, with nothing in it, into the configs of many layers.
            del kwargs["quantization_config"]
        if kwargs:
            refuse_arguments(self, kwargs)

    # What a subclass writes.

    def build(self, input_shape: Any) -> None:
        """Makes the weights, once the shape of the input is known.

        Args:
            input_shape: Shape of the input, batch first; several ports have one `<port>_shape` each.
        """
        del input_shape

    def call(self, inputs: torch.Tensor) -> Any:
        """Computes the output; a subclass says which arguments it takes."""
        raise NotImplementedError(f"{type(self).__name__} has no call().")

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Shape of the output for a shape of the input.

        A layer that does not say it is tried out on zeros.

        Raises:
            ShapeError: The input does not fit.
        """
        ports = {port.name: input_shape for port in layer_spec(type(self)).inputs[:1]}
        shapes = probe_output_shapes(self, ports)
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def _states_shapes(self) -> bool:
        """True if `compute_output_shape` knows the shape without trying the layer out."""
        return type(self).compute_output_shape is not Layer.compute_output_shape

    def output_names(self, **settings: Any) -> tuple[str, ...]:
        """Names of the output ports, which may depend on the arguments and on the settings of the call."""
        del settings
        return ("output",)

    def output_dtype(self, dtypes: list[str]) -> str:
        """Element type of the output for those of the inputs, in port order."""
        del dtypes
        return self.compute_dtype

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Mask of the output for the mask of the (first) input."""
        del inputs
        return previous_mask if self.supports_mask else None

    # What the machinery does with it.

    @property
    def supports_masking(self) -> bool:
        """Keras's name of `supports_mask`: True if a mask that comes in goes out with the output."""
        return self.supports_mask

    @supports_masking.setter
    def supports_masking(self, value: bool) -> None:
        self.supports_mask = value
        if not value:
            self.creates_mask = False

    @property
    def label(self) -> str:
        """Kind and name for messages: "Dense 'hidden'"."""
        return f"{type(self).__name__} '{self.name}'"

    def get_config(self) -> dict[str, Any]:
        """Everything needed to make an equal layer, as JSON values."""
        base: dict[str, Any] = {
            "name": self.name,
            "trainable": self._trainable,
            "dtype": object_config(self._dtype_policy),
        }
        if self.activity_regularizer is not None:
            base["activity_regularizer"] = regularizers.serialize(self.activity_regularizer)
        arguments = super().get_config()
        for param in layer_spec(type(self)).params:
            if param.registry and param.name in arguments:
                arguments[param.name] = find_registry(param.registry).name_in_files(arguments[param.name])
        return {**base, **arguments, **base}

    def output_spec(
        self, ports: dict[str, Any], settings: dict[str, Any] | None = None
    ) -> dict[str, TensorSpec]:
        """Shape and dtype at each output port, for those at the input ports; makes no weights.

        Args:
            ports: Input port → TensorSpec, or list of them for a variadic port.
            settings: Arguments of the call that are no tensors, such as `return_attention_scores`.

        Raises:
            ShapeError: They do not fit.
        """
        spec = layer_spec(type(self))
        refuse_texts(self, ports)
        shapes = {name: shapes_of(value) for name, value in ports.items()}
        if not self._states_shapes:
            self.build_from_shapes(shapes)
            self._output_template = probe_outputs(self, ports, settings)
            return dict(zip(names_of(self._output_template), flatten(self._output_template), strict=True))
        found = self.compute_output_shape(**shape_arguments(self.compute_output_shape, spec, shapes))
        dtype = self.output_dtype([item.dtype for item in flatten(list(ports.values()))])
        if isinstance(found, dict):
            self._output_template = {name: TensorSpec(tuple(shape), dtype) for name, shape in found.items()}
            return self._output_template
        outputs: list[Any] = [found] if is_shape(found) else list(found)
        self._output_template = None
        if any(not is_shape(tuple(shape)) for shape in outputs):
            # The states of stacked cells come in a list for each cell.
            self._output_template = [_spec_tree(shape, dtype) for shape in outputs]
            outputs = [spec.shape for spec in flatten(self._output_template)]
        names = self.output_names(**(settings or {}))
        if len(names) != len(outputs):
            names = tuple(f"output_{place}" for place in range(len(outputs)))
        return {name: TensorSpec(tuple(shape), dtype) for name, shape in zip(names, outputs, strict=True)}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Symbolic tensors describe a graph; arrays and tensors are computed at once."""
        if find_symbolic(args) or find_symbolic(kwargs):
            return self._call_symbolic(call_signature(type(self)).bind(args, kwargs))
        return super().__call__(*args, **kwargs)

    def _call_symbolic(self, arguments: dict[str, Any]) -> Any:
        self._take_path()
        signature = call_signature(type(self))
        ports = signature.port_values(arguments)
        self._check_inputs(signature, arguments)
        specs = {name: specs_of(value) for name, value in ports.items()}
        settings = signature.settings(arguments)
        outputs = self.output_spec(specs, settings) if settings else self.output_spec(specs)
        self.build_from_shapes({name: shapes_of(value) for name, value in specs.items()})
        if is_default(self.build) and any(not cast(Layer, one).built for one in self.sublayers):
            # Layers inside get their weights by being called.
            probe_outputs(self, specs, settings)
        node = Node(self, arguments)
        self._nodes.append(node)
        node.outputs = [
            KerasTensor(spec.shape, spec.dtype, f"{self.name}/{name}", node, index)
            for index, (name, spec) in enumerate(outputs.items())
        ]
        node.template = template = self._output_template
        if template is not None:
            return packer(template)[0](node.outputs)
        return node.outputs[0] if len(node.outputs) == 1 else tuple(node.outputs)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Computes on real tensors: converts, builds, passes masks and the training flag, calls."""
        signature = self.signature
        arguments = signature.bind(args, kwargs)
        dtype = self._entry_dtype()
        arguments = {name: as_tensor(value, dtype) for name, value in arguments.items()}
        ports = signature.port_values(arguments)
        if not ports and signature.spec.inputs:
            raise missing_input(self)
        self._check_inputs(signature, arguments)
        sizes = [
            value.shape if isinstance(value, torch.Tensor) else shape_of(value) for value in ports.values()
        ]
        # An exporter traces with sizes that are letters: to compare them would bind them.
        if not torch.compiler.is_exporting() and sizes != self._checked_sizes:
            check_tensors(self, ports, signature.settings(arguments))
            self._checked_sizes = sizes
        if not self.built:
            self.build_from_shapes({name: shape_of(value) for name, value in ports.items()})
        masks = {port: mask_of(value) for port, value in ports.items()}
        for argument, port in signature.masks_for(arguments).items():
            if arguments.get(argument) is None and masks.get(port) is not None:
                arguments[argument] = masks[port]
        with calling(self):
            flag = context.training if context.training is not None else signature.training_default
            context.training = flag = arguments.pop("training", flag)
            if signature.takes_training:
                arguments["training"] = flag
            try:
                outputs = self._in_own_precision(arguments)
            except (RuntimeError, IndexError) as error:
                raise in_words(error, self, ports) from error
            if self.activity_regularizer is not None and not torch.compiler.is_exporting():
                for output in flatten(outputs):
                    # As in Keras, the penalty is a mean over the samples.
                    self.add_loss(self.activity_regularizer(output) / max([1, *output.shape[:1]]))
        previous = arguments.get("mask") if "mask" in signature.masks else None
        if previous is None:
            previous = next(iter(masks.values()), None)
        if previous is not None or self.creates_mask:
            settings = signature.settings_of_mask(arguments)
            attach_masks(outputs, self.compute_mask(next(iter(ports.values())), previous, **settings))
        return outputs

    def _check_inputs(self, signature: CallSignature, arguments: dict[str, Any]) -> None:
        if self.input_spec is not None and signature.names:
            first = signature.names[0]
            check_inputs(self.input_spec, arguments.get(first), self, first)

    def _apply(self, fn: Callable[[torch.Tensor], torch.Tensor], recurse: bool = True) -> Self:
        """What `.to()`, `.double()` and so on do: the layer computes in the type its weights now have."""
        super()._apply(fn, recurse)
        before = getattr(torch, self.variable_dtype, None)
        after = before if before is None else fn(torch.empty(0, dtype=before)).dtype
        if after != before:
            self.dtype_policy = str(after).rpartition(".")[2]
        return self

    def add_loss(self, loss: Any) -> None:
        """Adds a number, or each of a list of numbers, to the loss of the call that is running."""
        if context.depth and not any(layer is self for layer in context.layers_with_losses):
            # What an earlier call on the layer alone left behind is no part of this one.
            self._losses = []
            context.layers_with_losses.append(self)
        self._losses += [torch.as_tensor(one) for one in flatten(loss)]

    @property
    def losses(self) -> list[torch.Tensor]:
        """Penalties of the last call and of the regularizers of all weights."""
        added = [loss for layer in self.flatten_layers() for loss in cast(Layer, layer)._losses]
        penalties = [
            weight.regularizer(weight)
            for weight in self.weights
            if weight.regularizer is not None and weight.requires_grad
        ]
        return added + penalties

    @property
    def input(self) -> Any:
        """Symbolic input of the layer's first call in a functional graph."""
        return _one_or_all(self._first_node().inputs)

    @property
    def output(self) -> Any:
        """Symbolic output of the layer's first call in a functional graph."""
        return _one_or_all(self._first_node().outputs)

    def _first_node(self) -> Node:
        if not self._nodes:
            raise NotBuiltError(
                f"{self.label} was never called on symbolic tensors, so it has no input and output yet.",
                hint="Build the model from an Input.",
            )
        return self._nodes[0]

    def count_params(self) -> int:
        """How many numbers the weights hold.

        Raises:
            NotBuiltError: There are no weights yet.
        """
        if not self.built:
            raise NotBuiltError(
                f"{self.label} has no weights yet, so they cannot be counted.",
                hint="Call it on data, or give the model an Input.",
            )
        return super().count_params()

    def to_program(self) -> Callable[..., Any]:
        """The function a compiled graph calls: `call` itself when nothing else has to happen around it."""
        plain = self.activity_regularizer is None and not self._forward_hooks and not self._forward_pre_hooks
        return self._call_in_own_precision() if plain and self.built else self.__call__

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


Layer.build = finished(default_build(Layer.build))  # type: ignore[method-assign]


def _spec_tree(shapes: Any, dtype: str) -> Any:
    if is_shape(tuple(shapes)):
        return TensorSpec(tuple(shapes), dtype)
    return [_spec_tree(shape, dtype) for shape in shapes]


def _one_or_all(tensors: list[KerasTensor]) -> Any:
    return tensors[0] if len(tensors) == 1 else tensors
