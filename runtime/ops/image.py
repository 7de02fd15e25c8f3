"""`keras.ops.image`: pictures."""

# fmt: off
# ruff: noqa: I001 (packed: one name a line would be hundreds of lines)

from runtime.ops.filters import gaussian_blur, sobel_edges, ssim
from runtime.ops.pictures import (
    crop_images, extract_patches, extract_patches_3d, hsv_to_rgb, pad_images, resize, rgb_to_grayscale,
    rgb_to_hsv,
)
from runtime.ops.scaling import scale_and_translate
from runtime.ops.warping import affine_transform, elastic_transform, map_coordinates, perspective_transform

__all__ = [
    "affine_transform", "crop_images", "elastic_transform", "extract_patches", "extract_patches_3d",
    "gaussian_blur", "hsv_to_rgb", "map_coordinates", "pad_images", "perspective_transform", "resize",
    "rgb_to_grayscale", "rgb_to_hsv", "scale_and_translate", "sobel_edges", "ssim",
]
