"""Weights spread over several files, none larger than wanted: `x.weights.json`, `x_00000.weights.h5`, ….

The first is an index: {"metadata": {"total_size": bytes}, "weight_map": {group of a layer: file or files}}.
"""

import json
import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import h5py
import torch

from runtime.errors import FileFormatError, LayerloomError, RefusedError
from runtime.saving.atomic import hdf5_in_memory, replacing
from runtime.saving.attribute_tree import OPTIMIZER, places
from runtime.saving.h5_reading import opened
from runtime.saving.h5_writing import write_array
from runtime.saving.json_text import MAX_BYTES, parse_json
from runtime.saving.memory import readable_size

INDEX = ".weights.json"
_ENDING = ".weights.h5"
_MAX_FILES = 1_000


def write_shards(
    model: Any, path: str | os.PathLike[str], max_shard_size: float, *, overwrite: bool = True
) -> None:
    """Writes the weights of a model into files of limited size, and the index that says what is where.

    All files are written before the first takes its place; the index comes last.

    Args:
        model: The model.
        path: The index, ending in `.weights.json`.
        max_shard_size: Most gigabytes (2³⁰ bytes) of weights in one file.
        overwrite: False refuses to replace a file.

    Raises:
        LayerloomError: A single weight is larger than that, or a file cannot be written.
    """
    index, limit = Path(path), max_shard_size * 2**30
    where: dict[str, list[str]] = {}
    total, room, number = 0.0, -1.0, 0
    file: h5py.File | None = None
    with ExitStack() as written:
        # Left in the reverse order: the index takes its place when all others have.
        listing = written.enter_context(replacing(index, overwrite=overwrite))
        name = ""
        with ExitStack() as filling:
            for group, label, key, tensor in _entries(model):
                size = tensor.numel() * tensor.element_size()
                if size > limit:
                    raise LayerloomError(
                        f"The weight '{getattr(tensor, 'path', '') or group}' takes {readable_size(size)}, "
                        f"more than a file may ({readable_size(limit)}).",
                        hint="Give a larger max_shard_size; it is in gigabytes.",
                    )
                if file is None or size > room:
                    name = f"{_stem(index)}_{number:05}{_ENDING}"
                    shard = written.enter_context(replacing(index.with_name(name), overwrite=overwrite))
                    filling.close()
                    file = filling.enter_context(hdf5_in_memory(shard))
                    room, number = limit, number + 1
                holder = file.require_group(group)
                holder.attrs["name"] = label
                write_array(holder, key, tensor)
                room, total = room - size, total + size
                files = where.setdefault(f"/{group}", [])
                files += [name] * (name not in files)
        shown = {group: files[0] if len(files) == 1 else files for group, files in where.items()}
        listing.write_text(json.dumps({"metadata": {"total_size": total}, "weight_map": shown}, indent=4))


@contextmanager
def opened_shards(path: str | os.PathLike[str]) -> Generator[list[h5py.File]]:
    """All files that an index names, open for reading; they must lie beside it.

    Raises:
        FileFormatError: The index or one of the files is missing or broken.
        RefusedError: A name leads into another folder.
    """
    index = Path(path)
    with ExitStack() as files:
        yield [files.enter_context(opened(index.with_name(name))) for name in _names(index)]


def _names(index: Path) -> list[str]:
    """The files that an index names."""
    try:
        with index.open("rb") as file:
            content = parse_json(file.read(MAX_BYTES + 1), f"The index '{index}'")
    except OSError as error:
        raise FileFormatError(f"'{index}' cannot be read: {error.strerror or error}.") from error
    where = content.get("weight_map") if isinstance(content, dict) else None
    if not isinstance(where, dict):
        raise FileFormatError(
            f"'{index}' has no weight_map, so it is no index of weights.",
            hint="A model described by to_json is made with model_from_json.",
        )
    names: dict[str, None] = {}
    for files in where.values():
        for name in files if isinstance(files, list) else [files]:
            if not isinstance(name, str) or not name:
                raise FileFormatError(f"'{index}' names {str(name)[:100]!r} in place of a file.")
            if (
                name != os.path.basename(name)
                or name in (".", "..")
                or "\\" in name
                or not name.endswith(_ENDING)
            ):
                raise RefusedError(
                    f"'{index}' names the file {name[:100]!r}; only '….weights.h5' beside it are read.",
                    what=name[:100],
                )
            names[name] = None
    if len(names) > _MAX_FILES:
        raise FileFormatError(f"'{index}' names more than {_MAX_FILES:,} files.")
    return list(names)


def _entries(model: Any) -> Iterator[tuple[str, str, str, torch.Tensor]]:
    """Group, name of the layer, name in the group and tensor: all weights and the optimizer's state."""
    for place in places(model):
        label = getattr(place.layer, "name", type(place.layer).__name__)
        for name, weight in place.weights.items():
            yield place.group, label, name, weight
    optimizer = getattr(model, "optimizer", None)
    if optimizer is not None and optimizer.built:
        for number, (_, tensor) in enumerate(optimizer.variables):
            yield f"{OPTIMIZER}/vars", optimizer.name, str(number), tensor


def _stem(index: Path) -> str:
    return index.name.removesuffix(INDEX)
