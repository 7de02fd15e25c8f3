"""Labels read from scores over time, when it is not known when each label comes.

Source: https://keras.io/api/ops/nn/, Graves et al. 2006, https://doi.org/10.1145/1143844.1143891
"""

import math

import torch
from torch import Tensor

from runtime.errors import ParameterError
from runtime.ops.conversion import TensorLike, result_type, tensor
from runtime.ops.registration import nn_op

Path = tuple[int, ...]
_NEVER = -math.inf


@nn_op("inputs", "sequence_lengths", named="CTCDecode")
def ctc_decode(
    inputs: TensorLike,
    sequence_lengths: TensorLike,
    strategy: str = "greedy",
    beam_width: int = 100,
    top_paths: int = 1,
    merge_repeated: bool = True,
    mask_index: int = 0,
) -> tuple[Tensor, Tensor]:
    """The most probable labels for scores over time.

    Args:
        inputs: Scores, (batch, steps, classes).
        sequence_lengths: How many steps of each row count.
        strategy: "greedy" takes the best class of each step, "beam_search" follows the best few paths.
        beam_width: How many paths are followed.
        top_paths: How many are returned.
        merge_repeated: True makes one label of equal ones in a row; for "greedy".
        mask_index: The class that means "nothing".

    Returns:
        Labels, (paths, batch, steps), filled up with -1; and their scores, (batch, paths).

    Raises:
        ParameterError: Another strategy.
    """
    scores = tensor(inputs)
    scores = scores.to(result_type(scores.dtype, torch.float32))
    lengths = tensor(sequence_lengths, torch.int32)
    if strategy == "greedy":
        return _greedy(scores, lengths, merge_repeated, mask_index)
    if strategy == "beam_search":
        return _beam_search(scores, lengths, beam_width, top_paths, mask_index)
    raise ParameterError(
        f"ctc_decode(strategy=…) got {strategy!r}.",
        parameter="strategy",
        received=strategy,
        hint="Take 'greedy' or 'beam_search'.",
    )


def _greedy(scores: Tensor, lengths: Tensor, merge_repeated: bool, blank: int) -> tuple[Tensor, Tensor]:
    steps = scores.shape[1]
    best, labels = scores.max(-1)
    over = torch.arange(steps, device=scores.device) >= lengths[:, None]
    labels = torch.where(over, blank, labels.to(torch.int32))
    if merge_repeated:
        again = torch.zeros_like(over)
        again[:, 1:] = labels[:, 1:] == labels[:, :-1]
        labels = torch.where(again, blank, labels)
    nothing = labels == blank
    labels = torch.where(nothing, -1, labels)
    order = torch.argsort(nothing.to(torch.int32), dim=-1, stable=True)
    total = -torch.where(over, 0.0, best).sum(1, keepdim=True)
    return torch.take_along_dim(labels, order, -1)[None], total


def _beam_search(
    scores: Tensor, lengths: Tensor, width: int, top_paths: int, blank: int
) -> tuple[Tensor, Tensor]:
    steps = scores.shape[1]
    logs = torch.log_softmax(scores, -1).detach().cpu().double().tolist()
    paths = torch.full((top_paths, len(logs), steps), -1, dtype=torch.int32)
    totals = torch.full((len(logs), top_paths), _NEVER, dtype=scores.dtype)
    for row, (columns, length) in enumerate(zip(logs, lengths.tolist(), strict=True)):
        for place, (path, total) in enumerate(_best_paths(columns[:length], width, blank)[:top_paths]):
            paths[place, row, : len(path)] = torch.tensor(path, dtype=torch.int32)
            totals[row, place] = total
    return paths.to(scores.device), totals.to(scores.device)


def _best_paths(columns: list[list[float]], width: int, blank: int) -> list[tuple[Path, float]]:
    """Labels and logarithms of their probabilities, the best first.

    For each path two probabilities are kept: that its last step was nothing, and that it was its last label,
    since an equal label that follows is a new one only behind nothing.
    """
    beams: dict[Path, tuple[float, float]] = {(): (0.0, _NEVER)}
    for column in columns:
        found: dict[Path, tuple[float, float]] = {}

        def add(
            path: Path, nothing: float, label: float, found: dict[Path, tuple[float, float]] = found
        ) -> None:
            before = found.get(path, (_NEVER, _NEVER))
            found[path] = (_sum(before[0], nothing), _sum(before[1], label))

        for path, (nothing, label) in beams.items():
            both = _sum(nothing, label)
            add(path, both + column[blank], _NEVER)
            for number, score in enumerate(column):
                if number == blank:
                    continue
                if path and number == path[-1]:
                    add(path, _NEVER, label + score)
                    add((*path, number), _NEVER, nothing + score)
                else:
                    add((*path, number), _NEVER, both + score)
        ranked = sorted(found.items(), key=lambda item: -_sum(*item[1]))
        beams = dict(ranked[:width])
    return [(path, _sum(*parts)) for path, parts in beams.items()]


def _sum(one: float, other: float) -> float:
    """The logarithm of the sum of two numbers given by their logarithms."""
    larger, smaller = max(one, other), min(one, other)
    return larger if smaller == _NEVER else larger + math.log1p(math.exp(smaller - larger))
