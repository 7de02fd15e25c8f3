"""What is done with each column of a table: target, type, missing values, categories."""

from typing import Any

import streamlit as st

from app.components.words import plain
from app.services.datasets.own.recipe import Column, Odd, TableRecipe, suggested_column, suggested_split
from app.services.datasets.own.source import ColumnFacts, TableSource

KINDS = {"number": "Number", "category": "Category", "date": "Date", "text": "Text", "ignore": "Ignore"}
MISSING = {
    "drop": "Drop those rows",
    "mean": "Put in the mean",
    "median": "Put in the median",
    "frequent": "Put in the most frequent",
    "own": "A category of its own",
}
WAYS = {
    "number": ("drop", "mean", "median", "frequent"),
    "date": ("drop", "mean", "median", "frequent"),
    "category": ("drop", "frequent", "own"),
    "text": ("drop",),
}
ODD = {"refuse": "Stop at odd cells", "missing": "Odd cells are missing"}
ENCODINGS = {"onehot": "A column each", "ids": "Their numbers"}
SCALINGS = {"standard": "Mean 0, deviation 1", "range": "0 to 1", "none": "As they are"}
A_PAGE = 12
"""Columns that are shown at once."""

WIDTHS = (5, 3, 4, 3)


def draw_target(source: TableSource, recipe: TableRecipe) -> TableRecipe:
    """Draws what is to be predicted, and as what."""
    st.markdown("**1 · What shall be predicted?**")
    names = [facts.name for facts in source.columns]
    left, right = st.columns(2)
    target = left.selectbox("Target", names, names.index(recipe.target), key=f"target:{source.id}")
    columns = dict(recipe.columns)
    if target != recipe.target:
        columns[recipe.target] = suggested_column(source.column(recipe.target))
        facts = source.column(target)
        columns[target] = Column(kind=facts.kind if facts.kind in {"number", "category"} else "category")
    kind: Any = right.segmented_control(
        "It is",
        ("category", "number"),
        default=columns[target].kind if columns[target].kind in {"category", "number"} else "category",
        required=True,
        format_func=lambda each: {"category": "one of some classes", "number": "an amount"}[each],
        key=f"target_kind:{source.id}:{target}",
    )
    facts = source.column(target)
    st.caption(_about(facts, source.rows))
    changed = target != recipe.target or columns[target].kind != kind
    odd = columns[target].odd
    if found := _odd_cells(facts, kind, source.rows):
        right.caption(found)
        odd = _choose_odd(right, facts, odd, f"{source.id}:{target}")
    columns[target] = columns[target].model_copy(update={"kind": kind, "odd": odd})
    update: dict[str, Any] = {"columns": columns, "target": target}
    if changed:
        update["split"] = recipe.split.model_copy(update={"by": suggested_split(kind)})
    return recipe.model_copy(update=update)


def draw_columns(source: TableSource, recipe: TableRecipe) -> TableRecipe:
    """Draws a row for each column it may be learned from."""
    others = [facts for facts in source.columns if facts.name != recipe.target]
    used = sum(recipe.columns[facts.name].kind != "ignore" for facts in others)
    st.markdown(f"**2 · From what?** :small[{used} of {len(others)} columns]")
    shown = _page(source, others)
    for place, title in zip(
        st.columns(WIDTHS), ("Column", "Type", "Missing values", "Categories"), strict=True
    ):
        place.caption(title)
    columns = dict(recipe.columns)
    for facts in shown:
        columns[facts.name] = _row(source, facts, columns[facts.name])
    scaling = st.segmented_control(
        "Numbers are scaled to",
        list(SCALINGS),
        default=recipe.scaling,
        required=True,
        format_func=SCALINGS.__getitem__,
        help="Measured on the training rows only, and applied to the test rows as it is.",
        key=f"scaling:{source.id}",
    )
    return recipe.model_copy(update={"columns": columns, "scaling": scaling})


