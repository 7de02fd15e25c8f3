"""Computing values again on the way back, in place of keeping them: slower, with less memory.

Source: https://keras.io/api/utils/rematerialization/ and Chen et al. 2016, https://arxiv.org/abs/1604.06174
"""

import math
from collections.abc import Callable
from functools import wraps
from typing import Any, Literal

import torch
import torch.utils.checkpoint

from runtime.errors import ParameterError
from runtime.layers.context import context, remat_scopes
from runtime.layers.spec import layer_spec
from runtime.types import TensorSpec

Mode = Literal["full", "activations", "larger_than", "list_of_layers"] | None


def remat(f: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, but nothing that it computes on its way is kept for the gradients.

    Args:
        f: A function of tensors, such as a layer.
    """
    return _again_on_the_way_back(f, None)


def _again_on_the_way_back(f: Callable[..., Any], layer: Any) -> Callable[..., Any]:
    @wraps(f)
    def rematerialized(*args: Any, **kwargs: Any) -> Any:
        if not torch.is_grad_enabled():
            return f(*args, **kwargs)
        training = context.training
        drawn_before = _states_of_chance(layer)
        first = [True]

        def again(*args: Any, **kwargs: Any) -> Any:
            # The way back runs outside of the call, but is to see what the call saw, and draw what it drew.
            before, context.training = context.training, training
            context.depth += 1
            drawn = {} if first.pop() else _set_states_of_chance(layer, drawn_before)
            first.append(False)
            try:
                return f(*args, **kwargs)
            finally:
                for generator, state in drawn.items():
                    generator.set_state(state)
                context.depth -= 1
                context.training = before

        return torch.utils.checkpoint.checkpoint(again, *args, use_reentrant=False, **kwargs)

    return rematerialized


def _generators(layer: Any) -> list[torch.Generator]:
    parts = [] if layer is None else layer.flatten_layers()
    return [held for part in parts for held in vars(part).values() if isinstance(held, torch.Generator)]


def _states_of_chance(layer: Any) -> dict[torch.Generator, torch.Tensor]:
    return {generator: generator.get_state() for generator in _generators(layer)}


def _set_states_of_chance(
    layer: Any, states: dict[torch.Generator, torch.Tensor]
) -> dict[torch.Generator, torch.Tensor]:
    """Sets a layer's sources of chance back, and returns how they stood."""
    stood = _states_of_chance(layer)
    for generator in stood:
        if generator in states:
            generator.set_state(states[generator])
        else:
            # The first call made it.
            generator.manual_seed(generator.initial_seed())
    return stood


class RematScope:
    """Layers made inside compute their values again on the way back, in place of keeping them.

    Args:
        mode: Which layers do: "full" all, "activations" those with an activation (and only that is computed
            again), "larger_than" those with large outputs, "list_of_layers" those named; None none.
        output_size_threshold: From how many numbers an output is large.
        layer_names: The names for "list_of_layers".

    Raises:
        ParameterError: There is no such mode.
    """

    def __init__(
        self, mode: Mode = "full", output_size_threshold: int = 1024, layer_names: list[str] | None = None
    ) -> None:
        modes = ("full", "activations", "larger_than", "list_of_layers", None)
        if mode not in modes:
            raise ParameterError(
                f"RematScope(mode=…) got {mode!r}.",
                parameter="mode",
                received=mode,
                hint=f"Use one of {', '.join(map(repr, modes))}.",
            )
        self.mode: Mode = mode
        self.output_size_threshold = output_size_threshold
        self.layer_names = layer_names or []

    def __enter__(self) -> "RematScope":
        remat_scopes.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        remat_scopes.remove(self)

    def applied(self, layer: Any, function: Callable[..., Any]) -> Callable[..., Any]:
        """A layer's function, with what the mode says of it.

        Args:
            layer: The layer.
            function: Its `call`, with casts around it where there are some.
        """
        if self.mode == "full" or (self.mode == "list_of_layers" and layer.name in self.layer_names):
            return _again_on_the_way_back(function, layer)
        if self.mode == "activations" and getattr(layer, "activation", None) is not None:
            return _with_activation_again(layer, function)
        if self.mode == "larger_than":
            return self._if_large(layer, function)
        return function

    def _if_large(self, layer: Any, function: Callable[..., Any]) -> Callable[..., Any]:
        again = _again_on_the_way_back(function, layer)

        @wraps(function)
        def chosen(*args: Any, **kwargs: Any) -> Any:
            tensors = [one for one in (*args, *kwargs.values()) if isinstance(one, torch.Tensor)]
            if len(tensors) != 1:
                return again(*args, **kwargs)
            port = layer_spec(type(layer)).inputs[0].name
            specs = layer.output_spec({port: TensorSpec(tuple(tensors[0].shape))})
            numbers = sum(math.prod(size or 1 for size in spec.shape) for spec in specs.values())
            return (again if numbers > self.output_size_threshold else function)(*args, **kwargs)

        return chosen


def _with_activation_again(layer: Any, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def computed(*args: Any, **kwargs: Any) -> Any:
        plain = layer.activation
        layer.activation = remat(plain)
        try:
            return function(*args, **kwargs)
        finally:
            layer.activation = plain

    return computed
