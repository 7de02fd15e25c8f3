"""From a node to the layer it stands for, or to all that stands against it.

Making a layer is the dearest part of a check, and an edit changes one node of many: what was found out
about a node is kept and found again by the node's layer, name, parameters and settings.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from typing import Any, Literal, cast

from pydantic import JsonValue

from graph_compiler.document import Node
from graph_compiler.document.naming import propose_name
from graph_compiler.operations import PREFIX, constant, is_function, operation_spec
from runtime.configurable import constructor_parameters
from runtime.errors import LayerloomError, ParameterError, UnknownNameError, did_you_mean
from runtime.layers import Layer, registry
from runtime.layers.parameters import ParamSpec, param_spec
from runtime.layers.spec import LayerSpec, layer_spec
from runtime.layers.weights import WeightOwner

_REMEMBERED = 4096
_NAMELESS = "layer"
_UNLOCK = "Put a layer of the palette in its place, and draw its wires anew."
KEPT_AS_TUPLES = ("size", "shape", "ints", "bounds", "json")
"""Kinds of parameters whose lists are tuples in the layer and in code."""
_SHARED = ("trainable", "dtype", "activity_regularizer")
"""Parameters that every layer has besides those its class declares."""

ProblemKind = Literal[
    "unknown_layer",
    "unknown_param",
    "missing_param",
    "bad_param",
    "unknown_setting",
    "bad_setting",
    "refused",
    "locked",
]


_OF_THE_CALL: tuple[ProblemKind, ...] = ("unknown_setting", "bad_setting")
"""Problems that come from where a layer is called, not from the layer."""


@dataclass(frozen=True)
class Problem:
    """Something that stands against making a layer.

    Args:
        kind: Which sort of mistake it is.
        name: The parameter or setting; empty when it is the layer as a whole.
        message: What is wrong.
        hint: How to mend it.
    """

    kind: ProblemKind
    name: str
    message: str
    hint: str = ""


@dataclass(frozen=True, eq=False)
class Instance:
    """What a node stands for.

    Args:
        spec: The description of its layer; None if there is no such layer.
        layer: The layer, never built, so that all may share it; None if it cannot be made.
        outputs: Names of its output ports.
        problems: All that is wrong with it, taken by itself.
        recipe: Layer, name and parameters (as JSON) it is made from.
        settings: Arguments of its call that are no tensors.
        kind: The same under no name in particular: one for all nodes with these parameters.
    """

    spec: LayerSpec | None
    layer: Layer | None
    outputs: tuple[str, ...]
    problems: tuple[Problem, ...]
    recipe: tuple[str, str, str]
    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    kind: "Instance | None" = None

    @cached_property
    def inner(self) -> tuple[WeightOwner, ...]:
        """The layers inside the layer, on whatever level."""
        return (
            tuple(part for part in self.layer.flatten_layers() if part is not self.layer)
            if self.layer
            else ()
        )

    @property
    def takes_mask(self) -> bool:
        """True if the layer's call is told which steps to skip."""
        return self.layer is not None and bool(type(self.layer).signature.masks)

    def make(self) -> Layer:
        """A further layer of the kind, for one user alone.

        Raises:
            LayerloomError: It cannot be made.
        """
        layer_name, name, params = self.recipe
        return make_layer(layer_name, name, json.loads(params))


def find_spec(layer_name: str) -> LayerSpec | None:
    """The description of a layer of the registry, or of a function between layers, or None."""
    if layer_name.startswith(PREFIX):
        return operation_spec(layer_name)
    try:
        found = registry.lookup(layer_name)
    except UnknownNameError:
        return None
    return layer_spec(found) if isinstance(found, type) else None


def instance_of(node: Node, owner: Node | None = None) -> Instance:
    """The layer of a node, or what stands against it; quick for a node seen before.

    Args:
        node: The node.
        owner: The node whose layer it calls once more, if it is not its own.
    """
    maker = owner or node
    if maker.locked:
        problem = Problem("locked", "", maker.locked, _UNLOCK)
        problems = (problem,) if maker is node else ()
        return Instance(find_spec(maker.layer), None, (), problems, (maker.layer, maker.name, "{}"))
    found = _instance(maker.layer, maker.name, _as_key(maker.params), _as_key(node.settings))
    if maker is node or not found.problems:
        return found
    # What is wrong with the layer itself is said of the node that owns it.
    return replace(found, problems=tuple(p for p in found.problems if p.kind in _OF_THE_CALL))


