import json
from pathlib import Path

import pytest
from hypothesis import given

from graph_compiler.document import (
    SCHEMA_VERSION,
    Configured,
    DocumentError,
    GraphDocument,
    dump_document,
    load_document,
)
from graph_compiler.document.migrations import STEPS, migrate
from tests.graph_compiler.strategies import documents, quickly

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION + 1))
def test_every_version_still_opens(version):
    document = load_document((GOLDEN / f"document_v{version}.json").read_bytes())
    assert len(document.nodes) == 8
    assert document.nodes["n_lstm"].params == {"layer": {"layer": "LSTM", "params": {"units": 8}}}
    assert document.nodes["n_pool"].note == "halves height and width"
    assert document.compile.optimizer_params == {"momentum": 0.9, "nesterov": True}
    assert document.training.seed == 7
    assert document.data is not None
    assert document.data.dataset == "mnist"


def test_the_newest_form_is_written_as_the_golden_file_has_it():
    text = (GOLDEN / f"document_v{SCHEMA_VERSION}.json").read_text("utf-8")
    assert dump_document(load_document(text)) == text


def test_the_second_form_adds_callbacks_and_a_schedule():
    first = load_document((GOLDEN / "document_v1.json").read_bytes())
    second = load_document((GOLDEN / "document_v2.json").read_bytes())
    assert (first.training.callbacks, first.compile.schedule) == ((), None)
    assert [callback.name for callback in second.training.callbacks] == ["EarlyStopping", "TerminateOnNaN"]
    assert second.compile.schedule == Configured(name="CosineDecay", params={"decay_steps": 1000})


def test_the_third_form_adds_parameters_of_the_loss_and_of_metrics():
    second = load_document((GOLDEN / "document_v2.json").read_bytes())
    third = load_document((GOLDEN / "document_v3.json").read_bytes())
    assert (second.compile.loss_params, second.compile.metric_params) == ({}, {})
    assert third.compile.loss_params == {"ignore_class": 255}
    assert third.compile.metric_params == {"sparse_top_k_categorical_accuracy": {"k": 2}}


@quickly
@given(documents())
def test_what_is_written_is_read_again(document):
    again = load_document(dump_document(document))
    assert again == document
    assert dump_document(again) == dump_document(document)


def golden() -> dict:
    return json.loads((GOLDEN / "document_v1.json").read_text("utf-8"))


def refused(raw: object) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        load_document(raw if isinstance(raw, str | bytes) else json.dumps(raw))
    return caught.value


def test_broken_text_is_named_by_line():
    error = refused('{"schema_version": 1,\n"name": }')
    assert str(error) == (
        "The text is not JSON: expecting value in line 2, column 9. "
        "Was the file cut off, or edited by hand? Mend that line."
    )
    assert error.where == "line 2"


def test_a_binary_file_is_refused():
    assert "not text" in refused(b"\x89HDF\r\n\xff\xfe").message


@pytest.mark.parametrize("digits", [301, 5000])
def test_numbers_nobody_can_compute_with_are_refused(digits):
    assert f"A number has {digits:,} digits" in refused(f'{{"width": {"9" * digits}}}').message


@pytest.mark.parametrize(("text", "kind"), [("[]", "a list"), ("3", "a number"), ("null", "nothing")])
def test_other_json_is_refused(text, kind):
    assert f"received {kind}" in refused(text).message


def test_deep_nesting_is_refused():
    assert "nested" in refused("[" * 100_000).message
    raw = golden()
    value: list = []
    for _ in range(50):
        value = [value]
    raw["nodes"]["n_out"]["params"]["units"] = value
    assert "at most 32 deep" in refused(raw).message


def test_a_newer_version_is_refused():
    error = refused({**golden(), "schema_version": SCHEMA_VERSION + 1})
    assert f"form {SCHEMA_VERSION + 1}" in error.message
    assert "update" in error.hint


@pytest.mark.parametrize("version", [None, "1", True, 0, 1.5])
def test_a_version_that_is_none_is_refused(version):
    assert refused({**golden(), "schema_version": version}).where == "schema_version"


def test_an_unknown_field_is_named():
    error = refused({**golden(), "node": {}})
    assert error.where == "node"
    assert error.hint == "Did you mean 'nodes'?"
    raw = golden()
    raw["nodes"]["n_out"]["colour"] = "red"
    assert refused(raw).where == "nodes.n_out.colour"


def test_a_missing_field_is_named():
    raw = golden()
    del raw["nodes"]["n_out"]["layer"]
    assert refused(raw).where == "nodes.n_out.layer"


def test_a_value_of_the_wrong_kind_is_shown():
    raw = golden()
    raw["training"]["epochs"] = "many"
    error = refused(raw)
    assert error.where == "training.epochs"
    assert "received 'many'" in error.message


def test_a_wire_without_end_is_named():
    raw = golden()
    raw["edges"]["e_out"]["target"] = "n_gone"
    assert "edges.e_out.target: the wire ends at 'n_gone'" in refused(raw).message


def test_a_group_with_a_stranger_is_named():
    raw = golden()
    raw["groups"]["g_1"]["nodes"] = ["n_gone"]
    assert "groups.g_1.nodes" in refused(raw).message


def test_an_id_that_differs_from_its_key_is_named():
    raw = golden()
    raw["nodes"]["n_out"]["id"] = "n_other"
    assert "nodes.n_out" in refused(raw).message


def test_a_key_that_stands_twice_is_named():
    assert refused('{"schema_version": 1, "nodes": {"a": 1, "a": 2}}').where == "a"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_numbers_that_are_none_are_refused(number):
    text = json.dumps(golden()).replace('"units": 10', f'"units": {number}')
    refused(text)


def test_migrations_run_as_a_chain():
    steps = {1: lambda raw: {**raw, "b": raw["a"] + 1}, 2: lambda raw: {**raw, "c": raw["b"] + 1}}
    old = {"schema_version": 1, "a": 1}
    assert migrate(old, steps, newest=3) == {"schema_version": 3, "a": 1, "b": 2, "c": 3}
    assert migrate({"schema_version": 2, "b": 5}, steps, newest=3) == {"schema_version": 3, "b": 5, "c": 6}
    assert old == {"schema_version": 1, "a": 1}


def test_every_older_version_has_its_step():
    assert sorted(STEPS) == list(range(1, SCHEMA_VERSION))


def test_an_empty_document_is_a_document():
    assert load_document(f'{{"schema_version": {SCHEMA_VERSION}}}') == GraphDocument()
