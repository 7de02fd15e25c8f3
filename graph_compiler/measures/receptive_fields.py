"""Receptive fields: which part of an input of the model each place of a layer's output is computed from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from graph_compiler.shapes import Shapes
from graph_compiler.wiring import Wiring
from runtime.layers import Layer
from runtime.layers.reach import SAME, Reach, Sight
from runtime.types import Shape

Followed = dict[int, tuple[int, Reach]]
"""For axes of an input of the model the axis of a tensor that goes along them, and what it reaches there.
Axes that are not named are seen as a whole."""
Followings = dict[str, Followed]
"""The same for each input of the model that a tensor is computed from."""


@dataclass(frozen=True)
class FieldAxis:
    """A receptive field along one axis of an input.

    Args:
        reach: Which places of the input each place of the output is computed from.
    """

    reach: Reach

    @property
    def size(self) -> int:
        """Places of the input that one place of the output is computed from, away from the edges."""
        return self.reach.size

    @property
    def jump(self) -> Fraction:
        """How many places of the input lie between neighbours of the output."""
        return self.reach.jump


@dataclass(frozen=True)
class ReceptiveField:
    """What one place of a layer's output sees of an input, all features of the place taken together.

    Args:
        input: Id of the input's node.
        axes: One for each axis of the input that has places, None where all of it is seen.
    """

    input: str
    axes: tuple[FieldAxis | None, ...]

    @property
    def sees_all(self) -> bool:
        """True if the whole input is seen."""
        return all(axis is None for axis in self.axes)

    def __str__(self) -> str:
        if self.sees_all:
            return "all"
        return " × ".join("all" if axis is None else str(axis.size) for axis in self.axes)


def receptive_fields(wiring: Wiring, shapes: Shapes) -> dict[str, tuple[ReceptiveField, ...]]:
    """The receptive fields of all nodes of which one can be said.

    Args:
        wiring: The wires of the document.
        shapes: What is known of its tensors.

    Returns:
        By node id one field for each input it is computed from. Left out are nodes without inputs that have
        places (a row of features has none), and those behind a layer that cannot say what it sees.
    """
    followed: dict[str, Followings | None] = {}
    with_places: dict[str, set[int]] = {}
    inputs: dict[str, int] = {}
    for node_id in wiring.order:
        if node_id not in shapes.outputs:
            continue
        followed[node_id] = _followings(node_id, wiring, shapes, followed)
        rank = len(next(iter(shapes.outputs[node_id].values())).shape)
        inputs |= {node_id: rank} if node_id in (followed[node_id] or {}) else {}
        for source, axes in (followed[node_id] or {}).items():
            if axes and len(axes) < rank - 1:
                # Some axis holds features: those that still go along an axis of the input hold places.
                with_places.setdefault(source, set()).update(axes)
    for source, rank in inputs.items():
        # Of an input that is seen as a whole at once, the last axis holds the features.
        with_places.setdefault(source, set(range(1, rank - 1)))
    return {
        node_id: found
        for node_id, sources in followed.items()
        if sources and (found := tuple(_fields(sources, with_places)))
    }


def _fields(sources: Followings, with_places: Mapping[str, set[int]]) -> Iterable[ReceptiveField]:
    for source, axes in sources.items():
        shown = sorted(with_places.get(source, ()))
        if shown:
            yield ReceptiveField(source, tuple(_axis(axes.get(axis)) for axis in shown))


def _axis(followed: tuple[int, Reach] | None) -> FieldAxis | None:
    return None if followed is None else FieldAxis(followed[1])


def _followings(
    node_id: str, wiring: Wiring, shapes: Shapes, before: Mapping[str, Followings | None]
) -> Followings | None:
    """What a node sees of each input, from what those before it see; None if that cannot be said."""
    layer, given = shapes.instances[node_id].layer, _given(node_id, wiring, shapes)
    if not given:
        shape = next(iter(shapes.outputs[node_id].values())).shape
        return {node_id: {axis: (axis, SAME) for axis in range(1, len(shape))}}
    rank = len(next(iter(shapes.outputs[node_id].values())).shape)
    together: Followings = {}
    for place, (source, shape) in enumerate(given):
        earlier = before.get(source)
        sight = _sight(layer, shape, place)
        if earlier is None or sight is None or max(sight, default=0) >= rank:
            return None
        for origin, axes in earlier.items():
            further = _further(axes, sight)
            if further is None:
                return None
            joined = _beside(together[origin], further) if origin in together else further
            if joined is None:
                return None
            together[origin] = joined
    return together


def _given(node_id: str, wiring: Wiring, shapes: Shapes) -> list[tuple[str, Shape]]:
    """Where the inputs of a node come from, in the order of its ports, and their shapes."""
    spec = shapes.instances[node_id].spec
    ports = [port.name for port in spec.inputs] if spec else []
    edges = [edge for port in ports for edge in wiring.incoming[node_id].get(port, ())]
    return [(edge.source, found.shape) for edge in edges if (found := shapes.at(edge)) is not None]


def _sight(layer: Layer | None, shape: Shape, place: int) -> Sight | None:
    return None if layer is None else layer.sight(shape, place)


def _further(axes: Followed, sight: Sight) -> Followed | None:
    """What is seen of an input through one more layer; None if the pattern became too long."""
    ways = {source: (axis, reach) for axis, (source, reach) in sight.items()}
    further: Followed = {}
    for origin, (carrier, reach) in axes.items():
        if carrier in ways:
            axis, step = ways[carrier]
            whole = step.behind(reach)
            if whole is None:
                return None
            further[origin] = axis, whole
    return further


def _beside(one: Followed, other: Followed) -> Followed | None:
    """What two branches see together; None if they do not go along the same axes at the same speed."""
    together: Followed = {}
    for origin in one.keys() & other.keys():
        (axis, reach), (other_axis, other_reach) = one[origin], other[origin]
        both = reach.beside(other_reach) if axis == other_axis else None
        if both is None:
            return None
        together[origin] = axis, both
    return together
