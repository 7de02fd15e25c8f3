"""Every quick fix mends its finding and breaks nothing else."""

from collections import Counter
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_compiler import DataFacts, GraphDocument, QuickFix, analyze, applied, fixes_for
from graph_compiler.document import AddNode, Batch, SetBypassed, apply
from graph_compiler.findings import Finding
from tests.graph_compiler.checks.examples import IRIS
from tests.graph_compiler.designs import Sketch
from tests.graph_compiler.spoiling import spoiled_design
from tests.runtime.drawn import examples, seeds

DIGITS = DataFacts(((28, 28, 1),), (), 10)
FACTS = (None, IRIS, DIGITS, DataFacts(((6, 3),), (1,)))


def as_bad(document: GraphDocument, data: DataFacts | None, severity: str) -> Counter[tuple[str | None, ...]]:
    levels = {"error": ("error",), "warning": ("error", "warning")}[severity]
    return Counter(
        (found.code, found.node_id, found.port, found.param)
        for found in analyze(document, data).findings
        if found.severity in levels
    )


@given(seeds, st.sampled_from(FACTS))
@examples(40)
def test_a_fix_removes_its_finding_and_adds_none_as_bad(seed: int, data: DataFacts | None) -> None:
    document = spoiled_design(seed)
    for finding in analyze(document, data).findings[:4]:
        before = as_bad(document, data, finding.severity)
        for fix in fixes_for(document, finding, data, most=2):
            after = as_bad(applied(document, fix), data, finding.severity)
            mine = (finding.code, finding.node_id, finding.port, finding.param)
            assert after[mine] < before[mine], fix.title
            assert not after - before, fix.title


def pictures() -> Sketch:
    return Sketch().add("InputLayer", "picture", shape=[28, 28, 1])


def ending(sketch: Sketch, behind: str) -> Sketch:
    return sketch.add("Flatten", "row", behind).add("Dense", "answer", "row", units=10, activation="softmax")


CASES = {
    "a Dense layer behind a picture": (
        pictures()
        .add("Conv2D", "conv", "picture", filters=8, kernel_size=3, activation="relu")
        .add("Dense", "answer", "conv", units=10, activation="softmax"),
        DIGITS,
        ["Put a Flatten before 'answer'", "Put a GlobalAveragePooling2D before 'answer'"],
    ),
    "a convolution behind Flatten": (
        ending(
            pictures()
            .add("Flatten", "flat", "picture")
            .add("Conv2D", "conv", "flat", filters=4, kernel_size=3),
            "conv",
        ),
        DIGITS,
        ["Put a Reshape with target_shape 28 × 28 × 1 before 'conv'", "Take 'flat' out"],
    ),
    "a window larger than the picture": (
        ending(pictures().add("Conv2D", "conv", "picture", filters=4, kernel_size=31), "conv"),
        DIGITS,
        ["Set padding of 'conv' to 'same'"],
    ),
    "a recurrent layer behind another": (
        Sketch()
        .add("InputLayer", "steps", shape=[7, 3])
        .add("LSTM", "first", "steps", units=4)
        .add("Dropout", "dropout", "first", rate=0.2)
        .add("LSTM", "second", "dropout", units=4)
        .add("Dense", "answer", "second", units=3, activation="softmax"),
        None,
        ["Set return_sequences of 'first' to yes"],
    ),
    "a sum of pictures with other channels": (
        ending(
            pictures()
            .add("Conv2D", "a", "picture", filters=4, kernel_size=3)
            .add("Conv2D", "b", "picture", filters=8, kernel_size=3)
            .add("Add", "sum", "a", "b"),
            "sum",
        ),
        None,
        ["Set filters of 'a' to 8", "Put a Conv2D with filters 8 and kernel_size 1 before 'sum'"],
    ),
    "a sum of rows of other lengths": (
        Sketch()
        .add("InputLayer", "rows", shape=[7])
        .add("Dense", "a", "rows", units=4, activation="relu")
        .add("Add", "sum", "a", "rows")
        .add("Dense", "answer", "sum", units=3, activation="softmax"),
        None,
        ["Set units of 'a' to 7", "Put a Dense with units 7 before 'sum'"],
    ),
    "rows of unknown length": (
        Sketch()
        .add("InputLayer", "steps", shape=[None, 3])
        .add("Flatten", "flat", "steps")
        .add("Dense", "answer", "flat", units=3, activation="softmax"),
        None,
        ["Put a GlobalAveragePooling1D in the place of 'flat'"],
    ),
    "pooling behind global pooling": (
        ending(
            pictures().add("GlobalAveragePooling2D", "mean", "picture").add("MaxPooling2D", "pool", "mean"),
            "pool",
        ),
        None,
        ["Take 'mean' out", "Take 'pool' out"],
    ),
}


