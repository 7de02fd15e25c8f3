"""Data sets: `catalogue()` lists those that come along, `own_cards()` the user's, `load(name)` gives one."""

from app.services.datasets import images, points, series, tables, text
from app.services.datasets.catalogue import catalogue, describe, load, own_cards
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
    "own_cards",
    "points",
    "series",
    "tables",
    "text",
]
