"""What comes before and after the loop: data, device, callbacks, and who carries out a batch."""

from typing import Any

import torch

from runtime.callbacks import CallbackList
from runtime.data import (
    Batch,
    Batches,
    as_tensors,
    is_array_data,
    make_batches,
    map_leaves,
    on_device,
    split_for_validation,
    unpack_x_y_sample_weight,
)
from runtime.device import get_device
from runtime.errors import DataError
from runtime.layers.calls import shape_of
from runtime.models.arrangement import graph_of, is_ours
from runtime.models.loops import enlarge, run_batches
from runtime.models.quick import QuickPlan, quick_plan
from runtime.models.runner import OwnStepRunner, QuickRunner, Runner
from runtime.models.training_steps import TrainingSteps


class RunSetup(TrainingSteps):
    """The part of a model that prepares a run and puts its results together."""

    def _device(self) -> torch.device:
        """Where the model's weights are."""
        weight = next(iter(self.parameters()), None)  # type: ignore[attr-defined]
        return get_device() if weight is None else weight.device

    def _set_mode(self, *, training: bool) -> None:
        """Tells plain torch modules inside layers whether it is training; like `train()`, at less cost."""
        for module in self.modules():  # type: ignore[attr-defined]
            vars(module)["training"] = training

    def _callback_list(
        self, callbacks: Any, *, verbose: Any, add_history: bool = False, **params: Any
    ) -> Any:
        if isinstance(callbacks, CallbackList):
            return callbacks
        verbose = int(verbose) if verbose in ("0", "1", "2") else verbose
        return CallbackList(
            callbacks,
            add_history=add_history,
            add_progbar=verbose != 0,
            model=self,
            verbose=verbose,
            **params,
        )

    def _build_for(self, x: Any) -> None:
        """Makes the weights of a sequential model that does not know its input's shape yet."""
        model: Any = self
        if not model.built and hasattr(model, "prepare_inputs"):
            model.build_from_shapes({"inputs": shape_of(x)})

    def _plan(self, sample: Batch, *, training: bool) -> QuickPlan | None:
        """The quick way to carry out batches; None if a subclass overrides a part of it."""
        self._build_for(sample[0])
        step = "train_step" if training else "test_step"
        if self.run_eagerly or self._has_own(step, "compute_loss", "compute_metrics"):
            return None
        kept = self._plans.get(training)
        if kept is None or not kept.is_valid_for(self):
            kept = self._plans[training] = quick_plan(self, sample, training=training)
        return kept

    def _runner(
        self, batches: Batches, callbacks: CallbackList, *, training: bool, check: bool = True
    ) -> Runner:
        """What carries out the batches, which are brought into its form."""
        plan = self._plan(batches.first(), training=training)
        if plan is None:
            batches.arrange(lambda *batch: batch, [])
            return OwnStepRunner(self, self.train_step if training else self.test_step)
        if check:
            plan.arrangement.check(batches)
        if not training:
            enlarge(batches, callbacks, "test", allowed=plan.joins_batches)
        batches.arrange(plan.arrangement, plan.arrangement.dtypes)
        return plan.runner

    def _split(self, x: Any, y: Any, sample_weight: Any, share: float) -> tuple[Any, Any, Any, Any]:
        if not is_array_data(x):
            raise DataError(
                f"validation_split needs data in memory, but x is a {type(x).__name__}.",
                hint="Give validation_data a data set of its own.",
            )
        data = tuple(
            as_tensors(value, name) for value, name in ((x, "x"), (y, "y"), (sample_weight, "sample_weight"))
        )
        training, validation = split_for_validation(data, share)  # type: ignore[arg-type]
        return (*training, validation)  # type: ignore[return-value]

    def _validation(
        self, data: Any, batch_size: int | None, steps: int | None, callbacks: CallbackList
    ) -> tuple[Runner, Batches]:
        x, y, weight = unpack_x_y_sample_weight(data)
        batches = make_batches(x, y, weight, device=self._device(), batch_size=batch_size, steps=steps)
        return self._runner(batches, callbacks, training=False), batches

    def _evaluated(self, runner: Runner, batches: Batches, callbacks: CallbackList) -> dict[str, Any]:
        """Results of an evaluation."""
        self._set_mode(training=False)
        self.stop_evaluating = False
        self.reset_metrics()
        batches.restart()
        callbacks.on_test_begin()
        # Tensors made in inference mode are no use for training: code that may keep some must not get them.
        plain = isinstance(runner, QuickRunner) and graph_of(self) is not None and is_ours(self)
        with torch.inference_mode(plain), torch.no_grad():
            run_batches(
                self, runner, batches, callbacks, "test", "stop_evaluating", every=self.steps_per_execution
            )
        logs = runner.logs()
        callbacks.on_test_end(logs)
        return logs

    def _on_batch(self, data: tuple[Any, Any, Any], *, training: bool) -> dict[str, Any]:
        """Results of a single batch."""
        device = self._device()
        names = ("x", "y", "sample_weight")
        x, y, weight = (
            map_leaves(lambda leaf: on_device(leaf, device), as_tensors(value, name))
            for value, name in zip(data, names, strict=True)
        )
        plan = self._plan((x, y, weight), training=training)
        self.reset_metrics()
        if plan is None:
            own = OwnStepRunner(self, self.train_step if training else self.test_step)
            own.run(x, y, weight)
            return own.logs()
        plan.runner.run(*plan.arrangement.converted(x, y, weight))
        return plan.runner.logs()


def is_validated(epoch: int, frequency: Any) -> bool:
    """True if an epoch, counted from 1, is followed by validation.

    Args:
        epoch: The epoch.
        frequency: A number, for every so many epochs; or a list of epochs.

    Raises:
        DataError: It is neither.
    """
    if isinstance(frequency, int) and frequency > 0:
        return epoch % frequency == 0
    if isinstance(frequency, list | tuple | set | range):
        return epoch in frequency
    raise DataError(
        f"validation_freq is {frequency!r}.", hint="Give a number of at least 1, or a list of epochs."
    )
