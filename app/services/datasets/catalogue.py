"""The catalogue: every data set by name, its card, and the function that loads it."""

from collections.abc import Callable
from functools import lru_cache

from app.services.datasets.dataset import Dataset, DatasetInfo
from app.services.datasets.own.home import is_own_name
from app.services.datasets.own.version import load_version, read_version, versions
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
    """The cards of all data sets that come along, by title."""
    return tuple(sorted(_cards.values(), key=lambda card: card.title.lower()))


def describe(name: str) -> DatasetInfo:
    """The card of one data set.

    Raises:
        UnknownNameError: There is no data set of that name.
    """
    if is_own_name(name):
        return read_version(name).info
    if name not in _cards:
        raise UnknownNameError("data set", name, _cards)
    return _cards[name]


def own_cards() -> tuple[DatasetInfo, ...]:
    """The cards of the data sets that users have prepared, latest first."""
    return tuple(version.info for version in versions())


def load(name: str) -> Dataset:
    """A data set: in memory, its arrays shared and not to be written; of users, mapped from the disk.

    Args:
        name: Its name in the catalogue, or that of a version that was prepared.

    Raises:
        UnknownNameError: There is no data set of that name.
    """
    return load_version(name) if is_own_name(name) else _load(name)


# Few: each of 30 pages may look at another set, and one set is up to 40 MB.
@lru_cache(maxsize=4)
def _load(name: str) -> Dataset:
    dataset = _loaders[describe(name).name](describe(name))
    for split in (dataset.train, dataset.test):
        for array in (split.x, split.y, split.shown):
            array.flags.writeable = False
    return dataset
