"""Augmentation that distorts pictures at random while training: slanted, seen from the side, rippled."""

from typing import Any, Literal, Self

import torch

from runtime.layers.affine import sample_pixels
from runtime.layers.arguments import Bounds, DataFormat, Factor, PixelRange, Rate, Seed
from runtime.layers.color_spaces import BYTE
from runtime.layers.image_layers import RandomPictures, checked_range, factor_bounds, per_picture
from runtime.layers.random_focus import bell, filtered
from runtime.layers.random_geometry import FillMode, Interpolation, MovedPictures, matrices
from runtime.layers.registration import register

_LARGEST_RIPPLE = 0.1
_WIDEST_RIPPLE = 0.05


@register("Augmentation", rank=2)
class RandomShear(MovedPictures):
    """Slants pictures at random while training, as italics are.

    Args:
        x_factor: Largest slant to the side as a fraction of the height, 0-1; or a lower and an upper one. It
            goes to either side.
        y_factor: The same up and down, as a fraction of the width.
        interpolation: How values between pixels are found: "bilinear" is smooth, "nearest" takes the closest.
        fill_mode: What comes in at the edges: "reflect" a mirror image, "wrap" the opposite side, "nearest"
            the pixel at the edge, "constant" `fill_value`.
        fill_value: The value for `fill_mode="constant"`.
        data_format: Where the channels stand; None is "channels_last".
        seed: A whole number that makes the random draws repeat; None for new ones each time.

    Call args:
        inputs: (batch, height, width, channels).

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_shear/
    """

    def __init__(
        self,
        x_factor: Factor = 0.0,
        y_factor: Factor = 0.0,
        interpolation: Interpolation = "bilinear",
        fill_mode: FillMode = "reflect",
        fill_value: float = 0.0,
        data_format: DataFormat = None,
        seed: Seed = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.x_factor = _either_side(x_factor)
        self.y_factor = _either_side(y_factor)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """A layer from a file; Keras writes a single number as both of its bounds, which it does not take."""
        factors = {name: _one_number(config[name]) for name in ("x_factor", "y_factor") if name in config}
        return super().from_config({**config, **factors})

    def get_random_transformation(self, images: torch.Tensor) -> torch.Tensor:
        """A slant of each picture."""
        side = torch.where(self.uniform(images) > 0.5, -1.0, 1.0)
        down = self.uniform(images, *self.y_factor) * side
        across = self.uniform(images, *self.x_factor) * side
        return self.shear(across, down)

    def shear(self, across: torch.Tensor, down: torch.Tensor) -> torch.Tensor:
        """Matrices of slants that leave the upper left corner where it is."""
        return matrices(1, across, 0, down, 1, 0, like=across)


def _one_number(value: Any) -> Any:
    both = isinstance(value, list | tuple) and len(value) == 2 and value[0] == -value[1]
    return abs(value[1]) if both else value


def _either_side(factor: Bounds) -> tuple[float, float]:
    _, high = bounds = factor_bounds(factor)
    return bounds if isinstance(factor, list | tuple) else (-high, high)


@register("Augmentation", rank=2)
class RandomPerspective(RandomPictures):
    """Shows some pictures as if seen from the side while training.

    Args:
        factor: Share of the pictures, a fraction 0-1; or two, between which it is drawn.
        scale: How far corners move at most, twice as a fraction of the sides, 0-1.
        interpolation: How values between pixels are found: "bilinear" is smooth, "nearest" takes the closest.
        fill_value: The value that comes in at the edges.
        seed: A whole number that makes the random draws repeat; None for new ones each time.
        data_format: Where the channels stand; None is "channels_last".

    Call args:
        inputs: (batch, height, width, channels).

    Source:
        https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_perspective/
    """

    moves_pixels = True

    def __init__(
        self,
        factor: Factor = 1.0,
        scale: Rate = 1.0,
        interpolation: Interpolation = "bilinear",
        fill_value: float = 0.0,
        seed: Seed = None,
        data_format: DataFormat = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.factor = factor_bounds(factor)
        self.scale = scale
        self.interpolation = interpolation
        self.fill_value = fill_value

    def get_random_transformation(self, images: torch.Tensor) -> dict[str, torch.Tensor]:
        """Which pictures are changed, and where their corners come from and go to, as (x, y)."""
        share = self.uniform(images, *self.factor)
        chosen = self.uniform(images) < share
        right, bottom = images.shape[2] - 1, images.shape[1] - 1
        corners = torch.tensor(
            [[0.0, 0], [right, 0], [0, bottom], [right, bottom]], device=images.device
        ).expand(len(images), 4, 2)
        moved = self.uniform(images, -0.5 * self.scale, 0.5 * self.scale, shape=corners.shape)
        return {"chosen": chosen, "start": corners, "end": corners * (1 + moved)}

    def transform_images(self, images: torch.Tensor, transformation: dict[str, torch.Tensor]) -> torch.Tensor:
        """The pictures, some of them seen from the side."""
        return self._seen(images, transformation, self.interpolation)

    def transform_segmentation_masks(self, masks: torch.Tensor, transformation: Any) -> torch.Tensor:
        """The masks, moved alike."""
        return self._seen(masks, transformation, "nearest")

    def _seen(
        self, images: torch.Tensor, transformation: dict[str, torch.Tensor], interpolation: str
    ) -> torch.Tensor:
        numbers = homography(transformation["end"], transformation["start"])
        a0, a1, a2, b0, b1, b2, c0, c1 = (number.reshape(-1, 1, 1) for number in numbers.unbind(1))
        x = torch.arange(images.shape[2], dtype=numbers.dtype, device=images.device)
        y = torch.arange(images.shape[1], dtype=numbers.dtype, device=images.device).unsqueeze(1)
        distance = c0 * x + c1 * y + 1
        seen = sample_pixels(
            images,
            (b0 * x + b1 * y + b2) / distance,
            (a0 * x + a1 * y + a2) / distance,
            interpolation=interpolation,
            fill_value=self.fill_value,
        )
        return torch.where(per_picture(transformation["chosen"]), seen, images)


def homography(start: torch.Tensor, end: torch.Tensor) -> torch.Tensor:
    """The eight numbers that take four points to four others, straight lines to straight lines.

    (x, y) goes to (a0 x + a1 y + a2, b0 x + b1 y + b2) / (c0 x + c1 y + 1).

    Args:
        start: (batch, 4, 2).
        end: (batch, 4, 2).

    Returns:
        (batch, 8): a0, a1, a2, b0, b1, b2, c0, c1.
    """
    places = torch.cat((start, torch.ones_like(start[..., :1])), dim=-1)
    nothing = torch.zeros_like(places)
    rows = [
        torch.cat((*parts, -end[..., axis : axis + 1] * start), dim=-1)
        for axis, parts in enumerate(((places, nothing), (nothing, places)))
    ]
    # Two rows a point: one for x, one for y.
    matrix = torch.stack(rows, dim=2).reshape(-1, 8, 8)
    return torch.linalg.solve(matrix, end.reshape(-1, 8, 1)).reshape(-1, 8)


@register("Augmentation", rank=2)
class RandomElasticTransform(RandomPictures):
    """Ripples some pictures while training, as if they were printed on rubber.

    Args:
        factor: Share of the pictures, a fraction 0-1; or two, between which it is drawn.
        scale: How strong the ripples are at most, a fraction 0-1; or a lower and an upper one.
        interpolation: How values between pixels are found: "bilinear" is smooth, "nearest" takes the closest.
        fill_mode: What comes in at the edges: "reflect" a mirror image, "mirror" one without the edge
            doubled, "wrap" the opposite side, "nearest" the pixel at the edge, "constant" `fill_value`.
        fill_value: The value for `fill_mode="constant"`.
        value_range: Least and largest value of a pixel; results are kept within.
        seed: A whole number that makes the random draws repeat; None for new ones each time.
        data_format: Where the channels stand; None is "channels_last".

    Call args:
        inputs: (batch, height, width, channels).

    Source:
        Simard et al. 2003, https://doi.org/10.1109/ICDAR.2003.1227801
    """

    moves_pixels = True

    def __init__(
        self,
        factor: Factor = 1.0,
        scale: Factor = 1.0,
        interpolation: Interpolation = "bilinear",
        fill_mode: Literal["reflect", "constant", "wrap", "nearest", "mirror"] = "reflect",
        fill_value: float = 0.0,
        value_range: PixelRange = BYTE,
        seed: Seed = None,
        data_format: DataFormat = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, seed=seed, **kwargs)
        self.factor = factor_bounds(factor)
        self.scale = factor_bounds(scale)
        self.interpolation = interpolation
        self.fill_mode = fill_mode
        self.fill_value = fill_value
        self.value_range = checked_range(self, value_range)

    def get_random_transformation(self, images: torch.Tensor) -> dict[str, torch.Tensor] | None:
        """Which pictures are changed, and how far each pixel moves; the strength is one for all."""
        if self.factor[1] == 0 or self.scale[1] == 0:
            return None
        share = self.uniform(images, *self.factor)
        chosen = self.uniform(images) < share
        strength = self.uniform(images, *self.scale, shape=())
        shape = images.shape[:3]
        noise = [
            torch.empty(shape, device=images.device).normal_(generator=self.generator(images.device))
            for _ in ("right", "down")
        ]
        right, down = self.ripples(noise, float(strength))
        return {"chosen": chosen, "right": right, "down": down}

    def ripples(self, noise: list[torch.Tensor], strength: float) -> list[torch.Tensor]:
        """How far pixels move, in pixels, made of noise by smoothing it.

        Args:
            noise: For each direction (batch, height, width).
            strength: A fraction 0-1.
        """
        height, width = noise[0].shape[1:]
        largest = max(height, width) * _LARGEST_RIPPLE * strength
        sigma = min(height, width) * _WIDEST_RIPPLE * strength
        size = int(6 * sigma) | 1
        kernel = bell((size, size), torch.tensor([sigma, sigma], device=noise[0].device).clamp_min(1e-12))
        return [filtered((values * sigma).unsqueeze(-1), kernel).squeeze(-1) * largest for values in noise]

    def transform_images(
        self, images: torch.Tensor, transformation: dict[str, torch.Tensor] | None
    ) -> torch.Tensor:
        """The pictures, some of them rippled."""
        if transformation is None:
            return images
        return self._rippled(images, transformation, self.interpolation).clamp(*self.value_range)

    def transform_segmentation_masks(self, masks: torch.Tensor, transformation: Any) -> torch.Tensor:
        """The masks, rippled alike."""
        return masks if transformation is None else self._rippled(masks, transformation, "nearest")

    def _rippled(
        self, images: torch.Tensor, transformation: dict[str, torch.Tensor], interpolation: str
    ) -> torch.Tensor:
        rippled = sample_pixels(
            images,
            torch.arange(images.shape[1], device=images.device).unsqueeze(1) + transformation["down"],
            torch.arange(images.shape[2], device=images.device) + transformation["right"],
            interpolation=interpolation,
            fill_mode=self.fill_mode,
            fill_value=self.fill_value,
        )
        return torch.where(per_picture(transformation["chosen"]), rippled, images)
