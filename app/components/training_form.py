"""Compile and training settings as a form; a change is saved at once."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import streamlit as st

from app.components.callbacks_form import callbacks_form
from app.components.faults import guarded
from app.components.inspector.schedule_editor import schedule_editor
from app.components.parts_form import parts_form
from app.components.shown import as_default, as_index, as_value, follow
from app.components.words import plain
from app.components.workspace import Opening
from app.services.datasets import describe
from app.services.suggestion import USUAL_RATE, suggestion
from graph_compiler.compile_settings import Part, metric_problem, with_parts
from graph_compiler.document import (
    CompileSettings,
    Configured,
    SetCompile,
    SetTraining,
    TrainingSettings,
    apply,
)
from runtime import losses, metrics, optimizers
from runtime.errors import LayerloomError
from runtime.layers.docstrings import parse_docstring
from runtime.registries import Registry, snake_case

COMPILE_FIELDS = ("optimizer", "learning_rate", "loss", "metrics")
TRAINING_FIELDS = ("epochs", "batch_size", "validation_split", "seed", "shuffle")
FIELDS = (*COMPILE_FIELDS, *TRAINING_FIELDS)


def training_form(opened: Opening) -> None:
    """Draws the settings of the open project."""
    key = f"settings:{opened.project.id}"

    def take() -> None:
        # Before the page runs: a run is cut short when somebody goes to another page right after typing.
        _save(opened, *_entered(opened, key))

    _how_it_learns(opened, key, take)
    _how_long(opened.document.training, key, take)
    callbacks_form(opened, f"{key}:callbacks")
    for field in FIELDS:
        # What was entered is the document's now: another value there was set elsewhere.
        st.session_state[f"{key}:{field}:known"] = st.session_state[f"{key}:{field}"]


def _entered(opened: Opening, key: str) -> tuple[CompileSettings, TrainingSettings]:
    """The settings as the form has them."""
    entered = {field: st.session_state[f"{key}:{field}"] for field in FIELDS}
    entered["learning_rate"] = entered["learning_rate"] or None
    entered["metrics"] = tuple(entered["metrics"])
    compiled, training = opened.document.compile, opened.document.training
    return (
        with_parts(compiled, **{name: entered[name] for name in COMPILE_FIELDS}),
        training.model_copy(update={name: entered[name] for name in TRAINING_FIELDS}),
    )


def _how_it_learns(opened: Opening, key: str, take: Callable[[], None]) -> None:
    settings = opened.document.compile
    st.markdown("**How it learns**")
    _choice("Optimizer", optimizers.registry, settings.optimizer, f"{key}:optimizer", take)
    rate = follow(f"{key}:learning_rate", settings.learning_rate)
    st.number_input(
        "Learning rate",
        min_value=0.0,
        **as_value(rate, take),
        step=None,
        format="%g",
        placeholder="the optimizer's own",
        help="Size of a step. Too large: the loss jumps or becomes NaN. Too small: it hardly falls.",
    )
    _parameters(opened, "optimizers", settings.optimizer, "optimizer_params", f"{key}:optimizer")
    _choice("Loss", losses.registry, settings.loss, f"{key}:loss", take)
    _parameters(opened, "losses", settings.loss, "loss_params", f"{key}:loss")
    known = [name for name in _names(metrics.registry) if metric_problem(name) is None]
    offered = list(dict.fromkeys(["accuracy", *settings.metrics, *known]))
    chosen = follow(f"{key}:metrics", list(settings.metrics))
    st.multiselect(
        "Metrics",
        offered,
        **as_default(chosen, offered, take),
        help="Watched while it trains; learning follows the loss.",
    )
    for metric in settings.metrics:
        _metric_parameters(opened, metric, f"{key}:metric")
    _suggestion(opened, key)
    _schedule(opened, key)


def _parameters(opened: Opening, part: Part, name: str, field: str, key: str) -> None:
    """What the optimizer or the loss can be told besides."""

    def keep(params: dict[str, Any]) -> None:
        _save_compile(opened, **{field: params})

    parts_form(part, name, lambda: getattr(opened.document.compile, field), keep, f"{key}:{name}")


def _metric_parameters(opened: Opening, name: str, key: str) -> None:
    def given() -> dict[str, dict[str, Any]]:
        return opened.document.compile.metric_params

    def keep(params: dict[str, Any]) -> None:
        rest = {metric: kept for metric, kept in given().items() if metric != name}
        _save_compile(opened, metric_params={**rest, name: params} if params else rest)

    parts_form("metrics", name, lambda: given().get(name, {}), keep, f"{key}:{name}")


def _save_compile(opened: Opening, **fields: Any) -> None:
    changed = opened.document.compile.model_copy(update=fields)
    opened.save(apply(opened.document, SetCompile(compile=changed))[0])


def _suggestion(opened: Opening, key: str) -> None:
    """What goes with the data and the last layer, where something else is set, and why."""
    if opened.document.data is None:
        return
    try:
        found = suggestion(opened.document, describe(opened.document.data.dataset))
    except LayerloomError:
        return
    if found is None:
        return

    def take() -> None:
        opened.save(apply(opened.document, SetCompile(compile=found.compile))[0])

    with st.container(key=f"{key}:suggestion", gap="small"):
        st.button(
            "Set what goes with the data",
            key=f"{key}:suggest",
            icon=":material/auto_fix_high:",
            type="tertiary",
            on_click=guarded(take),
        )
        for reason in found.reasons:
            st.caption(plain(reason))


def _schedule(opened: Opening, key: str) -> None:
    """How the learning rate changes from step to step."""
    settings = opened.document.compile
    given = settings.schedule

    def commit(chosen: Configured | None) -> None:
        _save_compile(opened, schedule=chosen)

    with st.expander(f"Schedule: {plain(given.name)}" if given else "Schedule of the learning rate"):
        rate = settings.learning_rate or USUAL_RATE
        schedule_editor(f"{key}:schedule", given, commit, rate=rate, steps=_steps(opened))


def _steps(opened: Opening) -> int:
    """Steps of the whole training, as far as the rows are known."""
    training = opened.document.training
    rows = 1000
    if opened.document.data is not None:
        with suppress(LayerloomError):
            rows = describe(opened.document.data.dataset).rows
    fitted = max(1, round(rows * (1 - training.validation_split)))
    return training.epochs * -(-fitted // training.batch_size)


def _how_long(training: TrainingSettings, key: str, take: Callable[[], None]) -> None:
    st.markdown("**How long**")
    left, right = st.columns(2)
    fields: dict[str, str] = {
        name: follow(f"{key}:{name}", getattr(training, name)) for name in TRAINING_FIELDS
    }
    left.number_input(
        "Epochs",
        1,
        1_000_000,
        **as_value(fields["epochs"], take),
        help="How often it goes through all the training rows.",
    )
    right.number_input(
        "Batch size",
        1,
        1_000_000,
        **as_value(fields["batch_size"], take),
        help="Rows a step. Larger ones are quicker, smaller ones often learn better.",
    )
    st.slider(
        "Validation split",
        0.0,
        0.95,
        step=0.05,
        **as_value(fields["validation_split"], take),
        help="Fraction of the training rows that is kept back to see how well unseen rows do.",
    )
    left, right = st.columns(2, vertical_alignment="bottom")
    left.number_input(
        "Seed",
        0,
        2**32 - 1,
        **as_value(fields["seed"], take),
        placeholder="new each time",
        help="A number makes a run repeat exactly.",
    )
    right.toggle(
        "Shuffle",
        **as_value(fields["shuffle"], take),
        help="Takes the rows in another order in each epoch.",
    )


def _save(opened: Opening, compiled: CompileSettings, training: TrainingSettings) -> None:
    document = opened.document
    if compiled != document.compile:
        document, _ = apply(document, SetCompile(compile=compiled))
    if training != document.training:
        document, _ = apply(document, SetTraining(training=training))
    opened.save(document)


def _choice(label: str, registry: Registry[Any], value: str, key: str, take: Callable[[], None]) -> None:
    names = _names(registry)
    if value not in names:
        names = [value, *names]
    follow(key, value)
    chosen = st.selectbox(label, names, **as_index(key, names, take))
    # A sentence of its description, so that one need not look the name up.
    summary = _summary(registry, chosen)
    if summary:
        st.caption(summary)


def _summary(registry: Registry[Any], name: str) -> str:
    try:
        entry: Any = registry.lookup(name)
    except LayerloomError:
        return ""
    return parse_docstring(entry).summary if isinstance(entry, type) else ""


def _names(registry: Registry[Any]) -> list[str]:
    """The names Keras programs use: snake_case of the classes."""
    return sorted({snake_case(name) for name in registry.names() if name[0].isupper()})
