"""The run a section looks at: its examination, and its model to be asked."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from app.components.examined_rows import CHOICES
from app.components.workspace import designer
from app.services.datasets import Dataset
from app.services.datasets.dataset import Array
from app.services.evaluation import Choice, Evaluation, Which
from app.services.examining.messages import Message
from runtime.errors import LayerloomError

MOST_ROWS = 500
"""Rows of a choice that can be looked at one by one."""


@dataclass(frozen=True)
class Examined:
    """A run that is examined.

    Args:
        run_id: The run.
        evaluation: Its answers to the test rows.
        which: Which of its models they are from; that one is asked, too.
    """

    run_id: str
    evaluation: Evaluation
    which: Which = "last"

    @property
    def dataset(self) -> Dataset:
        """The data set."""
        return self.evaluation.dataset

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes; empty when the answers are none."""
        return self.dataset.info.answer.class_names

    def ask(self, question: str, x: Array | None = None, **settings: Any) -> Message:
        """Asks the model; see `Examiner.ask`."""
        arrays = {} if x is None else {"x": x}
        return designer().examiner.ask(self.run_id, question, arrays, which=self.which, **settings)

    def predict(self, x: Array) -> Array:
        """The model's first answer to some rows."""
        answer = self.ask("predict", x).arrays
        if len(answer) != 1:
            raise LayerloomError(
                f"This model has {len(answer)} outputs, and the data set one kind of answer.",
                hint="What is shown here needs a model with one output.",
            )
        return answer["y0"]

    def answer(self, x: Array) -> Array:
        """The same, as people read it: the share of each class, or amounts in their original units."""
        given = self.predict(x)
        if self.classes:
            return self.evaluation.as_shares(given)
        return self.dataset.original(given).reshape(len(x), -1)

    def key(self, name: str) -> str:
        """A key for a widget that belongs to this run."""
        return f"{name}:{self.run_id}"


def choose_row(examined: Examined, key: str) -> int | None:
    """Lets one choose a test row: which kind, and which of those.

    Returns:
        Its number; None when there is none of that kind.
    """
    evaluation = examined.evaluation
    options: list[Choice] = list(CHOICES) if evaluation.has_classes else ["first", "worst"]
    kind, place = st.columns([3, 2], vertical_alignment="bottom")
    choice = kind.selectbox(
        "Test rows", options, format_func=CHOICES.__getitem__, key=examined.key(f"{key}_choice")
    )
    rows = evaluation.rows(choice, MOST_ROWS)
    if not rows:
        st.success("There are none: every test row was told right.", icon=":material/check_circle:")
        return None
    number = place.number_input(
        f"Which of {len(rows)}", 1, len(rows), 1, key=examined.key(f"{key}_{choice}_number")
    )
    return rows[int(number) - 1]


def choose_target(examined: Examined, answer: Array, key: str) -> int | None:
    """Lets one choose which class is asked about: the one the model chose, unless another is wanted.

    Args:
        examined: The run.
        answer: Shares of the classes.
        key: Names the choice.

    Returns:
        Number of the class; None when the answers are no classes.
    """
    if not examined.classes:
        return None
    chosen = int(np.argmax(answer))
    names = examined.classes
    return st.selectbox(
        "What speaks for",
        range(len(names)),
        chosen,
        format_func=lambda number: f"{names[number]} · {answer[number]:.0%}",
        key=examined.key(f"{key}_target"),
    )
