"""How a source becomes arrays: what a user chooses, as a value that names the version made of it."""

import hashlib
from typing import Literal

from pydantic import Field

from app.services.datasets.own.home import slug
from app.services.datasets.own.source import (
    ArraySource,
    ColumnFacts,
    ColumnKind,
    PictureSource,
    Record,
    Source,
    TableSource,
)

MAKING = 3
"""Counted up when the same recipe would give other arrays."""

MANY_CLASSES = 50
SIDES = (28, 32, 48, 64, 96, 128, 160, 224)

Missing = Literal["drop", "mean", "median", "frequent", "own"]
Odd = Literal["refuse", "missing"]
Encoding = Literal["onehot", "ids"]
Cut = Literal["random", "stratified", "time", "group", "given"]


class Column(Record):
    """What is done with one column.

    Args:
        kind: What it holds; "ignore" leaves it out.
        missing: Empty cells: drop their rows; put in the mean, the median or the most frequent value of the
            training rows; or, for categories, take "missing" for a category of its own.
        odd: Cells that are not what the kind says, such as a word among numbers: refuse the table, or
            count them as missing.
        encoding: Categories as a column of 0 and 1 each, or as their numbers.
    """

    kind: ColumnKind
    missing: Missing = "drop"
    odd: Odd = "refuse"
    encoding: Encoding = "onehot"


class Split(Record):
    """Which rows are kept for the test.

    Args:
        by: At random; with the same share of each class; the latest; whole groups; or as given.
        share: Part of the rows for the test, 0 to 1.
        seed: Chooses among the random cuts.
        column: The time or the group, where it is by one.
    """

    by: Cut = "stratified"
    share: float = Field(default=0.2, gt=0, lt=1)
    seed: int = Field(default=1, ge=0, lt=2**31)
    column: str = ""


class Windows(Record):
    """A series cut into windows.

    Args:
        length: Rows of one window.
        horizon: The answer is so many rows after the last row of the window.
        step: Rows from the beginning of one window to that of the next.
        within: Column whose values are series of their own, which no window crosses; empty for
            a single one.
    """

    length: int = Field(default=24, ge=1, le=10_000)
    horizon: int = Field(default=1, ge=1, le=10_000)
    step: int = Field(default=1, ge=1, le=10_000)
    within: str = ""


class Reading(Record):
    """How a text becomes numbers.

    Args:
        unit: What gets a number.
        length: So many of them make a row; longer texts are cut, shorter ones filled with 0.
        vocabulary: Different numbers at most, with 0 for nothing and 1 for whatever is rare.
    """

    unit: Literal["words", "characters"] = "words"
    length: int = Field(default=64, ge=1, le=10_000)
    vocabulary: int = Field(default=5_000, ge=3, le=100_000)


class TableRecipe(Record):
    """A table made into arrays.

    Args:
        columns: What is done with each column, by name; others are left out.
        target: The column to be predicted.
        scaling: Numbers with mean 0 and deviation 1, from 0 to 1, or as they are.
        split: Which rows are kept for the test.
        windows: Cuts a series into windows; None for rows that stand by themselves.
        reading: How the text is read, where a feature is one.
    """

    kind: Literal["table"] = "table"
    columns: dict[str, Column]
    target: str
    scaling: Literal["standard", "range", "none"] = "standard"
    split: Split = Split()
    windows: Windows | None = None
    reading: Reading = Reading()

    @property
    def features(self) -> list[str]:
        """The columns a network gets, in order; in a series what is to come is also what has been."""
        return [
            name
            for name, column in self.columns.items()
            if column.kind != "ignore" and (name != self.target or self.windows is not None)
        ]


class PictureRecipe(Record):
    """Pictures made into arrays of one size.

    Args:
        height: Rows of points.
        width: Points of a row.
        colour: Three channels, or one of grey.
        crop: Whether the middle is cut out to keep proportions; else pictures are stretched.
        skip_broken: Whether pictures that cannot be read are left out; else the first one ends it.
        split: Which pictures are kept for the test.
    """

    kind: Literal["pictures"] = "pictures"
    height: int = Field(default=64, ge=4, le=1024)
    width: int = Field(default=64, ge=4, le=1024)
    colour: bool = True
    crop: bool = True
    skip_broken: bool = False
    split: Split = Split()


