"""The entries of a functional model's config: layers with their calls, without what only computes masks."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

from runtime.errors import FileFormatError
from runtime.saving import tf_nodes, tf_operations
from runtime.saving.call_arguments import Call, read_call, references
from runtime.saving.reading import MAX_LAYERS, Reading, is_known


@dataclass
class Entry:
    """One layer in a config.

    Args:
        name: Its name.
        config: What it is made from.
        calls: How it is called.
        masked: Numbers of the calls that were given a mask which is left out here.
    """

    name: str
    config: Any
    calls: list[Call]
    masked: set[int] = field(default_factory=set[int])


def read_entries(config: Any, reading: Reading) -> list[Entry]:
    """Reads the list of layers of a functional model.

    Keras 3 writes the operations by which a layer finds its mask into the graph, and hands the mask on by
    name. Here layers find and hand on masks by themselves, so such operations and arguments are left out.

    Args:
        config: The config of the model.
        reading: The file it stands in.

    Raises:
        FileFormatError: The config is wrong.
    """
    layers = config.get("layers") if isinstance(config, dict) else None
    if not isinstance(layers, list) or len(layers) > MAX_LAYERS:
        raise FileFormatError(
            f"the config of a functional model has no list of at most {MAX_LAYERS:,} layers."
        )
    entries = [_entry(layer, reading) for layer in layers]
    names = [entry.name for entry in entries]
    if len(set(names)) < len(names):
        double = next(name for name in names if names.count(name) > 1)
        raise FileFormatError(f"two layers are called '{double}'.")
    only_masks = _mask_operations(entries, str(config.get("output_layers")), reading)
    if not only_masks:
        return entries
    return [_without(entry, only_masks) for entry in entries if entry.name not in only_masks]


def _entry(layer: Any, reading: Reading) -> Entry:
    inner = layer.get("config") if isinstance(layer, dict) else None
    name = layer.get("name", inner.get("name") if isinstance(inner, dict) else None) if layer else None
    if not isinstance(layer, dict) or not isinstance(name, str):
        raise FileFormatError(f"an entry of the list of layers is no layer with a name: {str(layer)[:100]}.")
    nodes = layer.get("inbound_nodes") or []
    with reading.inside(f"Layer '{name[:100]}'"):
        if not isinstance(nodes, list):
            raise FileFormatError(f"its inbound_nodes are a {type(nodes).__name__}, not a list.")
        reading.count_calls(len(nodes))
        calls = [read_call(node) for node in nodes if node]
        if layer.get("class_name") in tf_operations.CLASSES and isinstance(inner, dict):
            layer, calls = tf_operations.translated(inner, calls)
        elif layer.get("class_name") == tf_nodes.CLASS and isinstance(inner, dict):
            layer, calls = tf_nodes.translated_node(inner, calls)
        return Entry(name, layer, calls)


def _mask_operations(entries: list[Entry], outputs: str, reading: Reading) -> set[str]:
    """Names of the operations whose results are used as masks and for nothing else."""
    found = {entry.name for entry in entries if _is_operation(entry.config, reading)}
    if not found:
        return found
    needs: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        for call in entry.calls:
            needs[entry.name] |= {
                wanted.layer
                for wanted in references([call.args, _without_masks(call.kwargs)])
                if wanted.layer in found
            }
    kept = [name for entry in entries if entry.name not in found for name in needs[entry.name]]
    kept += [name for name in found if f"'{name}'" in outputs]
    while kept:
        name = kept.pop()
        if name in found:
            found.remove(name)
            kept += needs[name]
    return found


def _is_operation(config: dict[str, Any], reading: Reading) -> bool:
    """True for a bare operation: it is no known layer, or has none of the arguments every layer has."""
    if str(config.get("module", "")).startswith("keras.src.ops"):
        return True
    inner = config.get("config")
    plain = isinstance(inner, dict) and not {"trainable", "dtype", "layers"} & set(inner)
    return isinstance(config.get("class_name"), str) and (plain or not is_known(config, reading))


def _without(entry: Entry, names: Collection[str]) -> Entry:
    calls: list[Call] = []
    masked: set[int] = set()
    for number, call in enumerate(entry.calls):
        dropped = {
            key: value
            for key, value in call.kwargs.items()
            if any(wanted.layer in names for wanted in references(value))
        }
        if dropped:
            masked.add(number)
            kwargs = {key: value for key, value in call.kwargs.items() if key not in dropped}
            call = replace(call, kwargs=kwargs, references=references([call.args, kwargs]))  # noqa: PLW2901
        calls.append(call)
    return Entry(entry.name, entry.config, calls, masked)


def _without_masks(kwargs: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in kwargs.items() if key != "mask" and not key.endswith("_mask")}
