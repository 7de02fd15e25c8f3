"""The matrix of files: `python -m tests.runtime.saving.matrix [LAYER …]` tries and counts all cells.

Models are those of the tables that the tests use: each layer of the palette, one model a row.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import logging
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path

from tests.runtime.saving.cells import CELLS, KINDS, Cell, reason, try_cell
from tests.runtime.saving.layer_models import LAYER_MODELS, LayerModel

EQUAL, NOT_IN_KERAS, DIFFERS = "the same", "not in Keras", "differs"
OUTCOMES = (EQUAL, NOT_IN_KERAS, DIFFERS)


def outcomes(model: LayerModel) -> dict[Cell, str]:
    """What comes of each cell of a model."""
    ours, theirs, inputs = model.ours(), model.theirs(), model.inputs()
    found: dict[Cell, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for cell in CELLS:
            try:
                try_cell(ours, theirs, cell, inputs, Path(folder))
                found[cell] = EQUAL
            except (AssertionError, TypeError, ValueError):
                found[cell] = DIFFERS if reason(model, cell) is None else NOT_IN_KERAS
    return found


def main(names: list[str]) -> int:
    """Prints counts by kind of file and way, and the cells that are not the same.

    Args:
        names: Only these layers; all if there are none.

    Returns:
        1 if a cell differs that the real Keras could hold.
    """
    chosen = [model for model in LAYER_MODELS if not names or model.layer in names]
    counts: dict[Cell, Counter[str]] = {cell: Counter() for cell in CELLS}
    for model in chosen:
        for cell, outcome in outcomes(model).items():
            counts[cell][outcome] += 1
            if outcome != EQUAL:
                print(f"{model}: {' '.join(cell)}: {outcome}; {reason(model, cell) or ''}")
    print(f"\n{len(chosen)} models × {len(CELLS)} cells")
    for cell, counted in counts.items():
        print(f"{KINDS[cell[0]]:24}{cell[1]:16}", *(f"{counted[one]:5} {one}" for one in OUTCOMES))
    total = sum(counts.values(), Counter())
    print(f"{'all':40}", *(f"{total[one]:5} {one}" for one in OUTCOMES))
    return int(bool(total[DIFFERS]))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    sys.exit(main(sys.argv[1:]))
