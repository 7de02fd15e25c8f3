"""Pixels as the published models want them, and names for the classes they predict."""

import json
from functools import cache
from typing import Any, Literal

import numpy as np
import torch

from runtime.applications.building import CLASSES, WeightsFile
from runtime.errors import DataError, FileFormatError, ParameterError

Mode = Literal["caffe", "tf", "torch"]
Layout = Literal["channels_first", "channels_last"]

CLASS_INDEX = WeightsFile(
    "https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json",
    "c2c37ea517e94d9795004a39431a14cb",
)
_BLUE_GREEN_RED_MEANS = (103.939, 116.779, 123.68)
_MEANS = (0.485, 0.456, 0.406)
_DEVIATIONS = (0.229, 0.224, 0.225)


def preprocess_input(x: Any, data_format: Layout | None = None, mode: Mode = "caffe") -> Any:
    """Brings pixels of 0-255 into the range a family of models was trained on.

    Args:
        x: One image or a batch of them, red first; an array or a tensor. It stays as it is.
        data_format: Where the channels are, "channels_last" by default.
        mode: "tf" for -1 to 1; "torch" for the mean and deviation of each channel of ImageNet;
            "caffe" for blue first and the mean of each channel taken away.

    Returns:
        An array or a tensor, as what was given.

    Raises:
        ParameterError: The mode or layout is not known.

    Source:
        https://keras.io/api/applications/
    """
    if mode not in ("caffe", "tf", "torch"):
        raise _unknown("mode", mode, "Use 'caffe', 'tf' or 'torch'.")
    if data_format not in (None, "channels_first", "channels_last"):
        raise _unknown("data_format", data_format, "Use 'channels_last' or 'channels_first'.")
    pixels = x if isinstance(x, torch.Tensor) else torch.from_numpy(np.array(x))
    if not pixels.is_floating_point():
        pixels = pixels.float()
    if mode == "tf":
        found = pixels / 127.5 - 1.0
    else:
        axis = pixels.ndim - 3 if data_format == "channels_first" else pixels.ndim - 1
        found = _centred(pixels, axis, mode)
    return found if isinstance(x, torch.Tensor) else found.numpy()


def decode_predictions(preds: Any, top: int = 5) -> list[list[tuple[str, str, float]]]:
    """Names of the likeliest of the 1000 ImageNet classes.

    Args:
        preds: Predictions, (batch, 1000).
        top: How many classes to name.

    Returns:
        For each sample a list of (id of the class, its name, its probability), likeliest first.

    Raises:
        DataError: The predictions are of another shape.
        DownloadError: Keras's list of names cannot be fetched.
    """
    values = preds.detach().cpu().numpy() if isinstance(preds, torch.Tensor) else np.asarray(preds)
    if values.ndim != 2 or values.shape[1] != CLASSES:
        raise DataError(
            f"The predictions have the shape {values.shape}.",
            hint=f"Those of a model with the classifier of ImageNet have (batch, {CLASSES}).",
        )
    names = _class_names(CLASS_INDEX)
    likeliest = values.argsort(axis=1)[:, ::-1][:, :top]
    return [
        [(*names[place], row[place]) for place in order]
        for row, order in zip(values, likeliest.tolist(), strict=True)
    ]


@cache
def _class_names(file: WeightsFile) -> list[tuple[str, str]]:
    path = file.fetched()
    with open(path, encoding="utf-8") as opened:
        listed = json.load(opened)
    try:
        return [(str(entry[0]), str(entry[1])) for entry in (listed[str(place)] for place in range(CLASSES))]
    except (KeyError, IndexError, TypeError):
        raise FileFormatError(f"'{path}' does not name {CLASSES} classes.") from None


def _centred(pixels: torch.Tensor, axis: int, mode: Mode) -> torch.Tensor:
    if mode == "torch":
        return (pixels / 255.0 - _along(_MEANS, pixels, axis)) / _along(_DEVIATIONS, pixels, axis)
    return pixels.flip(axis) - _along(_BLUE_GREEN_RED_MEANS, pixels, axis)


def _along(values: tuple[float, ...], pixels: torch.Tensor, axis: int) -> torch.Tensor:
    """One value for each channel, in a shape that goes with the pixels."""
    shape = [1] * pixels.ndim
    shape[axis] = len(values)
    return torch.tensor(values, dtype=pixels.dtype, device=pixels.device).reshape(shape)


def _unknown(name: str, value: Any, hint: str) -> ParameterError:
    return ParameterError(
        f"preprocess_input got {name}={value!r}.", parameter=name, received=value, hint=hint
    )
