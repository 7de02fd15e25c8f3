"""Windows of windows, against places that are counted one by one."""

from hypothesis import given
from hypothesis import strategies as st

from runtime.layers.reach import LONGEST, SAME, Reach
from tests.runtime.drawn import examples

small = st.integers(1, 4)
reaches = st.one_of(
    st.builds(Reach.window, small, small, st.integers(-2, 3)),
    st.builds(Reach.spread, small, small, st.integers(0, 3)).filter(
        lambda reach: all(first <= last for first, last in zip(reach.first, reach.last, strict=True))
    ),
)
PLACES = range(-13, 14)


def places(reach: Reach, place: int) -> set[int]:
    first, last = reach.at(place)
    return set(range(first, last + 1))


@examples(60)
@given(reaches, reaches)
def test_one_behind_another_reaches_what_both_reach(step: Reach, before: Reach) -> None:
    both = step.behind(before)
    assert both is not None
    for place in PLACES:
        seen = set().union(*(places(before, middle) for middle in places(step, place)))
        assert both.at(place) == (min(seen), max(seen))
    assert both.jump == step.jump * before.jump


@examples(60)
@given(reaches, reaches)
def test_one_beside_another_reaches_from_end_to_end(one: Reach, other: Reach) -> None:
    both = one.beside(other)
    if both is None:
        assert one.jump != other.jump
        return
    for place in PLACES:
        seen = places(one, place) | places(other, place)
        assert both.at(place) == (min(seen), max(seen))


@examples(40)
@given(small, small, st.integers(0, 3), st.integers(-9, 9))
def test_a_spread_reaches_those_that_write_to_a_place(size: int, factor: int, cut: int, place: int) -> None:
    writers = [i for i in range(-40, 40) if 0 <= place + cut - i * factor < size]
    first, last = Reach.spread(size, factor, cut).at(place)
    if writers:
        assert (first, last) == (writers[0], writers[-1])
    else:
        assert first == last, "a place nobody writes to"


def test_the_same_place_changes_nothing() -> None:
    reach = Reach.window(3, 2, 1)
    assert SAME.behind(reach) == reach
    assert reach.behind(SAME) == reach
    assert reach.size == 3


def test_patterns_that_never_repeat_in_sight_are_given_up() -> None:
    reach = SAME
    for factor in (61, 67, 71):
        following = Reach.spread(factor, factor).behind(reach)
        if following is None:
            return
        reach = following
    raise AssertionError(f"{len(reach.first)} places are more than {LONGEST}")
