"""`TorchModuleWrapper`: a torch module as a layer. For programs; files name classes a program knows."""

from collections.abc import Mapping
from typing import Any, Self, cast

from torch import Tensor, nn
from torch.nn.modules.lazy import LazyModuleMixin

from runtime.configurable import to_json
from runtime.device import get_device
from runtime.errors import ParameterError, RefusedError
from runtime.layers.base import Layer
from runtime.registries import custom_objects as known_objects
from runtime.registries import get_registered_object


class TorchModuleWrapper(Layer):
    """Runs a torch module as a step of a model; its parameters are the layer's weights.

    A torch module that is an attribute of a layer needs no wrapper. It is no layer of the palette: a file
    with a module in it is a program. A module whose class has `get_config` and is registered
    (`@register_keras_serializable()`) is saved by name; to read such a file, hand the class in:
    `load_model(path, custom_objects={"TorchModuleWrapper": TorchModuleWrapper})`.

    Args:
        module: The module.
        name: Name in the model, in files and in the summary.
        output_shape: Shape of the output, batch first; None to find it by trying the module out.

    Call args:
        inputs: What the module takes; several tensors are given one after the other.
        spread: True if the inputs are a list of several arguments.

    Source:
        https://keras.io/api/layers/backend_specific_layers/torch_module_wrapper/
    """

    _of_keras = True
    asks_for_flag = True
    """No training flag is another thing to it than False."""
    module: nn.Module

    def __init__(self, module: Any, name: str | None = None, output_shape: Any = None, **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        if not isinstance(module, nn.Module):
            raise ParameterError(
                f"TorchModuleWrapper(module=…) got {module!r}, which is no torch module.",
                parameter="module",
                received=module,
                hint="Give an object such as torch.nn.Linear(4, 8).",
            )
        if isinstance(module, LazyModuleMixin) and cast(Any, module).has_uninitialized_params():
            raise ParameterError(
                f"TorchModuleWrapper(module=…) got {module}, which has no weights yet.",
                parameter="module",
                received=module,
                hint="Call the module on data once, before it is wrapped.",
            )
        self.module = module.to(get_device())
        self.output_shape = output_shape
        self.built = True
        if not self._trainable:
            self.trainable = False

    @property
    def wrapped_module(self) -> nn.Module:
        """The module whose state stands for the layer in files."""
        return self.module

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Several arguments are handed on as they are."""
        if len(args) > 1:
            args, kwargs = (list(args),), {"spread": True, **kwargs}
        return super().__call__(*args, **kwargs)

    def call(self, inputs: Tensor, training: bool | None = None, spread: bool = False, **kwargs: Any) -> Any:
        """What the module makes of the inputs; as in Keras, it trains unless the flag is False."""
        if self.module.training == (training is False):
            self.module.train(training is not False)
        return self.module(*inputs, **kwargs) if spread else self.module(inputs, **kwargs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """What `output_shape` says, or what comes out when the module is tried out on zeros."""
        if self.output_shape is None:
            return super().compute_output_shape(input_shape)
        return tuple(self.output_shape)

    @property
    def _states_shapes(self) -> bool:
        return self.output_shape is not None

    def get_config(self) -> dict[str, Any]:
        """Everything needed to make an equal layer, as JSON values; the class of the module by name.

        Raises:
            ParameterError: The module's class is not registered.
        """
        cls: Any = type(self.module)
        names = [name for name, known in known_objects.items() if known is cls]
        if not names:
            raise ParameterError(
                f"{self.label} runs a torch module of class {cls.__name__}, and a file cannot hold code.",
                parameter="module",
                received=self.module,
                hint="Register a class of your own that has get_config(), or save the weights alone with "
                "save_weights('name.weights.h5').",
            )
        module: Any = self.module
        described = {
            "module": cls.__module__,
            "class_name": cls.__name__,
            "config": module.get_config(),
            "registered_name": max(names, key=len),
        }
        config = super().get_config()
        return config | {"module": described, "output_shape": to_json(self.output_shape)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Self:
        """Makes a layer from a config; the module in it is a name, and a pickled one is never opened.

        Args:
            config: What `get_config` returned.
            custom_objects: Classes of torch modules by name, besides those that are registered.

        Raises:
            RefusedError: The config holds a pickled module, or a class that is not known.
        """
        described = config.get("module")
        if isinstance(described, nn.Module):
            return cls(**config)
        if not isinstance(described, dict):
            raise RefusedError(
                "TorchModuleWrapper holds a pickled torch module, which is never opened: it may run code.",
                what="TorchModuleWrapper",
                hint="Make the model in a program, and load its weights with load_weights().",
            )
        names = [described.get("registered_name"), described.get("class_name")]
        for name in names:
            found = get_registered_object(str(name), custom_objects)
            if isinstance(found, type) and issubclass(found, nn.Module):
                inner = described.get("config") or {}
                make = getattr(found, "from_config", None)
                arguments: dict[str, Any] = {**config, "module": make(inner) if make else found(**inner)}
                return cls(**arguments)
        raise RefusedError(
            f"TorchModuleWrapper runs a module of class '{str(names[-1])[:200]}', which is not known here.",
            what=str(names[-1]),
            hint=f"Register it, or give it in custom_objects={{'{str(names[-1])[:60]}': …}}.",
        )
