"""What every loss has: values for each sample, and the one number that is made of them."""

from collections.abc import Callable
from typing import Any, Self, cast

import torch
from torch import Tensor

from runtime import dtype_policies
from runtime.configurable import Checked
from runtime.errors import ParameterError
from runtime.formats import torch_floatx
from runtime.losses.reduction import Reduction, TensorLike, reduce_weighted_values, same_rank, shapes_differ
from runtime.registries import Registry, snake_case

LossFunction = Callable[..., Tensor]

REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None)

registry: Registry[Any] = Registry("loss", "keras.losses")


class Loss(Checked):
    """Base of all losses: how far predictions are from the truth, as one number to be made small.

    A loss of your own overrides `call`.

    Args:
        name: Name shown in logs; None for the class's name in snake_case.
        reduction: How the values of the samples become one number: "sum_over_batch_size" (same as "mean") is
            their mean, "mean_with_sample_weight" the weighted mean, "sum" their sum, None keeps them.
        dtype: Element type the loss is computed in, or a dtype policy; None is `floatx()`, usually float32.
    """

    _module = "keras.losses"

    def __init__(
        self, name: str | None = None, reduction: Reduction = "sum_over_batch_size", dtype: str | None = None
    ) -> None:
        if reduction not in REDUCTIONS:
            raise ParameterError(
                f"The loss {type(self).__name__} got reduction={reduction!r}.",
                parameter="reduction",
                received=reduction,
                hint=f"Use one of {', '.join(repr(known) for known in REDUCTIONS)}.",
            )
        self.name = name or snake_case(type(self).__name__)
        self.reduction: Reduction = reduction
        self._torch_dtype: torch.dtype | None = _torch_dtype(dtype)

    @property
    def dtype(self) -> str:
        """Name of the element type the loss is computed in."""
        return str(self._torch_dtype or torch_floatx()).removeprefix("torch.")

    @property
    def fuses_with(self) -> str | None:
        """Name of the activation that is quicker and safer computed together with this loss; None if none is.

        When a model ends in that activation, train on what goes into it with `from_logits_form()` instead:
        the same values and gradients (but for probabilities that are clipped), in one step of torch.
        """
        return None

    def from_logits_form(self) -> "Loss":
        """The same loss on what goes into the activation `fuses_with`.

        Raises:
            ParameterError: The loss fuses with no activation.
        """
        if self.fuses_with is None:
            raise ParameterError(f"The loss {self.name!r} has no form that works on logits.")
        return type(self).from_config({**self.get_config(), "from_logits": True})

    def __call__(
        self,
        y_true: TensorLike,
        y_pred: TensorLike,
        sample_weight: TensorLike | None = None,
        mask: Tensor | None = None,
    ) -> Tensor:
        """Compares predictions with the truth.

        Args:
            y_true: The truth, batch first.
            y_pred: What the model predicts, batch first.
            sample_weight: How much each sample (or each of its steps) counts.
            mask: True where a step counts at all.

        Returns:
            A single number, or a tensor of values if the reduction is None.

        Raises:
            DataError: The labels have not the form this loss needs.
        """
        y_pred = torch.as_tensor(y_pred)
        wanted = self._torch_dtype or torch_floatx()
        if y_pred.dtype != wanted:
            y_pred = y_pred.to(wanted)
        y_true = torch.as_tensor(y_true, device=y_pred.device)
        if sample_weight is None and mask is None and self.reduction in ("sum_over_batch_size", "mean"):
            mean = self.batch_mean(y_true, y_pred)
            if mean is not None:
                return mean
        values = self.call(y_true, y_pred)
        own_mask = self.value_mask(y_true, values)
        if own_mask is not None:
            mask = own_mask if mask is None else mask & own_mask
        return reduce_weighted_values(values, sample_weight, mask, self.reduction)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Works out a value for each sample.

        Args:
            y_true: The truth, batch first.
            y_pred: What the model predicts, batch first.
        """
        raise NotImplementedError(
            f"The loss {type(self).__name__} does not say how to compare: write `call`."
        )

    def batch_mean(self, y_true: Tensor, y_pred: Tensor) -> Tensor | None:
        """The mean over a batch in one quick step, or None where that is not possible."""
        return None

    def value_mask(self, y_true: Tensor, values: Tensor) -> Tensor | None:
        """True for each value that counts; None if all do."""
        return None

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes a loss from what `get_config` returned; reads what Keras 2 wrote too."""
        config = {key: value for key, value in config.items() if key != "fn"}
        if config.get("reduction") == "auto":
            config["reduction"] = "sum_over_batch_size"
        return cls(**config)


class LossFunctionWrapper(Loss):
    """A loss made of a function that compares truth and prediction and gives a value for each sample.

    Args:
        fn: The function, called with truth and prediction.
        reduction: How the values become one number.
        name: Name shown in logs; None for the function's name.
        dtype: Element type the loss is computed in.
        **kwargs: Further arguments of the function.
    """

    compares_same_shapes = False
    """True if truth and prediction have to have the same shape."""

    def __init__(
        self,
        fn: LossFunction,
        reduction: Reduction = "sum_over_batch_size",
        name: str | None = None,
        dtype: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name or getattr(fn, "__name__", None), reduction=reduction, dtype=dtype)
        self.fn = fn
        self._fn_kwargs = kwargs

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Works out a value for each sample."""
        y_true, y_pred = same_rank(y_true, y_pred)
        if self.compares_same_shapes and y_true.shape != y_pred.shape:
            raise shapes_differ(self.name, y_true, y_pred)
        return self.fn(y_true, y_pred, **self._fn_kwargs)

    def get_config(self) -> dict[str, Any]:
        """Constructor arguments as JSON values, in the form Keras writes them."""
        config = {**super().get_config(), **self._fn_kwargs}
        if "fn" in config:
            name = registry.serialize(self.fn)
            config["fn"] = {
                "module": "builtins",
                "class_name": "function",
                "config": name,
                "registered_name": name,
            }
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes a loss from what `get_config` returned; the function is found by its name."""
        if cls is LossFunctionWrapper:
            return cls(**{**config, "fn": registry.deserialize(config["fn"])})
        return super().from_config(config)


registry.register(LossFunctionWrapper)


def _torch_dtype(dtype: Any) -> torch.dtype | None:
    return None if dtype is None else getattr(torch, dtype_policies.get(dtype).compute_dtype)


def as_loss(identifier: Any) -> Loss | None:
    """Makes a loss of what `compile(loss=...)` takes: name, config, function, class or loss; None stays None.

    A function of this package becomes the class that belongs to it, any other a `LossFunctionWrapper`.
    """
    found = registry.get(identifier)
    if found is None or isinstance(found, Loss):
        return found
    for name in registry.names():
        entry = registry.lookup(name)
        if isinstance(entry, type) and registry.lookup(snake_case(name)) is found:
            return cast(Loss, entry())
    return LossFunctionWrapper(found)


get = registry.get
serialize = registry.serialize
deserialize = registry.deserialize
