"""Pictures in the folders of a ZIP archive: one folder a class, around them train and test or not."""

import io
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from app.services.datasets.dataset import Array
from app.services.datasets.own.archive import members, read_member
from app.services.datasets.own.limits import MAX_CATEGORIES, MAX_PIXELS
from runtime.errors import FileFormatError, LayerloomError, RefusedError

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
TRAIN_FOLDERS, TEST_FOLDERS = {"train", "training"}, {"test", "testing", "val", "valid", "validation"}
COLOURLESS = {"1", "L", "LA", "I", "I;16", "F"}
_LITTER = {"__MACOSX", "Thumbs.db", ".DS_Store", "desktop.ini"}


class Picture(NamedTuple):
    """A picture in an archive.

    Args:
        entry: Its place there.
        label: Name of its class.
        is_test: Whether its folder is for testing.
    """

    entry: zipfile.ZipInfo
    label: str
    is_test: bool


class Pictures(NamedTuple):
    """The pictures of an archive.

    Args:
        pictures: In the order of their names.
        parts: Whether outer folders cut them into training and test.
        skipped: Names of files that are no pictures.
    """

    pictures: list[Picture]
    parts: bool
    skipped: list[str]


def pictures_in(path: Path) -> Pictures:
    """Lists the pictures of an archive by class.

    Raises:
        FileFormatError: There are none, or they are not in folders.
    """
    found: list[tuple[zipfile.ZipInfo, tuple[str, ...]]] = []
    skipped: list[str] = []
    for entry in members(path):
        parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
        # An entry called "." or nothing has no parts.
        if not parts or _LITTER & set(parts) or parts[-1].startswith("."):
            continue
        if parts[-1].lower().endswith(ENDINGS):
            found.append((entry, parts))
        else:
            skipped.append(entry.filename)
    if not found:
        raise FileFormatError(
            f"The archive holds no pictures{f', but {skipped[0]!r}' if skipped else ''}.",
            hint=f"Pictures end in {', '.join(ENDINGS)}; each class has a folder of its own.",
        )
    found.sort(key=lambda each: each[0].filename)
    depth = _outer_folders(found)
    tops = {parts[depth].lower() for _, parts in found if len(parts) > depth + 2}
    are_parts = bool(tops) and tops <= TRAIN_FOLDERS | TEST_FOLDERS and bool(tops & TRAIN_FOLDERS)
    is_cut = are_parts and bool(tops & TEST_FOLDERS)
    pictures: list[Picture] = []
    for entry, parts in found:
        inner = parts[depth + 1 :] if are_parts else parts[depth:]
        if len(inner) < 2:
            raise FileFormatError(
                f"'{entry.filename}' is not in the folder of a class.",
                hint="Put the pictures of each class into a folder that has the class's name.",
            )
        pictures.append(Picture(entry, inner[0], are_parts and parts[depth].lower() in TEST_FOLDERS))
    _check_classes({picture.label for picture in pictures})
    return Pictures(pictures, is_cut, skipped)


def _outer_folders(found: list[tuple[zipfile.ZipInfo, tuple[str, ...]]]) -> int:
    """How many folders lie around all pictures and say nothing."""
    shared = found[0][1][:-1]
    for _, parts in found:
        both = 0
        while both < min(len(shared), len(parts) - 1) and shared[both] == parts[both]:
            both += 1
        shared = shared[:both]
    return len(shared)


def _check_classes(labels: set[str]) -> None:
    if len(labels) < 2:
        raise FileFormatError(
            f"All pictures are in one folder, '{next(iter(labels))}'.",
            hint="To tell classes apart there must be a folder for each of them.",
        )
    if len(labels) > MAX_CATEGORIES:
        raise FileFormatError(
            f"The pictures are in {len(labels):,} folders; at most {MAX_CATEGORIES:,} classes are read."
        )


def size_of(data: bytes, name: str) -> tuple[int, int, bool]:
    """Height, width and whether it is in colour; only the head of the picture is read.

    Raises:
        FileFormatError: It is no picture.
        RefusedError: It would swell when unpacked.
    """
    with _opened(data, name) as picture:
        return picture.height, picture.width, picture.mode not in COLOURLESS


