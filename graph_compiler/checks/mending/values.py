"""Quick fixes of names and values: of layers, of parameters, of optimizer, loss and metrics."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from graph_compiler.checks.mending.drawing import replace
from graph_compiler.checks.mending.fitting import set_param
from graph_compiler.checks.rule import Context
from graph_compiler.compile_settings import FROM_LOGITS, METRICS_BY_OUTPUT, class_of, with_parts
from graph_compiler.document import (
    CompileSettings,
    RenameNode,
    SetCompile,
    SetParam,
    SetSetting,
    SetTraining,
    propose_name,
)
from graph_compiler.findings import Finding, QuickFix
from graph_compiler.instances import parameters_of
from runtime.configurable import constructor_parameters
from runtime.errors import UnknownNameError, did_you_mean
from runtime.layers.parameters import ParamSpec, find_registry
from runtime.layers.registration import registry
from runtime.registries import Registry, snake_case


def rename(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """A name that nobody has yet and that can be used."""
    if finding.node_id is not None:
        name = propose_name(context.document.nodes[finding.node_id].name, context.document.names())
        yield QuickFix(f"Call it '{name}'", (RenameNode(node=finding.node_id, name=name),))


def nearest_layer(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """A layer of nearly the same name in its place, with the same wires."""
    if finding.node_id is None:
        return
    node = context.document.nodes[finding.node_id]
    for name in did_you_mean(node.layer, registry.names()):
        edits = replace(context.document, node, node.model_copy(update={"layer": name}))
        yield QuickFix(f"Use {name} in its place", edits)


def mend_parameter(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """The nearest good value of a parameter or call setting, else its default, else none."""
    param, value, is_setting = _param(context, finding)
    if finding.node_id is None or finding.param is None:
        return
    node = context.document.nodes[finding.node_id]
    for better in _better_values(param, value) if param is not None else ():
        if is_setting:
            edit = SetSetting(node=node.id, setting=finding.param, value=better)
            yield QuickFix(f"Set {finding.param} of '{node.name}' to {better!r}", (edit,))
        else:
            yield set_param(node, finding.param, better)
    yield from forget_parameter(context, finding)


def forget_parameter(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """A parameter or call setting less: the default holds."""
    if finding.node_id is None or finding.param is None:
        return
    node, name = context.document.nodes[finding.node_id], finding.param
    if name in node.settings:
        yield QuickFix(f"Take {name} away", (SetSetting(node=node.id, setting=name, remove=True),))
    if name in node.params:
        yield QuickFix(f"Take {name} away", (SetParam(node=node.id, param=name, remove=True),))


def rename_parameter(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """The value under the nearest name that the layer knows."""
    if finding.node_id is None or finding.param is None:
        return
    node, spec = context.document.nodes[finding.node_id], context.instance(finding.node_id).spec
    if spec is None:
        return
    if finding.param in node.params:
        free = [name for name in parameters_of(spec) if name not in node.params]
        for name in did_you_mean(finding.param, free):
            edits = (
                SetParam(node=node.id, param=finding.param, remove=True),
                SetParam(node=node.id, param=name, value=node.params[finding.param]),
            )
            yield QuickFix(f"Call the parameter {name}", edits)
    elif finding.param in node.settings:
        for name in did_you_mean(finding.param, [setting.name for setting in spec.settings]):
            edits = (
                SetSetting(node=node.id, setting=finding.param, remove=True),
                SetSetting(node=node.id, setting=name, value=node.settings[finding.param]),
            )
            yield QuickFix(f"Call the setting {name}", edits)


def fill_parameter(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """A usual value for a parameter that was left empty: at an output as many as the data have classes."""
    param, _, _ = _param(context, finding)
    if param is None or finding.node_id is None:
        return
    node = context.document.nodes[finding.node_id]
    data = context.data
    values: list[Any] = []
    if param.kind in ("int", "ints") and finding.node_id in context.outputs and data is not None:
        values.append(data.classes or (data.target_shape[-1] if data.target_shape else 1))
    match param.kind:
        case "int":
            values.append(max(32, int(param.range.min or 0)))
        case "size":
            values += [3, 2, 1]
        case "float":
            values.append(0.5)
        case "choice" | "registry":
            values.append(next((name for name in ("relu", *param.names) if name in param.names), None))
        case _:
            pass
    for value in values:
        yield set_param(node, param.name, value)


def forget_any_parameter(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """One parameter less: its default may go with the others."""
    if finding.node_id is not None:
        node = context.document.nodes[finding.node_id]
        for name in node.params:
            edit = SetParam(node=node.id, param=name, remove=True)
            yield QuickFix(f"Set {name} of '{node.name}' back to its default", (edit,))


def nearest_optimizer(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """An optimizer of nearly the same name, else the usual one."""
    del finding
    settings = context.document.compile
    for name in (*_nearest("optimizers", settings.optimizer), "adam"):
        yield compiled(context, f"Use the optimizer '{name}'", optimizer=name)
        if settings.optimizer_params:
            words = f"Use the optimizer '{name}' as it is"
            yield compiled(context, words, optimizer=name, optimizer_params={})


def mend_optimizer_parameters(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """A parameter of the optimizer under the nearest name, or less."""
    del finding
    settings = context.document.compile
    known = class_of("optimizers", settings.optimizer)
    return _mended(context, known, "optimizer_params", settings.optimizer_params)


def mend_loss_parameters(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """A parameter of the loss under the nearest name, or less."""
    del finding
    settings = context.document.compile
    return _mended(context, class_of("losses", settings.loss), "loss_params", settings.loss_params)


def _mended(context: Context, cls: Any, field: str, params: Mapping[str, Any]) -> Iterator[QuickFix]:
    if cls is None:
        return
    known = constructor_parameters(cls)
    for name, value in params.items():
        rest = {key: kept for key, kept in params.items() if key != name}
        if name not in known:
            for near in did_you_mean(name, known):
                yield compiled(context, f"Call {name} {near}", **{field: {**rest, near: value}})
        yield compiled(context, f"Take {name} away", **{field: rest})
    if len(params) > 1:
        yield compiled(context, "Take all of them away", **{field: {}})


def forget_from_logits(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """A loss that takes probabilities."""
    del finding
    params = {
        name: value for name, value in context.document.compile.loss_params.items() if name != FROM_LOGITS
    }
    yield compiled(context, f"Turn {FROM_LOGITS} of the loss off", loss_params=params)


def nearest_loss(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """A loss of nearly the same name."""
    del finding
    for name in _nearest("losses", context.document.compile.loss):
        yield compiled(context, f"Use the loss '{name}'", loss=name)


def nearest_metric(context: Context, finding: Finding) -> Iterator[QuickFix]:
    """The metric under the nearest name, or less."""
    metrics = context.document.compile.metrics
    for place, name in enumerate(metrics):
        if repr(name) not in finding.message:
            continue
        given = context.document.compile.metric_params
        if name in given:
            rest = {key: params for key, params in given.items() if key != name}
            yield compiled(context, f"Take the parameters of '{name}' away", metric_params=rest)
        near = (*did_you_mean(name, METRICS_BY_OUTPUT), *_nearest("metrics", name))
        for other in (other for other in near if other not in metrics):
            after = (*metrics[:place], other, *metrics[place + 1 :])
            yield compiled(context, f"Use the metric '{other}'", metrics=after)
        yield forget_metric(context, place)


def forget_metric(context: Context, place: int) -> QuickFix:
    """A metric less."""
    metrics = context.document.compile.metrics
    after = metrics[:place] + metrics[place + 1 :]
    return compiled(context, f"Take the metric '{metrics[place]}' away", metrics=after)


def compiled(context: Context, title: str, **fields: Any) -> QuickFix:
    """Other compile settings."""
    return QuickFix(title, (other_compile(context.document.compile, **fields),))


def other_compile(settings: CompileSettings, **fields: Any) -> SetCompile:
    """The compile settings with other fields."""
    return SetCompile(compile=with_parts(settings, **fields))


def trained(context: Context, title: str, **fields: Any) -> QuickFix:
    """Other training settings."""
    return QuickFix(title, (SetTraining(training=context.document.training.model_copy(update=fields)),))


def _param(context: Context, finding: Finding) -> tuple[ParamSpec | None, Any, bool]:
    """The description of a finding's parameter, its value, and whether it is a call setting."""
    spec = context.instance(finding.node_id).spec if finding.node_id else None
    if spec is None or finding.node_id is None or finding.param is None:
        return None, None, False
    node = context.document.nodes[finding.node_id]
    setting = spec.setting(finding.param)
    if setting is not None and finding.param in node.settings:
        return setting, node.settings[finding.param], True
    return parameters_of(spec).get(finding.param), node.params.get(finding.param), False