def first_error(document: GraphDocument, data: DataFacts | None) -> Finding:
    return analyze(document, data).errors[0]


@pytest.mark.parametrize("case", CASES)
def test_common_mistakes_are_mended_as_a_teacher_would(case: str) -> None:
    sketch, data, wanted = CASES[case]
    found = fixes_for(sketch.document, first_error(sketch.document, data), data, most=4)
    titles = [fix.title for fix in found]
    assert [title for title in wanted if title not in titles] == [], titles


def test_a_new_layer_stands_between_its_neighbours_under_a_new_name() -> None:
    sketch, data, _ = CASES["a Dense layer behind a picture"]
    before = sketch.document
    fix = fixes_for(before, first_error(before, data), data)[0]
    after = applied(before, fix)
    (added,) = [node for key, node in after.nodes.items() if key not in before.nodes]
    assert added.name == "flatten"
    assert after.nodes["conv"].x < added.x < after.nodes["answer"].x
    gaps = sorted(node.x for node in after.nodes.values())
    assert all(right - left >= 200 for left, right in pairwise(gaps))
    assert any(isinstance(edit, AddNode) for edit in fix.edits)


def test_a_fix_is_one_step_that_can_be_undone() -> None:
    sketch, data, _ = CASES["a Dense layer behind a picture"]
    fix = fixes_for(sketch.document, first_error(sketch.document, data), data)[0]
    after, undo = apply(sketch.document, Batch(edits=fix.edits))
    assert apply(after, undo)[0] == sketch.document


def test_what_was_not_found_has_no_fixes() -> None:
    sketch, data, _ = CASES["a Dense layer behind a picture"]
    finding = Finding("NN110", "error", "conv", None, "Another layer is called 'conv' already.")
    assert fixes_for(sketch.document, finding, data) == ()


def test_a_fix_that_no_longer_fits_is_refused_as_a_whole() -> None:
    sketch, data, _ = CASES["a Dense layer behind a picture"]
    fix: QuickFix = fixes_for(sketch.document, first_error(sketch.document, data), data)[0]
    after = applied(sketch.document, fix)
    with pytest.raises(ValueError, match="already"):
        applied(after, fix)


def test_the_cause_of_a_shape_is_named() -> None:
    sketch = pictures().add("MaxPooling2D", "pool", "picture").add("Flatten", "flat", "pool")
    sketch.add("Dropout", "dropout", "flat", rate=0.2).add(
        "Conv2D", "conv", "dropout", filters=2, kernel_size=2
    )
    finding = first_error(sketch.document, None)
    assert finding.cause == "flat"
    assert "comes from 'flat', after 'pool' made it 14 × 14 × 1" in finding.message


@pytest.mark.parametrize("given", ["inf", "-inf", "nan", "1e999"])
@pytest.mark.parametrize(("layer", "param"), [("Dense", "units"), ("Dropout", "rate")])
def test_a_text_that_says_no_finite_number_has_fixes_as_any_other(layer: str, param: str, given: str) -> None:
    sketch = Sketch().add("InputLayer", "rows", shape=[4]).add(layer, "layer", "rows", **{param: given})
    (finding,) = [found for found in analyze(sketch.document).errors if found.param == param]
    assert all("inf" not in fix.title for fix in fixes_for(sketch.document, finding))


def bypassed(sketch: Sketch, *names: str) -> GraphDocument:
    edits = tuple(SetBypassed(node=name, bypassed=True) for name in names)
    return apply(sketch.document, Batch(edits=edits))[0]


