"""How a layer is called: which argument is which, what is converted, which mask and flag go along."""

import inspect
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch

from runtime.device import get_device
from runtime.errors import ParameterError
from runtime.layers.precision import cast_floats
from runtime.layers.spec import LayerSpec, layer_spec
from runtime.symbolic import KerasTensor


@dataclass(frozen=True)
class CallSignature:
    """What the machinery must know of a class's `call`.

    Args:
        spec: The description of the layer.
        names: Names of the positional arguments.
        takes_training: True if it has an argument `training`.
        training_default: The flag that a call has where nothing else says one.
        masks: Mask argument → the port whose mask it gets.
        mask_settings: Settings of the call that its output's mask depends on.
        no_ports: Arguments that are a port, a mask or the training flag already.
    """

    spec: LayerSpec
    names: tuple[str, ...]
    takes_training: bool
    training_default: bool | None
    masks: dict[str, str]
    mask_settings: tuple[str, ...]
    no_ports: frozenset[str]

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Arguments by name, as Python would bind them."""
        if len(args) > len(self.names):
            raise TypeError(f"{self.spec.name} takes {len(self.names)} arguments, but got {len(args)}.")
        return {**dict(zip(self.names, args, strict=False)), **kwargs}

    def masks_for(self, arguments: dict[str, Any]) -> dict[str, str]:
        """Mask argument → port, for a call with these arguments.

        As in Keras, a layer called on several tensors takes none as its `mask` of itself: an LSTM that is
        given its first state reads masked steps, too.
        """
        if "mask" not in self.masks:
            return self.masks
        given = {port.argument for port in self.spec.inputs if arguments.get(port.argument) is not None}
        return self.masks if len(given) < 2 else {}

    def port_values(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The values at each wired input port; the inverse of `LayerSpec.call_arguments`."""
        values: dict[str, Any] = {}
        for port in self.spec.inputs:
            value = arguments.get(port.argument)
            if value is None:
                continue
            if port.part is None:
                values[port.name] = _flat(value) if port.variadic else value
            else:
                parts = value if isinstance(value, list | tuple) else [value]
                if port.part < len(parts):
                    values[port.name] = parts[port.part]
        for name in arguments.keys() - self.no_ports:
            # As in Keras, whatever holds tensors counts, however it is annotated.
            if holds_tensors(arguments[name]):
                values[name] = arguments[name]
        return values

    def settings(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The arguments that are settings of the call, not tensors."""
        return {
            setting.name: arguments[setting.name]
            for setting in self.spec.settings
            if setting.name in arguments and not holds_tensors(arguments[setting.name])
        }

    def settings_of_mask(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The arguments that `compute_mask` takes by name."""
        return {name: arguments[name] for name in self.mask_settings if name in arguments}


def _flat(value: Any) -> list[Any]:
    """Nested tensors, as the states of stacked cells are, in one list; a single one as a list of one."""
    if isinstance(value, list | tuple):
        return [tensor for item in value for tensor in _flat(item)]
    return [value]


@cache
def call_signature(cls: type) -> CallSignature:
    """Reads a layer class's `call`, once."""
    parameters = list(inspect.signature(cls.call).parameters.values())[1:]  # type: ignore[attr-defined]
    names = tuple(p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD))
    spec = layer_spec(cls)
    first = spec.inputs[0].name if spec.inputs else ""
    known = {port.name for port in spec.inputs}
    masks = {"mask": first} if "mask" in names else {}
    masks |= {name: name[:-5] for name in names if name.endswith("_mask") and name[:-5] in known}
    masks = {argument: port for argument, port in masks.items() if argument not in known}
    of_mask = inspect.signature(cls.compute_mask).parameters  # type: ignore[attr-defined]
    mask_settings = tuple(setting.name for setting in spec.settings if setting.name in of_mask)
    flag = next((p for p in parameters if p.name == "training"), None)
    default: Any = getattr(cls, "_training_default", None) if flag is None else flag.default
    default = None if default is inspect.Parameter.empty else default
    no_ports = {"training", "mask", *(port.argument for port in spec.inputs), *masks}
    no_ports |= {name for name in names if name.endswith("_mask")}
    return CallSignature(spec, names, flag is not None, default, masks, mask_settings, frozenset(no_ports))