def _better_values(param: ParamSpec, value: Any) -> Iterator[Any]:
    """Values a parameter can have that are close to one it cannot have."""
    if isinstance(value, str):
        yield from did_you_mean(value, param.names)
        if _number(value) is not None:
            yield from _better_values(param, _number(value))
    if param.kind == "bool" and isinstance(value, str):
        yield value.lower() in ("yes", "true", "1", "on")
    if isinstance(value, int | float) and not isinstance(value, bool):
        whole = param.kind in ("int", "ints", "size")
        low, high = param.range.min, param.range.max
        for number in (value, -value, low, high, 1, 0.5):
            if number is not None and (not whole or number == int(number)) and number in param.range:
                yield int(number) if whole else number
        if whole and value in param.range:
            yield round(value)


def _number(text: str) -> int | float | None:
    """What a text says in digits; a design cannot hold inf and nan."""
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        return number if abs(number) < math.inf else None
    return None


def _nearest(family: str, name: str) -> tuple[str, ...]:
    """Names close to a mistyped one, written as most people write them."""
    known = find_registry(family)
    ways = [(near.lower(), snake_case(near), near) for near in did_you_mean(name, known.names())]
    return tuple(dict.fromkeys(next(way for way in some if _stands_for(known, way)) for some in ways))


def _stands_for(known: Registry[Any], name: str) -> bool:
    try:
        return bool(known.lookup(name))
    except UnknownNameError:
        return False
