"""`SwapEMAWeights`: measures and saves the running average of the weights instead of the weights."""

from typing import Any

from runtime.callbacks.base import Callback, Logs, registry
from runtime.callbacks.rates import optimizers_of
from runtime.errors import CompileError


# Found by its name, but not offered: it is of use with some optimizers only.
@registry.register(listed=False)
class SwapEMAWeights(Callback):
    """Puts the running average of the weights into the model while it is evaluated or used.

    The optimizer keeps that average with `use_ema=True`. After evaluation or prediction the weights come
    back.

    Args:
        swap_on_epoch: True puts the average in at the end of each epoch too, so that a `ModelCheckpoint`
            behind this callback saves it.

    Source:
        https://keras.io/api/callbacks/swap_ema_weights/
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        super().__init__()
        self.swap_on_epoch = swap_on_epoch
        self._average_is_in = False

    def _averaging(self) -> list[Any]:
        """The optimizers that keep an average.

        Raises:
            CompileError: None does.
        """
        found = [one for _, one in optimizers_of(self.model) if one.use_ema]
        if not found:
            raise CompileError(
                "SwapEMAWeights needs an optimizer that keeps an average of the weights.",
                hint="Compile with an optimizer such as Adam(use_ema=True).",
            )
        return found

    def _put(self, *, average: bool) -> None:
        if average == self._average_is_in:
            return
        ready = [one for one in self._averaging() if one.built]
        for optimizer in ready:
            optimizer.swap_averages()
        # Before the first step there is no average to put in.
        self._average_is_in = average and bool(ready)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Puts the weights back."""
        if self.swap_on_epoch:
            self._put(average=False)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Puts the average in, if it is to be there at the end of an epoch."""
        if self.swap_on_epoch:
            self._put(average=True)
            if epoch == self.params["epochs"] - 1:
                # Training ends by copying the average into the model, where it is already.
                for optimizer in self._averaging():
                    optimizer.average_from_weights()

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Puts the average in."""
        self._put(average=True)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Puts the weights back."""
        self._put(average=False)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Puts the average in."""
        self._put(average=True)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Puts the weights back."""
        self._put(average=False)
