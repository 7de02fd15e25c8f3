"""Layers that find numbers of their own in the data before training, such as means or vocabularies."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar


class LearnsFromData:
    """What a layer class says that has an `adapt(data)`.

    A training job and generated programs adapt such layers on the training rows, in the order in which the
    data flow through them.
    """

    learns_from_data: bool = False
    """True if there is something to learn: the layer was not told it when it was made."""
    adapt_calls: ClassVar[tuple[str, ...]] = ("adapt",)
    """Methods by which it learns in a Keras program; the first one gets the data."""
    stated_instead: ClassVar[tuple[str, ...]] = ()
    """Arguments that state what would be learnt otherwise."""

    def adapt(self, data: Any) -> None:
        """Learns from data; what was learnt before is forgotten.

        Args:
            data: An array or tensor, or batches of them one after the other.
        """
        raise NotImplementedError(f"{type(self).__name__} learns nothing.")

    def learnt_files(self) -> dict[str, str]:
        """What an archive keeps of it as texts, by name; the names even before anything was learnt."""
        return {}

    def learnt_arrays(self) -> dict[str, Any]:
        """What an archive keeps of it as numbers besides the weights, by name."""
        return {}

    def take_learnt(self, files: dict[str, str], arrays: dict[str, Any]) -> None:
        """Takes over what an archive has kept.

        Args:
            files: Texts by name.
            arrays: Numbers by name.
        """
        del files, arrays


_apart = ContextVar("_apart", default=False)


@contextmanager
def kept_apart() -> Generator[None]:
    """Inside this block, configs leave out what `learnt_files` holds."""
    token = _apart.set(True)
    try:
        yield
    finally:
        _apart.reset(token)


def is_kept_apart() -> bool:
    """True if configs shall leave out what `learnt_files` holds."""
    return _apart.get()


def learner(layer: Any) -> LearnsFromData | None:
    """The layer itself if it has something to learn from data, else None."""
    return layer if isinstance(layer, LearnsFromData) and layer.learns_from_data else None
