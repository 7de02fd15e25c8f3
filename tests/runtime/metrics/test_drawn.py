"""Every metric against the real Keras with drawn arguments, over several drawn batches with weights."""

from typing import Any

import keras
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from runtime import metrics
from runtime.metrics.counts import AnswerCounts
from tests.runtime import drawn

# Keras reads its own state through an old form of numpy's protocol.
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation", "ignore:.*(fewer|than) samples", "ignore::SyntaxWarning"
)

CLASSES = [
    name
    for name in metrics.registry.names()
    if isinstance(metrics.registry.lookup(name), type) and name != "MeanMetricWrapper"
]
LABELS = 6
THRESHOLDS = st.one_of(st.none(), drawn.numbers(0, 1), st.lists(drawn.numbers(0, 1), min_size=1, max_size=5))
TABLE = {
    "axis": st.sampled_from([-1, -1, 0, 1]),
    "k": st.integers(1, LABELS),
    # Their result sums over the axis of the classes, which has only one axis itself.
    **{f"{name}.axis": st.sampled_from([-1, 0]) for name in CLASSES if name.endswith("IoU")},
    "top_k": st.none() | st.integers(1, LABELS),
    "class_id": st.none() | st.integers(0, LABELS - 1),
    "num_classes": st.just(LABELS),
    "target_class_ids": st.lists(st.integers(0, LABELS - 1), min_size=1, max_size=3),
    "BinaryIoU.target_class_ids": st.sampled_from([(0, 1), [0], [1]]),
    "ignore_class": st.sampled_from([None, 0, 2, -1, 255]),
    "thresholds": THRESHOLDS,
    "AUC.thresholds": st.none() | st.lists(drawn.numbers(0.01, 0.99), min_size=1, max_size=5),
    "num_thresholds": st.sampled_from([2, 3, 11, 200]),
    "num_labels": st.none(),
    "label_weights": st.none() | st.lists(drawn.numbers(0.1, 2), min_size=LABELS, max_size=LABELS),
    "num_regressors": st.integers(0, 2),
    "beta": drawn.numbers(0.1, 3),
    "from_sorted_ids": st.just(False),
}
WITHOUT_STATE_BEFORE_DATA = ("F1Score", "FBetaScore", "R2Score", "AUC")
OF_SPREADS = ("R2Score", "PearsonCorrelation", "ConcordanceCorrelation")
LOOSER = {
    "R2Score": ({"rtol": 1e-3, "atol": 1e-4}, "a difference of sums of squares, in float32"),
    "PearsonCorrelation": ({"rtol": 1e-4, "atol": 1e-5}, "divided by spreads of a few values"),
    "ConcordanceCorrelation": ({"rtol": 1e-4, "atol": 1e-5}, "divided by spreads of a few values"),
    "CosineSimilarity": ({"rtol": 1e-5, "atol": 5e-6}, "divided by lengths near 0"),
}
COUNTING = (metrics.AUC, AnswerCounts)
OF_NUMBERS = (
    *("KLDivergence", "Poisson", "Mean", "Root", "Cosine", "LogCosh"),
    *("R2", "Pearson", "Concordance"),
)
SINGLE_INPUT = ("Mean", "Sum")


def batch(draw: st.DrawFn, name: str, arguments: dict[str, Any], lead: tuple[int, ...]) -> list[np.ndarray]:
    """Labels and predictions of the form that a metric takes."""
    random = np.random.default_rng(draw(drawn.seeds))
    scores = random.normal(size=(*lead, LABELS)) * draw(st.sampled_from([0.3, 1.0, 4.0]))
    if draw(st.booleans()):
        scores = scores.round(1)  # Some are equal, as predictions of little models are.
    ids = random.integers(0, LABELS, size=lead)
    one_hot = np.eye(LABELS)[ids]
    probabilities = drawn.soft(scores)
    if name in SINGLE_INPUT:
        return [scores.astype("float32")]
    if name == "Accuracy":
        return [one_hot, np.eye(LABELS)[random.integers(0, LABELS, size=lead)]]
    if "IoU" in name:
        return _pictures(random, name, arguments, ids, scores)
    if name.startswith("Sparse"):
        if (ignored := arguments.get("ignore_class")) is not None:
            ids = np.where(random.uniform(size=ids.shape) < 0.3, ignored, ids)
        if (axis := arguments.get("axis", -1)) != -1:
            return [ids, np.moveaxis(_floats(arguments, scores), -1, axis)]
        if draw(st.booleans()):
            ids = ids[..., None]
        return [ids.astype(draw(st.sampled_from(["int64", "float32"]))), _floats(arguments, scores)]
    if name.startswith(("Categorical", "TopK", "F1", "FBeta")):
        return [one_hot, _floats(arguments, scores)]
    if "Hinge" in name or name.startswith(OF_NUMBERS):
        return _measured(draw, random, name, scores)
    sure = draw(st.booleans()) and not arguments.get("from_logits")
    predicted = probabilities.round(1) if sure else _floats(arguments, scores, sigmoid=True)
    kind = draw(st.sampled_from(["float32", "int64", "bool"]))
    return [random.integers(0, 2, size=scores.shape).astype(kind), predicted.astype("float32")]


