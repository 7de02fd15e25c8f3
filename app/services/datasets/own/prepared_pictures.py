"""Prepares pictures: all of one size, written one after the other where they belong."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from app.services.datasets.dataset import Answer, DatasetInfo
from app.services.datasets.own.cautions import Caution, duplicates, row_marks, uneven_classes
from app.services.datasets.own.cutting import cut
from app.services.datasets.own.importing import Progress
from app.services.datasets.own.limits import check_room
from app.services.datasets.own.pictures import all_decoded, broken_among, pictures_in
from app.services.datasets.own.recipe import PictureRecipe
from app.services.datasets.own.source import PICTURES, PictureSource
from app.services.datasets.own.version import PartWriter, Version

PICTURES_A_PIECE = 256


def prepare_pictures(
    source: PictureSource, recipe: PictureRecipe, base: DatasetInfo, folder: Path, progress: Progress
) -> Version:
    """Makes arrays of pictures, whole numbers from 0 to 255.

    Args:
        source: The pictures.
        recipe: How.
        base: The card as far as it is known.
        folder: Gets the arrays.
        progress: Told the pictures that were read.

    Raises:
        LayerloomError: A picture is broken; the message names it.
    """
    progress.now("Reading the pictures")
    path = source.folder / PICTURES
    pictures = pictures_in(path).pictures
    keep = np.ones(len(pictures), bool)
    broken = broken_among(path, pictures, progress) if recipe.skip_broken else []
    keep[broken] = False
    names = tuple(name for name, _ in source.classes)
    numbers = {name: number for number, name in enumerate(names)}
    labels = np.array([numbers[picture.label] for picture in pictures], np.int64)
    given = np.array([picture.is_test for picture in pictures])
    places = cut(recipe.split, keep, labels=labels, given=given)
    answer = Answer.one_of(*names)
    shape = (recipe.height, recipe.width, 3 if recipe.colour else 1)
    check_room(folder, len(pictures) * float(np.prod(shape)))
    writer = PartWriter(folder, places.train, places.test)
    writer.begin("x", shape, np.uint8)
    writer.begin("y", answer.shape, answer.dtype)
    writer.put("y", places.is_test, places.place, labels.reshape(-1, *answer.shape).astype(answer.dtype))
    marks = np.zeros(len(pictures), np.uint64)
    kept = np.flatnonzero(keep)
    whole = [pictures[number] for number in kept]
    decoded = all_decoded(path, whole, recipe.height, recipe.width, colour=recipe.colour, crop=recipe.crop)
    for number, picture in zip(kept, decoded, strict=True):
        part = "test_x" if places.is_test[number] else "train_x"
        writer.arrays[part][places.place[number]] = picture
        marks[number] = row_marks(picture[np.newaxis])[0]
        progress(1)
        if number % PICTURES_A_PIECE == 0:
            writer.release()
    writer.close()
    found: list[Caution] = duplicates(marks[keep & ~places.is_test], marks[keep & places.is_test])
    found += uneven_classes(labels[keep], places.is_test[keep], names)
    if broken:
        left_out = f"{len(broken):,} broken {'picture' if len(broken) == 1 else 'pictures'}"
        example = pictures[broken[0]].entry.filename
        found.append(Caution(code="dropped", text=f"Left out {left_out}, such as '{example}'."))
    info: dict[str, Any] = {
        "answer": answer,
        "preview": "images",
        "rows": len(kept),
        "input_shape": shape,
        "largest": 255.0,
    }
    return Version(
        info=replace(base, **info),
        source=source.id,
        file_name=source.file_name,
        recipe=recipe,
        train=places.train,
        test=places.test,
        cautions=tuple(found),
    )