def holds_tensors(value: Any) -> bool:
    """True for a tensor, with values or symbolic, and for lists, tuples and dicts of them."""
    if isinstance(value, torch.Tensor | KerasTensor):
        return True
    if isinstance(value, dict):
        value = list(value.values())
    return isinstance(value, list | tuple) and any(map(holds_tensors, value))


def as_tensor(value: Any, dtype: torch.dtype | None) -> Any:
    """Arrays become tensors on the device, floating numbers get the dtype if one is given; the rest stays."""
    if isinstance(value, torch.Tensor):
        return value if dtype is None or value.dtype == dtype else cast_floats(value, dtype)
    if isinstance(value, np.ndarray) and value.dtype.kind in "USO":
        # Texts are no tensors; only layers for texts get them.
        return value
    if isinstance(value, np.ndarray):
        tensor = torch.from_numpy(value).to(get_device())
        return tensor.to(dtype) if dtype is not None and tensor.is_floating_point() else tensor
    if isinstance(value, list | tuple):
        return type(value)([as_tensor(item, dtype) for item in value])
    if isinstance(value, dict):
        return {key: as_tensor(item, dtype) for key, item in value.items()}
    return value


def missing_input(layer: Any) -> ParameterError:
    """What a layer that is called on nothing says."""
    first = call_signature(type(layer)).spec.inputs[0].name
    return ParameterError(
        f"{layer.label} was called with no tensor for {first!r}.",
        parameter=first,
        hint="Give it a tensor or an array of numbers.",
    )


def shape_of(value: Any) -> Any:
    """Shapes of a tensor or of nested tensors, the batch size made unknown."""
    if isinstance(value, list | tuple):
        return [shape_of(item) for item in value]
    if isinstance(value, dict):
        return {key: shape_of(item) for key, item in value.items()}
    # A text in a list of texts has none.
    shape = getattr(value, "shape", ())
    return (None, *shape[1:]) if len(shape) else ()


def as_shapes(value: Any) -> Any:
    """Shapes as JSON has them, with tuples for lists of sizes again."""
    if isinstance(value, dict):
        return {name: as_shapes(item) for name, item in value.items()}
    if not isinstance(value, list | tuple):
        return value
    one = all(size is None or isinstance(size, int) for size in value)
    return tuple(value) if one else [as_shapes(item) for item in value]


def shape_arguments(method: Any, spec: LayerSpec, shapes: dict[str, Any]) -> dict[str, Any]:
    """Arguments for `build` or `compute_output_shape`: Keras passes one shape, or one a port by name.

    Args:
        method: The bound method.
        spec: The description of the layer.
        shapes: Input port → shape, or list of shapes for a variadic port.
    """
    names = [
        name
        for name, parameter in inspect.signature(method).parameters.items()
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]
    if len(names) == 1:
        first = next((shapes[port.name] for port in spec.inputs if port.name in shapes), None)
        return {names[0]: first}
    wanted: dict[str, Any] = {}
    for port in spec.inputs:
        if port.name not in shapes:
            continue
        if f"{port.name}_shape" in names:
            wanted[f"{port.name}_shape"] = shapes[port.name]
        elif port.part is not None and f"{port.argument}_shape" in names:
            # As in `call`, ports that are parts of one argument come as a list.
            wanted.setdefault(f"{port.argument}_shape", []).append(shapes[port.name])
    first = spec.inputs[0].name if spec.inputs else ""
    if names[0] not in wanted and f"{first}_shape" not in names and first in shapes:
        # Keras's own name for the shape of the first port, whatever that is called.
        wanted[names[0]] = shapes[first]
    further = {f"{name}_shape": shape for name, shape in shapes.items()}
    return {name: shape for name, shape in further.items() if name in names} | wanted


def attach_masks(outputs: Any, masks: Any) -> None:
    """Several outputs have a list of masks, one each; a single mask is the first one's."""
    if isinstance(outputs, torch.Tensor):
        outputs._keras_mask = masks  # type: ignore[attr-defined]
    elif isinstance(outputs, list | tuple):
        masks = masks if isinstance(masks, list | tuple) else [masks]
        for output, mask in zip(outputs, masks, strict=False):
            attach_masks(output, mask)


def mask_of(value: Any) -> Any:
    """The mask that rides on a tensor; for a list of tensors a list, or None if there is none at all."""
    if isinstance(value, list):
        masks = [mask_of(item) for item in value]
        return masks if any(mask is not None for mask in masks) else None
    return getattr(value, "_keras_mask", None)
