"""Several optimizers for one model: each weight is changed by one of them."""

import re
from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from typing import Any, Self

import torch
from torch import Tensor, nn

from runtime.configurable import Configurable, object_config, to_json
from runtime.errors import NotBuiltError, ParameterError
from runtime.optimizers.base import Optimizer, deserialize, registry


class OptimizerMap(Configurable, MutableMapping[str, Optimizer]):
    """Says which optimizer changes which weight, by the weight's path or a pattern of paths.

    Args:
        default_optimizer: For weights that no entry names.
        optimizer_map: Path, or regular expression of whole paths such as "encoder/.*" → optimizer.

    Source:
        https://keras.io/api/optimizers/
    """

    _module = "keras.optimizers"

    def __init__(
        self, default_optimizer: Optimizer, optimizer_map: dict[str, Optimizer] | None = None
    ) -> None:
        _require_optimizer(default_optimizer, "default_optimizer")
        if optimizer_map is not None and not isinstance(optimizer_map, dict):
            raise ParameterError(
                f"OptimizerMap(optimizer_map=…) got {optimizer_map!r}.",
                parameter="optimizer_map",
                received=optimizer_map,
                hint="Give a dict such as {'encoder/.*': SGD(0.1)}.",
            )
        self._default_optimizer = default_optimizer
        self._map: dict[str, Optimizer] = {}
        for path, optimizer in (optimizer_map or {}).items():
            self[path] = optimizer

    @property
    def default_optimizer(self) -> Optimizer:
        """The optimizer of weights that no entry names."""
        return self._default_optimizer

    def __getitem__(self, key: str) -> Optimizer:
        if key in self._map:
            return self._map[key]
        patterns = [pattern for pattern in self._map if re.fullmatch(pattern, key)]
        if len(patterns) > 1:
            raise ParameterError(
                f"Several entries of the OptimizerMap fit the weight '{key}': {', '.join(patterns)}.",
                received=key,
                hint="Write the patterns so that only one fits each weight.",
            )
        return self._map[patterns[0]] if patterns else self._default_optimizer

    def __setitem__(self, key: str, value: Optimizer) -> None:
        if key in self._map:
            raise ParameterError(
                f"The OptimizerMap has an entry '{key}' already.", received=key, hint="Delete it first."
            )
        if not isinstance(key, str):
            raise ParameterError(
                f"An entry of an OptimizerMap got the key {key!r}.",
                received=key,
                hint="It is the path of a weight, or a pattern such as 'encoder/.*'.",
            )
        _require_optimizer(value, f"'{key}'")
        self._map[key] = value

    def __delitem__(self, key: str) -> None:
        del self._map[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._map)

    def __len__(self) -> int:
        return len(self._map)

    def __call__(self, variable: nn.Parameter) -> Optimizer:
        """The optimizer of a weight."""
        return self[getattr(variable, "path", "")]

    def get_config(self) -> dict[str, Any]:
        """Both arguments, as JSON values."""
        return {
            "default_optimizer": object_config(self._default_optimizer),
            "optimizer_map": {key: object_config(one) for key, one in self._map.items()},
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Self:
        """Makes a map from what `get_config` returned."""
        entries = config.get("optimizer_map") or {}
        return cls(
            deserialize(config["default_optimizer"], custom_objects),
            {key: deserialize(one, custom_objects) for key, one in entries.items()},
        )


@registry.register
class MultiOptimizer(Optimizer):
    """Changes each weight with an optimizer of its own choice.

    Args:
        optimizer_map: An `OptimizerMap`, or a function of a weight to its optimizer.
        loss_scale_factor: What the loss is multiplied with; holds for all of them.
        name: Name in files.

    Source:
        https://keras.io/api/optimizers/
    """

    def __init__(
        self,
        optimizer_map: Any,
        loss_scale_factor: float | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(0.0, loss_scale_factor=loss_scale_factor, name=name)
        if not callable(optimizer_map):
            raise ParameterError(
                f"MultiOptimizer(optimizer_map=…) got {optimizer_map!r}.",
                parameter="optimizer_map",
                received=optimizer_map,
                hint="Give an OptimizerMap, or a function of a weight to an optimizer.",
            )
        self.optimizer_map = optimizer_map
        self.optimizers: list[Optimizer] = []
        self._of_weight: list[int] = []
        if isinstance(optimizer_map, OptimizerMap):
            for path in optimizer_map:
                self._place_of(optimizer_map[path])
            self._place_of(optimizer_map.default_optimizer)

    def build(self, parameters: Iterable[nn.Parameter]) -> None:
        """Gives each optimizer its weights, and has it make their state."""
        if self.built:
            return
        parameters = list(parameters)
        chosen: list[Any] = [self.optimizer_map(one) for one in parameters]
        for parameter, optimizer in zip(parameters, chosen, strict=True):
            _require_optimizer(optimizer, f"the weight '{getattr(parameter, 'path', '')}'")
        self._of_weight = [self._place_of(optimizer) for optimizer in chosen]
        super().build(parameters)
        for optimizer, group in zip(self.optimizers, self._grouped(parameters), strict=True):
            if group:
                optimizer.build(group)
        # Each does this for its own weights.
        self._constrained = []

    def apply(
        self, gradients: Sequence[Tensor | None], parameters: Sequence[nn.Parameter] | None = None
    ) -> None:
        """Makes one step with each of the optimizers.

        Args:
            gradients: One for each weight; None where the loss does not depend on it.
            parameters: The weights; None for those the optimizer was built with.

        Raises:
            NotBuiltError: There are no weights yet.
            ParameterError: The gradients do not fit the weights.
        """
        if not gradients:
            return
        if not self.built:
            if parameters is None:
                raise NotBuiltError(
                    f"The optimizer {self.name!r} was given gradients but no weights.",
                    hint="Call build(parameters) first, or give the weights too.",
                )
            self.build(parameters)
        given = self._parameters if parameters is None else parameters
        if len(gradients) != len(given):
            raise ParameterError(
                f"The optimizer {self.name!r} got {len(gradients)} gradients for {len(given)} weights.",
                hint="Give one gradient for each weight, None where there is none.",
            )
        groups: list[tuple[list[Any], list[Any]]] = [([], []) for _ in self.optimizers]
        for gradient, parameter in zip(gradients, given, strict=True):
            of_group = groups[self._of_weight[self._index[id(parameter)]]]
            of_group[0].append(gradient)
            of_group[1].append(parameter)
        for optimizer, (some, theirs) in zip(self.optimizers, groups, strict=True):
            if any(gradient is not None for gradient in some):
                optimizer.apply(some, theirs)
        self._step += 1

    def finalize_variable_values(self, parameters: Sequence[nn.Parameter] | None = None) -> None:
        """Has each optimizer put running averages in place of its weights, if it kept some."""
        chosen = self._parameters if parameters is None else parameters
        for optimizer, group in zip(self.optimizers, self._grouped(chosen), strict=True):
            if group:
                optimizer.finalize_variable_values(group)

    @property
    def variables(self) -> list[tuple[str, Tensor]]:
        """Its own number of steps, and the state of all its optimizers."""
        head = [
            (f"{self.name}/iteration", torch.tensor(self._step, dtype=torch.int32)),
            (f"{self.name}/learning_rate", torch.tensor(0.0)),
        ]
        return head + [entry for optimizer in self.optimizers for entry in optimizer.variables]

    def load_variables(self, values: Sequence[Any]) -> None:
        """Replaces the state, in the order of `variables`."""
        place = 2
        for optimizer in self.optimizers:
            count = len(optimizer.variables)
            optimizer.load_variables(values[place : place + count])
            place += count
        self._step = int(values[0])

    @property
    def learning_rate(self) -> float:
        """There is none: each of the optimizers has its own."""
        raise AttributeError(
            "A MultiOptimizer has no learning rate. Each of its optimizers has one: see `.optimizers`."
        )

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        raise AttributeError(
            "A MultiOptimizer has no learning rate to set. Set that of one of its `.optimizers`."
        )

    def get_config(self) -> dict[str, Any]:
        """The map, as JSON values."""
        return {
            "optimizer_map": to_json(self.optimizer_map),
            "loss_scale_factor": self.loss_scale_factor,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Self:
        """Makes an optimizer from what `get_config` returned."""
        given: Any = config["optimizer_map"]
        if isinstance(given, str):
            found = (custom_objects or {}).get(given)
            if not isinstance(found, Callable):
                raise ParameterError(
                    f"MultiOptimizer was made with the function {given!r}, which is not known here.",
                    parameter="optimizer_map",
                    received=given,
                    hint=f"Give it in custom_objects={{{given!r}: …}}.",
                )
            given = found
        elif isinstance(given, dict):
            given = OptimizerMap.from_config(given["config"], custom_objects)
        return cls(given, config.get("loss_scale_factor"), config.get("name"))

    def _grouped(self, parameters: Sequence[nn.Parameter]) -> list[list[nn.Parameter]]:
        groups: list[list[nn.Parameter]] = [[] for _ in self.optimizers]
        for parameter in parameters:
            groups[self._of_weight[self._index[id(parameter)]]].append(parameter)
        return groups

    def _place_of(self, optimizer: Optimizer) -> int:
        if not any(optimizer is one for one in self.optimizers):
            optimizer.loss_scale_factor = self.loss_scale_factor
            self.optimizers.append(optimizer)
        return next(place for place, one in enumerate(self.optimizers) if one is optimizer)


def _require_optimizer(value: Any, where: str) -> None:
    if (
        not isinstance(value, Optimizer)
        or isinstance(value, MultiOptimizer)
        or hasattr(value, "inner_optimizer")
    ):
        raise ParameterError(
            f"OptimizerMap got {value!r} for {where}, which is no plain optimizer.",
            received=value,
            hint="Give an optimizer such as Adam(0.001).",
        )
