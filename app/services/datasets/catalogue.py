"""The catalogue: every data set by name, its card, and the function that loads it."""

from collections.abc import Callable
from functools import lru_cache

from app.services.datasets.dataset import Dataset, DatasetInfo
from runtime.errors import UnknownNameError

Loader = Callable[[DatasetInfo], Dataset]

_cards: dict[str, DatasetInfo] = {}
_loaders: dict[str, Loader] = {}


def in_catalogue(*cards: DatasetInfo) -> Callable[[Loader], Loader]:
    """Enters data sets that the decorated function loads, given a card."""

    def enter(loader: Loader) -> Loader:
        for card in cards:
            _cards[card.name] = card
            _loaders[card.name] = loader
        return loader

    return enter


def catalogue() -> tuple[DatasetInfo, ...]:
    """The cards of all data sets, by title."""
    return tuple(sorted(_cards.values(), key=lambda card: card.title.lower()))


def describe(name: str) -> DatasetInfo:
    """The card of one data set.

    Raises:
        UnknownNameError: There is no data set of that name.
    """
    if name not in _cards:
        raise UnknownNameError("data set", name, _cards)
    return _cards[name]


# Few: each of 30 pages may look at another set, and one set is up to 40 MB.
@lru_cache(maxsize=4)
def load(name: str) -> Dataset:
    """A data set in memory; its arrays are shared and cannot be written.

    Args:
        name: Its name in the catalogue.

    Raises:
        UnknownNameError: There is no data set of that name.
    """
    dataset = _loaders[describe(name).name](describe(name))
    for split in (dataset.train, dataset.test):
        for array in (split.x, split.y, split.shown):
            array.flags.writeable = False
    return dataset