def make_layer(layer_name: str, name: str, params: Mapping[str, JsonValue]) -> Layer:
    """A new layer without weights.

    Args:
        layer_name: Its name in the registry.
        name: What it is called in the model.
        params: Its parameters as a document has them.

    Raises:
        LayerloomError: The layer is unknown or cannot have these parameters.
    """
    spec = find_spec(layer_name) or layer_spec(cast(type, registry.lookup(layer_name)))
    known = parameters_of(spec)
    return spec.cls(**{key: _argument(known.get(key), value) for key, value in params.items()}, name=name)


def parameters_of(spec: LayerSpec) -> dict[str, ParamSpec]:
    """All parameters a node may set: those of the layer's class, then those every layer has."""
    return {param.name: param for param in spec.params} | {
        name: param for name, param in _shared_parameters().items() if spec.param(name) is None
    }


def setting_arguments(spec: LayerSpec, settings: Mapping[str, JsonValue]) -> dict[str, Any]:
    """Call settings of a node as arguments of the layer's call."""
    if is_function(spec):
        return {key: constant(value) for key, value in settings.items()}
    return {key: _argument(spec.setting(key), value) for key, value in settings.items()}


@cache
def _shared_parameters() -> dict[str, ParamSpec]:
    declared = constructor_parameters(Layer)
    hints = {"trainable": bool, "dtype": str | None}
    return {name: param_spec(name, hints.get(name, Any), declared[name].default, "") for name in _SHARED}


def _as_key(values: Mapping[str, JsonValue]) -> str:
    return json.dumps(values) if values else "{}"


@lru_cache(_REMEMBERED)
def _instance(layer_name: str, name: str, params_key: str, settings_key: str) -> Instance:
    """The layer of that name; it shares all that can be shared with the others of its kind."""
    kind = _made(layer_name, _NAMELESS, params_key, settings_key)
    if kind.problems:
        # A message may name the layer.
        return _made(layer_name, name, params_key, settings_key)
    return replace(kind, recipe=(layer_name, name, params_key), kind=kind)


@lru_cache(_REMEMBERED)
def _made(layer_name: str, name: str, params_key: str, settings_key: str) -> Instance:
    params: dict[str, JsonValue] = json.loads(params_key)
    settings: dict[str, JsonValue] = json.loads(settings_key)
    spec = find_spec(layer_name)
    recipe = (layer_name, name, params_key)
    if spec is None:
        return Instance(None, None, (), (_unknown_layer(layer_name),), recipe)
    problems = _param_problems(spec, params) + _setting_problems(spec, settings)
    if problems:
        return Instance(spec, None, (), tuple(problems), recipe)
    try:
        layer = make_layer(layer_name, name, params)
        arguments = setting_arguments(spec, settings)
        return Instance(spec, layer, layer.output_names(**arguments), (), recipe, arguments)
    except Exception as error:
        return Instance(spec, None, (), (_refusal(error),), recipe)


def _unknown_layer(layer_name: str) -> Problem:
    error = UnknownNameError("layer", layer_name, registry.names())
    hint = error.hint if error.suggestions else "Replace it by a layer of the palette."
    return Problem("unknown_layer", "", error.message, hint)


def _refusal(error: Exception) -> Problem:
    """An exception of a constructor as a problem: whatever it is, the person sees words and no traceback."""
    if isinstance(error, ParameterError) and error.parameter:
        return Problem("bad_param", error.parameter, error.message, error.hint)
    if isinstance(error, LayerloomError):
        return Problem("refused", "", error.message, error.hint)
    return Problem("refused", "", f"It cannot be made with these parameters: {error}.", "Change one of them.")


def _param_problems(spec: LayerSpec, params: Mapping[str, JsonValue]) -> list[Problem]:
    known = parameters_of(spec)
    problems = [
        _unknown("unknown_param", spec, "parameter", name, known) for name in params if name not in known
    ]
    problems += [_missing(param) for param in spec.params if param.required and param.name not in params]
    for name, value in params.items():
        if name in known:
            problems += _value_problems("bad_param", spec, known[name], value)
    return problems


