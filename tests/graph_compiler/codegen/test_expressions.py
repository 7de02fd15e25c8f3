import pytest

from graph_compiler.codegen.expressions import (
    call,
    called,
    dict_of,
    flat,
    keyword,
    layout,
    list_of,
    text,
    tuple_of,
)
from graph_compiler.codegen.values import literal


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "None"),
        (True, "True"),
        (3, "3"),
        (0.5, "0.5"),
        (1 / 255, "1 / 255"),
        (1 / 3, "1 / 3"),
        (1e-07, "1e-07"),
        (0.12345678901, "0.12345678901"),
        ("relu", '"relu"'),
        ('say "no"', "'say \"no\"'"),
        ("line\n", '"line\\n"'),
        ([1, [2]], "[1, [2]]"),
        ({"a": 1}, '{"a": 1}'),
    ],
)
def test_values_are_written_as_python_has_them(value, code):
    assert flat(literal(value)) == code
    assert eval(code) == value


def test_lists_can_be_written_as_tuples():
    assert flat(literal([3, 4], as_tuple=True)) == "(3, 4)"
    assert flat(literal([3], as_tuple=True)) == "(3,)"
    assert flat(literal([[1, 2], [3]], as_tuple=True)) == "((1, 2), (3,))"


def words(count: int, prefix: str = "word") -> list[tuple[str, ...]]:
    return [text(f"{prefix}_{number}") for number in range(count)]


def test_what_fits_stays_on_one_line():
    assert layout(call("f", words(3))) == "f(word_0, word_1, word_2)"


def test_arguments_go_to_a_line_of_their_own():
    assert layout(call("a_long_function", words(10))) == (
        "a_long_function(\n    " + ", ".join(f"word_{n}" for n in range(10)) + "\n)"
    )


def test_many_arguments_get_a_line_each():
    lines = "".join(f"    word_{n},\n" for n in range(20))
    assert layout(call("function", words(20))) == f"function(\n{lines})"


def test_the_last_bracket_is_broken_if_the_rest_fits():
    expression = called(call("layers.Add", [keyword("name", literal("sum"))]), [list_of(words(9))])
    assert layout(expression, before=20).startswith('layers.Add(name="sum")(\n    [word_0, word_1')


def test_collections_get_a_line_each_item():
    assert layout(list_of(words(12))).splitlines()[1] == "    word_0,"
    assert layout(tuple_of(words(12))).splitlines()[1] == "    word_0,"
    items = [(f'"{n}"', text("x" * 20)) for n in range(5)]
    assert layout(dict_of(items)).splitlines()[1] == f'    "0": {"x" * 20},'
