import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_compiler.document import name_problem, new_edge_id, new_node_id, propose_name
from tests.graph_compiler.strategies import quickly


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Dense", "dense"),
        ("MaxPooling2D", "max_pooling2d"),
        ("Conv2DTranspose", "conv2d_transpose"),
        ("LSTM", "lstm"),
        ("LeakyReLU", "leaky_re_lu"),
        ("My layer!", "my_layer"),
        ("2 times", "layer_2_times"),
        ("Lambda", "lambda_"),
        ("¿?", "layer"),
        ("\U00016eba", "layer"),
        ("Couche entrée", "couche_entrée"),
    ],
)
def test_labels_become_names(label, name):
    assert propose_name(label, ()) == name


def test_taken_names_get_a_number():
    assert propose_name("Dense", {"dense"}) == "dense_1"
    assert propose_name("Dense", {"dense", "dense_1", "dense_3"}) == "dense_2"


@quickly
@given(st.text(), st.sets(st.sampled_from(["layer", "a", "a_1"])))
def test_a_proposed_name_is_always_good_and_free(label, taken):
    name = propose_name(label, taken)
    assert name_problem(name) is None
    assert name not in taken


@pytest.mark.parametrize("name", ["", "1st", "a-b", "a b", "class", "x" * 65, "ﬁlter", "a/b", "__a"])
def test_bad_names_have_a_reason(name):
    assert name_problem(name)


def test_ids_are_fresh():
    assert len({new_node_id() for _ in range(50)} | {new_edge_id() for _ in range(50)}) == 100