def _page(source: TableSource, others: list[ColumnFacts]) -> list[ColumnFacts]:
    if len(others) <= A_PAGE:
        return others
    words, number = st.columns([3, 1])
    sought = words.text_input(
        "Find a column", placeholder="Find a column", label_visibility="collapsed", key=f"find:{source.id}"
    )
    found = [facts for facts in others if sought.lower() in facts.name.lower()]
    pages = max(1, -(-len(found) // A_PAGE))
    page = number.selectbox(
        "Page",
        range(pages),
        format_func=lambda each: f"{each + 1} of {pages}",
        label_visibility="collapsed",
        key=f"columns_page:{source.id}:{sought}",
    )
    return found[page * A_PAGE : (page + 1) * A_PAGE]


def _row(source: TableSource, facts: ColumnFacts, column: Column) -> Column:
    key = f"{source.id}:{facts.name}"
    name, kind_place, missing_place, encoding_place = st.columns(WIDTHS, vertical_alignment="top")
    name.markdown(f"{plain(facts.name)}  \n:small[:gray[{_about(facts, source.rows)}]]")
    kind: Any = kind_place.selectbox(
        f"Type of {facts.name}",
        list(KINDS),
        list(KINDS).index(column.kind),
        format_func=KINDS.__getitem__,
        label_visibility="collapsed",
        key=f"kind:{key}",
    )
    if kind != column.kind:
        column = suggested_column(facts.model_copy(update={"kind": kind}))
    if kind == "ignore":
        missing_place.caption(f"Left out: {plain(facts.why)}" if facts.kind == "ignore" else "Left out")
        return column
    missing: Any = column.missing if column.missing in WAYS[kind] else "drop"
    odd = column.odd
    if _odd_cells(facts, kind, source.rows):
        odd = _choose_odd(missing_place, facts, odd, key)
    if facts.missing or odd == "missing":
        ways = WAYS[kind]
        missing = missing_place.selectbox(
            f"Missing values of {facts.name}",
            ways,
            ways.index(missing),
            format_func=MISSING.__getitem__,
            label_visibility="collapsed",
            key=f"missing:{key}:{kind}",
        )
    elif not _odd_cells(facts, kind, source.rows):
        missing_place.caption("none")
    encoding: Any = column.encoding
    if kind == "category":
        encoding = encoding_place.selectbox(
            f"Categories of {facts.name}",
            list(ENCODINGS),
            list(ENCODINGS).index(column.encoding),
            format_func=ENCODINGS.__getitem__,
            label_visibility="collapsed",
            key=f"encoding:{key}",
        )
    else:
        encoding_place.caption(_odd_cells(facts, kind, source.rows))
    return Column(kind=kind, missing=missing, odd=odd, encoding=encoding)


def _odd_cells(facts: ColumnFacts, kind: str, rows: int) -> str:
    """How many cells are not of the kind, and the first of them where it is known."""
    right = {"number": facts.numbers, "date": facts.dates}.get(kind)
    count = 0 if right is None else rows - facts.missing - right
    if not count:
        return ""
    first = ""
    if kind == "number" and facts.not_number is not None:
        first = f", such as “{plain(facts.not_number[1][:24])}” in row {facts.not_number[0]:,}"
    return f":orange[{count:,} {'cell is' if count == 1 else 'cells are'} no {kind}{first}]"


def _choose_odd(place: Any, facts: ColumnFacts, odd: Odd, key: str) -> Odd:
    """Whether cells that are not of the kind stop the work, or count as missing."""
    return place.selectbox(
        f"Odd cells of {facts.name}",
        list(ODD),
        list(ODD).index(odd),
        format_func=ODD.__getitem__,
        label_visibility="collapsed",
        key=f"odd:{key}",
    )


def _about(facts: ColumnFacts, rows: int) -> str:
    """What a column holds, in a few words."""
    parts: list[str] = []
    if facts.numbers and facts.numbers >= 0.9 * (rows - facts.missing):
        parts.append(f"{facts.low:g} to {facts.high:g}")
    elif facts.distinct is not None and facts.values:
        first = ", ".join(plain(value[:16]) for value, _ in facts.values[:3])
        parts.append(f"{first}{' …' if facts.distinct > 3 else ''}")
    if facts.distinct is not None:
        parts.append(f"{facts.distinct} different")
    if facts.missing:
        parts.append(f"{facts.missing:,} missing")
    return " · ".join(parts)
