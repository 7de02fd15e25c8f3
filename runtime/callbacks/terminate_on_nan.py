"""`TerminateOnNaN`: ends a training that has blown up."""

import math

from runtime.callbacks.base import Callback, Logs, registry
from runtime.console import say
from runtime.errors import DataError


@registry.register
class TerminateOnNaN(Callback):
    """Ends training as soon as the loss is no number any more, or infinite.

    Args:
        raise_error: True raises an error in place of ending quietly.

    Source:
        https://keras.io/api/callbacks/terminate_on_nan/
    """

    def __init__(self, raise_error: bool = False) -> None:
        super().__init__()
        self.raise_error = raise_error

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Looks at the loss."""
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(loss):
            return
        if self.raise_error:
            raise DataError(
                f"The loss became {float(loss)} in batch {batch}.",
                hint="A smaller learning rate, scaled inputs or clipped gradients often help.",
            )
        say(f"Batch {batch}: Invalid loss, terminating training")
        self.stopped_because = f"the loss became {float(loss)} in batch {batch + 1} of an epoch"
        self.model.stop_training = True
