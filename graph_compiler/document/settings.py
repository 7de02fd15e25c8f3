"""What a document says beyond its graph: how to compile, how to train, on which data."""

from pydantic import Field

from graph_compiler.document.values import JsonTable, Record, Text


class Configured(Record):
    """Something that is made from its name and arguments, such as a callback.

    Args:
        name: Its name in the registry of its family.
        params: Arguments by name; the others have their defaults.
    """

    name: Text
    params: JsonTable = Field(default_factory=dict)


class CompileSettings(Record):
    """How the model learns.

    Args:
        optimizer: Name of the optimizer.
        learning_rate: Size of a step; None leaves the optimizer's own.
        schedule: How the learning rate changes from step to step; it begins with `learning_rate` where its
            arguments do not say otherwise. None for a rate that stays.
        optimizer_params: Further arguments of the optimizer by name.
        loss: Name of the loss.
        loss_params: Arguments of the loss by name.
        metrics: Names of the metrics to show.
        metric_params: Arguments of metrics, by the metric's name as it stands in `metrics`.
    """

    optimizer: Text = "adam"
    learning_rate: float | None = Field(default=0.001, gt=0)
    schedule: Configured | None = None
    optimizer_params: JsonTable = Field(default_factory=dict)
    loss: Text = "sparse_categorical_crossentropy"
    loss_params: JsonTable = Field(default_factory=dict)
    metrics: tuple[Text, ...] = ("accuracy",)
    metric_params: dict[Text, JsonTable] = Field(default_factory=dict)


class TrainingSettings(Record):
    """How long and in which portions the model is trained.

    Args:
        epochs: Passes over the training data.
        batch_size: Rows a step.
        validation_split: Fraction (0-1) of the training rows kept for validation.
        shuffle: True to draw the rows in another order each epoch.
        seed: Makes a run repeatable; None for another run each time.
        callbacks: What watches the training and steps in: ends it early, lowers the learning rate.
    """

    epochs: int = Field(default=5, ge=1, le=1_000_000)
    batch_size: int = Field(default=32, ge=1, le=1_000_000)
    validation_split: float = Field(default=0.1, ge=0, lt=1)
    shuffle: bool = True
    seed: int | None = Field(default=None, ge=0, lt=2**32)
    callbacks: tuple[Configured, ...] = ()


class DataBinding(Record):
    """Which data the model is made for.

    Args:
        dataset: Name of the data set in the catalogue.
    """

    dataset: Text
