"""Metrics against the real Keras: state, functions, configs and special data."""

from types import FunctionType

import keras
import numpy as np
import pytest
import torch

from runtime import metrics
from runtime.registries import snake_case

# Keras reads and writes its own state through an old form of numpy's protocol.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation")

CLASSES = [name for name in metrics.registry.names() if isinstance(metrics.registry.lookup(name), type)]
FUNCTIONS = [one for one in metrics.__all__ if isinstance(getattr(keras.metrics, one, None), FunctionType)]
FUNCTIONS = [name for name in FUNCTIONS if name not in ("get", "serialize", "deserialize")]
FORMS = {"huber": "MeanSquaredError", "log_cosh": "MeanSquaredError"}
REQUIRED = {
    "IoU": {"num_classes": 5, "target_class_ids": [0, 3]},
    "MeanIoU": {"num_classes": 5},
    "OneHotIoU": {"num_classes": 5, "target_class_ids": [1, 2]},
    "OneHotMeanIoU": {"num_classes": 5},
    "SensitivityAtSpecificity": {"specificity": 0.6},
    "SpecificityAtSensitivity": {"sensitivity": 0.6},
    "PrecisionAtRecall": {"recall": 0.4},
    "RecallAtPrecision": {"precision": 0.4},
    "MeanMetricWrapper": {"fn": "mean_squared_error"},
}
CURVES = [
    {"curve": curve, "summation_method": method}
    for curve in ("ROC", "PR", "PRGAIN")
    for method in ("interpolation", "majoring", "minoring")
]
MORE = {
    "BinaryAccuracy": [{"threshold": 0.3}],
    "TopKCategoricalAccuracy": [{"k": 2}],
    "SparseTopKCategoricalAccuracy": [{"k": 2}],
    "BinaryCrossentropy": [{"from_logits": True}, {"label_smoothing": 0.2}],
    "CategoricalCrossentropy": [{"from_logits": True}, {"label_smoothing": 0.2}],
    "SparseCategoricalCrossentropy": [{"from_logits": True}, {"ignore_class": 2}],
    "CosineSimilarity": [{"axis": 1}],
    "PearsonCorrelation": [{"axis": 0}],
    "ConcordanceCorrelation": [{"axis": 0}],
    "TruePositives": [{"thresholds": 0.2}, {"thresholds": [0.7, 0.1]}],
    "FalsePositives": [{"thresholds": [0.0, 0.5, 1.0]}],
    "TrueNegatives": [{"thresholds": [0.2, 0.7]}],
    "FalseNegatives": [{"thresholds": [0.2, 0.7]}],
    "Precision": [
        {"thresholds": [0.9, 0.2, 0.5]},
        {"top_k": 2},
        {"class_id": 3},
        {"thresholds": [0, 0.5, 1]},
    ],
    "Recall": [{"thresholds": [0.9, 0.2, 0.5]}, {"top_k": 2}, {"class_id": 3}, {"top_k": 2, "class_id": 1}],
    "SensitivityAtSpecificity": [
        {"specificity": 0.5, "num_thresholds": 1},
        {"specificity": 0.2, "class_id": 1},
    ],
    "AUC": [
        *CURVES,
        {"num_thresholds": 7},
        {"thresholds": [0.1, 0.7, 0.3]},
        {"thresholds": [0.25, 0.5, 0.75]},
        {"multi_label": True},
        {"multi_label": True, "num_labels": 5, "label_weights": [0.1, 0.5, 0.1, 0.2, 0.4], "curve": "PR"},
        {"label_weights": [0.1, 0.5, 0.1, 0.2, 0.4]},
        {"from_logits": True},
    ],
    "F1Score": [{"average": "micro"}, {"average": "macro"}, {"average": "weighted"}, {"threshold": 0.3}],
    "FBetaScore": [{"beta": 2.0}, {"beta": 0.5, "average": "weighted", "threshold": 0.3}],
    "R2Score": [
        {"class_aggregation": None},
        {"class_aggregation": "variance_weighted_average"},
        {"num_regressors": 2},
    ],
    "IoU": [{"num_classes": 5, "target_class_ids": [1], "ignore_class": 1}],
    "MeanIoU": [{"num_classes": 5, "ignore_class": 2}],
    "BinaryIoU": [{"threshold": 0.3}, {"target_class_ids": [1]}],
}
CASES = [(name, REQUIRED.get(name, {})) for name in CLASSES]
CASES += [(name, arguments) for name, variants in MORE.items() for arguments in variants]
WHOLE_WEIGHTS = ("IoU", "BinaryIoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU")
SINGLE_INPUT = ("Mean", "Sum")


