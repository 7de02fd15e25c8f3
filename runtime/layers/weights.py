"""The weights of a layer: made, found, frozen, read and written."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import FunctionType, NoneType
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from runtime import constraints, initializers, regularizers
from runtime.device import get_device
from runtime.errors import NotBuiltError, ShapeError
from runtime.formats import FLOATS, standardize_dtype
from runtime.layers.context import scoped
from runtime.layers.tracking import adopt_all, tracked

_SETTINGS = (bool, int, float, str, tuple, FunctionType, NoneType)


class Weight(nn.Parameter):
    """A parameter that knows its Keras name, regularizer and constraint.

    The attributes are set by `make_weight`; the tensor has the shape Keras stores in files.
    """

    # A class attribute hides torch's own read-only `Tensor.name`.
    name: str = ""  # type: ignore[assignment]
    path: str = ""
    regularizer: Callable[[torch.Tensor], torch.Tensor] | None = None
    constraint: Callable[[torch.Tensor], torch.Tensor] | None = None
    can_train: bool = True
    autocast: bool = True

    @property
    def value(self) -> "Weight":
        """The tensor itself: Keras keeps it inside a variable, here they are one."""
        return self

    def assign(self, value: Any) -> "Weight":
        """Puts other numbers in place of the weight's own.

        Args:
            value: An array or tensor of the weight's shape, or one number for all.

        Raises:
            ShapeError: The shape is another.
        """
        given = torch.as_tensor(value)
        if given.ndim and given.shape != self.shape:
            raise ShapeError(
                f"Weight '{self.path}' has shape {tuple(self.shape)}, "
                f"but was given values of shape {tuple(given.shape)}."
            )
        with torch.no_grad():
            self.copy_(given)
        return self

    def assign_add(self, value: Any) -> "Weight":
        """Adds to the weight's numbers."""
        return self.assign(self.detach() + torch.as_tensor(value, device=self.device))

    def assign_sub(self, value: Any) -> "Weight":
        """Takes away from the weight's numbers."""
        return self.assign(self.detach() - torch.as_tensor(value, device=self.device))

    def numpy(self, *, force: bool = False) -> npt.NDArray[Any]:  # type: ignore[override]
        """The numbers as an array; as in Keras, a weight that is trained gives them, too."""
        return torch.Tensor.numpy(self.detach().cpu(), force=force)

    @property
    def trainable(self) -> bool:
        """True if training changes the weight."""
        return self.requires_grad

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self.can_train = bool(value)
        self.requires_grad_(self.can_train and self.is_floating_point())

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        settings = (self.name, self.path, self.can_train, self.regularizer, self.constraint)
        return _weight_again, (self.detach(), self.requires_grad, *settings)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Weight":
        if id(self) not in memo:
            twin = make_weight(
                self.detach().clone(), name=self.name, path=self.path, trainable=self.can_train
            )
            twin.requires_grad_(self.requires_grad)
            twin.regularizer, twin.constraint = self.regularizer, self.constraint
            twin.autocast = self.autocast
            memo[id(self)] = twin
        return memo[id(self)]


def make_weight(values: torch.Tensor, *, name: str, path: str, trainable: bool) -> Weight:
    """A parameter with these start values, in whatever memory layout they have."""
    weight = Weight(values, requires_grad=trainable and values.is_floating_point())
    weight.name = name
    weight.path = path
    weight.can_train = trainable
    return weight


def _weight_again(
    values: torch.Tensor,
    requires_grad: bool,
    name: str,
    path: str,
    trainable: bool,
    regularizer: Any,
    constraint: Any,
) -> Weight:
    """A weight that was pickled."""
    weight = make_weight(values, name=name, path=path, trainable=trainable)
    weight.requires_grad_(requires_grad)
    weight.regularizer, weight.constraint = regularizer, constraint
    return weight


