"""`image_dataset_from_directory`: pictures in folders, one folder a class."""

import os
from collections.abc import Sequence
from typing import Any, Literal

import torch

from runtime.errors import ParameterError, UnknownNameError
from runtime.formats import standardize_data_format
from runtime.layers.resizing import crop_to_shape, pad_to_shape, resize
from runtime.utils.folders import Files, LabelMode, Labels, Subset, Wish, folder_datasets
from runtime.utils.images import ColorMode, Layout, img_to_array, opened

ENDINGS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
_INTERPOLATIONS = ("bilinear", "nearest", "bicubic")


def image_dataset_from_directory(
    directory: str | os.PathLike[str],
    labels: Labels = "inferred",
    label_mode: LabelMode = "int",
    class_names: Sequence[str] | None = None,
    color_mode: ColorMode = "rgb",
    batch_size: int | None = 32,
    image_size: int | tuple[int, int] = (256, 256),
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: Subset = None,
    interpolation: str = "bilinear",
    follow_links: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    data_format: Layout | None = None,
    format: Literal["tf", "grain"] = "tf",
    verbose: bool = True,
) -> Any:
    """Pictures in the folders of their classes, as batches to train on.

    Args:
        directory: Folder that holds one folder for each class.
        labels: "inferred" for those of the folders, class numbers in the order of the sorted paths, or None.
        label_mode: "int" for class numbers, "categorical" for one column a class, "binary" for 0 and 1, None.
        class_names: Folders to use, in the order of their numbers; None for all, sorted.
        color_mode: "rgb", "rgba" or "grayscale".
        batch_size: Pictures in a batch; None for single ones.
        image_size: Height and width all are brought to.
        shuffle: True mixes the pictures, anew in each pass.
        seed: Makes the order.
        validation_split: Share of the pictures to validate on.
        subset: "training", "validation", or "both" for a list of the two.
        interpolation: "bilinear", "nearest" or "bicubic".
        follow_links: True goes through links to folders, too.
        crop_to_aspect_ratio: True cuts the sides off, so that nothing is stretched.
        pad_to_aspect_ratio: True adds black edges, so that nothing is stretched.
        data_format: "channels_first" puts the channels before height and width.
        format: Accepted for Keras's sake: it is always a data set of this library.
        verbose: True says how many pictures there are.

    Returns:
        A data set of float32 pictures 0-255 and labels; it has `class_names` and `file_paths`.

    Raises:
        ParameterError: Arguments contradict each other.
        DataError: There are no such folders or pictures.
        FileFormatError: A file is no picture (when its batch is made).

    Source:
        https://keras.io/api/data_loading/image/
    """
    del format
    if interpolation.lower() not in _INTERPOLATIONS:
        raise UnknownNameError("interpolation", interpolation, _INTERPOLATIONS)
    if color_mode not in ("grayscale", "rgb", "rgba"):
        raise UnknownNameError("color_mode", str(color_mode), ("grayscale", "rgb", "rgba"))
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ParameterError(
            "Pictures cannot be both cut and padded.",
            parameter="pad_to_aspect_ratio",
            received=True,
            hint="Set one of crop_to_aspect_ratio and pad_to_aspect_ratio.",
        )
    height, width = (image_size, image_size) if isinstance(image_size, int) else image_size
    first = standardize_data_format(data_format) == "channels_first"
    size, how = (int(height), int(width)), interpolation.lower()

    def picture(path: str) -> torch.Tensor:
        pixels = torch.from_numpy(img_to_array(opened(path, color_mode), "channels_first").copy())[None]
        if crop_to_aspect_ratio:
            pixels = crop_to_shape(pixels, size)
        elif pad_to_aspect_ratio:
            pixels = pad_to_shape(pixels, size, 0.0)
        return resize(pixels, size, interpolation=how)[0]

    def make(files: Files, numbers: Sequence[int]) -> torch.Tensor:
        pictures = torch.stack([picture(files.paths[number]) for number in numbers])
        return pictures if first else pictures.permute(0, 2, 3, 1).contiguous()

    wish = Wish(
        directory,
        labels,
        label_mode,
        class_names,
        ENDINGS,
        batch_size,
        shuffle,
        seed,
        validation_split,
        subset,
        follow_links,
        verbose,
    )
    return folder_datasets(wish, make)
