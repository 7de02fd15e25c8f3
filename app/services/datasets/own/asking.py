"""Makes inputs of rows as people see them, in the way a version was made: for rows a user writes himself."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from app.services.datasets.dataset import Array
from app.services.datasets.own.encoding import EncodedColumn
from app.services.datasets.own.recipe import ArrayRecipe, PictureRecipe, TableRecipe
from app.services.datasets.own.texts import encoded_texts, units_of
from runtime.errors import DataError

Encode = Callable[[Array], Array]


def encoder_of(recipe: TableRecipe | PictureRecipe | ArrayRecipe, encoding: dict[str, Any]) -> Encode | None:
    """What makes inputs of shown rows; None for windows of more than the target, which is all that is shown.

    Args:
        recipe: How the version was made.
        encoding: What was measured on its training rows.
    """
    if not isinstance(recipe, TableRecipe):
        return np.asarray
    if recipe.windows is not None:
        return _windows(recipe, encoding)
    if "text" in encoding:
        ids = {unit: number for number, unit in enumerate(encoding["text"]["vocabulary"], start=2)}
        return lambda shown: encoded_texts([str(text) for text in shown], ids, recipe.reading)
    columns = [EncodedColumn.model_validate(column) for column in encoding["columns"]]
    return lambda shown: _table(columns, shown)


def pieces_of(
    recipe: TableRecipe | PictureRecipe | ArrayRecipe, encoding: dict[str, Any]
) -> Callable[[str], Sequence[str]] | None:
    """What of a text each number of its row stands for; None where the rows are no texts."""
    if not isinstance(recipe, TableRecipe) or "text" not in encoding:
        return None
    return lambda text: tuple(units_of(text, recipe.reading)[: recipe.reading.length])


def recoder_of(
    recipe: TableRecipe | PictureRecipe | ArrayRecipe, encoding: dict[str, Any]
) -> Callable[[Array, Array], Array] | None:
    """What puts another past of the target into windows; None where these are none, or it is no number."""
    if not isinstance(recipe, TableRecipe) or recipe.windows is None:
        return None
    columns = [EncodedColumn.model_validate(column) for column in encoding["columns"]]
    names = [column.name for column in columns]
    target = columns[names.index(recipe.target)]
    if target.kind != "number":
        return None
    place = sum(len(column.names) for column in columns[: names.index(recipe.target)])

    def recode(x: Array, shown: Array) -> Array:
        changed = np.array(x)
        changed[..., place] = _table([target], np.reshape(shown, (-1, 1))).reshape(np.shape(shown))
        return changed

    return recode


def _windows(recipe: TableRecipe, encoding: dict[str, Any]) -> Encode | None:
    columns = [EncodedColumn.model_validate(column) for column in encoding["columns"]]
    if len(columns) != 1 or columns[0].name != recipe.target or columns[0].kind != "number":
        return None
    return lambda shown: _table(columns, np.reshape(shown, (-1, 1))).reshape(*np.shape(shown), 1)


def _table(columns: list[EncodedColumn], shown: Array) -> Array:
    fields = [shown[name] for name in shown.dtype.names] if shown.dtype.names else list(np.asarray(shown).T)
    return np.concatenate([_values(*each) for each in zip(columns, fields, strict=True)], axis=1)


def _values(column: EncodedColumn, field: Array) -> Array:
    # Of a long category people are shown the begin, which stands for all of it.
    width = field.dtype.itemsize // 4
    whole = {category[:width]: category for category in reversed(column.categories)}
    texts = [_cell(column, value) for value in field]
    cells = pa.array([text and whole.get(text, text) for text in texts], pa.string())
    try:
        return column.values(cells, 0)
    except DataError as error:
        # It was not read from a file: no row of one is at fault.
        raise DataError(
            f"What '{column.name}' is to be is no {column.kind}.", hint="Write it as the data have it."
        ) from error


def _cell(column: EncodedColumn, value: Any) -> str | None:
    """A value as it would stand in the file; None where nothing is known."""
    if column.kind != "number":
        return str(value) or None
    return None if np.isnan(value) else repr(float(value)).replace(".", column.decimal)
