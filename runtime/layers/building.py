"""What happens around a layer's own `build`, and what its `forward` shows to torch."""

import inspect
from collections.abc import Callable
from functools import wraps
from types import FunctionType
from typing import Any, cast

from runtime.layers.calls import as_shapes, shape_arguments
from runtime.layers.context import name_scope
from runtime.layers.spec import layer_spec

Build = Callable[..., None]


def finished(build: Build) -> Build:
    """A `build` after which the layer is built, whoever calls it: a layer's may call that of another.

    Args:
        build: The method a class defines.
    """
    if hasattr(build, "__wrapped__"):
        return build
    parameters = inspect.signature(build)

    @wraps(build)
    def whole(self: Any, *args: Any, **kwargs: Any) -> None:
        if self._is_building:
            # A subclass calls the method it overrides.
            build(self, *args, **kwargs)
            return
        self._is_building = True
        self._take_path()
        try:
            with name_scope(self.name):
                build(self, *args, **kwargs)
        finally:
            self._is_building = False
        self._build_shapes = dict(list(parameters.bind(self, *args, **kwargs).arguments.items())[1:])
        self.weights_made()

    return whole


def default_build(build: Build) -> Build:
    """Marks a `build` that makes no weights: those of the layers inside come when they are called."""
    build.makes_nothing = True  # type: ignore[attr-defined]
    return build


def is_default(build: Build) -> bool:
    """True for a `build` that makes no weights."""
    return getattr(build, "makes_nothing", False)


def forward_of(cls: Any, shared: Any) -> Any:
    """`Layer.forward` for a class: the same code, with the signature of the class's `call`.

    Args:
        cls: A class of layers.
        shared: The method of `Layer`.
    """
    own: Any = FunctionType(shared.__code__, shared.__globals__, "forward")
    own.__doc__, own.__annotations__ = shared.__doc__, shared.__annotations__
    own.__signature__ = inspect.signature(cls.call)
    return own


class Buildable:
    """The part of a layer that is built once, for shapes that can be saved."""

    built: bool
    build: Build
    _is_building: bool
    _build_shapes: dict[str, Any]
    _trainable: bool
    _register_unassigned_weights: Callable[[], None]

    def build_from_shapes(self, shapes: dict[str, Any]) -> None:
        """Builds the layer, if it is not built, for shapes by input port."""
        if self.built:
            return
        if not is_default(self.build):
            self.build(**shape_arguments(self.build, layer_spec(type(self)), shapes))
            return
        several = len(shapes) > 1
        self._build_shapes = {f"{name}_shape" if several else "input_shape": x for name, x in shapes.items()}
        self.weights_made()

    def weights_made(self) -> None:
        """What is done once the weights are there."""
        self._register_unassigned_weights()
        if not self._trainable:
            # Layers inside of a frozen one are frozen, too.
            cast(Any, self).trainable = False
        self.built = True

    def get_build_config(self) -> dict[str, Any] | None:
        """What `build_from_config` needs to make the weights again: the shapes the layer was built for."""
        shapes = self._build_shapes
        if not shapes:
            return None
        return {"input_shape": next(iter(shapes.values()))} if len(shapes) == 1 else {"shapes_dict": shapes}

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Makes the weights, for the shapes that `get_build_config` returned."""
        if "input_shape" in config:
            self.build(as_shapes(config["input_shape"]))
        elif "shapes_dict" in config:
            self.build(**{name: as_shapes(shape) for name, shape in config["shapes_dict"].items()})
