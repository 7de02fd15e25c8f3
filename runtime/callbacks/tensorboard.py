"""`TensorBoard`: writes what TensorBoard shows: curves, and how weights are spread."""

import os
import time
from pathlib import Path
from typing import Any, Literal

from runtime.callbacks.base import Callback, Logs
from runtime.callbacks.rates import log_rates
from runtime.errors import LayerloomError, ParameterError


class TensorBoard(Callback):
    """Writes loss, metrics and learning rate of every epoch for TensorBoard, and weights if you like.

    It needs the package `tensorboard`. Look at the results with `tensorboard --logdir logs`.

    Args:
        log_dir: The folder, of its own.
        histogram_freq: Every how many epochs the spread of the weights is written; 0 for never.
        write_graph: Accepted for Keras's sake: there is no graph of TensorFlow to show, see `plot_model`.
        write_images: True writes the weights as pictures too, with the histograms.
        write_steps_per_second: True writes how many batches are done in a second.
        update_freq: "epoch"; "batch" to write results after every batch too, or every so many batches.
        profile_batch: 0: batches are not profiled here; torch's own profiler does that.
        embeddings_freq: 0: the projector for embeddings is not written.
        embeddings_metadata: Accepted for Keras's sake.

    Raises:
        LayerloomError: The package is not installed.

    Source:
        https://keras.io/api/callbacks/tensorboard/
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: Literal["epoch", "batch"] | int = "epoch",
        profile_batch: int = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: Any = None,
    ) -> None:
        super().__init__()
        for parameter, received, hint in (
            ("profile_batch", profile_batch, "Use torch.profiler to see where time goes."),
            ("embeddings_freq", embeddings_freq, "Save the weights and look at them with the projector."),
        ):
            if received:
                raise ParameterError(
                    f"TensorBoard got {parameter}={received!r}, which is not possible here.",
                    parameter=parameter,
                    received=received,
                    hint=hint,
                )
        self._writer_class = _writer_class()
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq = histogram_freq
        self.write_graph = write_graph
        self.write_images = write_images
        self.write_steps_per_second = write_steps_per_second
        self.update_freq = 1 if update_freq == "batch" else update_freq
        self.embeddings_metadata = embeddings_metadata
        self._writers: dict[str, Any] = {}
        self._batches = 0
        self._batch_start = self._epoch_start = 0.0
        self._steps_before = 0
        if self.update_freq != "epoch":
            # Set on the object: only then does the training loop call them at every batch.
            self.on_train_batch_begin = self._begin_batch
            self.on_train_batch_end = self._end_batch

    def _write(self, kind: str, values: dict[str, Any], step: int) -> None:
        """Writes single numbers by name."""
        if kind not in self._writers:
            self._writers[kind] = self._writer_class(str(Path(self.log_dir, kind)))
        for name, value in values.items():
            self._writers[kind].add_scalar(name, float(value), step)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Counts batches from the start."""
        self._batches = 0

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Closes the files."""
        for writer in self._writers.values():
            writer.close()
        self._writers = {}

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Writes the results of an evaluation against the number of training steps."""
        if self.model.optimizer is not None:
            named = {f"evaluation_{name}_vs_iterations": value for name, value in (logs or {}).items()}
            self._write("validation", named, self.model.optimizer.iterations)
            self._writers["validation"].flush()

    def _begin_batch(self, batch: int, logs: Logs | None = None) -> None:
        """Notes the time."""
        self._batches += 1
        self._batch_start = time.perf_counter()

    def _end_batch(self, batch: int, logs: Logs | None = None) -> None:
        """Writes the results so far, every so many batches."""
        if self._batches % int(self.update_freq):
            return
        values = {f"batch_{name}": value for name, value in (logs or {}).items()}
        if self.write_steps_per_second:
            values["batch_steps_per_second"] = 1 / max(time.perf_counter() - self._batch_start, 1e-9)
        self._write("train", values, self._batches)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Notes time and steps."""
        self._epoch_start = time.perf_counter()
        self._steps_before = self.model.optimizer.iterations

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Writes the results of the epoch, and the weights if it is their turn."""
        logs = logs or {}
        values = {name: value for name, value in logs.items() if not name.startswith("val_")}
        log_rates(self.model, values)
        if self.write_steps_per_second:
            steps = self.model.optimizer.iterations - self._steps_before
            values["steps_per_second"] = steps / max(time.perf_counter() - self._epoch_start, 1e-9)
        self._write("train", {f"epoch_{name}": value for name, value in values.items()}, epoch)
        validated = {
            f"epoch_{name.removeprefix('val_')}": logs[name] for name in logs if name.startswith("val_")
        }
        if validated:
            self._write("validation", validated, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_weights(epoch)
        for writer in self._writers.values():
            writer.flush()

    def _write_weights(self, epoch: int) -> None:
        writer = self._writers["train"]
        for weight in self.model.weights:
            values = weight.detach().cpu()
            writer.add_histogram(f"{weight.path}/histogram", values, epoch)
            picture = values.squeeze()
            if self.write_images and 1 <= picture.ndim <= 2 and values.is_floating_point():
                rows = picture.reshape(-1, picture.shape[-1])
                lying = rows.T if rows.shape[0] > rows.shape[1] else rows
                writer.add_image(f"{weight.path}/image", lying.clamp(0, 1), epoch, dataformats="HW")


def _writer_class() -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415 (the package may be missing)
    except ImportError as error:
        raise LayerloomError(
            "The callback TensorBoard needs the package tensorboard, which is not installed.",
            hint="Install it with `pip install tensorboard`, or use CSVLogger.",
        ) from error
    return SummaryWriter
