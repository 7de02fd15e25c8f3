"""Every quick fix mends its finding and breaks nothing else."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_compiler import DataFacts, GraphDocument, QuickFix, analyze, applied, fixes_for
from graph_compiler.document import AddNode, Batch, apply
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
