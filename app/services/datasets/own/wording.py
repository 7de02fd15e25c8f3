"""A recipe in words, for the card of what was made by it."""

from app.services.datasets.own.recipe import ArrayRecipe, Column, PictureRecipe, Recipe, Split, TableRecipe
from app.services.datasets.own.source import Source

SCALINGS = {
    "standard": "Numbers are scaled to mean 0 and deviation 1, measured on the training rows.",
    "range": "Numbers are scaled to 0 to 1 over the training rows.",
    "none": "Numbers are as they were.",
}
NAMED = 6


def described(source: Source, recipe: Recipe) -> str:
    """What the data are, what is to be predicted, and how they were prepared."""
    if isinstance(recipe, TableRecipe):
        return _table(source, recipe)
    if isinstance(recipe, PictureRecipe):
        classes = getattr(source, "classes", ())
        fitted = "cut to shape" if recipe.crop else "stretched"
        colour = "in colour" if recipe.colour else "grey"
        broken = " Those that cannot be read are left out." if recipe.skip_broken else ""
        return (
            f"Pictures in {len(classes)} folders, {fitted} to {recipe.height} by {recipe.width} points, "
            f"{colour}.{broken} "
            f"In which folder is a picture? Values go from 0 to 255: begin with a Rescaling layer of 1/255. "
            f"{cut_in_words(recipe.split)}"
        )
    return _arrays(recipe)


def cut_in_words(split: Split) -> str:
    """Which rows are kept for the test."""
    share = f"{split.share:.0%}"
    if split.by == "given":
        return "The test rows are those the file names so."
    if split.by == "time":
        return f"The latest {share} are the test{f', by {split.column!r}' if split.column else ''}."
    if split.by == "group":
        return f"{share} are the test, all rows of one '{split.column}' together."
    kept = ", with the same share of each class" if split.by == "stratified" else ""
    return f"{share} are the test, drawn at random{kept} (seed {split.seed})."


def _table(source: Source, recipe: TableRecipe) -> str:
    names = [f"'{name}'" for name in recipe.features]
    shown = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
    kinds = {recipe.columns[name].kind for name in recipe.features}
    if recipe.windows is not None:
        windows = recipe.windows
        asked = (
            f"What is '{recipe.target}' {_rows(windows.horizon)} after {_rows(windows.length)} of {shown}? "
            f"A window begins every {'row' if windows.step == 1 else _rows(windows.step)}."
        )
        if windows.within:
            asked += f" Each '{windows.within}' is a series of its own."
    elif "text" in kinds:
        reading = recipe.reading
        asked = (
            f"What is '{recipe.target}', given {shown}? The first {reading.length} {reading.unit} are given "
            "as numbers; 1 stands for a rare one, 0 for nothing. Begin with an Embedding layer."
        )
    else:
        asked = f"What is '{recipe.target}', given {shown}?"
    parts = [f"From {source.file_name}.", asked]
    if kinds & {"number", "date"}:
        parts.append(SCALINGS[recipe.scaling])
    if recipe.columns.get(recipe.target, Column(kind="ignore")).kind == "number":
        parts.append("The answer is scaled as well, so an error of 1 is one standard deviation.")
    split = recipe.split.model_copy(update={"by": "time"}) if recipe.windows else recipe.split
    return " ".join([*parts, cut_in_words(split)])


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _arrays(recipe: ArrayRecipe) -> str:
    asked = "Which class is it?" if recipe.classes else "Which numbers go with it?"
    return f"The arrays '{recipe.x}' and '{recipe.y}', as they are. {asked} {cut_in_words(recipe.split)}"