def decoded(data: bytes, name: str, height: int, width: int, *, colour: bool, crop: bool) -> Array:
    """A picture as whole numbers from 0 to 255 of one size.

    Args:
        data: The file.
        name: What it is called.
        height: Rows of points.
        width: Points of a row.
        colour: Three channels, or one of grey.
        crop: Whether its middle is cut out to keep proportions; else it is stretched.

    Raises:
        FileFormatError: It is broken.
        RefusedError: It would swell when unpacked.
    """
    with _opened(data, name) as picture:
        try:
            # A JPEG is unpacked at about the size that is wanted.
            picture.draft("RGB" if colour else "L", (width, height))
            upright = flat(ImageOps.exif_transpose(picture), colour)
            if crop:
                fitted = ImageOps.fit(upright, (width, height), Image.Resampling.BILINEAR)
            else:
                fitted = upright.resize((width, height), Image.Resampling.BILINEAR)
        except (OSError, ValueError, SyntaxError, MemoryError) as error:
            raise FileFormatError(
                f"'{name}' is broken: {error}.", hint="Save it again, or leave it out."
            ) from error
    points = np.asarray(fitted)
    return points if colour else points[..., np.newaxis]


def _opened(data: bytes, name: str) -> Any:
    try:
        with warnings.catch_warnings():
            # Sizes are checked here; broken notes inside a picture are no reason to refuse it.
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise _too_large(name, "more points than any camera") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise FileFormatError(
            f"'{name}' is no picture that can be read.",
            hint=f"It should be one of {', '.join(FORMATS)}; save it again, or leave it out.",
        ) from error
    if picture.width * picture.height > MAX_PIXELS:
        raise _too_large(name, f"{picture.width:,} by {picture.height:,} points")
    return picture


def _too_large(name: str, size: str) -> RefusedError:
    return RefusedError(
        f"'{name}' unpacks to {size}; at most {MAX_PIXELS / 1e6:.0f} million are read.",
        what="a picture that swells",
        hint="Make it smaller, or leave it out.",
    )


def flat(picture: Any, colour: bool) -> Any:
    """A picture without transparency, on white."""
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        white = Image.new("RGBA", layered.size, (255, 255, 255, 255))
        picture = Image.alpha_composite(white, layered)
    if picture.mode.startswith("I") or picture.mode == "F":
        # Sixteen bits to eight; Pillow would cut off whatever is above 255.
        values = np.asarray(picture, dtype=np.float64)
        top = 65535.0 if values.max() > 255 else 255.0
        picture = Image.fromarray((values / top * 255).clip(0, 255).astype(np.uint8))
    return picture.convert("RGB" if colour else "L")


def sizes_in(path: Path, pictures: list[Picture], most: int) -> tuple[list[tuple[int, int, int]], bool]:
    """The most frequent sizes of some of the pictures, spread over all, and whether any is in colour."""
    sizes: Counter[tuple[int, int]] = Counter()
    wrong = ""
    colour = False
    step = max(1, len(pictures) // most)
    with zipfile.ZipFile(path) as archive:
        for picture in pictures[::step]:
            data = read_member(archive, picture.entry)
            try:
                height, width, coloured = size_of(data, picture.entry.filename)
            except FileFormatError as error:
                # One that is broken is named, or left out, when they are prepared.
                wrong = wrong or str(error)
                continue
            sizes[height, width] += 1
            colour |= coloured
    if not sizes:
        raise FileFormatError(wrong or "There is no picture.")
    return [(height, width, count) for (height, width), count in sizes.most_common(5)], colour


def broken_among(path: Path, pictures: list[Picture], seen: Callable[[float], None]) -> list[int]:
    """Numbers of the pictures that cannot be read.

    Args:
        path: The archive.
        pictures: Its pictures.
        seen: Told each one that was looked at.
    """
    found: list[int] = []
    with zipfile.ZipFile(path) as archive:
        for number, picture in enumerate(pictures):
            try:
                # To its end: what is cut off shows there.
                decoded(
                    read_member(archive, picture.entry),
                    picture.entry.filename,
                    8,
                    8,
                    colour=False,
                    crop=False,
                )
            except LayerloomError:
                found.append(number)
            seen(1)
    return found


def all_decoded(
    path: Path, pictures: list[Picture], height: int, width: int, *, colour: bool, crop: bool
) -> Iterator[Array]:
    """All pictures in order, decoded one after the other."""
    with zipfile.ZipFile(path) as archive:
        for picture in pictures:
            data = read_member(archive, picture.entry)
            yield decoded(data, picture.entry.filename, height, width, colour=colour, crop=crop)
