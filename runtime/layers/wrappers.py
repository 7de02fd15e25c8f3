"""Layers that hold a layer inside them and use it in a way of their own."""

from typing import Any, Literal, cast

import torch
from torch import Tensor

from runtime.configurable import object_config
from runtime.errors import ParameterError, ShapeError
from runtime.layers.base import Layer
from runtime.layers.calls import call_signature
from runtime.layers.measured import product, total
from runtime.layers.reach import Sight, kept
from runtime.layers.recurrent import check_states
from runtime.layers.registration import register, resolve_layer
from runtime.layers.spec import layer_spec
from runtime.types import Shape, show_shape

_ONE_DIRECTION = ("go_backwards", "return_sequences", "return_state", "stateful")
"""Attributes that a layer has which reads a sequence in one direction."""


class Wrapper(Layer):
    """Base of layers that hold one layer inside them.

    Args:
        layer: The layer inside: a layer, or its config.
    """

    layer: Layer

    def __init__(self, layer: Layer, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.layer = self._arguments["layer"] = resolve_layer(layer)

    def build(self, input_shape: Shape) -> None:
        """Makes the weights of the layer inside."""
        build_inside(self.layer, input_shape)

    def macs(self, input_shape: Shape) -> int | None:
        """Those of the layer inside."""
        return self.layer.macs(input_shape)

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """That of the layer inside."""
        return self.layer.sight(shape, place)


@register("Wrappers")
class TimeDistributed(Wrapper):
    """Applies one layer, with the same weights, to every step of a sequence.

    Args:
        layer: The layer that is applied to each step.

    Call args:
        inputs: (batch, steps, …), what the layer inside takes behind the steps.

    Source:
        https://keras.io/api/layers/recurrent_layers/time_distributed/
    """

    supports_mask = True

    def __init__(self, layer: Layer, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        ports = [port for port in layer_spec(type(self.layer)).inputs if not port.optional]
        if len(ports) != 1 or ports[0].variadic:
            raise ParameterError(
                f"TimeDistributed(layer=…) got {self.layer.label}, which does not take one input.",
                parameter="layer",
                received=layer,
                hint="Take a layer with one input, such as Dense or Conv2D.",
            )

    def build(self, input_shape: Shape) -> None:
        """Makes the weights of the layer inside, for one step."""
        build_inside(self.layer, self._step_shape(input_shape))

    def _step_shape(self, shape: Shape) -> Shape:
        if len(shape) < 3:
            raise ShapeError(
                f"{self.label} wants batch × steps × … (3 axes or more), but gets {show_shape(shape)} "
                f"({len(shape)} {'axis' if len(shape) == 1 else 'axes'}).",
                port="inputs",
                hint=f"Without steps, use {type(self.layer).__name__} by itself.",
            )
        return (shape[0], *shape[2:])

    def call(self, inputs: Tensor, training: bool | None = None, mask: Tensor | None = None) -> Tensor:
        """The outputs of all steps, (batch, steps, …)."""
        takes_mask = "mask" in call_signature(type(self.layer)).masks
        if training and any(not weight.can_train for weight in self.layer.weights):
            # A layer that keeps statistics takes each step as a batch of its own, as in Keras.
            kept = [None] * inputs.shape[1] if mask is None else mask.unbind(1)
            masks = [{"mask": one} if takes_mask and one is not None else {} for one in kept]
            steps = zip(inputs.unbind(1), masks, strict=True)
            return torch.stack([self.layer(step, training=True, **known) for step, known in steps], dim=1)
        settings: dict[str, Any] = {"training": training}
        if mask is not None and mask.ndim > 2 and takes_mask:
            settings["mask"] = mask.flatten(0, 1)
        outputs = self.layer(inputs.flatten(0, 1), **settings)
        return outputs.reshape(*inputs.shape[:2], *outputs.shape[1:])

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """What the layer inside makes of one step, for each step.

        Raises:
            ShapeError: There is no axis of steps, or a step does not fit the layer inside.
        """
        inside = self.layer.compute_output_shape(self._step_shape(input_shape))
        return (input_shape[0], input_shape[1], *inside[1:])

    def macs(self, input_shape: Shape) -> int | None:
        """Those of the layer inside, for each step."""
        return product(input_shape[1], self.layer.macs(self._step_shape(input_shape)))

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """Steps stay; what the layer inside sees of each lies one axis behind."""
        inside = self.layer.sight(self._step_shape(shape), place)
        if inside is None:
            return None
        return kept([1]) | {axis + 1: (source + 1, reach) for axis, (source, reach) in inside.items()}

    def output_dtype(self, dtypes: list[str]) -> str:
        """That of the layer inside."""
        return self.layer.output_dtype(dtypes)


@register("Wrappers")
class Bidirectional(Layer):
    """Reads a sequence from both ends, with a layer for each direction, and joins what they say.

    Args:
        layer: The recurrent layer that reads forward; it is copied, with new weights.
        merge_mode: How both outputs are joined: beside each other, added, multiplied or averaged; None gives
            both.
        weights: Weights to start from, those of the forward layer first.
        backward_layer: The layer that reads backward; None for a copy of `layer`.

    Call args:
        sequences: (batch, steps, features).
        initial_state: States to start from, those of the forward layer first; zeros when unwired.

    Source:
        Schuster & Paliwal 1997, https://doi.org/10.1109/78.650093
    """

    supports_mask = True
    forward_layer: Layer
    backward_layer: Layer

    def __init__(
        self,
        layer: Layer,
        merge_mode: Literal["concat", "sum", "mul", "ave"] | None = "concat",
        weights: Any = None,
        backward_layer: Layer | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.merge_mode = merge_mode
        self.forward_layer = _copy(_checked(layer, "layer"), "forward")
        if backward_layer is None:
            self.backward_layer = _copy(self.forward_layer, "backward", go_backwards=True)
        else:
            self.backward_layer = _checked(backward_layer, "backward_layer")
        self._refuse_unequal()
        forward: Any = self.forward_layer
        self.return_sequences: bool = forward.return_sequences
        self.return_state: bool = forward.return_state
        self.stateful: bool = forward.stateful
        for one in (self.forward_layer, self.backward_layer):
            if hasattr(one, "zero_output_for_mask"):
                one.zero_output_for_mask = self.return_sequences
        self._start_weights = weights
        # Start values are no argument of the layer: what they are now stands in its weights.
        self._arguments.pop("weights", None)

    def _refuse_unequal(self) -> None:
        forward, backward = self.forward_layer, self.backward_layer
        for name in ("return_sequences", "return_state", "stateful"):
            if getattr(forward, name) != getattr(backward, name):
                raise ParameterError(
                    f"Bidirectional(backward_layer=…) got a layer with {name}={getattr(backward, name)}, "
                    f"but its forward layer has {name}={getattr(forward, name)}.",
                    parameter="backward_layer",
                    received=backward,
                    hint="Set both to the same.",
                )
        if getattr(forward, "go_backwards", False) == getattr(backward, "go_backwards", False):
            raise ParameterError(
                "Bidirectional got two layers that read in the same direction.",
                parameter="backward_layer",
                received=backward,
                hint="Set go_backwards=True on the backward layer only.",
            )

    def _argument(self, name: str) -> Any:
        """The layers as they are now; a backward layer that only mirrors the other is not worth a word."""
        if name == "layer" and self._is_mirrored():
            config = object_config(self.forward_layer)
            return config | {"config": config["config"] | {"name": _stem(self.forward_layer)}}
        if name == "layer":
            return self.forward_layer
        if name == "backward_layer":
            return None if self._is_mirrored() else self.backward_layer
        return super()._argument(name)

    def _is_mirrored(self) -> bool:
        forward, backward = self.forward_layer, self.backward_layer
        changes = {"name": f"backward_{_stem(forward)}", "go_backwards": True}
        return type(forward) is type(backward) and forward.get_config() | changes == backward.get_config()

    def build(self, sequences_shape: Shape, initial_state_shape: Any = None) -> None:
        """Makes the weights of both layers."""
        del initial_state_shape
        build_inside(self.forward_layer, sequences_shape)
        build_inside(self.backward_layer, sequences_shape)
        if self._start_weights:
            self.set_weights(self._start_weights)
            self._start_weights = None

    def call(
        self,
        sequences: Tensor,
        initial_state: list[Tensor] | None = None,
        mask: Tensor | None = None,
        training: bool | None = None,
    ) -> Any:
        """The joined outputs, with `return_state` followed by the states of both layers."""
        settings: dict[str, Any] = {"mask": mask, "training": training}
        half = len(initial_state) // 2 if initial_state else 0
        forward_state, backward_state = (
            (initial_state[:half], initial_state[half:]) if initial_state else (None, None)
        )
        forward = self.forward_layer(sequences, initial_state=forward_state, **settings)
        backward = self.backward_layer(sequences, initial_state=backward_state, **settings)
        states: tuple[Tensor, ...] = ()
        if self.return_state:
            states = (*forward[1:], *backward[1:])
            forward, backward = forward[0], backward[0]
        if self.return_sequences:
            backward = backward.flip(1)
        joined = self._join(forward, backward)
        return (*joined, *states) if len(joined) + len(states) > 1 else joined[0]

    def _join(self, forward: Tensor, backward: Tensor) -> tuple[Tensor, ...]:
        match self.merge_mode:
            case "concat":
                return (torch.cat([forward, backward], dim=-1),)
            case "sum":
                return (forward + backward,)
            case "ave":
                return ((forward + backward) / 2,)
            case "mul":
                return (forward * backward,)
            case _:
                return (forward, backward)

    def compute_output_shape(self, sequences_shape: Shape, initial_state_shape: Any = None) -> Any:
        """The joined output, then with `return_state` the states of both layers.

        Raises:
            ShapeError: The input or a state does not fit, or outputs of two sizes cannot be joined.
        """
        if initial_state_shape is not None:
            both: tuple[Any, Any] = (self.forward_layer, self.backward_layer)
            wanted = [shape for layer in both for shape in layer.state_shapes(sequences_shape)]
            check_states(self, wanted, sequences_shape[0], initial_state_shape)
        forward = self.forward_layer.compute_output_shape(sequences_shape)
        backward = self.backward_layer.compute_output_shape(sequences_shape)
        states: tuple[Shape, ...] = ()
        if self.return_state:
            states = (*forward[1:], *backward[1:])
            forward, backward = forward[0], backward[0]
        if self.merge_mode is None:
            return (forward, backward, *states)
        if self.merge_mode == "concat":
            joined = (*forward[:-1], forward[-1] + backward[-1])
        elif forward != backward:
            raise ShapeError(
                f"{self.label} cannot join outputs of {forward[-1]} and {backward[-1]} numbers "
                f"by merge_mode={self.merge_mode!r}.",
                port="sequences",
                hint="Give both layers as many units, or set merge_mode='concat'.",
            )
        else:
            joined = forward
        return (joined, *states) if states else joined

    def macs(self, sequences_shape: Shape, initial_state_shape: Any = None) -> int | None:
        """Those of both layers."""
        del initial_state_shape
        return total(self.forward_layer.macs(sequences_shape), self.backward_layer.macs(sequences_shape))

    def sight(self, shape: Shape, place: int = 0) -> Sight | None:
        """All steps."""
        return self.forward_layer.sight(shape, place)

    def output_names(self, **settings: Any) -> tuple[str, ...]:
        """One output or, with merge_mode None, two; then the states of both layers."""
        del settings
        outputs = ("output",) if self.merge_mode else ("forward_output", "backward_output")
        if not self.return_state:
            return outputs
        forward, backward = (
            [f"{way}_{name}" for name in layer.output_names()[1:]]
            for way, layer in (("forward", self.forward_layer), ("backward", self.backward_layer))
        )
        return (*outputs, *forward, *backward)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """The mask goes on with the outputs of all steps; single outputs and states have none."""
        del inputs
        mask = previous_mask if self.return_sequences else None
        count = len(self.output_names())
        outputs = 1 if self.merge_mode else 2
        return mask if count == 1 else [*[mask] * outputs, *[None] * (count - outputs)]

    def reset_state(self) -> None:
        """Forgets the states that stateful layers kept."""
        for layer in (self.forward_layer, self.backward_layer):
            cast(Any, layer).reset_state()

    reset_states = reset_state


def build_inside(layer: Layer, shape: Shape) -> None:
    """Builds a layer that another one holds, for the shape at its first input."""
    ports = layer_spec(type(layer)).inputs
    layer.build_from_shapes({ports[0].name: shape} if ports else {})


def _checked(value: Any, parameter: str) -> Layer:
    layer = resolve_layer(value)
    if not all(hasattr(layer, name) for name in _ONE_DIRECTION):
        raise ParameterError(
            f"Bidirectional({parameter}=…) got {layer.label}, which does not read a sequence step by step.",
            parameter=parameter,
            received=value,
            hint="Take a recurrent layer such as LSTM or GRU.",
        )
    return layer


def _stem(layer: Layer) -> str:
    """The name without the direction."""
    return layer.name.removeprefix("forward_")


def _copy(layer: Layer, way: str, **changes: Any) -> Layer:
    """A layer with the same arguments, weights of its own, and the direction in its name."""
    return type(layer).from_config(layer.get_config() | {"name": f"{way}_{_stem(layer)}"} | changes)
