"""The palette of the canvas: every layer of the registry that belongs to a group."""

from typing import Any

from graph_compiler.kinds import accepted_kinds
from runtime.layers import layer_names, layer_spec
from runtime.layers.parameters import ParamSpec
from runtime.layers.spec import LayerSpec, PortSpec

GROUPS = (
    "Core",
    "Convolution",
    "Pooling",
    "Reshaping",
    "Merging",
    "Normalization",
    "Regularization",
    "Activation",
    "Recurrent",
    "Attention",
    "Wrappers",
    "Preprocessing",
    "Augmentation",
    "Sound",
)
"""Order of the groups; a group that is not named here comes last."""


def palette_entries() -> list[dict[str, Any]]:
    """What can be added, group by group, the usual first, in the form the canvas reads."""
    specs = [layer_spec(name) for name in layer_names()]
    shown = [spec for spec in specs if spec.group]
    return [_entry(spec) for spec in sorted(shown, key=lambda spec: (_place(spec.group), spec.rank))]


def labels() -> dict[str, str]:
    """What each layer is called, by its name in the registry."""
    return {name: layer_spec(name).label for name in layer_names()}


def first_params(spec: LayerSpec) -> dict[str, Any]:
    """Values for those parameters of a new node that have no default."""
    return {param.name: first_value(param) for param in spec.params if param.required}


def first_value(param: ParamSpec) -> Any:
    """A value to begin with, for a parameter that has no default; None where none makes sense."""
    match param.kind:
        case "ints" if param.listed:
            return [1]
        case "int" | "ints":
            return max(32, int(param.range.min or 0))
        case "float" | "floats":
            return 0.5
        case "bounds":
            low, high = max(param.range.min or 0, 0), param.range.max
            return 0.5 if high is None else round(low + (high - low) / 5, 3)
        case "layers":
            return []
        case "size":
            return 3 if param.axes == 1 else [3] * param.axes
        case "bool":
            return False
        case "choice" | "registry":
            return param.names[0]
        case "shape":
            return [1]
        case _:
            return None


def port_entries(spec: LayerSpec) -> list[dict[str, Any]]:
    """The input ports of a layer in the form the canvas reads."""
    accepted = accepted_kinds(spec.name, first_params(spec)) if spec.group else {}
    return [_port(port, accepted.get(port.name)) for port in spec.inputs]


def _port(port: PortSpec, accepted: tuple[str, ...] | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": port.name, "optional": port.optional, "variadic": port.variadic}
    if port.whole:
        entry["kind"] = "ids"
    elif accepted is not None:
        entry["accepts"] = list(accepted)
        if len(accepted) == 1:
            entry["kind"] = accepted[0]
    return entry


def _entry(spec: LayerSpec) -> dict[str, Any]:
    return {
        "layer": spec.name,
        "label": spec.label,
        "group": spec.group,
        "summary": spec.summary,
        "inputs": port_entries(spec),
        "outputs": ["output"],
        "params": first_params(spec),
    }


def _place(group: str) -> tuple[int, str]:
    return (GROUPS.index(group), "") if group in GROUPS else (len(GROUPS), group)
