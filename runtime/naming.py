"""Names that layers and models get when a program gives none, counted up: dense, dense_1, dense_2."""

from collections import Counter

from runtime.registries import snake_case

_used: Counter[str] = Counter()


def auto_name(class_name: str) -> str:
    """The next free name for a class: `Dense` → "dense", then "dense_1"."""
    stem = snake_case(class_name)
    number = _used[stem]
    _used[stem] += 1
    return f"{stem}_{number}" if number else stem


def clear_session() -> None:
    """Begins the count of names anew, as a new program would."""
    _used.clear()
