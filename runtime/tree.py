"""Nested lists, tuples and dicts: taken apart, put together, and gone through.

A dict is gone through in the order of its sorted keys, an `OrderedDict` in its own.

Source: https://keras.io/api/utils/tree/
"""

import warnings
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from runtime.errors import DataError

__all__ = [
    "MAP_TO_NONE",
    "assert_same_paths",
    "assert_same_structure",
    "flatten",
    "flatten_with_path",
    "is_nested",
    "lists_to_tuples",
    "map_shape_structure",
    "map_structure",
    "map_structure_up_to",
    "pack_sequence_as",
    "traverse",
]

Leaf = Callable[[Any], bool]


class MAP_TO_NONE:  # noqa: N801
    """What a function given to `traverse` returns to put None in place of a part."""


def is_nested(structure: Any) -> bool:
    """True for a list, tuple, dict or deque, empty ones too; False for anything else.

    Args:
        structure: Anything.
    """
    return type(structure) in (list, tuple, dict, OrderedDict, defaultdict, deque) or _is_named(structure)


def flatten(structure: Any) -> list[Any]:
    """All leaves in one list, in order.

    Args:
        structure: Nested lists, tuples and dicts; or a single leaf.
    """
    return [leaf for _, leaf in _leaves(structure)]


def flatten_with_path(structure: Any) -> list[tuple[tuple[Any, ...], Any]]:
    """All leaves, each with the keys and places that lead to it.

    Args:
        structure: Nested lists, tuples and dicts; or a single leaf.
    """
    return list(_leaves(structure))


def map_structure(func: Callable[..., Any], *structures: Any, none_is_leaf: bool = True) -> Any:
    """Applies a function to each leaf; of several structures, to the leaves at the same place.

    Args:
        func: Function of as many leaves as there are structures.
        *structures: Structures that are nested alike.
        none_is_leaf: False leaves None where it is.

    Raises:
        TypeError: The function is none.
        DataError: There is no structure, or they are nested differently.
    """
    _require_function(func)
    if not structures:
        raise DataError("map_structure got no structure.", hint="Give at least one.")

    def apply(*leaves: Any) -> Any:
        if not none_is_leaf and leaves[0] is None:
            if any(leaf is not None for leaf in leaves):
                raise _differ("None stands in one of them where the others have something")
            return None
        if any(is_nested(leaf) for leaf in leaves):
            raise _differ("one of them goes on where another ends")
        return func(*leaves)

    return _map(apply, structures, lambda _: False)


def map_structure_up_to(shallow_structure: Any, func: Callable[..., Any], *structures: Any) -> Any:
    """Applies a function to what stands where a structure has its leaves, nested further or not.

    Args:
        shallow_structure: Says how deep to go.
        func: Function of as many parts as there are structures.
        *structures: Structures that are nested at least as deep.

    Raises:
        TypeError: The function is none.
        DataError: There is no structure, or one is nested differently.
    """
    _require_function(func)
    if not structures:
        raise DataError("map_structure_up_to got no structure.", hint="Give at least one.")
    return _map(lambda _, *parts: func(*parts), (shallow_structure, *structures), lambda _: False)


def map_shape_structure(func: Callable[[Any], Any], structure: Any) -> Any:
    """Applies a function to each shape: a tuple or list of whole numbers and None.

    Args:
        func: Function of a shape.
        structure: Nested shapes.
    """

    def is_shape(part: Any) -> bool:
        return isinstance(part, list | tuple) and all(isinstance(size, int | None) for size in part)

    return _map(func, (structure,), is_shape)


def traverse(func: Callable[[Any], Any], structure: Any, top_down: bool = True) -> Any:
    """Goes through a structure, and puts what a function returns in place of its parts.

    Args:
        func: Function of a part, a whole branch or a leaf. None means: leave it, go on. `MAP_TO_NONE` means:
            put None there.
        structure: Nested lists, tuples and dicts; or a single leaf.
        top_down: True asks of branches before their parts, and of these only if the branch is left.

    Raises:
        TypeError: The function is none.
    """
    _require_function(func)

    def below(part: Any) -> Any:
        if not is_nested(part):
            return part
        return _rebuilt(part, [traverse(func, child, top_down) for _, child in _children(part)])

    if not top_down:
        structure = below(structure)
    found = func(structure)
    if found is None:
        return below(structure) if top_down else structure
    return None if found is MAP_TO_NONE else found