class ArrayRecipe(Record):
    """Which arrays are inputs and answers.

    Args:
        x: The inputs.
        y: The answers.
        x_test: Inputs of the test; empty to cut them off.
        y_test: Answers of the test.
        classes: Whether the answers are class numbers.
        split: Which rows are kept for the test, where it has no arrays of its own.
    """

    kind: Literal["arrays"] = "arrays"
    x: str
    y: str
    x_test: str = ""
    y_test: str = ""
    classes: bool = True
    split: Split = Split()


Recipe = TableRecipe | PictureRecipe | ArrayRecipe


def name_of(source: Source, recipe: Recipe) -> str:
    """The name of the version that a recipe makes of a source: the same recipe, the same name."""
    text = f"{MAKING}\n{source.content}\n{recipe.model_dump_json()}"
    if isinstance(source, TableSource) and source.sheet:
        # Sheets of one workbook may have the same columns.
        text += f"\n{source.sheet}"
    return f"own-{slug(source.title)}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def suggested(source: Source) -> Recipe:
    """A recipe to begin with."""
    if isinstance(source, TableSource):
        return _for_table(source)
    if isinstance(source, PictureSource):
        return _for_pictures(source)
    return _for_arrays(source)


def suggested_column(facts: ColumnFacts) -> Column:
    """What is probably done with a column."""
    if facts.kind == "category":
        spread = facts.distinct is not None and facts.distinct <= MANY_CLASSES
        return Column(
            kind="category",
            missing="own" if facts.missing else "drop",
            encoding="onehot" if spread else "ids",
        )
    return Column(kind=facts.kind, missing="median" if facts.missing and facts.kind == "number" else "drop")


def suggested_split(kind: ColumnKind) -> Cut:
    """How rows are cut when the target is of a kind."""
    return "stratified" if kind == "category" else "random"


def _for_table(source: TableSource) -> TableRecipe:
    columns = {facts.name: suggested_column(facts) for facts in source.columns}
    target = _target(source)
    kind = columns[target].kind
    if kind not in {"category", "number"}:
        kind = "category"
    columns[target] = Column(kind=kind)
    texts = [facts for facts in source.columns if columns[facts.name].kind == "text"]
    length = 64
    if texts and not any(
        columns[name].kind in {"number", "category", "date"} for name in columns if name != target
    ):
        # One text is the input; a network has one Input for it.
        for other in texts[1:]:
            columns[other.name] = Column(kind="ignore")
        length = min(64, max(4, texts[0].longest // 5))
    else:
        for other in texts:
            columns[other.name] = Column(kind="ignore")
    return TableRecipe(
        columns=columns, target=target, split=Split(by=suggested_split(kind)), reading=Reading(length=length)
    )


def _target(source: TableSource) -> str:
    """The column that is called so, else the last of few classes, else the last that is used."""
    used = [facts for facts in source.columns if facts.kind in {"number", "category"}]
    for facts in used:
        if facts.name.lower() in {"target", "label", "class", "y", "answer", "outcome", "species"}:
            return facts.name
    if used:
        return used[-1].name if used[-1].kind == "category" or used[0].kind != "category" else used[0].name
    return source.columns[-1].name


def _for_pictures(source: PictureSource) -> PictureRecipe:
    smallest = min((min(height, width) for height, width, _ in source.sizes), default=64)
    side = max((side for side in SIDES if side <= min(smallest, 96)), default=SIDES[0])
    if len(source.sizes) == 1 and smallest <= 96:
        height, width, _ = source.sizes[0]
    else:
        height = width = side
    by: Cut = "given" if source.parts else "stratified"
    return PictureRecipe(height=max(4, height), width=max(4, width), colour=source.colour, split=Split(by=by))


def _for_arrays(source: ArraySource) -> ArrayRecipe:
    names = [facts.name for facts in source.arrays]

    def called(*candidates: str) -> str:
        return next((name for name in names if name.lower() in candidates), "")

    x = called("x_train", "x", "data", "inputs", "images", "features") or names[0]
    y = called("y_train", "y", "labels", "targets", "answers") or names[-1]
    x_test, y_test = called("x_test"), called("y_test")
    facts = next(facts for facts in source.arrays if facts.name == y)
    classes = "int" in facts.dtype or facts.dtype == "bool"
    if not (x_test and y_test):
        x_test = y_test = ""
    by: Cut = "given" if x_test else ("stratified" if classes else "random")
    return ArrayRecipe(x=x, y=y, x_test=x_test, y_test=y_test, classes=classes, split=Split(by=by))