class WeightOwner(nn.Module):
    """The part of a layer that holds weights and other layers."""

    name: str
    _trainable: bool
    _own_weights: list[Weight]

    def add_weight(
        self,
        shape: Sequence[int] | None = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        name: str | None = None,
    ) -> Weight:
        """Makes a weight that is trained, saved and counted with the layer.

        Args:
            shape: Its sizes; () for one number.
            initializer: Name, config or function that makes the start values; by default "glorot_uniform",
                and "zeros" for whole numbers.
            dtype: Element type; the layer's own by default.
            trainable: False for state that no gradient changes.
            autocast: False if the layer is to find it in its own element type where it computes in another.
            regularizer: Penalty on the weight that is added to the loss.
            constraint: Applied to the weight after each step of the optimizer.
            name: Its name in files; "variable" by default.
        """
        own: str | None = getattr(self, "variable_dtype", None)
        wanted = standardize_dtype(dtype if dtype is not None else own)
        make = initializers.get(initializer or ("glorot_uniform" if wanted in FLOATS else "zeros"))
        values = torch.as_tensor(make(tuple(shape or ()), dtype=wanted)).to(get_device())
        name = name or "variable"
        weight = make_weight(values, name=name, path=scoped(name), trainable=trainable and self._trainable)
        weight.can_train = trainable
        weight.autocast = autocast
        weight.regularizer = regularizers.get(regularizer)
        weight.constraint = constraints.get(constraint)
        self._own_weights.append(weight)
        return weight

    def _register_unassigned_weights(self) -> None:
        """Weights that the layer kept in no attribute become parameters under their names."""
        held = {id(weight) for weight in self._parameters.values()}
        for number, weight in enumerate(self._own_weights):
            if id(weight) not in held:
                free = weight.name if not hasattr(self, weight.name) else f"weight_{number}"
                self.register_parameter(free.replace(".", "_"), weight)

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, _SETTINGS) and name not in self.__dict__.get("_parameters", ()):
            # A layer is mostly settings, and torch's own way is slow: it looks for weights in each.
            object.__setattr__(self, name, value)
            if type(value) is tuple and not name.startswith("_"):
                adopt_all(value, self._adopt)
            return
        if "_modules" not in self.__dict__ and isinstance(value, nn.Module | nn.Parameter):
            raise NotBuiltError(
                f"{type(self).__name__} sets {name!r} before it has begun itself.",
                hint="Call super().__init__() first in its __init__.",
            )
        if not name.startswith("_") and type(value) in (list, dict):
            value = tracked(value, self._adopt)
        super().__setattr__(name, cast(Any, value))

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> Any:
        """Takes weights from what `state_dict` of an equal model returned.

        Names that differ only in the numbers that unnamed layers are told apart by ("dense_1", "dense_7") are
        taken for the same, in order: a model that is made twice in one program has other numbers.

        Args:
            state_dict: Name → tensor.
            strict: False leaves names alone that only one side has.
            assign: True puts the tensors themselves in place.
        """
        mine = list(self.state_dict())
        if mine != list(state_dict) and _without_numbers(mine) == _without_numbers(list(state_dict)):
            state_dict = dict(zip(mine, state_dict.values(), strict=True))
        return super().load_state_dict(state_dict, strict=strict, assign=assign)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for name, value in list(vars(self).items()):
            if not name.startswith("_") and type(value) in (list, dict):
                # Copies and pickles hold plain lists.
                object.__setattr__(self, name, tracked(value, self._adopt))

    def _adopt(self, item: Any) -> None:
        """Registers a layer that stands in a list, tuple or dict of this one."""
        if isinstance(item, nn.Module) and item not in self._modules.values():
            self.add_module(f"item_{len(self._modules)}", item)

    @property
    def sublayers(self) -> list["WeightOwner"]:
        """Layers held directly by this one, in the order they were assigned."""
        return [module for module in dict.fromkeys(self._modules.values()) if isinstance(module, WeightOwner)]

    def flatten_layers(self) -> Iterator["WeightOwner"]:
        """This layer and all layers inside it."""
        seen: set[int] = set()
        pending: list[WeightOwner] = [self]
        while pending:
            layer = pending.pop()
            if id(layer) not in seen:
                seen.add(id(layer))
                yield layer
                pending += reversed(layer.sublayers)

    @property
    def weights(self) -> list[Weight]:
        """All weights: a layer's own trained ones, its own others, then those of the layers inside."""
        own = sorted(self._own_weights, key=lambda weight: not weight.can_train)
        for module in self.children():
            own += module.weights if isinstance(module, WeightOwner) else as_weights(module)
        own += as_weights(self, own=own)
        return list({id(weight): weight for weight in own}.values())

    @property
    def variables(self) -> list[Weight]:
        """Another name of `weights`."""
        return self.weights

    @property
    def trainable_weights(self) -> list[Weight]:
        """The weights that training changes; none when the layer is frozen."""
        return [weight for weight in self.weights if weight.requires_grad] if self.trainable else []

    @property
    def trainable_variables(self) -> list[Weight]:
        """Another name of `trainable_weights`."""
        return self.trainable_weights

    @property
    def non_trainable_weights(self) -> list[Weight]:
        """The weights that training leaves alone."""
        if not self.trainable:
            return self.weights
        return [weight for weight in self.weights if not weight.requires_grad]

    @property
    def non_trainable_variables(self) -> list[Weight]:
        """Another name of `non_trainable_weights`."""
        return self.non_trainable_weights

    @property
    def trainable(self) -> bool:
        """False for a frozen layer: its weights, and those of all layers inside it, are not trained."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        for layer in self.flatten_layers():
            layer._trainable = bool(value)
            for weight in [*layer._own_weights, *layer._torch_weights()]:
                weight.requires_grad_(layer._trainable and weight.can_train and weight.is_floating_point())

    def _torch_weights(self) -> list[Weight]:
        """Weights of the plain torch modules that this layer holds, and those it was given by hand."""
        modules = [module for module in self.children() if not isinstance(module, WeightOwner)]
        found = [weight for module in modules for weight in as_weights(module)]
        return found + as_weights(self, own=self._own_weights)

    def count_params(self) -> int:
        """How many numbers the weights hold."""
        return sum(weight.numel() for weight in self.weights)

    def get_weights(self) -> list[npt.NDArray[Any]]:
        """Copies of all weights as arrays, in the order of `weights`; bfloat16 becomes float32."""
        values = (weight.detach().cpu() for weight in self.weights)
        return [(one.float() if one.dtype == torch.bfloat16 else one).numpy().copy() for one in values]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Replaces the values of all weights.

        Args:
            weights: One array a weight, in the order and shapes of `get_weights()`.

        Raises:
            ShapeError: Another number of arrays, or one of another shape; nothing is changed then.
        """
        mine = self.weights
        arrays = [np.asarray(array) for array in weights]
        if len(arrays) != len(mine):
            raise ShapeError(
                f"Layer '{self.name}' has {len(mine)} weights, but {len(arrays)} arrays were given.",
                hint="get_weights() of a layer of the same kind gives the right ones.",
            )
        for weight, array in zip(mine, arrays, strict=True):
            if tuple(weight.shape) != array.shape:
                raise ShapeError(
                    f"Weight '{weight.path}' has shape {tuple(weight.shape)}, "
                    f"but the array given for it has {array.shape}."
                )
        with torch.no_grad():
            for weight, array in zip(mine, arrays, strict=True):
                weight.copy_(torch.from_numpy(np.array(array)))


def _without_numbers(names: list[str]) -> list[str]:
    return [".".join(re.sub(r"_\d+$", "", part) for part in name.split(".")) for name in names]


def as_weights(module: nn.Module, own: list[Weight] | None = None) -> list[Weight]:
    """Parameters of a plain torch module, made weights where they stand.

    Args:
        module: The module.
        own: For a layer, the weights it made: only those it was given by hand besides are found.
    """
    known = {id(weight) for weight in own or []}
    found: list[Weight] = []
    for prefix, part in module.named_modules() if own is None else [("", module)]:
        for name, parameter in part._parameters.items():
            if parameter is None or id(parameter) in known:
                continue
            if not isinstance(parameter, Weight):
                path = f"{prefix}.{name}".lstrip(".").replace(".", "/")
                # The object stays: optimizers and other modules may hold it already.
                parameter.__class__ = Weight
                parameter = cast(Weight, parameter)
                parameter.name, parameter.path = name, path
                parameter.can_train = parameter.requires_grad
            found.append(parameter)
    return found
