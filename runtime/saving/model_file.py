"""`save_model`, `load_model` and their kind: which sort of file it is decides who writes or reads it."""

import io
import os
from collections.abc import Mapping
from typing import Any

from runtime.errors import FileFormatError, LayerloomError, NotBuiltError, ParameterError
from runtime.layers import Layer
from runtime.saving.archive import WEIGHTS as WEIGHTS_MEMBER
from runtime.saving.archive import load_archive, read_weights, save_archive
from runtime.saving.atomic import replacing_hdf5
from runtime.saving.attribute_tree import load_optimizer_state, load_tree, write_tree
from runtime.saving.file_kinds import kind_of
from runtime.saving.h5_layers import load_layers, load_layers_by_name, write_layers
from runtime.saving.h5_reading import child_group, opened
from runtime.saving.shards import INDEX, opened_shards, write_shards
from runtime.saving.whole_h5 import WEIGHTS, is_tree, lists_layers, load_h5, save_h5

_H5 = (".h5", ".hdf5")
Path = str | os.PathLike[str]


def save_model(
    model: Any,
    filepath: Path,
    overwrite: bool = True,
    zipped: bool | None = None,
    *,
    include_optimizer: bool = True,
    save_format: str | None = None,
) -> None:
    """Writes a whole model to a file that the real Keras opens too.

    Args:
        model: The model.
        filepath: The file; its ending says the kind: `.h5` or `.keras`.
        overwrite: False refuses to replace a file. (Keras asks at the keyboard then.)
        zipped: Accepted for Keras's sake; False, a folder in place of a file, is refused.
        include_optimizer: False leaves compile settings and optimizer state out.
        save_format: Accepted for the sake of Keras 2; the ending says it.

    Raises:
        LayerloomError: An unknown ending, a model that cannot be described, or a file that cannot be written.
        ParameterError: An argument that asks for another form of file.
    """
    _refuse_other_forms(zipped, save_format)
    writers = {".h5": save_h5, ".hdf5": save_h5, ".keras": save_archive}
    write = writers.get(_ending(filepath))
    if write is None:
        raise LayerloomError(
            f"A model cannot be saved as '{filepath}'.",
            hint="Give the file the ending .h5 or .keras, as in 'model.h5'.",
        )
    if not hasattr(model, "read_config") and type(model).get_config is Layer.get_config:
        raise LayerloomError(
            f"Model '{model.name}' is a class of its own, so a file cannot describe how it computes.",
            hint="Save its weights with save_weights('name.weights.h5'), or write get_config.",
        )
    write(model, filepath, overwrite=overwrite, include_optimizer=include_optimizer)


def load_model(
    filepath: Path,
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,
) -> Any:
    """Makes the model that a file holds, with its weights and, if it was compiled, ready to train on.

    A file is only data: whatever it holds, no code in it is run.

    Args:
        filepath: The file.
        custom_objects: Classes and functions of your own, by the names the file has for them.
        compile: False leaves compile settings and optimizer state alone.
        safe_mode: Accepted for Keras's sake; code in files is never run.

    Raises:
        FileFormatError: The file is missing, broken, or holds no whole model.
        RefusedError: It names something that is not known, or would run code.
    """
    del safe_mode
    kind = kind_of(filepath)
    if kind == "index":
        raise FileFormatError(
            f"'{filepath}' is a text in JSON: a description without weights, or an index of weights.",
            hint="Make the model with model_from_json(text), then load_weights.",
        )
    load = load_h5 if kind == "hdf5" else load_archive
    return load(filepath, custom_objects, compile=compile)


