"""How well each class is told: precision, recall, F1 and how often it is there."""

from dataclasses import dataclass

import numpy as np

from app.services.datasets.dataset import Array


@dataclass(frozen=True)
class ClassReport:
    """How well classes are told, one number a class.

    Args:
        precision: Of the rows taken for a class, the share (0–1) that is of it; 0 when none was.
        recall: Of the rows of a class, the share that was taken for it; 0 when there are none.
        f1: Harmonic mean of both.
        support: Rows of each class.
        accuracy: Share of all rows that were told right.
    """

    precision: Array
    recall: Array
    f1: Array
    support: Array
    accuracy: float

    def averages(self) -> dict[str, tuple[float, float, float]]:
        """Precision, recall and F1 over all classes.

        Returns:
            "macro", where each class counts the same, and "weighted", each by its rows.
        """
        columns = (self.precision, self.recall, self.f1)
        rows = self.support if self.support.sum() else np.ones_like(self.support)
        return {"macro": _means(columns, np.ones_like(rows)), "weighted": _means(columns, rows)}


def class_report(confusion: Array) -> ClassReport:
    """Computes the report.

    Args:
        confusion: Rows of each class (rows) that were taken for each class (columns).

    Source:
        C. J. van Rijsbergen: Information Retrieval, 1979 (F1).
    """
    right = np.diag(confusion).astype(np.float64)
    taken, support = confusion.sum(axis=0), confusion.sum(axis=1)
    precision, recall = _share(right, taken), _share(right, support)
    f1 = _share(2 * right, taken + support)
    return ClassReport(precision, recall, f1, support, float(right.sum() / max(confusion.sum(), 1)))


def _means(columns: tuple[Array, Array, Array], counts: Array) -> tuple[float, float, float]:
    precision, recall, f1 = (float(np.average(column, weights=counts)) for column in columns)
    return precision, recall, f1


def _share(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)
