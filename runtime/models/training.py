"""`Trainer`: fit, evaluate and predict."""

import warnings
from collections.abc import Mapping
from numbers import Integral
from typing import Any

import torch

from runtime.callbacks import History
from runtime.data import Batches, as_tensors, class_sample_weights, make_batches, map_leaves, on_device
from runtime.errors import DataError
from runtime.layers.context import flagged
from runtime.models.arrangement import InputArrangement, functional_of, graph_of, is_ours
from runtime.models.loops import enlarge, run_batches
from runtime.models.prediction import as_array, predict_batches
from runtime.models.run_setup import RunSetup, is_validated
from runtime.models.runner import Runner
from runtime.models.text_inputs import predict_texts, reads_texts
from runtime.switches import max_epochs
from runtime.tracebacks import shortens_traceback


class Trainer(RunSetup):
    """The part of a model that trains it."""

    @shortens_traceback
    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: Any = True,
        class_weight: Mapping[Any, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: Any = 1,
    ) -> History:
        """Trains the model: goes through the data `epochs` times and changes the weights after each batch.

        Args:
            x: Inputs: array, tensor, table, a list or dict of them for several inputs, a generator, a
                `PyDataset`, a torch data set or loader.
            y: Targets, in the same forms; not with data that brings its own.
            batch_size: Samples in a batch, 32 by default.
            epochs: The number of the last epoch.
            verbose: 0 for silence, 1 for a progress bar, 2 for a line an epoch; "auto" is 1.
            callbacks: Callbacks called at the turns of training.
            validation_split: Share of the data, taken from its end, that is not trained on but measured.
            validation_data: Data to measure after each epoch: (x, y), (x, y, weights), or a data set.
            shuffle: True for a new order every epoch, "batch" for one within each batch.
            class_weight: Class id → how much its samples count.
            sample_weight: How much each sample counts.
            initial_epoch: The epoch to begin with; the first is number 0.
            steps_per_epoch: How many batches make an epoch; None for all there are.
            validation_steps: How many batches are validated on; None for all.
            validation_batch_size: Samples in a batch of validation; `batch_size` by default.
            validation_freq: Validates every so many epochs, or in a list of epochs (counted from 1).

        Returns:
            Loss and metrics of every epoch, in `.history`.

        Raises:
            CompileError: The model was not compiled, or not for these outputs.
            DataError: The data does not fit the model.
        """
        self._require_compiled("fit")
        if isinstance(epochs, bool) or not isinstance(epochs, Integral) or epochs < 0:
            raise DataError(f"fit(epochs=…) got {epochs!r}.", hint="Give a whole number, such as 10.")
        limit = max_epochs()
        if limit is not None and limit < epochs:
            warnings.warn(f"Only {limit} epochs are run: set_max_epochs() says so.", stacklevel=3)
            epochs = limit
        device = self._device()
        if validation_split and validation_data is None:
            x, y, sample_weight, validation_data = self._split(x, y, sample_weight, validation_split)
        batches = make_batches(
            x,
            y,
            sample_weight,
            device=device,
            batch_size=batch_size,
            steps=steps_per_epoch,
            shuffle=shuffle,
            class_weight=class_weight,
        )
        callback_list = self._callback_list(
            callbacks, add_history=True, verbose=verbose, epochs=epochs, steps=batches.steps
        )
        runner = self._runner(batches, callback_list, training=True)
        validation: tuple[Runner, Batches] | None = None
        if validation_data is not None:
            validation = self._validation(
                validation_data, validation_batch_size or batch_size, validation_steps, callback_list
            )
        self.stop_training = False
        logs: dict[str, Any] = {}
        self._initial_epoch = None
        callback_list.on_train_begin()
        # A callback that restores an interrupted training says where it stood.
        initial_epoch = self._initial_epoch or initial_epoch
        for epoch in range(initial_epoch, epochs):
            self.reset_metrics()
            callback_list.on_epoch_begin(epoch)
            self._set_mode(training=True)
            every = self.steps_per_execution
            steps = run_batches(self, runner, batches, callback_list, "train", "stop_training", every=every)
            self._set_mode(training=False)
            if steps == 0:
                warnings.warn(
                    f"There was no more data for epoch {epoch + 1}: training ends here.", stacklevel=3
                )
                break
            logs = runner.logs()
            if validation is not None and is_validated(epoch + 1, validation_freq):
                found = self._evaluated(*validation, callback_list)
                logs |= {f"val_{name}": value for name, value in found.items()}
            callback_list.on_epoch_end(epoch, logs)
            if self.stop_training:
                break
        if epochs > initial_epoch and self.optimizer is not None and self.optimizer.built:
            self.optimizer.finalize_variable_values(self.trainable_weights)  # type: ignore[attr-defined]
        callback_list.on_train_end(logs)
        return self.history

    @shortens_traceback
    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Measures loss and metrics on data, without training.

        Args:
            x: Inputs, as for `fit`.
            y: Targets.
            batch_size: Samples in a batch, 32 by default.
            verbose: 0 for silence, 1 for a progress bar, 2 for a line; "auto" is 1.
            sample_weight: How much each sample counts.
            steps: How many batches are measured; None for all.
            callbacks: Callbacks called at the turns of evaluation.
            return_dict: True returns a dict by name.

        Returns:
            The loss, or a list of loss and metrics, or a dict of them.
        """
        self._require_compiled("evaluate")
        batches = make_batches(x, y, sample_weight, device=self._device(), batch_size=batch_size, steps=steps)
        callback_list = self._callback_list(callbacks, verbose=verbose, epochs=1, steps=batches.steps)
        runner = self._runner(batches, callback_list, training=False, check=False)
        logs = self._evaluated(runner, batches, callback_list)
        return logs if return_dict else self._in_order(logs)

    @shortens_traceback
    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """Computes the model's outputs for data.

        Args:
            x: Inputs, as for `fit`.
            batch_size: Samples in a batch, 32 by default.
            verbose: 0 for silence, 1 for a progress bar, 2 for a line; "auto" is 1.
            steps: How many batches are predicted; None for all.
            callbacks: Callbacks called at the turns of prediction.

        Returns:
            An array, or a list or dict of them as the model has outputs.
        """
        if reads_texts(self):
            return predict_texts(self, x, batch_size or 32)
        batches = make_batches(x, device=self._device(), batch_size=batch_size, steps=steps)
        callback_list = self._callback_list(callbacks, verbose=verbose, epochs=1, steps=batches.steps)
        self._build_for(batches.first()[0])
        self._set_mode(training=False)
        self.stop_predicting = False
        graph = graph_of(self)
        quick = graph is not None and not self._has_own("predict_step") and not self.run_eagerly
        enlarge(batches, callback_list, "predict", allowed=quick and is_ours(self))
        callback_list.on_predict_begin()
        if quick:
            model: Any = self
            program = flagged(model.program(training=False), False)
            structure = functional_of(model).structured
            arrangement = InputArrangement(self, graph)
            batches.arrange(arrangement, arrangement.dtypes)
            with torch.inference_mode(is_ours(self)), torch.no_grad():
                found = predict_batches(self, lambda x: program(*x), batches, callback_list, structure)
        else:
            batches.arrange(lambda *batch: batch, [])
            with torch.no_grad():
                found = predict_batches(
                    self, lambda x: self.predict_step((x,)), batches, callback_list, lambda outputs: outputs
                )
        callback_list.on_predict_end()
        return found

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Mapping[Any, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """Trains on a single batch.

        Args:
            x: Inputs.
            y: Targets.
            sample_weight: How much each sample counts.
            class_weight: Class id → how much its samples count.
            return_dict: True returns a dict by name.

        Returns:
            The loss, or a list of loss and metrics, or a dict of them.
        """
        if class_weight is not None:
            if sample_weight is not None:
                raise DataError("Both class_weight and sample_weight were given.", hint="Use one of them.")
            sample_weight = class_sample_weights(as_tensors(y, "y"), class_weight)
        self._require_compiled("train_on_batch")
        self._set_mode(training=True)
        logs = self._on_batch((x, y, sample_weight), training=True)
        self._set_mode(training=False)
        return logs if return_dict else self._in_order(logs)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Measures a single batch.

        Args:
            x: Inputs.
            y: Targets.
            sample_weight: How much each sample counts.
            return_dict: True returns a dict by name.

        Returns:
            The loss, or a list of loss and metrics, or a dict of them.
        """
        self._require_compiled("test_on_batch")
        with torch.no_grad():
            logs = self._on_batch((x, y, sample_weight), training=False)
        return logs if return_dict else self._in_order(logs)

    def predict_on_batch(self, x: Any) -> Any:
        """Computes the outputs for a single batch.

        Args:
            x: Inputs.

        Returns:
            An array, or a list or dict of them as the model has outputs.
        """
        device = self._device()
        inputs = map_leaves(lambda leaf: on_device(leaf, device), as_tensors(x, "x"))
        with torch.no_grad():
            return map_leaves(as_array, self.predict_step((inputs,)))