def save_weights(
    model: Any, filepath: Path, overwrite: bool = True, max_shard_size: float | None = None
) -> None:
    """Writes the weights of a model, without its description.

    Args:
        model: The model; it must be built.
        filepath: The file, ending in `.weights.h5` for the layout of Keras 3, in `.h5` for that of Keras 2;
            in `.weights.json` for several files.
        overwrite: False refuses to replace a file.
        max_shard_size: Most gigabytes of weights in one file; then an index and several files are written.

    Raises:
        NotBuiltError: There are no weights yet.
        LayerloomError: An unknown ending, or a file that cannot be written.
    """
    _require_built(model)
    if max_shard_size is not None:
        index = os.fspath(filepath)
        if not index.endswith(INDEX) or not max_shard_size > 0:
            raise LayerloomError(
                f"Weights cannot be saved as '{filepath}' in files of at most {max_shard_size} GB.",
                hint="Give the file the ending .weights.json, and a size above 0.",
            )
        write_shards(model, filepath, max_shard_size, overwrite=overwrite)
        return
    if _ending(filepath) not in _H5:
        raise LayerloomError(
            f"Weights cannot be saved as '{filepath}'.",
            hint="Give the file the ending .weights.h5, or .weights.json and a max_shard_size.",
        )
    write = write_tree if os.fspath(filepath).lower().endswith(".weights.h5") else write_layers
    with replacing_hdf5(filepath, overwrite=overwrite) as file:
        write(file, model)


def load_weights(model: Any, filepath: Path, *, skip_mismatch: bool = False, by_name: bool = False) -> None:
    """Gives a model the weights in a file: one of weights alone, or of a whole model.

    Args:
        model: The model; it must be built.
        filepath: The file.
        skip_mismatch: True leaves weights whose shape differs as they are, with a warning.
        by_name: True pairs layers by name and leaves the others alone; False takes them in order.

    Raises:
        NotBuiltError: The model has no weights yet.
        FileFormatError: The file is broken, or does not fit the model; the model is unchanged then.
    """
    _require_built(model)
    match kind_of(filepath):
        case "index":
            _refuse_names(filepath, by_name=by_name)
            with opened_shards(filepath) as files:
                load_tree(files, model, skip_mismatch=skip_mismatch)
                load_optimizer_state(files, model)
            return
        case "hdf5":
            source: Path | io.BytesIO = filepath
        case _:
            source = io.BytesIO(read_weights(filepath))
    with opened(source, f"{filepath}/{WEIGHTS_MEMBER}") as file:
        if is_tree(file):
            _refuse_names(filepath, by_name=by_name)
            load_tree(file, model, skip_mismatch=skip_mismatch)
            load_optimizer_state(file, model)
            return
        if not lists_layers(file) and WEIGHTS not in file:
            inside = ", ".join(map(str, file)) or "nothing"
            raise FileFormatError(
                f"'{filepath}' is an HDF5 file, but holds no weights of Keras: its top has {inside[:200]}.",
                hint="Files of weights come from save_weights and save.",
            )
        group = file if lists_layers(file) else child_group(file, WEIGHTS)
        load = load_layers_by_name if by_name else load_layers
        load(group, model, skip_mismatch=skip_mismatch)


def _refuse_names(filepath: Path, *, by_name: bool) -> None:
    if by_name:
        raise FileFormatError(
            f"'{filepath}' does not say the names of layers, so they cannot be paired by name.",
            hint="Leave by_name out; such files go by the structure of the model.",
        )


def _refuse_other_forms(zipped: bool | None, save_format: str | None) -> None:
    if zipped is False:
        raise ParameterError(
            "A model is saved as one file, not as a folder.",
            parameter="zipped",
            received=zipped,
            hint="Leave zipped out; an archive can be unpacked by any program that opens zip files.",
        )
    if save_format not in (None, "", "h5", "hdf5", "keras"):
        raise ParameterError(
            f"save_format={save_format!r} is not written.",
            parameter="save_format",
            received=save_format,
            hint="Leave it out, and give the file the ending .h5 or .keras.",
        )


def _require_built(model: Any) -> None:
    if not model.built:
        raise NotBuiltError(
            f"Model '{model.name}' has no weights yet.",
            hint="Give it an Input, call build(input_shape), or call it.",
        )


def _ending(path: Path) -> str:
    if not isinstance(path, str | os.PathLike):
        raise ParameterError(
            f"A file is named by its path, not by a {type(path).__name__}.",
            parameter="filepath",
            received=path,
            hint="Give a text such as 'model.keras', or a pathlib.Path.",
        )
    return os.path.splitext(os.fspath(path))[1].lower()