def assert_same_structure(a: Any, b: Any, check_types: bool | None = None) -> None:
    """Fails unless two structures are nested alike, in lists, tuples and dicts of the same kinds.

    Args:
        a: One structure.
        b: The other.
        check_types: Has no effect any more.

    Raises:
        DataError: They are nested differently.
    """
    if check_types is not None:
        warnings.warn("check_types has no effect any more: leave it out.", DeprecationWarning, stacklevel=2)
    map_structure(lambda *_: None, a, b)


def assert_same_paths(a: Any, b: Any) -> None:
    """Fails unless the same keys and places lead to the leaves of two structures, of whatever kinds.

    Args:
        a: One structure.
        b: The other.

    Raises:
        DataError: They do not.
    """
    mine, others = ({path for path, _ in _leaves(one)} for one in (a, b))
    if mine != others:
        raise _differ(
            f"only in the first: {mine - others or '{}'}; only in the second: {others - mine or '{}'}"
        )


def pack_sequence_as(structure: Any, flat_sequence: Sequence[Any]) -> Any:
    """Puts leaves into a structure; the inverse of `flatten`.

    Args:
        structure: Says how they are nested.
        flat_sequence: As many leaves as it has.

    Raises:
        TypeError: The leaves are in no sequence.
        DataError: There are more or fewer.
    """
    if not hasattr(flat_sequence, "__len__") or not hasattr(flat_sequence, "__iter__"):
        raise TypeError(f"pack_sequence_as wants a list of leaves, but got {flat_sequence!r}.")
    wanted = len(flatten(structure))
    if len(flat_sequence) != wanted:
        raise DataError(
            f"The structure has {wanted} leaves, but {len(flat_sequence)} were given.",
            hint="Give as many as flatten() finds in it.",
        )
    leaves = iter(flat_sequence)
    return _map(lambda _: next(leaves), (structure,), lambda _: False)


def lists_to_tuples(structure: Any) -> Any:
    """The same with tuples in place of lists.

    Args:
        structure: Nested lists, tuples and dicts.
    """
    return traverse(lambda part: tuple(part) if isinstance(part, list) else None, structure, top_down=False)


def _is_named(structure: Any) -> bool:
    return isinstance(structure, tuple) and hasattr(structure, "_fields")


def _children(structure: Any) -> Iterable[tuple[Any, Any]]:
    """Keys or places, and what stands there."""
    if isinstance(structure, OrderedDict):
        return structure.items()
    if isinstance(structure, dict):
        return [(key, structure[key]) for key in sorted(structure)]
    return enumerate(structure)


def _rebuilt(structure: Any, parts: list[Any]) -> Any:
    """A structure of the same kind with other parts."""
    if isinstance(structure, dict):
        by_key = dict(zip([key for key, _ in _children(structure)], parts, strict=True))
        in_order = {key: by_key[key] for key in structure}
        if isinstance(structure, defaultdict):
            return defaultdict(structure.default_factory, in_order)
        return type(structure)(in_order)
    if _is_named(structure):
        return type(structure)(*parts)
    return deque(parts, structure.maxlen) if isinstance(structure, deque) else type(structure)(parts)


def _leaves(structure: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if not is_nested(structure):
        yield path, structure
        return
    for key, child in _children(structure):
        yield from _leaves(child, (*path, key))


def _map(func: Callable[..., Any], structures: tuple[Any, ...], is_leaf: Leaf) -> Any:
    """Applies a function to what stands at the leaves of the first structure."""
    first = structures[0]
    if not is_nested(first) or is_leaf(first):
        return func(*structures)
    for other in structures[1:]:
        if not _alike(first, other):
            raise _differ(f"{_kind(first)} stands where another has {_kind(other)}")
    keys = [key for key, _ in _children(first)]
    others = [dict(_children(other)) for other in structures[1:]]
    return _rebuilt(
        first,
        [
            _map(func, (child, *(other[key] for other in others)), is_leaf)
            for key, (_, child) in zip(keys, _children(first), strict=True)
        ],
    )


def _alike(one: Any, other: Any) -> bool:
    """True for branches of one kind with the same keys, or as many places."""
    if isinstance(one, dict):
        return isinstance(other, dict) and one.keys() == other.keys()
    return type(one) is type(other) and len(one) == len(other)


def _kind(structure: Any) -> str:
    size = f" of {len(structure)}" if is_nested(structure) else ""
    return f"a {type(structure).__name__}{size}"


def _differ(how: str) -> DataError:
    return DataError(f"The structures are not nested in the same way: {how}.")


def _require_function(func: Any) -> None:
    if not callable(func):
        raise TypeError(f"{func!r} is no function.")
