"""Nested structures against Keras's functions."""

from collections import OrderedDict, defaultdict, deque, namedtuple

import keras
import pytest

from runtime import tree
from runtime.errors import DataError

Pair = namedtuple("Pair", "b a")
STRUCTURES = [
    1,
    None,
    "x",
    [],
    (),
    {},
    [1],
    [1, [2, 3]],
    {"b": 1, "a": [2, None]},
    OrderedDict([("b", 1), ("a", 2)]),
    Pair(1, [2]),
    (1, {"z": (2,), "y": []}),
    defaultdict(list, {"b": 1, "a": 2}),
    deque([1, 2]),
    [[1, 2], (3, {"a": 4})],
    {1: 2, 0: (3, 4)},
]
numbered = pytest.mark.parametrize("place", range(len(STRUCTURES)))


def outcome(library, name, *arguments, **settings):
    try:
        found = getattr(library, name)(*arguments, **settings)
        return type(found), found
    except (ValueError, TypeError) as error:
        return "TypeError" if isinstance(error, TypeError) else "ValueError"


def same(name, *arguments, **settings):
    mine, theirs = (outcome(library, name, *arguments, **settings) for library in (tree, keras.tree))
    assert mine == theirs, (name, arguments)


@numbered
def test_functions_of_one_structure(place):
    one = STRUCTURES[place]
    for name in ("is_nested", "flatten", "lists_to_tuples"):
        same(name, one)
    if not isinstance(one, Pair):
        # On torch, Keras orders the fields of a named tuple by name, against what it documents.
        same("flatten_with_path", one)
    same("map_structure", str, one)
    same("map_structure", str, one, none_is_leaf=False)
    same("map_shape_structure", lambda shape: ("shape", shape), one)
    same("pack_sequence_as", one, list(range(len(tree.flatten(one)))))
    same("pack_sequence_as", one, [1] * 9)
    for top_down in (True, False):
        same("traverse", lambda part: "T" if isinstance(part, tuple) else None, one, top_down=top_down)


@numbered
def test_functions_of_two_structures(place):
    one = STRUCTURES[place]
    for other in STRUCTURES:
        same("assert_same_structure", one, other)
        if not isinstance(one, Pair) and not isinstance(other, Pair):
            same("assert_same_paths", one, other)
        same("map_structure_up_to", one, lambda part: ("part", part), other)
        if outcome(tree, "assert_same_structure", one, other) != "ValueError":
            same("map_structure", lambda *parts: parts, one, other)


def test_none_in_place_of_a_part():
    assert tree.traverse(lambda part: tree.MAP_TO_NONE if part == 2 else None, [1, (2,)]) == [1, (None,)]


def test_what_does_not_fit_is_told():
    with pytest.raises(DataError, match="a list of 2 stands where another has a list of 1"):
        tree.map_structure(lambda *_: None, [1, 2], [1])
    with pytest.raises(DataError, match="goes on where another ends"):
        tree.map_structure(lambda *_: None, [1, 2], [1, [2]])
    with pytest.raises(DataError, match="2 leaves, but 3"):
        tree.pack_sequence_as([1, 2], [1, 2, 3])
    with pytest.raises(DataError, match="at least one"):
        tree.map_structure(str)
    with pytest.raises(TypeError, match="no function"):
        tree.traverse(3, [1])
    with pytest.warns(DeprecationWarning, match="check_types"):
        tree.assert_same_structure([1], [2], check_types=True)
