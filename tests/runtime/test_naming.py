"""Names that layers get by themselves, counted for the program, and for those who count for themselves."""

from threading import Thread

import pytest

from runtime.naming import auto_name, get_uid, names_of_their_own


@pytest.fixture(autouse=True)
def _as_in_a_new_program():
    with names_of_their_own():
        yield


def test_names_are_counted_up():
    assert [auto_name("Conv2D") for _ in range(3)] == ["conv2d", "conv2d_1", "conv2d_2"]
    assert get_uid("conv2d") == 4


def test_names_of_their_own_begin_anew_and_leave_the_others_where_they_were():
    assert auto_name("Dense") == "dense"
    with names_of_their_own():
        assert auto_name("Dense") == "dense"
        with names_of_their_own():
            assert auto_name("Dense") == "dense"
        assert auto_name("Dense") == "dense_1"
    assert auto_name("Dense") == "dense_1"


def test_two_threads_that_count_for_themselves_do_not_meet():
    """Each makes names while the other is in its block too, and leaves it first or last."""
    found: dict[str, list[str]] = {}

    def count(who: str, times: int) -> None:
        with names_of_their_own():
            found[who] = [auto_name("Dense") for _ in range(times)]

    with names_of_their_own():
        assert auto_name("Dense") == "dense"
        for who, times in (("one", 3), ("other", 2)):
            thread = Thread(target=count, args=(who, times))
            thread.start()
            thread.join()
        assert auto_name("Dense") == "dense_1"
    assert found == {"one": ["dense", "dense_1", "dense_2"], "other": ["dense", "dense_1"]}


def test_a_program_goes_on_counting_while_a_thread_counts_for_itself():
    begun: list[str] = []
    with names_of_their_own():
        thread = Thread(target=lambda: begun.append(auto_name("NeverUsedElsewhere")))
        thread.start()
        thread.join()
        assert auto_name("NeverUsedElsewhere") == "never_used_elsewhere"
    assert begun == ["never_used_elsewhere"]