def make(module, name, arguments):
    if name == "MeanMetricWrapper":
        return module.MeanMetricWrapper(module.mean_squared_error)
    return getattr(module, name)(**arguments)


def batch(name, arguments, seed):
    """Labels and predictions of the form that a metric takes."""
    random = np.random.default_rng(seed)
    scores = random.normal(size=(12, 5)).astype("float32")
    probabilities = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
    ids = random.integers(0, 5, size=12)
    one_hot = np.eye(5, dtype="float32")[ids]
    predicted = scores if arguments.get("from_logits") else probabilities
    if name == "Accuracy":
        return ids, random.integers(0, 3, size=12)
    if name in ("IoU", "MeanIoU"):
        return ids, random.integers(0, 5, size=12)
    if name == "BinaryIoU":
        return random.integers(0, 2, size=12), random.uniform(size=12).astype("float32")
    if name.startswith("Sparse"):
        return ids, predicted
    if name.startswith(("Categorical", "TopK", "OneHot", "F1", "FBeta")):
        return one_hot, predicted
    if name in ("Hinge", "SquaredHinge"):
        return random.choice([-1.0, 1.0], size=(12, 5)).astype("float32"), scores
    if name in ("KLDivergence", "Poisson", "MeanSquaredLogarithmicError"):
        return random.uniform(0, 2, size=(12, 5)).astype("float32"), probabilities
    if name.startswith(("Mean", "Root", "Cosine", "LogCosh", "R2", "Pearson", "Concordance")):
        return random.normal(size=(12, 5)).astype("float32"), scores
    return random.integers(0, 2, size=(12, 5)).astype("float32"), predicted


def feed(metric, name, arguments, weighted, batches=3):
    for seed in range(batches):
        y_true, y_pred = batch(name, arguments, seed)
        weight = np.random.default_rng(50 + seed).integers(0, 4, size=12).astype("float32")
        if name in WHOLE_WEIGHTS:
            weight = weight.astype("int32")
        given = (y_pred,) if name in SINGLE_INPUT else (y_true, y_pred)
        given = tuple(torch.as_tensor(one) for one in given)
        metric.update_state(*given, sample_weight=torch.as_tensor(weight) if weighted else None)
    return metric.result()


@pytest.mark.parametrize(("name", "arguments"), CASES, ids=str)
def test_state_is_that_of_keras_and_is_forgotten(name, arguments):
    ours, theirs = make(metrics, name, arguments), make(keras.metrics, name, arguments)
    first = feed(ours, name, arguments, weighted=False)
    feed(theirs, name, arguments, weighted=False)
    if name not in ("F1Score", "FBetaScore", "R2Score"):
        assert [tuple(one.shape) for one in ours.variables] == [tuple(one.shape) for one in theirs.variables]
    ours.reset_state()
    assert all((one == 0).all() for one in ours.variables)
    torch.testing.assert_close(feed(ours, name, arguments, weighted=False), first, rtol=0, atol=0)


@pytest.mark.parametrize(("name", "arguments"), [case for case in CASES if case[0] != "R2Score"], ids=str)
def test_nothing_taken_in_gives_what_keras_gives(name, arguments):
    ours, theirs = make(metrics, name, arguments), make(keras.metrics, name, arguments)
    try:
        expected = torch.as_tensor(theirs.result())
    except AttributeError:
        assert ours.result() == 0
        return
    torch.testing.assert_close(ours.result(), expected.to(ours.result().dtype))


@pytest.mark.parametrize(
    ("name", "arguments"), [case for case in CASES if case[0] != "MeanMetricWrapper"], ids=str
)
def test_configs_go_to_keras_and_back(name, arguments):
    theirs = getattr(keras.metrics, name)(**arguments)
    read = metrics.deserialize(keras.metrics.serialize(theirs))
    assert type(read).__name__ == name
    if name != "AUC":
        back = keras.saving.deserialize_keras_object(metrics.serialize(read))
        assert back.get_config() == {**theirs.get_config(), "name": back.name, "dtype": back.dtype}
    result, expected = (feed(one, name, arguments, weighted=False) for one in (read, theirs))
    torch.testing.assert_close(result, torch.as_tensor(expected).detach(), rtol=1e-4, atol=1e-5)


