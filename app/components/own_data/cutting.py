"""Which rows are kept for the test."""

from typing import Any

import streamlit as st

from app.services.datasets.own import Recipe, Source
from app.services.datasets.own.recipe import ArrayRecipe, Split, TableRecipe
from app.services.datasets.own.source import PictureSource, TableSource

WAYS = {
    "random": "At random",
    "stratified": "At random, with the same share of each class",
    "time": "The latest rows",
    "group": "Whole groups",
    "given": "As the file says",
}


def draw_cut(source: Source, recipe: Recipe) -> Split:
    """Draws how rows are cut into training and test."""
    split = recipe.split
    st.markdown("**Last · What is kept for the test?**")
    ways = _ways(source, recipe)
    by = split.by if split.by in ways else ways[0]
    left, right = st.columns(2)
    chosen: Any = left.selectbox(
        "Test rows",
        ways,
        ways.index(by),
        format_func=WAYS.__getitem__,
        key=f"cut:{source.id}:{'-'.join(ways)}:{getattr(recipe, 'target', '')}",
        help="No network sees them before the end. Rows for validation are taken from the others, on "
        "the page "
        "Train.",
    )
    if chosen == "given":
        right.caption("The file brings test rows of its own.")
        return Split(by="given", seed=split.seed)
    share = right.slider(
        "Share for the test", 5, 50, round(split.share * 100), 5, format="%d %%", key=f"share:{source.id}"
    )
    column = ""
    if isinstance(source, TableSource) and chosen in {"time", "group"}:
        column = _column(source, recipe, chosen, left)
    seed = split.seed
    if chosen != "time":
        seed = right.number_input(
            "Seed", 0, 2**31 - 1, split.seed, key=f"seed:{source.id}", help="Another one draws other rows."
        )
    return Split(by=chosen, share=share / 100, seed=seed, column=column)


def _ways(source: Source, recipe: Recipe) -> list[str]:
    if isinstance(recipe, TableRecipe):
        if recipe.windows is not None:
            return ["time"]
        first = ["stratified"] if recipe.columns[recipe.target].kind == "category" else []
        return [*first, "random", "time", "group"]
    if isinstance(recipe, ArrayRecipe):
        if recipe.x_test:
            return ["given"]
        return [*(["stratified"] if recipe.classes else []), "random", "time"]
    return [
        *(["given"] if isinstance(source, PictureSource) and source.parts else []),
        "stratified",
        "random",
    ]


def _column(source: TableSource, recipe: Recipe, by: str, place: Any) -> str:
    names = [facts.name for facts in source.columns]
    if by == "time":
        names = [
            facts.name
            for facts in source.columns
            if facts.date_format or facts.numbers == source.rows - facts.missing > 0
        ]
        dates = [name for name in names if source.column(name).date_format]
        if isinstance(recipe, TableRecipe) and recipe.windows is not None:
            names = ["", *dates, *(name for name in names if name not in dates)]
        else:
            names = [*dates, *(name for name in names if name not in dates)]
    if not names:
        place.caption("No column holds dates or numbers.")
        return ""
    known = recipe.split.column
    return place.selectbox(
        "By which column" if by == "group" else "When a row was",
        names,
        names.index(known) if known in names else 0,
        format_func=lambda name: name or "The order in the file",
        key=f"cut_column:{source.id}:{by}:{len(names)}",
    )
