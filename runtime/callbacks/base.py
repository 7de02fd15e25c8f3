"""`Callback`: things to do at the turns of training, evaluation and prediction."""

from typing import Any, ClassVar

from runtime.registries import Registry

Logs = dict[str, Any]


class Callback:
    """Base of all callbacks: override the turns at which something is to happen.

    `self.model` is the model and `self.params` the settings of the run ("epochs", "steps", "verbose").
    Setting `self.model.stop_training = True` ends the training after the running batch.

    Source:
        https://keras.io/api/callbacks/base_callback/
    """

    stopped_because: str = ""
    """Why this callback has ended the training, in words; empty if it has not."""
    _kept: ClassVar[tuple[str, ...]] = ()
    """Attributes that a training which is interrupted needs to go on as if it had not been."""

    def __init__(self) -> None:
        self.params: dict[str, Any] = {}
        self._model: Any = None

    def get_state(self) -> dict[str, Any]:
        """What it remembers of the training so far, as JSON; lists of arrays may be among it."""
        return {name: getattr(self, name) for name in self._kept}

    def set_state(self, state: dict[str, Any]) -> None:
        """Goes on with what it remembered; call it when training has begun.

        Args:
            state: What `get_state` returned.
        """
        for name in self._kept:
            if name in state:
                setattr(self, name, state[name])

    def set_params(self, params: dict[str, Any]) -> None:
        """Tells the callback the settings of the run."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Tells the callback which model is trained."""
        self._model = model

    @property
    def model(self) -> Any:
        """The model that is trained, evaluated or used."""
        return self._model

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Older name of `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Older name of `on_train_batch_end`."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """An epoch begins; the first is number 0."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """An epoch is over; `logs` has its loss and metrics, those of validation begin with "val_"."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """A batch is about to be trained on; the first of each epoch is number 0."""
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """A batch was trained on; `logs` has the means over the epoch so far."""
        self.on_batch_end(batch, logs=logs)

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """A batch is about to be evaluated, in `evaluate` or in the validation of `fit`."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """A batch was evaluated; `logs` has the means so far."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """A batch is about to be predicted."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """A batch was predicted; `logs["outputs"]` are its predictions."""

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Training begins."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Training is over; `logs` are those of the last epoch."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Evaluation (or the validation of an epoch) begins."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Evaluation is over; `logs` has its results."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Prediction begins."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Prediction is over."""


def overrides(callback: Callback, *hooks: str) -> bool:
    """True if a callback does something at one of these turns."""
    return any(
        hook in vars(callback) or getattr(type(callback), hook) is not getattr(Callback, hook)
        for hook in hooks
    )


registry: Registry[Callback] = Registry("callback", "keras.callbacks")
"""The callbacks that a name and plain values are enough to make, and that write no files."""
