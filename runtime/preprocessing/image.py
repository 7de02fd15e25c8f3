"""Pictures as arrays and files, under the name Keras has for the module."""

from runtime.utils import array_to_img, img_to_array, load_img, save_img
from runtime.utils.images import smart_resize

__all__ = ["array_to_img", "img_to_array", "load_img", "save_img", "smart_resize"]
