"""From the config of a layer to what stands on a node: the layer and its parameters, or why it is locked."""

from dataclasses import dataclass, field
from typing import Any

from graph_compiler.document import Node
from graph_compiler.document.values import plain_json
from graph_compiler.importers.arguments import params_of, raw_params
from graph_compiler.instances import find_spec, instance_of
from graph_compiler.operations import PREFIX
from runtime.errors import FileFormatError, RefusedError
from runtime.layers import Layer, Operation
from runtime.saving.reading import Reading, read_layer

MENDABLE = ("bad_param", "missing_param")
"""Problems a person mends in the form of the layer, so that it need not be locked."""


@dataclass(frozen=True)
class Described:
    """A layer of a file.

    Args:
        name: Its name in the registry, or the class name in the file.
        params: Its parameters as a document has them.
        layer: The layer, without weights; None if it cannot be made.
        locked: Why it cannot be computed; empty if it can.
    """

    name: str
    params: dict[str, Any] = field(default_factory=dict[str, Any])
    layer: Layer | None = None
    locked: str = ""


def described(config: Any, reading: Reading) -> Described:
    """Reads the config of a layer, whatever is in it.

    Args:
        config: {"class_name", "config"} as any Keras since 2.0 writes it.
        reading: The file it stands in.
    """
    try:
        layer = read_layer(config, reading)
    except (RefusedError, FileFormatError) as error:
        return _refused(config, error.message)
    name = f"{PREFIX * isinstance(layer, Operation)}{type(layer).__name__}"
    spec = find_spec(name)
    if spec is None or spec.cls is not type(layer):
        return _locked(config, f"{name} is a class of your own program, which a design has no node for.")
    try:
        params = plain_json(params_of(layer))
    except (ValueError, LookupError) as error:
        return _locked(config, f"A design cannot keep its parameters: {error}.")
    assert isinstance(params, dict)
    problems = instance_of(Node(id="probe", layer=name, name="probe", params=params)).problems
    if problems:
        return _locked(config, f"{problems[0].message} {problems[0].hint}".strip())
    return Described(name, params, layer)


def _refused(config: Any, why: str) -> Described:
    """A layer of the palette of which only a value is wrong stays open: its form says what to mend."""
    name, arguments = class_name(config), _arguments(config)
    spec = find_spec(name) if name[:1].isupper() else None
    if spec is not None and not any(
        isinstance(value, dict) and "layers" in value for value in arguments.values()
    ):
        params = raw_params(spec.cls, arguments)
        problems = instance_of(Node(id="probe", layer=name, name="probe", params=params)).problems
        if problems and all(problem.kind in MENDABLE for problem in problems):
            return Described(name, params)
    return _locked(config, why)


def _locked(config: Any, why: str) -> Described:
    try:
        kept = plain_json(_arguments(config))
    except ValueError:
        kept = {}
    assert isinstance(kept, dict)
    return Described(class_name(config), kept, locked=why[:10_000])


def class_name(config: Any) -> str:
    """The class name in a config, short enough for a document."""
    found = config.get("class_name") if isinstance(config, dict) else None
    return (found.rpartition(">")[2] if isinstance(found, str) else "")[:200] or "unknown"


def _arguments(config: Any) -> dict[str, Any]:
    inner = config.get("config") if isinstance(config, dict) else None
    return {str(key): value for key, value in inner.items()} if isinstance(inner, dict) else {}
