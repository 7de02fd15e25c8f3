"""`CallbackList`: calls many callbacks at once, and only those that have something to do."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from runtime.callbacks.base import Callback, Logs, overrides
from runtime.callbacks.history import History
from runtime.callbacks.progbar_logger import ProgbarLogger
from runtime.errors import ParameterError

_OLDER_NAMES = {"on_train_batch_begin": "on_batch_begin", "on_train_batch_end": "on_batch_end"}

Hook = Callable[..., Any]


class CallbackList(Callback):
    """The callbacks of one run, called in order.

    Args:
        callbacks: One callback, or a (nested) list of them.
        add_history: True adds a `History`, unless there is one.
        add_progbar: True adds a `ProgbarLogger`, unless there is one.
        model: The model they belong to.
        **params: Settings of the run, handed to each callback.
    """

    def __init__(
        self,
        callbacks: Any = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Any = None,
        **params: Any,
    ) -> None:
        super().__init__()
        self.callbacks: list[Callback] = list(_flat(callbacks))
        self.history = next((one for one in self.callbacks if isinstance(one, History)), None)
        if self.history is None and add_history:
            self.history = History()
            self.callbacks.append(self.history)
        if add_progbar and not any(isinstance(one, ProgbarLogger) for one in self.callbacks):
            self.callbacks.append(ProgbarLogger())
        if model is not None:
            self.set_model(model)
        self.set_params(params)

    def __iter__(self) -> Iterator[Callback]:
        return iter(self.callbacks)

    def append(self, callback: Callback) -> None:
        """Adds a callback at the end."""
        self.callbacks.append(callback)

    def set_params(self, params: dict[str, Any]) -> None:
        """Tells all callbacks the settings of the run."""
        self.params = params
        if params:
            for callback in self.callbacks:
                callback.set_params(params)

    def set_model(self, model: Any) -> None:
        """Tells all callbacks which model it is."""
        self._model = model
        if self.history is not None:
            model.history = self.history
        for callback in self.callbacks:
            callback.set_model(model)

    def listeners(self, hook: str, *, bars: bool = True) -> list[Hook]:
        """The callbacks' own methods for a turn; callbacks that do nothing there are left out.

        Args:
            hook: Name of the turn, such as "on_train_batch_end".
            bars: False leaves the progress bar out.
        """
        names = (hook, _OLDER_NAMES[hook]) if hook in _OLDER_NAMES else (hook,)
        return [
            getattr(callback, hook)
            for callback in self.callbacks
            if overrides(callback, *names) and (bars or not isinstance(callback, ProgbarLogger))
        ]

    def _call(self, hook: str, *arguments: Any, logs: Logs | None) -> None:
        # All callbacks share one dict: what one adds (a learning rate), those behind it see.
        shared = dict(sorted((logs or {}).items()))
        for listener in self.listeners(hook):
            listener(*arguments, shared)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Calls `on_epoch_begin` of all."""
        self._call("on_epoch_begin", epoch, logs=logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Calls `on_epoch_end` of all."""
        self._call("on_epoch_end", epoch, logs=logs)

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Calls `on_train_batch_begin` of all."""
        self._call("on_train_batch_begin", batch, logs=logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Calls `on_train_batch_end` of all."""
        self._call("on_train_batch_end", batch, logs=logs)

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Calls `on_test_batch_begin` of all."""
        self._call("on_test_batch_begin", batch, logs=logs)

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Calls `on_test_batch_end` of all."""
        self._call("on_test_batch_end", batch, logs=logs)

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Calls `on_predict_batch_begin` of all."""
        self._call("on_predict_batch_begin", batch, logs=logs)

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Calls `on_predict_batch_end` of all."""
        self._call("on_predict_batch_end", batch, logs=logs)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Calls `on_train_begin` of all."""
        self._call("on_train_begin", logs=logs)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Calls `on_train_end` of all."""
        self._call("on_train_end", logs=logs)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Calls `on_test_begin` of all."""
        self._call("on_test_begin", logs=logs)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Calls `on_test_end` of all."""
        self._call("on_test_end", logs=logs)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Calls `on_predict_begin` of all."""
        self._call("on_predict_begin", logs=logs)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Calls `on_predict_end` of all."""
        self._call("on_predict_end", logs=logs)


def _flat(callbacks: Any) -> Iterator[Callback]:
    if callbacks is None:
        return
    if hasattr(callbacks, "set_model") and not isinstance(callbacks, type):
        yield callbacks
    elif isinstance(callbacks, Iterable) and not isinstance(callbacks, str):
        for item in callbacks:
            yield from _flat(item)
    else:
        raise ParameterError(
            f"{callbacks!r} is no callback.",
            parameter="callbacks",
            received=callbacks,
            hint="Give objects such as EarlyStopping(); for a class, call it: EarlyStopping().",
        )