def _setting_problems(spec: LayerSpec, settings: Mapping[str, JsonValue]) -> list[Problem]:
    known = {setting.name: setting for setting in spec.settings}
    problems: list[Problem] = []
    for name, value in settings.items():
        if name in known:
            problems += _value_problems("bad_setting", spec, known[name], value)
        else:
            problems.append(_unknown("unknown_setting", spec, "call setting", name, known))
    return problems


def _value_problems(kind: ProblemKind, spec: LayerSpec, param: ParamSpec, value: JsonValue) -> list[Problem]:
    try:
        param.check(_argument_form(param, value), spec.label)
    except LayerloomError as error:
        return [Problem(kind, param.name, error.message, error.hint or f"Give it {param.wanted()}.")]
    if param.kind not in ("layer", "layers"):
        return []
    listed = isinstance(value, list)
    return [
        problem
        for place, item in enumerate(value if isinstance(value, list) else [value], start=1)
        if isinstance(item, dict) and "layer" in item
        for problem in _inner_problems(kind, param, item, f"Inside, layer {place}" if listed else "Inside")
    ]


def _inner_problems(
    kind: ProblemKind, param: ParamSpec, value: Mapping[str, JsonValue], where: str
) -> list[Problem]:
    """What stands against a layer inside another one, said of that one's parameter."""
    layer_name, inner_params = str(value["layer"]), value.get("params", {})
    spec = find_spec(layer_name)
    if spec is None:
        inner = [_unknown_layer(layer_name)]
    elif not isinstance(inner_params, dict):
        text = f"The parameters of the {spec.label} inside are {inner_params!r}."
        inner = [Problem(kind, param.name, text, "Give them by name.")]
    else:
        inner = _param_problems(spec, {key: item for key, item in inner_params.items() if key != "name"})
    return [
        Problem(
            kind,
            param.name,
            problem.message if problem.message.startswith("Inside") else f"{where}: {problem.message}",
            problem.hint,
        )
        for problem in inner
    ]


def _unknown(
    kind: ProblemKind, spec: LayerSpec, word: str, name: str, known: Mapping[str, ParamSpec]
) -> Problem:
    close = did_you_mean(name, known)
    hint = f"Did you mean {close[0]!r}?" if close else f"Take it away: {spec.label} does not know it."
    return Problem(kind, name, f"{spec.label} has no {word} {name!r}.", hint)


def _missing(param: ParamSpec) -> Problem:
    meaning = f" ({param.help[0].lower()}{param.help[1:].rstrip('.')})" if param.help else ""
    return Problem(
        "missing_param", param.name, f"It needs {param.name!r}{meaning}.", f"Give it {param.wanted()}."
    )


def _argument_form(param: ParamSpec | None, value: JsonValue) -> Any:
    """Lists of numbers as tuples: documents have only lists, and layers keep what they get."""
    if isinstance(value, list) and param is not None and param.kind in KEPT_AS_TUPLES:
        return _as_tuple(value)
    return value


def _as_tuple(value: Any) -> Any:
    return tuple(_as_tuple(item) for item in value) if isinstance(value, list) else value


def _argument(param: ParamSpec | None, value: JsonValue) -> Any:
    if param is not None and param.kind == "layer" and isinstance(value, dict):
        return _inner_layer(value, set())
    if param is not None and param.kind in ("layer", "layers") and isinstance(value, list):
        taken: set[str] = set()
        return [_inner_layer(item, taken) if isinstance(item, dict) else item for item in value]
    return _argument_form(param, value)


def _inner_layer(value: Mapping[str, Any], taken: set[str]) -> Layer:
    """A layer inside another one, called otherwise than those before it: weights in files go by names."""
    if "layer" not in value:
        layer = registry.deserialize(value)
    else:
        params = dict(value.get("params") or {})
        name = params.pop("name", None) or propose_name(value["layer"], taken)
        layer = make_layer(value["layer"], name, params)
    taken.add(layer.name)
    return layer
