"""`Distiller`: trains a student on the targets and on what its teacher says."""

from typing import Any, Self

import torch

from runtime.distillation.losses import DistillationLoss, FeatureDistillation, LogitsDistillation
from runtime.errors import CompileError, ParameterError
from runtime.losses import get as get_loss
from runtime.metrics import Mean
from runtime.models import Model
from runtime.models.cloning import model_from_config
from runtime.saving.graph_writing import layer_config

_LOSSES = {cls.__name__: cls for cls in (FeatureDistillation, LogitsDistillation)}
FINAL = "final_output"


class Distiller(Model):
    """Trains a small model, the student, to do as a large one, the teacher, and as the targets say.

    Args:
        teacher: A trained model; it is frozen.
        student: The model to train; afterwards it is used by itself.
        distillation_losses: How both are compared: one loss of distillation, or a list of them.
        distillation_loss_weights: Share of each of them; 1 by default.
        student_loss_weight: Share of the loss on the targets, a fraction 0-1; the rest is distillation's.
        name: Name of the model.
        **kwargs: Further arguments of `Model`.

    Source:
        Hinton et al. 2015, https://arxiv.org/abs/1503.02531
    """

    def __init__(
        self,
        teacher: Any,
        student: Any,
        distillation_losses: Any,
        distillation_loss_weights: list[float] | None = None,
        student_loss_weight: float = 0.5,
        name: str = "distiller",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        _check_models(teacher, student)
        self.teacher = teacher
        self.student = student
        self.student_loss_weight = _checked_share(student_loss_weight)
        self.distillation_losses = _checked_losses(distillation_losses)
        given = distillation_loss_weights if isinstance(distillation_losses, list | tuple) else None
        self.distillation_loss_weights = (
            [1.0] * len(self.distillation_losses) if given is None else list(given)
        )
        if len(self.distillation_loss_weights) != len(self.distillation_losses):
            raise ParameterError(
                f"Distiller got {len(self.distillation_loss_weights)} distillation_loss_weights for "
                f"{len(self.distillation_losses)} distillation_losses.",
                parameter="distillation_loss_weights",
                received=distillation_loss_weights,
                hint="Give one number for each loss.",
            )
        for loss in self.distillation_losses:
            loss.validate_model_compatibility(teacher, student)
        # Past the tracking of layers: the extractors share the layers of teacher and student.
        for role in ("teacher", "student"):
            names = [getattr(loss, f"{role}_layer_name", None) for loss in self.distillation_losses]
            object.__setattr__(self, f"_{role}_layers", _extractor(getattr(self, role), names))
        self.teacher.trainable = False
        self.student_loss_tracker = Mean(name="student_loss")
        self.distillation_loss_tracker = Mean(name="distillation_loss")
        self.total_loss_tracker = Mean(name="total_loss")

    def compile(self, optimizer: Any = "adam", loss: Any = None, metrics: Any = None, **kwargs: Any) -> None:  # type: ignore[override]
        """Says how the student is trained.

        Args:
            optimizer: Changes the student's weights.
            loss: Compares the student's outputs with the targets; a list or dict for several outputs.
            metrics: A list of what is measured beside.
            **kwargs: Further arguments of `Model.compile`.

        Raises:
            CompileError: There is no loss, or metrics are no list.
        """
        if loss is None:
            raise CompileError("Distiller.compile() got no loss.", hint="Such as loss='mse'.")
        if metrics is not None and not isinstance(metrics, list | tuple):
            raise CompileError(
                f"compile(metrics=…) got {metrics!r}.", hint="Put it in a list: metrics=['accuracy']."
            )
        self._student_loss = _each(get_loss, loss)
        super().compile(optimizer=optimizer, loss=None, metrics=metrics, **kwargs)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """What the student says."""
        return self.student(inputs, training=training)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> torch.Tensor:
        """The student's loss on the targets and that of distillation, each with its share."""
        del sample_weight
        if y_pred is None:
            y_pred = self(x, training=training)
        share = self.student_loss_weight
        on_targets = torch.zeros(())
        if share > 0 and y is not None:
            on_targets = _on_targets(self._student_loss, y, y_pred)
        distilled = self._distilled(x, y_pred) if share < 1 else torch.zeros(())
        total = share * on_targets + (1 - share) * distilled
        self.student_loss_tracker.update_state(on_targets.detach())
        self.distillation_loss_tracker.update_state(distilled.detach())
        self.total_loss_tracker.update_state(total.detach())
        return total

    def _distilled(self, x: Any, y_pred: Any) -> torch.Tensor:
        with torch.no_grad():
            looked_into: Any = self._teacher_layers
            of_teacher = (
                {FINAL: self.teacher(x, training=False)}
                if looked_into is None
                else looked_into(x, training=False)
            )
        own: Any = self._student_layers
        of_student = {} if own is None else own(x, training=True)
        total = torch.zeros(())
        for loss, share in zip(self.distillation_losses, self.distillation_loss_weights, strict=True):
            teacher_layer = getattr(loss, "teacher_layer_name", None)
            if teacher_layer is None:
                taught, said = of_teacher[FINAL], y_pred
            else:
                layer = getattr(loss, "student_layer_name", None)
                taught, said = of_teacher[teacher_layer], y_pred if layer is None else of_student[layer]
            loss.validate_outputs(taught, said)
            value = loss.compute_loss(taught, said)
            if value.ndim:
                raise CompileError(
                    f"{type(loss).__name__} returned a tensor of shape {tuple(value.shape)}, not one number.",
                    hint="Its compute_loss must return the mean.",
                )
            total = total + share * value
        return total

    def get_config(self) -> dict[str, Any]:
        """Both models, the losses and their shares."""
        return {
            "name": self.name,
            "trainable": self._trainable,
            "teacher": layer_config(self.teacher),
            "student": layer_config(self.student),
            "distillation_losses": [
                {"class_name": type(loss).__name__, "config": loss.get_config()}
                for loss in self.distillation_losses
            ],
            "distillation_loss_weights": self.distillation_loss_weights,
            "student_loss_weight": self.student_loss_weight,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Self:
        """Makes an equal distiller, with new weights, from what `get_config` returned."""
        known = {**_LOSSES, **(custom_objects or {})}
        losses = [
            known[one["class_name"]].from_config(one["config"]) for one in config["distillation_losses"]
        ]
        models = {role: model_from_config(config[role], custom_objects) for role in ("teacher", "student")}
        arguments: dict[str, Any] = {**config, **models, "distillation_losses": losses}
        return cls(**arguments)


def _check_models(teacher: Any, student: Any) -> None:
    for role, model in (("teacher", teacher), ("student", student)):
        if not isinstance(model, Model):
            raise ParameterError(
                f"Distiller({role}=…) got {model!r}, which is no model.", parameter=role, received=model
            )
    for what in ("inputs", "outputs"):
        of_teacher, of_student = getattr(teacher, what, None), getattr(student, what, None)
        if of_teacher is None or of_student is None:
            continue
        fits = len(of_teacher) == len(of_student) and all(
            one.dtype == other.dtype and _alike(one.shape, other.shape)
            for one, other in zip(of_teacher, of_student, strict=True)
        )
        if not fits:
            told = [", ".join(f"{t.shape} {t.dtype}" for t in side) for side in (of_teacher, of_student)]
            raise ParameterError(
                f"The {what} of the teacher are {told[0]}, those of the student {told[1]}.",
                parameter="student",
                received=student,
                hint="Both models must take and return the same.",
            )


def _alike(one: Any, other: Any) -> bool:
    return len(one) == len(other) and all(
        a is None or b is None or a == b for a, b in zip(one, other, strict=True)
    )


def _checked_share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ParameterError(
            f"Distiller(student_loss_weight=…) got {value!r}.",
            parameter="student_loss_weight",
            received=value,
            hint="Give a fraction from 0 to 1.",
        )
    return value


def _checked_losses(given: Any) -> list[Any]:
    losses = list(given) if isinstance(given, list | tuple) else [given]
    for loss in losses:
        if not isinstance(loss, DistillationLoss):
            raise ParameterError(
                f"Distiller(distillation_losses=…) got {loss!r}, which is no loss of distillation.",
                parameter="distillation_losses",
                received=given,
                hint="Such as LogitsDistillation(temperature=3).",
            )
    return losses


def _extractor(model: Any, names: list[Any]) -> Any:
    """A model of the same layers that returns what the named ones make, too; None where none is named."""
    wanted = [name for name in dict.fromkeys(names) if name]
    if not wanted:
        return None
    outputs = {FINAL: model.output, **{name: model.get_layer(name=name).output for name in wanted}}
    return Model(model.inputs, outputs, name=f"{model.name}_multi_feature_extractor")


def _each(function: Any, value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _each(function, item) for name, item in value.items()}
    return [_each(function, item) for item in value] if isinstance(value, list | tuple) else function(value)


def _on_targets(loss: Any, y: Any, y_pred: Any) -> torch.Tensor:
    if isinstance(loss, dict):
        return sum((_on_targets(loss[name], y[name], y_pred[name]) for name in loss), torch.zeros(()))
    if isinstance(loss, list):
        parts = zip(loss, y, y_pred, strict=True)
        return sum((_on_targets(*part) for part in parts), torch.zeros(()))
    return loss(y, y_pred).mean()
