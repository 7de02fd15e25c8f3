"""`Lambda`: a step written as a function. For programs; files may only name functions a program knows."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Self, cast

from torch import Tensor, nn

from runtime import activations
from runtime.configurable import to_json
from runtime.errors import ParameterError, RefusedError
from runtime.layers.base import Layer
from runtime.registries import custom_objects as known_objects
from runtime.registries import get_registered_object
from runtime.types import is_shape

# Which kind of function the older Keras wrote, and in which module it stood: it is found by name alone.
_FORMER_ARGUMENTS = ("function_type", "module", "output_shape_type", "output_shape_module")


class Lambda(Layer):
    """A step that computes what a function says.

    It is no layer of the palette: a file with a function in it is a program. A function that is registered
    (`@register_keras_serializable()`) is saved by name; to read such a file, hand the class in:
    `load_model(path, custom_objects={"Lambda": Lambda})`.

    Args:
        function: Called with the inputs; if it has arguments `mask` or `training` it gets them, too.
        output_shape: Sizes of the output without the batch, or a function from the input's shape to the
            output's; None to find them by trying the function out.
        mask: The output's mask, or a function of inputs and mask that makes it; None for no mask.
        arguments: Further arguments of the function, by name.

    Call args:
        inputs: What the function takes: a tensor, or a list of them.

    Source:
        https://keras.io/api/layers/core_layers/lambda/
    """

    _of_keras = True

    def __init__(
        self,
        function: Any,
        output_shape: Any = None,
        mask: Any = None,
        arguments: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not callable(function):
            raise ParameterError(
                f"Lambda(function=…) got {function!r}, which cannot be called.",
                parameter="function",
                received=function,
                hint="Give a function, such as lambda x: x * 2.",
            )
        self.function = function
        self.arguments = dict(arguments or {})
        self.mask = mask
        self._output_shape = output_shape
        self.creates_mask = self.supports_mask = mask is not None
        self._wanted = _arguments_of(function) & {"mask", "training"}
        self.built = True
        if not self._trainable:
            # The function may be a torch module.
            self.trainable = False

    @property
    def asks_for_flag(self) -> bool:
        """True if no training flag may be another thing to the function than False."""
        return "training" in self._wanted or isinstance(self.function, nn.Module)

    def call(self, inputs: Tensor, mask: Any = None, training: bool | None = None) -> Any:
        """What the function makes of the inputs."""
        further = {"mask": mask, "training": training}
        return self.function(inputs, **self.arguments, **{name: further[name] for name in self._wanted})

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """The mask that was given, or what its function makes."""
        return self.mask(inputs, previous_mask) if callable(self.mask) else self.mask

    def compute_output_shape(self, input_shape: Any) -> Any:
        """What `output_shape` says, or what comes out when the function is tried out on zeros.

        Raises:
            ShapeError: The function fails on the input.
        """
        said = self._output_shape
        if callable(said):
            return said(input_shape)
        if said is None:
            return super().compute_output_shape(input_shape)
        batch = (input_shape if is_shape(input_shape) else input_shape[0])[0]
        sizes = [said] if all(size is None or isinstance(size, int) for size in said) else said
        shapes = [(batch, *one) for one in sizes]
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def _states_shapes(self) -> bool:
        return self._output_shape is not None

    def get_config(self) -> dict[str, Any]:
        """Everything needed to make an equal layer, as JSON values: functions by their registered names.

        Raises:
            ParameterError: A function is not registered.
        """
        config = super().get_config()
        config["function"] = self._named(self.function, "function")
        for name, value in (("output_shape", self._output_shape), ("mask", self.mask)):
            config[name] = self._named(value, name) if callable(value) else to_json(value)
        return config

    def _named(self, function: Callable[..., Any], parameter: str) -> dict[str, Any]:
        """A function by the name under which a program, or the registry of activations, knows it."""
        names = [name for name, known in known_objects.items() if known is function]
        name: str = getattr(function, "__name__", "")
        if (
            not names
            and name in activations.registry.names()
            and activations.registry.lookup(name) is function
        ):
            names = [name]
        if not names:
            raise ParameterError(
                f"{self.label} computes {name or function!r}, and a file cannot hold code.",
                parameter=parameter,
                received=function,
                hint="Put @register_keras_serializable() before a function with a name, or write a Layer; "
                "weights alone are saved with save_weights('name.weights.h5').",
            )
        registered = max(names, key=len)
        return {"module": "builtins", "class_name": "function", "config": name, "registered_name": registered}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Self:
        """Makes a layer from a config; functions in it are names, and code in it is never run.

        Args:
            config: What `get_config` returned.
            custom_objects: Functions by name, besides those that are registered.

        Raises:
            RefusedError: The config holds code, or the name of a function that is not known.
        """
        arguments = {key: value for key, value in config.items() if key not in _FORMER_ARGUMENTS}
        for name in ("function", "output_shape", "mask"):
            arguments[name] = _resolved(arguments.get(name), name, custom_objects or {})
        return cls(**arguments)


def _arguments_of(function: Callable[..., Any]) -> set[str]:
    try:
        return set(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        # Functions of torch itself do not tell their arguments.
        return set()


def _resolved(value: Any, parameter: str, custom_objects: Mapping[str, Any]) -> Any:
    """The function that a config names; sizes stay as they are."""
    if isinstance(value, dict) and value.get("class_name") == "function":
        names = [value.get("registered_name"), value.get("config")]
    elif isinstance(value, str):
        # Keras 2 wrote the bare name.
        names = [value]
    elif isinstance(value, dict) or (parameter == "function" and not callable(value)):
        raise RefusedError(
            "Lambda(function=…) is stored as code, which is never run from a file.",
            what="__lambda__",
            hint="Write the step as a layer class of your own and give it in custom_objects={'Lambda': …}.",
        )
    else:
        sizes = cast("list[Any]", value) if isinstance(value, list) else None
        is_one = sizes is not None and all(size is None or isinstance(size, int) for size in sizes)
        return tuple(sizes) if sizes is not None and is_one else value
    for name in names:
        found = get_registered_object(str(name), custom_objects)
        if callable(found):
            return found
        if name in activations.registry.names():
            return activations.registry.lookup(name)
    raise RefusedError(
        f"Lambda computes the function '{str(names[-1])[:200]}', which is not known here.",
        what=str(names[-1]),
        hint=f"Register it, or give it in custom_objects={{'{str(names[-1])[:60]}': …}}.",
    )