def _measured(
    draw: st.DrawFn, random: np.random.Generator, name: str, scores: np.ndarray
) -> list[np.ndarray]:
    if "Hinge" in name:
        signs = random.choice([draw(st.sampled_from([0, -1])), 1], size=scores.shape)
        return [signs, scores.astype("float32")]
    if name in ("KLDivergence", "Poisson", "MeanSquaredLogarithmicError"):
        true = random.uniform(0, 2, size=scores.shape)
        return [true.astype("float32"), drawn.soft(scores).astype("float32")]
    return [random.normal(size=scores.shape).astype("float32"), scores.astype("float32")]


def _floats(arguments: dict[str, Any], scores: np.ndarray, sigmoid: bool = False) -> np.ndarray:
    if arguments.get("from_logits"):
        return scores.astype("float32")
    return (1 / (1 + np.exp(-scores)) if sigmoid else drawn.soft(scores)).astype("float32")


def _pictures(
    random: np.random.Generator, name: str, arguments: dict[str, Any], ids: np.ndarray, scores: np.ndarray
) -> list[np.ndarray]:
    axis = arguments.get("axis", -1)
    if name == "BinaryIoU":
        return [random.integers(0, 2, size=ids.shape), random.uniform(size=ids.shape).astype("float32")]
    true = ids
    if (ignored := arguments.get("ignore_class")) is not None and name in ("IoU", "MeanIoU"):
        true = np.where(random.uniform(size=ids.shape) < 0.3, ignored, ids)
    if not arguments.get("sparse_y_true", name in ("IoU", "MeanIoU")):
        true = np.moveaxis(np.eye(LABELS)[ids], -1, axis)
    guessed: np.ndarray = random.integers(0, LABELS, size=ids.shape)
    if not arguments.get("sparse_y_pred", name in ("IoU", "MeanIoU")):
        guessed = np.moveaxis(scores, -1, axis).astype("float32")
    return [true, guessed]


def weights(draw: st.DrawFn, name: str, shape: tuple[int, ...]) -> Any:
    """Weights of samples, or of steps of samples; whole numbers for those that count whole pixels."""
    kinds = ["none", "sample"]
    if "IoU" in name:
        kinds = ["none", "step"]
    elif name == "SparseCategoricalCrossentropy" and len(shape) > 1:
        # Keras cannot put its mask of an ignored class together with fewer weights.
        kinds = ["none", "step"]
    elif len(shape) > 1:
        # Of one weight for each sample the metrics that count answers make one for each step, in Keras.
        kinds = ["none", "column", "step"] + (
            [] if issubclass(getattr(metrics, name), COUNTING) else ["sample"]
        )
    kind = draw(st.sampled_from(kinds))
    random = np.random.default_rng(draw(drawn.seeds))
    if kind == "none":
        return None
    size = {"sample": shape[:1], "column": (shape[0], *(1,) * (len(shape) - 1)), "step": shape}[kind]
    weight = random.integers(0, 4, size=size)
    return torch.as_tensor(weight.astype("int32" if "IoU" in name else "float32"))


def valid(name: str, arguments: dict[str, Any]) -> bool:
    if name in ("Precision", "Recall"):
        return arguments.get("top_k") is None or not isinstance(arguments.get("thresholds"), list)
    return True


@pytest.mark.parametrize("name", CLASSES)
@drawn.examples(15)
@given(data=st.data())
def test_drawn_metrics_are_those_of_keras(name: str, data: st.DataObject) -> None:
    arguments = data.draw(
        drawn.arguments(getattr(metrics, name), TABLE).filter(lambda given: valid(name, given)), "arguments"
    )
    two_axes = name.startswith(("F1", "FBeta", "R2")) or arguments.get("axis", -1) != -1
    two_axes = two_axes or bool(arguments.get("multi_label"))
    pictures = "IoU" in name
    least = 1 if pictures else 0
    steps = (
        ()
        if two_axes and not pictures
        else data.draw(st.lists(st.integers(1, 3), min_size=least, max_size=1))
    )
    steps = tuple(steps)
    ours, theirs = getattr(metrics, name)(**arguments), getattr(keras.metrics, name)(**arguments)
    over_samples = arguments.get("axis", -1) != -1 and not pictures
    for _ in range(2):
        for _ in range(data.draw(st.integers(1, 4), "batches")):
            # Spreads of a few values are all rounding errors.
            lead = (data.draw(st.integers(5 if name in OF_SPREADS else 1, 7)), *steps)
            given = batch(data.draw, name, arguments, lead)
            weight = None if over_samples else weights(data.draw, name, lead)
            for metric in (ours, theirs):
                metric.update_state(*(torch.as_tensor(one) for one in given), sample_weight=weight)
            tolerance = LOOSER.get(name, ({}, ""))[0]
            drawn.same(ours.result(), theirs.result(), **tolerance)
        if name not in WITHOUT_STATE_BEFORE_DATA:
            for mine, their in zip(ours.variables, theirs.variables, strict=True):
                drawn.same(mine, their, rtol=1e-4, atol=1e-4)
        ours.reset_state()
        theirs.reset_state()
