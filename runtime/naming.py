"""Names that layers and models get when a program gives none, counted up: dense, dense_1, dense_2."""

import gc
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from runtime.dtype_policies.policy import forget_dtype_policy
from runtime.registries import snake_case
from runtime.seeds import global_generator
from runtime.switches import forget_switches

_used: Counter[str] = Counter()
_own: ContextVar[Counter[str] | None] = ContextVar("names_of_their_own", default=None)
"""The count of a block that has one; no other thread sees it."""


def _count() -> Counter[str]:
    own = _own.get()
    return _used if own is None else own


def auto_name(class_name: str) -> str:
    """The next free name for a class: `Dense` → "dense", then "dense_1"."""
    stem = snake_case(class_name)
    used = _count()
    number = used[stem]
    used[stem] += 1
    return f"{stem}_{number}" if number else stem


@contextmanager
def names_of_their_own() -> Generator[None]:
    """Inside this block names are counted from the beginning, as in a new program; other threads go on."""
    token = _own.set(Counter())
    try:
        yield
    finally:
        _own.reset(token)


def get_uid(prefix: str = "") -> int:
    """Counts the objects of a kind: 1, then 2; names that layers get go by the same count.

    Args:
        prefix: The kind, such as "dense".
    """
    used = _count()
    used[prefix] += 1
    return used[prefix]


def clear_session(free_memory: bool = True) -> None:
    """Sets names, dtype policy, switches and the source of chance back as they are in a new program.

    Args:
        free_memory: True to free the memory of models that nothing holds any more, which takes a moment.
    """
    _count().clear()
    forget_dtype_policy()
    forget_switches()
    global_generator.clear()
    if free_memory:
        gc.collect()


def module_name(owner: object, layer: str) -> str:
    """The name a layer has among the modules of a model: paths of torch go through attributes.

    Args:
        owner: The model.
        layer: Name of the layer; one that the model has another attribute of ("output") gets an ending.
    """
    name = layer.replace(".", "_")
    # No other layer can be called so.
    return f"{name}/layer" if hasattr(type(owner), name) else name
