"""`LambdaCallback`: a callback made of functions."""

from collections.abc import Callable
from typing import Any

from runtime.callbacks.base import Callback
from runtime.errors import ParameterError, did_you_mean

Function = Callable[..., Any] | None


class LambdaCallback(Callback):
    """Calls functions of yours at the turns of training.

    Args:
        on_epoch_begin: Called with (epoch, logs).
        on_epoch_end: Called with (epoch, logs).
        on_train_begin: Called with (logs).
        on_train_end: Called with (logs).
        on_train_batch_begin: Called with (batch, logs).
        on_train_batch_end: Called with (batch, logs).
        **kwargs: Functions for other turns of `Callback`, by their names.

    Source:
        https://keras.io/api/callbacks/lambda_callback/
    """

    def __init__(
        self,
        on_epoch_begin: Function = None,
        on_epoch_end: Function = None,
        on_train_begin: Function = None,
        on_train_end: Function = None,
        on_train_batch_begin: Function = None,
        on_train_batch_end: Function = None,
        **kwargs: Function,
    ) -> None:
        super().__init__()
        functions = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
            **kwargs,
        }
        turns = [name for name in dir(Callback) if name.startswith("on_")]
        for name, function in functions.items():
            if name not in turns:
                close = did_you_mean(name, turns)
                raise ParameterError(
                    f"LambdaCallback has no turn {name!r}.",
                    parameter=name,
                    received=function,
                    hint=f"Did you mean {close[0]!r}?" if close else f"There are {', '.join(turns)}.",
                )
            if function is not None:
                setattr(self, name, function)
