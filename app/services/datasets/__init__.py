"""Data sets that come with Layerloom: `catalogue()` lists them, `load(name)` gives one."""

from app.services.datasets import images, points, series, tables, text
from app.services.datasets.catalogue import catalogue, describe, load
from app.services.datasets.dataset import Answer, Dataset, DatasetInfo, Gate, Split

__all__ = [
    "Answer",
    "Dataset",
    "DatasetInfo",
    "Gate",
    "Split",
    "catalogue",
    "describe",
    "images",
    "load",
    "points",
    "series",
    "tables",
    "text",
]
