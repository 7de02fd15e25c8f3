"""How well shares rank the rows: ROC and precision-recall curves, one class against the rest."""

from dataclasses import dataclass

import numpy as np

from app.services.datasets.dataset import Array


@dataclass(frozen=True)
class Ranking:
    """What happens when rows are taken for a class from some share on, for all such thresholds.

    Args:
        thresholds: Shares, falling; the first is above all, so that nothing is taken.
        false_positives: Of the rows of other classes, the share that is taken.
        recall: Of the rows of the class, the share that is taken.
        precision: Of the rows taken, the share that is of the class; 1 where nothing is taken.
        roc_area: Area under recall over false positives: 0.5 by chance, 1 at best.
        average_precision: Mean precision over the steps of recall; `share` by chance, 1 at best.
        share: Share of the class among the rows.
    """

    thresholds: Array
    false_positives: Array
    recall: Array
    precision: Array
    roc_area: float
    average_precision: float
    share: float


def ranking(is_of_class: Array, shares: Array) -> Ranking | None:
    """Ranks rows by a share.

    Args:
        is_of_class: Whether each row is of the class.
        shares: The share the model gives to the class, for each row.

    Returns:
        The ranking; None where all rows or none are of the class.

    Source:
        T. Fawcett: An introduction to ROC analysis, 2006.
    """
    members = int(is_of_class.sum())
    others = len(is_of_class) - members
    if not members or not others:
        return None
    order = np.argsort(-shares, kind="stable")
    sorted_shares, hits = shares[order], is_of_class[order].astype(np.int64)
    # Rows of the same share are taken together.
    last_of_share = np.append(np.flatnonzero(np.diff(sorted_shares)), len(hits) - 1)
    found = np.cumsum(hits)[last_of_share]
    taken = last_of_share + 1
    recall = np.concatenate([[0.0], found / members])
    false_positives = np.concatenate([[0.0], (taken - found) / others])
    precision = np.concatenate([[1.0], found / taken])
    return Ranking(
        thresholds=np.concatenate([[np.inf], sorted_shares[last_of_share]]),
        false_positives=false_positives,
        recall=recall,
        precision=precision,
        roc_area=float((np.diff(false_positives) * (recall[1:] + recall[:-1]) / 2).sum()),
        average_precision=float((np.diff(recall) * precision[1:]).sum()),
        share=members / len(is_of_class),
    )


def rankings(expected: Array, shares: Array) -> list[Ranking | None]:
    """The ranking of each class.

    Args:
        expected: The right class of each row, by number.
        shares: The share given to each class (columns), for each row.
    """
    return [ranking(expected == number, shares[:, number]) for number in range(shares.shape[1])]
