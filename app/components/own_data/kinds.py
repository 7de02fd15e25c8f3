"""What is asked of pictures, arrays, texts and series before they are prepared."""

from typing import Any

import streamlit as st

from app.components.words import amount
from app.services.datasets.own.recipe import ArrayRecipe, PictureRecipe, Reading, TableRecipe, Windows
from app.services.datasets.own.source import ArraySource, PictureSource, TableSource


def draw_windows(source: TableSource, recipe: TableRecipe) -> TableRecipe:
    """Draws whether rows are a series, and how it is cut into windows."""
    used = {recipe.columns[name].kind for name in recipe.features}
    if "text" in used:
        return recipe.model_copy(update={"windows": None})
    is_series = st.toggle(
        "Rows follow each other in time: learn from windows of them",
        recipe.windows is not None,
        key=f"windows:{source.id}",
    )
    if not is_series:
        return recipe.model_copy(update={"windows": None})
    dates = [facts.name for facts in source.columns if facts.date_format]
    if recipe.windows is None and dates:
        # A file need not be in the order of its dates.
        by_date = recipe.split.model_copy(update={"by": "time", "column": dates[0]})
        recipe = recipe.model_copy(update={"split": by_date})
    known = recipe.windows or Windows(length=min(24, max(1, source.rows // 10)))
    length, horizon, step, within = st.columns(4)
    most = max(1, min(10_000, source.rows // 2))
    columns = ["", *(facts.name for facts in source.columns if facts.name != recipe.target)]
    return recipe.model_copy(
        update={
            "windows": Windows(
                length=length.number_input(
                    "Rows of a window", 1, most, min(known.length, most), key=f"length:{source.id}"
                ),
                horizon=horizon.number_input(
                    "Rows ahead",
                    1,
                    most,
                    min(known.horizon, most),
                    key=f"horizon:{source.id}",
                    help="The answer is the target so many rows after the end of the window.",
                ),
                step=step.number_input(
                    "Rows between windows", 1, most, min(known.step, most), key=f"step:{source.id}"
                ),
                within=within.selectbox(
                    "Each is a series of its own",
                    columns,
                    columns.index(known.within) if known.within in columns else 0,
                    format_func=lambda name: name or "All rows are one series",
                    key=f"within:{source.id}",
                    help="A column such as the station or the patient: no window goes from one to the next.",
                ),
            )
        }
    )


def draw_reading(source: TableSource, recipe: TableRecipe) -> TableRecipe:
    """Draws how a text is read, where one is learned from."""
    texts = [name for name in recipe.features if recipe.columns[name].kind == "text"]
    if not texts:
        return recipe
    known = recipe.reading
    st.markdown(f"**How is the text read?** :small[{source.column(texts[0]).longest:,} characters at most]")
    unit, length, vocabulary = st.columns(3)
    chosen: Any = unit.segmented_control(
        "By", ("words", "characters"), default=known.unit, required=True, key=f"unit:{source.id}"
    )
    return recipe.model_copy(
        update={
            "reading": Reading(
                unit=chosen,
                length=length.number_input(
                    f"{chosen.capitalize()} of a row", 1, 10_000, known.length, key=f"text_length:{source.id}"
                ),
                vocabulary=vocabulary.number_input(
                    f"Different {chosen}", 3, 100_000, known.vocabulary, key=f"vocabulary:{source.id}"
                ),
            )
        }
    )


def draw_pictures(source: PictureSource, recipe: PictureRecipe) -> PictureRecipe:
    """Draws the size pictures are brought to."""
    shown = ", ".join(f"{height} × {width}" for height, width, _ in source.sizes[:3])
    st.markdown(f"**1 · How large shall they be?** :small[{len(source.classes)} classes, most often {shown}]")
    height, width, colour, fit = st.columns(4, vertical_alignment="bottom")
    rows = height.number_input("Height", 4, 1024, recipe.height, key=f"height:{source.id}")
    points = width.number_input("Width", 4, 1024, recipe.width, key=f"width:{source.id}")
    coloured = colour.segmented_control(
        "Colour",
        (True, False),
        default=recipe.colour,
        required=True,
        format_func=lambda each: "Colour" if each else "Grey",
        key=f"colour:{source.id}",
    )
    cropped = fit.segmented_control(
        "Fit",
        (True, False),
        default=recipe.crop,
        required=True,
        format_func=lambda each: "Crop" if each else "Stretch",
        key=f"crop:{source.id}",
        help="Crop cuts the middle out; Stretch keeps all and changes proportions.",
    )
    skipped = st.toggle(
        "Leave out pictures that cannot be read",
        recipe.skip_broken,
        key=f"skip_broken:{source.id}",
        help="Else the first one ends the work, and is named.",
    )
    made = recipe.model_copy(
        update={
            "height": rows,
            "width": points,
            "colour": bool(coloured),
            "crop": bool(cropped),
            "skip_broken": skipped,
        }
    )
    size = source.rows * rows * points * (3 if coloured else 1)
    st.caption(f"That is {amount(size)} on the disk, read from there piece by piece.")
    return made


def draw_arrays(source: ArraySource, recipe: ArrayRecipe) -> ArrayRecipe:
    """Draws which arrays are inputs and answers."""
    st.markdown("**1 · Which array is what?**")
    names = [facts.name for facts in source.arrays]
    shapes = {facts.name: " × ".join(map(str, facts.shape)) for facts in source.arrays}

    def shown(name: str) -> str:
        return f"{name}  ({shapes[name]})" if name else "cut off by share"

    left, right = st.columns(2)
    x = left.selectbox("Inputs", names, names.index(recipe.x), format_func=shown, key=f"x:{source.id}")
    y = right.selectbox("Answers", names, names.index(recipe.y), format_func=shown, key=f"y:{source.id}")
    options = ["", *names]
    x_test = left.selectbox(
        "Inputs of the test",
        options,
        options.index(recipe.x_test),
        format_func=shown,
        key=f"x_test:{source.id}",
    )
    y_test = ""
    if x_test:
        default = options.index(recipe.y_test) if recipe.y_test else names.index(y) + 1
        y_test = right.selectbox(
            "Answers of the test", options, default, format_func=shown, key=f"y_test:{source.id}"
        )
    classes = st.segmented_control(
        "The answers are",
        (True, False),
        default=recipe.classes,
        required=True,
        format_func=lambda each: "numbers of classes" if each else "amounts",
        key=f"classes:{source.id}",
    )
    both = bool(x_test and y_test)
    return recipe.model_copy(
        update={
            "x": x,
            "y": y,
            "x_test": x_test if both else "",
            "y_test": y_test if both else "",
            "classes": bool(classes),
        }
    )
