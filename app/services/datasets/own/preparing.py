"""The job that makes a version: arrays on the disk, cut into training and test for good."""

import shutil
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from app.services.datasets.dataset import Answer, DatasetInfo
from app.services.datasets.own.home import prepared_dir
from app.services.datasets.own.importing import CancelledError, Progress
from app.services.datasets.own.prepared_arrays import prepare_arrays
from app.services.datasets.own.prepared_pictures import prepare_pictures
from app.services.datasets.own.recipe import PictureRecipe, Recipe, TableRecipe, name_of
from app.services.datasets.own.source import ArraySource, PictureSource, Source, TableSource, read_source
from app.services.datasets.own.tables import prepare_table
from app.services.datasets.own.version import Version, write_version
from app.services.datasets.own.wording import described
from app.services.job_context import JobContext
from runtime.errors import DataError

JOB = "app.services.datasets.own.preparing:prepare"
LICENCE = "your own data"


class PrepareSpec(BaseModel):
    """What is made of which source.

    Args:
        source: Id of the source.
        title: What the version is called.
        recipe: How it is made.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    title: str
    recipe: Recipe


def prepare(context: JobContext, spec: dict[str, Any]) -> str:
    """Makes a version; one that was made by the same recipe before is taken as it is.

    Args:
        context: Whom to tell; its folder is used for what is not finished.
        spec: A `PrepareSpec`.

    Returns:
        The version's name, or nothing when it was cancelled.

    Raises:
        LayerloomError: The recipe does not go with the source.
    """
    order = PrepareSpec.model_validate(spec)
    source = read_source(order.source)
    name = name_of(source, order.recipe)
    target = prepared_dir() / name
    if target.exists():
        return name
    unfinished = context.folder / "version"
    unfinished.mkdir(parents=True)
    try:
        version = _made(context, source, order, name, unfinished)
        write_version(version, unfinished)
        prepared_dir().mkdir(parents=True, exist_ok=True)
        if not target.exists():
            unfinished.rename(target)
    except CancelledError:
        return ""
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return name


def _made(context: JobContext, source: Source, order: PrepareSpec, name: str, folder: Path) -> Version:
    recipe = order.recipe
    base = DatasetInfo(
        name=name,
        title=" ".join(order.title.split())[:120] or source.title,
        description=described(source, recipe),
        answer=Answer.amount(""),
        preview="table",
        source=source.file_name,
        licence=LICENCE,
        rows=0,
        input_shape=(),
    )
    # A table is gone through three times.
    progress = Progress(context, source.rows * (3 if isinstance(source, TableSource) else 1), "Beginning")
    if isinstance(source, TableSource) and isinstance(recipe, TableRecipe):
        return prepare_table(source, recipe, base, folder, progress)
    if isinstance(source, PictureSource) and isinstance(recipe, PictureRecipe):
        return prepare_pictures(source, recipe, base, folder, progress)
    if isinstance(source, ArraySource) and not isinstance(recipe, TableRecipe | PictureRecipe):
        return prepare_arrays(source, recipe, base, folder, progress)
    raise DataError(f"A recipe for {recipe.kind} does not go with {source.kind}.")
