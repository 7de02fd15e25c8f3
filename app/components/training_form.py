"""Compile and training settings as a form; a change is saved at once."""

from typing import Any

import streamlit as st

from app.components.workspace import Opening
from graph_compiler.document import CompileSettings, SetCompile, SetTraining, TrainingSettings, apply
from runtime import losses, metrics, optimizers
from runtime.errors import LayerloomError
from runtime.registries import Registry, snake_case


def training_form(opened: Opening) -> None:
    """Draws the settings of the open project."""
    st.subheader("How it learns", anchor=False)
    key = f"settings:{opened.epoch}"
    compiled, training = opened.document.compile, opened.document.training
    optimizer = _choice("Optimizer", optimizers.registry, compiled.optimizer, f"{key}:optimizer")
    rate = st.number_input(
        "Learning rate",
        min_value=0.0,
        value=compiled.learning_rate,
        step=None,
        format="%g",
        placeholder="the optimizer's own",
        key=f"{key}:rate",
        help="Size of a step. Too large: the loss jumps or becomes NaN. Too small: it hardly falls.",
    )
    loss = _choice("Loss", losses.registry, compiled.loss, f"{key}:loss")
    offered = list(dict.fromkeys(["accuracy", *compiled.metrics, *_names(metrics.registry)]))
    chosen = st.multiselect("Metrics", offered, list(compiled.metrics), key=f"{key}:metrics")
    st.subheader("How long", anchor=False)
    left, right = st.columns(2)
    values: dict[str, Any] = {
        "epochs": left.number_input("Epochs", 1, 100_000, training.epochs, key=f"{key}:epochs"),
        "batch_size": right.number_input("Batch size", 1, 100_000, training.batch_size, key=f"{key}:batch"),
        "validation_split": st.slider(
            "Validation split",
            0.0,
            0.5,
            training.validation_split,
            0.05,
            key=f"{key}:split",
            help="Fraction of the training rows that is kept back to see how well unseen rows do.",
        ),
        "seed": left.number_input(
            "Seed",
            0,
            None,
            training.seed,
            key=f"{key}:seed",
            placeholder="new each time",
            help="A number makes a run repeat exactly.",
        ),
        "shuffle": right.toggle("Shuffle", training.shuffle, key=f"{key}:shuffle"),
    }
    _save(
        opened,
        compiled.model_copy(
            update={
                "optimizer": optimizer,
                "learning_rate": rate or None,
                "loss": loss,
                "metrics": tuple(chosen),
            }
        ),
        training.model_copy(update=values),
    )


def _save(opened: Opening, compiled: CompileSettings, training: TrainingSettings) -> None:
    document, before = opened.document, opened.document
    try:
        if compiled != before.compile:
            document, _ = apply(document, SetCompile(compile=compiled))
        if training != before.training:
            document, _ = apply(document, SetTraining(training=training))
    except LayerloomError as error:
        st.error(str(error))
        return
    opened.save(document)


def _choice(label: str, registry: Registry[Any], value: str, key: str) -> str:
    names = _names(registry)
    if value not in names:
        names = [value, *names]
    return st.selectbox(label, names, names.index(value), key=key)


def _names(registry: Registry[Any]) -> list[str]:
    """The names Keras programs use: snake_case of the classes."""
    return sorted({snake_case(name) for name in registry.names() if name[0].isupper()})