def drawn(document: GraphDocument) -> set[tuple[str, str]]:
    """The wires, by the names of the layers at their ends."""
    names = {key: node.name for key, node in document.nodes.items()}
    return {(names[edge.source], names[edge.target]) for edge in document.edges.values()}


def fixed(document: GraphDocument, code: str, title: str) -> GraphDocument:
    (finding,) = [found for found in analyze(document).findings if found.code == code]
    fixes = {fix.title: fix for fix in fixes_for(document, finding, most=4)}
    assert title in fixes
    return applied(document, fixes[title])


def test_a_layer_is_taken_out_before_a_bypassed_one() -> None:
    sketch = Sketch().add("InputLayer", "rows", shape=[8]).add("Dense", "a", "rows", units=8)
    sketch.add("Dropout", "d", "a", rate=0.2).add("Dense", "b", "d", units=3, activation="softmax")
    after = fixed(bypassed(sketch, "d"), "NN118", "Take 'a' out")
    assert drawn(after) == {("rows", "d"), ("d", "b")}


def test_a_layer_that_does_not_fit_is_taken_out_beyond_a_bypassed_one() -> None:
    sketch = pictures().add("GlobalAveragePooling2D", "mean", "picture").add("Dropout", "d", "mean", rate=0.2)
    after = fixed(
        bypassed(ending(sketch.add("MaxPooling2D", "pool", "d"), "pool"), "d"), "NN201", "Take 'mean' out"
    )
    assert drawn(after) == {("picture", "d"), ("d", "pool"), ("pool", "row"), ("row", "answer")}


def test_a_layer_is_put_behind_a_bypassed_one() -> None:
    sketch = pictures().add("Flatten", "flat", "picture").add("Dense", "answer", "flat", units=10)
    sketch.compiled("sparse_categorical_crossentropy")
    document = bypassed(sketch, "flat")
    finding = next(found for found in analyze(document, DIGITS).errors if found.node_id == "answer")
    (fix, *_) = fixes_for(document, finding, DIGITS)
    assert fix.title == "Put a Flatten before 'answer'"
    assert drawn(applied(document, fix)) == {("picture", "flat"), ("flat", "flatten"), ("flatten", "answer")}


@pytest.mark.parametrize("tail", [(), ("d",)])
def test_a_bypassed_end_goes_only_with_what_it_is_behind(tail: tuple[str, ...]) -> None:
    sketch = Sketch().add("InputLayer", "rows", shape=[8]).add("Dense", "answer", "rows", units=3)
    sketch.add("Rescaling", "loose", "rows", scale=2.0)
    sketch.add("Dropout", "d", "loose" if tail else "rows", rate=0.2)
    after = fixed(
        bypassed(sketch, "d"), "NN115", "Delete " + " and ".join(f"'{name}'" for name in ("loose", *tail))
    )
    assert set(sketch.document.nodes) - set(after.nodes) == {"loose", *tail}


def test_a_design_whose_layers_are_all_bypassed_can_be_begun() -> None:
    sketch = Sketch().add("Dropout", "d", rate=0.2)
    after = fixed(bypassed(sketch, "d"), "NN107", "Add an Input and a Dense")
    assert [node.name for node in after.nodes.values()] == ["d", "input", "dense"]


@given(seeds)
@examples(40)
def test_a_fix_takes_no_bypassed_layer_out_of_its_wires(seed: int) -> None:
    document = spoiled_design(seed)
    names = Random(seed).sample(list(document.nodes), min(2, len(document.nodes)))
    edits = tuple(SetBypassed(node=name, bypassed=True) for name in names)
    document, _ = apply(document, Batch(edits=edits))
    used = Batch(edits=tuple(SetBypassed(node=name, bypassed=False) for name in names))
    before = as_bad(apply(document, used)[0], None, "error")
    for finding in analyze(document).findings[:4]:
        for fix in fixes_for(document, finding, most=2):
            after = applied(document, fix)
            kept = tuple(SetBypassed(node=name, bypassed=False) for name in names if name in after.nodes)
            new = as_bad(apply(after, Batch(edits=kept))[0], None, "error") - before
            assert not [code for code, *_ in new if str(code).startswith("NN1")], fix.title
