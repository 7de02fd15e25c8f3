"""Choosing what is learned from what: the recipe of a source, step by step."""

from pathlib import Path
from typing import Any

import streamlit as st

from app.components.catalogue import look_at
from app.components.faults import guarded
from app.components.own_data.columns import draw_columns, draw_target
from app.components.own_data.cutting import draw_cut
from app.components.own_data.deleting import offer_deleting
from app.components.own_data.following import draw_failure, follow
from app.components.own_data.kinds import draw_arrays, draw_pictures, draw_reading, draw_windows
from app.components.words import amount, moment, plain
from app.components.workspace import designer
from app.services.datasets.own import (
    ImportSpec,
    PrepareSpec,
    Recipe,
    Source,
    Version,
    name_of,
    suggested,
    versions,
)
from app.services.datasets.own.recipe import ArrayRecipe, PictureRecipe, TableRecipe
from app.services.datasets.own.source import WORKBOOK, ArraySource, PictureSource, TableSource, first_rows
from app.services.datasets.own.tables import check_recipe
from runtime.errors import LayerloomError

FIRST_ROWS = 50


def draw_preparing(source: Source) -> None:
    """Draws the form, and the button that begins.

    Args:
        source: The file that was brought in.
    """
    st.subheader(plain(source.title), anchor=False)
    row = {"table": "row", "pictures": "picture", "arrays": "row"}[source.kind]
    rows = row if source.rows == 1 else f"{row}s"
    when = moment(source.imported_at).replace(":", "\\:")
    st.caption(f"{plain(source.file_name)} · {amount(source.size)} · {source.rows:,} {rows} · read {when}")
    for note in source.notes:
        st.caption(f":material/info: {plain(note)}")
    draw_failure("prepare", source.id)
    if isinstance(source, TableSource) and source.sheets:
        draw_failure("import", source.id)
        _sheets(source)
    if isinstance(source, TableSource):
        with st.expander("The first rows, as they were read", icon=":material/table:"):
            st.dataframe(first_rows(source, FIRST_ROWS), height=250, width="stretch")
    key = f"draft:{source.id}"
    recipe: Any = st.session_state.get(key) or suggested(source)
    recipe = _form(source, recipe)
    st.session_state[key] = recipe
    _begin(source, recipe)


def begin_again(version: Version) -> None:
    """Shows the form of the file a version came from, filled in as it was for that version."""
    st.session_state[f"draft:{version.source}"] = version.recipe
    look_at(version.source)


def _sheets(source: TableSource) -> None:
    """The sheets of a workbook: another one is read as a table of its own."""
    key = f"sheet:{source.id}"
    st.selectbox(
        "Sheet of the workbook",
        source.sheets,
        source.sheets.index(source.sheet),
        key=key,
        on_change=guarded(_read_sheet),
        args=(source, key),
    )


def _read_sheet(source: TableSource, key: str) -> None:
    chosen = st.session_state[key]
    # Until it is read, and where it cannot be, this one stays.
    st.session_state[key] = source.sheet
    title = f"{Path(source.file_name).stem}: {chosen}"
    follow(
        designer().data_work.bring_in(
            ImportSpec(
                path=str(source.folder / WORKBOOK),
                file_name=source.file_name,
                title=title[:120],
                sheet=chosen,
                replaces=source.id,
            )
        )
    )


def _form(source: Source, recipe: Recipe) -> Recipe:
    if isinstance(source, TableSource) and isinstance(recipe, TableRecipe):
        recipe = draw_target(source, recipe)
        recipe = draw_columns(source, recipe)
        recipe = draw_reading(source, recipe)
        recipe = draw_windows(source, recipe)
    elif isinstance(source, PictureSource) and isinstance(recipe, PictureRecipe):
        recipe = draw_pictures(source, recipe)
    elif isinstance(source, ArraySource) and isinstance(recipe, ArrayRecipe):
        recipe = draw_arrays(source, recipe)
    return recipe.model_copy(update={"split": draw_cut(source, recipe)})


def _begin(source: Source, recipe: Recipe) -> None:
    problem = ""
    try:
        if isinstance(source, TableSource) and isinstance(recipe, TableRecipe):
            check_recipe(source, recipe)
    except LayerloomError as error:
        problem = str(error)
    made = next((each for each in versions() if each.info.name == name_of(source, recipe)), None)
    title = st.text_input("What it is called", _title(source), max_chars=120, key=f"title:{source.id}")
    if problem:
        st.warning(plain(problem), icon=":material/rule:")
    elif made is not None:
        st.caption(f"This very recipe has made “{plain(made.info.title)}” already.")
    go, _, remove = st.columns([2, 3, 2], vertical_alignment="top")
    go.button(
        "Prepare" if made is None else "Show it",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=bool(problem) or not title.strip(),
        on_click=guarded(_prepare),
        args=(PrepareSpec(source=source.id, title=title.strip() or source.title, recipe=recipe),),
    )
    with remove:
        if not any(each.source == source.id for each in versions()):
            offer_deleting(source.id, source.title)


def _prepare(spec: PrepareSpec) -> None:
    follow(designer().data_work.prepare(spec))


def _title(source: Source) -> str:
    """A title that no other data set of the user has."""
    taken = {version.info.title for version in versions()}
    if source.title not in taken:
        return source.title
    return next(
        f"{source.title} ({n})" for n in range(2, len(taken) + 3) if f"{source.title} ({n})" not in taken
    )
