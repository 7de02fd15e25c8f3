"""Losses of distillation: how far a student's outputs are from its teacher's."""

from collections.abc import Callable
from typing import Any, Self

import torch

from runtime import losses
from runtime.configurable import Configurable, to_json
from runtime.errors import DataError, ParameterError, UnknownNameError

LossFunction = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


class DistillationLoss(Configurable):
    """Base of all losses of distillation; one of your own writes `compute_loss`."""

    _module = "keras.distillation"
    teacher_layer_name: str | None = None
    student_layer_name: str | None = None

    def compute_loss(self, teacher_outputs: Any, student_outputs: Any, **kwargs: Any) -> torch.Tensor:
        """The loss, one number.

        Args:
            teacher_outputs: What the teacher says: a tensor, or a list or dict of them.
            student_outputs: What the student says, in the same form.
            **kwargs: Anything a loss of your own takes.
        """
        raise NotImplementedError(f"{type(self).__name__} has no compute_loss().")

    def validate_outputs(self, teacher_outputs: Any, student_outputs: Any) -> None:
        """Fails if both are not of the same form.

        Raises:
            DataError: They are not.
        """
        if _form(teacher_outputs) != _form(student_outputs):
            raise DataError(
                f"The teacher returns {_told(teacher_outputs)}, but the student {_told(student_outputs)}.",
                hint="Both must have the same outputs.",
            )

    def validate_model_compatibility(self, teacher: Any, student: Any) -> None:
        """Fails if the loss cannot compare these models."""


class _ComparesOutputs(DistillationLoss):
    """Base of losses that compare each output with a loss of its own.

    Args:
        loss: Name, function or loss; or a list or dict of them in the form of the outputs, None to leave one
            out.
    """

    def __init__(self, loss: Any) -> None:
        self.loss = _resolved(loss)
        if not any(one is not None for one in _leaves(self.loss)):
            raise ParameterError(
                f"{type(self).__name__}(loss=…) got no loss.",
                parameter="loss",
                received=loss,
                hint="Give at least one, such as 'mse'.",
            )

    def validate_outputs(self, teacher_outputs: Any, student_outputs: Any) -> None:
        """Fails if outputs and losses are not of the same form."""
        super().validate_outputs(teacher_outputs, student_outputs)
        if _form(self.loss) != _form(teacher_outputs):
            raise DataError(
                f"{type(self).__name__} has {_told(self.loss)} as loss, "
                f"but the models return {_told(teacher_outputs)}.",
                hint="Give one loss for each output, in the same list or dict.",
            )

    def compute_loss(self, teacher_outputs: Any, student_outputs: Any, **kwargs: Any) -> torch.Tensor:
        """The sum of the losses of all outputs."""
        triples = zip(_leaves(self.loss), _leaves(teacher_outputs), _leaves(student_outputs), strict=True)
        values = [self._compared(*triple) for triple in triples if triple[0] is not None]
        return torch.stack(values).sum()

    def _compared(self, loss: LossFunction, teacher: torch.Tensor, student: torch.Tensor) -> torch.Tensor:
        return loss(teacher, student).mean()

    def get_config(self) -> dict[str, Any]:
        """The arguments, with losses as configs."""
        return {**super().get_config(), "loss": _config(self.loss)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes a loss from what `get_config` returned."""
        return cls(**{**config, "loss": _resolved(config["loss"])})


class FeatureDistillation(_ComparesOutputs):
    """Compares what a layer of the teacher makes with what a layer of the student makes.

    Args:
        loss: Name, function or loss; or a list or dict of them in the form of the outputs, None to leave one
            out.
        teacher_layer_name: The teacher's layer; None for the outputs of the model.
        student_layer_name: The student's layer; None for the outputs of the model.

    Source:
        Romero et al. 2015, https://arxiv.org/abs/1412.6550
    """

    def __init__(
        self,
        loss: Any = "mse",
        teacher_layer_name: str | None = None,
        student_layer_name: str | None = None,
    ) -> None:
        super().__init__(loss)
        self.teacher_layer_name = teacher_layer_name
        self.student_layer_name = student_layer_name

    def validate_model_compatibility(self, teacher: Any, student: Any) -> None:
        """Fails if a model has not the layer, or does not say which layers it has.

        Raises:
            ParameterError: One has not.
        """
        named = (("teacher", teacher, self.teacher_layer_name), ("student", student, self.student_layer_name))
        if all(name is None for _, _, name in named):
            return
        for role, model, name in named:
            if not hasattr(model, "inputs"):
                raise ParameterError(
                    f"FeatureDistillation looks into layers, but the {role} '{model.name}' is a class of "
                    "its own.",
                    received=model,
                    hint="Use a functional or sequential model, or leave the names of layers out.",
                )
            if name is not None:
                try:
                    model.get_layer(name=name)
                except UnknownNameError as error:
                    raise ParameterError(
                        f"The {role} '{model.name}' has no layer '{name}'.", received=name, hint=error.hint
                    ) from None


class LogitsDistillation(_ComparesOutputs):
    """Compares the outputs of teacher and student, both softened by a temperature.

    Args:
        temperature: What outputs (logits) are divided by; the higher, the more the small ones count.
        loss: Name, function or loss; or a list or dict of them in the form of the outputs, None to leave one
            out. "kl_divergence" compares probabilities, others the divided outputs.

    Source:
        Hinton et al. 2015, https://arxiv.org/abs/1503.02531
    """

    def __init__(self, temperature: float = 3.0, loss: Any = "kl_divergence") -> None:
        super().__init__(loss)
        if isinstance(temperature, bool) or not isinstance(temperature, int | float) or temperature <= 0:
            raise ParameterError(
                f"LogitsDistillation(temperature=…) got {temperature!r}.",
                parameter="temperature",
                received=temperature,
                hint="Give a number above 0, such as 3.",
            )
        self.temperature = temperature

    def _compared(self, loss: LossFunction, teacher: torch.Tensor, student: torch.Tensor) -> torch.Tensor:
        teacher, student = teacher / self.temperature, student / self.temperature
        if not isinstance(loss, losses.KLDivergence):
            return super()._compared(loss, teacher, student)
        # Gradients shrink with the square of the temperature.
        value = super()._compared(loss, teacher.softmax(-1), student.softmax(-1))
        return value * self.temperature**2


def _resolved(loss: Any) -> Any:
    if isinstance(loss, list | tuple):
        return [_resolved(one) for one in loss]
    if isinstance(loss, dict) and "class_name" not in loss:
        return {name: _resolved(one) for name, one in loss.items()}
    return losses.get(loss)


def _config(loss: Any) -> Any:
    if isinstance(loss, list):
        return [_config(one) for one in loss]
    if isinstance(loss, dict):
        return {name: _config(one) for name, one in loss.items()}
    return to_json(loss)


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    if isinstance(value, list | tuple):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value]


def _form(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _form(item) for name, item in value.items()}
    return [_form(item) for item in value] if isinstance(value, list | tuple) else None


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return f"a dict of {', '.join(map(repr, value))}"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return "one" if callable(value) else "one output"
