"""`Stored`: the part of a model that writes it to files, reads it back and prints it."""

import os
from collections.abc import Callable
from typing import Any, Self, cast

from runtime.layers import Layer
from runtime.models.summary import print_summary
from runtime.saving import model_file
from runtime.saving.graph_writing import layer_config
from runtime.saving.memory import MemoryLimit, usable_memory
from runtime.saving.objects import config_text
from runtime.saving.reading import Reading, model_classes


class Stored:
    """What a model can do with files."""

    name: str
    get_config: Callable[[], dict[str, Any]]

    def save(
        self,
        filepath: str | os.PathLike[str],
        overwrite: bool = True,
        zipped: bool | None = None,
        *,
        include_optimizer: bool = True,
        save_format: str | None = None,
    ) -> None:
        """Writes the whole model to a file: layers, weights, compile settings and optimizer state.

        Args:
            filepath: The file, ending in `.h5` or `.keras`; missing folders are made.
            overwrite: False refuses to replace a file. (Keras asks at the keyboard then.)
            zipped: Accepted for Keras's sake; False, a folder in place of a file, is refused.
            include_optimizer: False leaves compile settings and optimizer state out.
            save_format: Accepted for the sake of Keras 2; the ending says it.
        """
        model_file.save_model(
            self, filepath, overwrite, zipped, include_optimizer=include_optimizer, save_format=save_format
        )

    def save_weights(
        self,
        filepath: str | os.PathLike[str],
        overwrite: bool = True,
        max_shard_size: float | None = None,
    ) -> None:
        """Writes the weights to a file.

        Args:
            filepath: The file, ending in `.weights.h5` or `.h5`; in `.weights.json` for several files.
            overwrite: False refuses to replace a file.
            max_shard_size: Most gigabytes of weights in one file; then an index and several files are
                written.
        """
        model_file.save_weights(self, filepath, overwrite=overwrite, max_shard_size=max_shard_size)

    def load_weights(
        self,
        filepath: str | os.PathLike[str],
        skip_mismatch: bool = False,
        by_name: bool = False,
        **options: Any,
    ) -> None:
        """Takes the weights out of a file of weights or of a whole model.

        Args:
            filepath: The file.
            skip_mismatch: True leaves weights whose shape differs as they are, with a warning.
            by_name: True pairs layers by name and leaves the others alone; False takes them in order.
            **options: Accepted for Keras's sake.
        """
        del options
        model_file.load_weights(self, filepath, skip_mismatch=skip_mismatch, by_name=by_name)

    def export(
        self,
        filepath: str | os.PathLike[str],
        format: str = "onnx",
        verbose: bool | None = None,
        input_signature: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Writes what the model computes for programs that know nothing of the code that made it.

        Args:
            filepath: The file, usually ending in `.onnx` or `.pt2`.
            format: "onnx", which many programs run, or "torch" for a program of torch.
            verbose: False says nothing; by default a line tells what was written.
            input_signature: Shapes of the inputs, in place of those the model states, for axes that cannot
                stay open: `[InputSpec(shape=(None, 20, 3))]`.
            **kwargs: Further arguments of `export_onnx` or `export_torch`: `opset_version`, `check`.

        Returns:
            An `ExportReceipt`: what was written, and how far it differs from the model at most.
        """
        from runtime.export import export_model  # noqa: PLC0415 (needed by few programs)

        options = {"verbose": verbose, "input_signature": input_signature, **kwargs}
        return export_model(self, filepath, format, **options)

    def summary(
        self,
        line_length: int | None = None,
        positions: list[float] | None = None,
        print_fn: Callable[[str], Any] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: tuple[str, str] | None = None,
    ) -> None:
        """Prints a table of the layers, their output shapes and their numbers of weights.

        Args:
            line_length: Characters of a line; by default what the terminal has.
            positions: Where each column ends, as a fraction of the line.
            print_fn: Gets the text in place of the screen.
            expand_nested: True shows the layers inside of models inside.
            show_trainable: True adds a column that says which layers are trained.
            layer_range: Names (or patterns) of the first and last layer to show.
        """
        print_summary(
            self,
            print_fn,
            line_length=line_length,
            positions=positions,
            expand_nested=expand_nested,
            show_trainable=show_trainable,
            layer_range=layer_range,
        )

    def to_json(self, **options: Any) -> str:
        """The description of the model, without weights, as JSON; `model_from_json` reads it.

        Args:
            **options: Passed on to `json.dumps`, such as `indent=2`.
        """
        return config_text(layer_config(cast(Layer, self)), **options)

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Self:
        """Makes an equal model, with new weights, from what `get_config` returned.

        Args:
            config: The config.
            custom_objects: Classes and functions of your own, by the names the config has for them.

        Raises:
            FileFormatError: The config is wrong.
            RefusedError: It names something that is not known, or would run code.
        """
        reader: Any = cls
        if not hasattr(cls, "read_config"):
            if not isinstance(config, dict) or "input_layers" not in config:
                return cls(**config)
            reader = model_classes["Functional"]
        with MemoryLimit(usable_memory(), "this machine has not the memory for it"):
            return reader.read_config(config, Reading(custom_objects or {}))
