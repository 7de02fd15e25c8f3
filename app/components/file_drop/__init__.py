"""A place to drop a file of any size, which comes in slices."""

from app.components.file_drop.drop import file_drop

__all__ = ["file_drop"]