def test_what_auc_writes_makes_an_equal_one_in_keras():
    ours = metrics.AUC(thresholds=[0.2, 0.6], curve="PR", label_weights=[1.0, 2.0])
    theirs = keras.saving.deserialize_keras_object(metrics.serialize(ours))
    assert theirs.thresholds == pytest.approx(ours.thresholds)
    assert (theirs.curve.value, theirs.label_weights.tolist()) == ("PR", [1.0, 2.0])


@pytest.mark.parametrize("fn", ["binary_accuracy", "mean_squared_error"])
def test_a_wrapped_function_goes_to_keras_and_back(fn):
    theirs = keras.metrics.MeanMetricWrapper(getattr(keras.metrics, fn), name="mine")
    read = metrics.deserialize(keras.metrics.serialize(theirs))
    assert (read.name, read.fn) == ("mine", getattr(metrics, fn))
    back = keras.metrics.MeanMetricWrapper.from_config(read.get_config())
    assert back.get_config()["fn"] == theirs.get_config()["fn"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_those_of_keras(name):
    classes = {snake_case(one): one for one in CLASSES}
    form = (
        FORMS.get(name)
        or classes.get(name)
        or ("BinaryAccuracy" if "binary" in name else "CategoricalAccuracy")
    )
    y_true, y_pred = (torch.as_tensor(one) for one in batch(form, {}, 0))
    ours = getattr(metrics, name)(y_true, y_pred)
    theirs = getattr(keras.metrics, name)(y_true, y_pred)
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "name", ["SparseCategoricalAccuracy", "SparseTopKCategoricalAccuracy", "CategoricalAccuracy"]
)
def test_steps_of_a_sequence_count_as_in_keras(name):
    random = np.random.default_rng(1)
    y_pred = torch.tensor(random.normal(size=(4, 6, 5)).astype("float32"))
    ids = random.integers(0, 5, size=(4, 6))
    y_true = torch.tensor(np.eye(5, dtype="float32")[ids] if name.startswith("Cat") else ids)
    arguments = {"k": 2} if "TopK" in name else {}
    for weight in (None, torch.rand(4), torch.rand(4, 6)):
        ours, theirs = getattr(metrics, name)(**arguments), getattr(keras.metrics, name)(**arguments)
        ours.update_state(y_true, y_pred, weight)
        theirs.update_state(y_true, y_pred, weight)
        torch.testing.assert_close(ours.result(), theirs.result(), rtol=1e-5, atol=1e-6)


def test_masked_steps_do_not_count():
    random = torch.Generator().manual_seed(1)
    y_true, y_pred = torch.randint(0, 3, (4, 6), generator=random), torch.randn(4, 6, 3, generator=random)
    mask = torch.rand(4, 6, generator=random) > 0.4
    keras.src.backend.set_keras_mask(y_pred, mask)
    for weight in (None, torch.rand(4, 6, generator=random)):
        ours, theirs = metrics.SparseCategoricalAccuracy(), keras.metrics.SparseCategoricalAccuracy()
        ours.update_state(y_true, y_pred, weight)
        theirs.update_state(y_true, y_pred, weight)
        torch.testing.assert_close(ours.result(), theirs.result(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("y_pred", [[[0.0]], [[1.0]], [[0.5]], [[-0.2]], [[1.3]]])
def test_predictions_at_the_ends_count_as_in_keras(y_pred):
    for name in ("AUC", "Precision", "TruePositives", "FalsePositives"):
        arguments = {"thresholds": [0.0, 0.5, 1.0]} if name != "AUC" else {"num_thresholds": 3}
        ours, theirs = make(metrics, name, arguments), make(keras.metrics, name, arguments)
        for label in ([[1.0]], [[0.0]]):
            ours.update_state(label, torch.tensor(y_pred))
            theirs.update_state(torch.tensor(label), torch.tensor(y_pred))
        for mine, their in zip(ours.variables, theirs.variables, strict=True):
            torch.testing.assert_close(mine, their.value.detach(), msg=name)


def test_guesses_may_be_sorted_ids():
    y_true, guesses = torch.tensor([1, 2, 3]), torch.tensor([[1, 0, 4], [0, 1, 2], [0, 3, 1]])
    ours = metrics.SparseTopKCategoricalAccuracy(k=2, from_sorted_ids=True)
    theirs = keras.metrics.SparseTopKCategoricalAccuracy(k=2, from_sorted_ids=True)
    for metric in (ours, theirs):
        metric.update_state(y_true, guesses)
    torch.testing.assert_close(ours.result(), theirs.result())
