"""How metrics are named, chosen, refused and written by oneself."""

from types import SimpleNamespace

import keras
import pytest
import torch
from keras.src.trainers.compile_utils import get_metric

from runtime import metrics
from runtime.errors import DataError, ParameterError, UnknownNameError


@pytest.mark.parametrize("predicted", [(None, 1), (None, 4), (None, 7, 1), (None, 7, 4)], ids=str)
@pytest.mark.parametrize(
    "true", [(None,), (None, 1), (None, 4), (None, 7), (None, 7, 1), (None, 7, 4)], ids=str
)
def test_the_kind_of_accuracy_is_chosen_as_in_keras(true, predicted):
    theirs = get_metric("accuracy", SimpleNamespace(shape=true), SimpleNamespace(shape=predicted))
    assert metrics.resolve_accuracy(true, predicted).__name__ == type(theirs).__name__


def test_a_plain_vector_of_predictions_is_yes_or_no():
    assert metrics.resolve_accuracy((None,), (None,)) is metrics.BinaryAccuracy


ALIASES = [
    "mse",
    "MSE",
    "mae",
    "MAE",
    "mape",
    "MAPE",
    "msle",
    "MSLE",
    "bce",
    "BCE",
    "auc",
    "AUC",
    "precision",
]


@pytest.mark.parametrize(
    "alias", [*ALIASES, "root_mean_squared_error", "top_k_categorical_accuracy", "f1_score"]
)
def test_names_are_found_as_in_keras(alias):
    theirs = keras.metrics.get(alias)
    assert type(metrics.get(alias)).__name__ == type(theirs).__name__
    # Keras counts objects of one class: auc, auc_1 and so on.
    assert theirs.name.startswith(metrics.get(alias).name)


@pytest.mark.parametrize("name", ["huber", "log_cosh", "categorical_focal_crossentropy"])
def test_losses_without_a_class_are_metrics_by_name(name):
    assert metrics.get(name) is getattr(metrics, name)


def test_an_unknown_name_is_told_with_the_close_one():
    with pytest.raises(UnknownNameError, match=r"Did you mean .*'[Pp]recision'"):
        metrics.get("precison")


def test_a_metric_is_called_and_gives_the_result_so_far():
    mean = metrics.Mean()
    assert mean([1.0, 3.0]) == 2
    assert mean(torch.tensor(8.0)) == 4
    assert [float(one) for one in mean.variables] == [12, 3]


def test_a_metric_of_one_s_own_adds_up():
    class Largest(metrics.Metric):
        def __init__(self, name="largest", dtype=None):
            super().__init__(dtype, name)
            self.largest = self.add_weight(name="largest")

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.largest.copy_(torch.maximum(self.largest, torch.as_tensor(y_pred).max()))

        def result(self):
            return self.largest

    metric = Largest()
    assert metric(None, [1.0, 5.0]) == 5
    assert metric(None, [2.0]) == 5
    metric.reset_state()
    assert metric.result() == 0


def test_nothing_of_the_training_graph_is_kept():
    weight = torch.ones(2, 1, requires_grad=True)
    for metric in (
        metrics.MeanSquaredError(),
        metrics.RootMeanSquaredError(),
        metrics.AUC(),
        metrics.Precision(),
    ):
        metric.update_state(torch.ones(2, 1), weight * 0.5)
        assert not metric.result().requires_grad
        assert not any(one.requires_grad for one in metric.variables)


def test_a_result_does_not_change_when_more_is_taken_in():
    for metric in (metrics.Sum(), metrics.TruePositives(), metrics.TruePositives([0.2, 0.4])):
        given = ([1.0],) if isinstance(metric, metrics.Sum) else ([1.0], [0.9])
        before = metric(*given)
        copy = before.clone()
        metric.update_state(*given)
        assert torch.equal(before, copy)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: metrics.Precision(thresholds=1.5), "from 0 to 1"),
        (lambda: metrics.AUC(num_thresholds=1), "at least 2"),
        (lambda: metrics.AUC(curve="RAC"), "ROC, PR, PRGAIN"),
        (lambda: metrics.AUC(summation_method="left"), "interpolation, majoring"),
        (lambda: metrics.AUC(num_labels=3), "multi_label=True"),
        (lambda: metrics.F1Score(average="mean"), "micro, macro"),
        (lambda: metrics.FBetaScore(beta=0.0), "above 0"),
        (lambda: metrics.F1Score(threshold=0.0), "above 0"),
        (lambda: metrics.R2Score(class_aggregation="mean"), "uniform_average"),
        (lambda: metrics.R2Score(num_regressors=-1), "at least 0"),
        (lambda: metrics.RecallAtPrecision(1.5), "from 0 to 1"),
        (lambda: metrics.RecallAtPrecision(0.5, num_thresholds=0), "at least 1"),
        (lambda: metrics.IoU(2, [2]), "0 to 1"),
    ],
)
def test_impossible_arguments_are_told(make, told):
    with pytest.raises(ParameterError, match=told):
        make()


@pytest.mark.parametrize(
    ("metric", "true", "predicted", "told"),
    [
        (metrics.Precision(), (6,), (6, 3), r"shape \(6,\).*\(6, 3\).*one-hot"),
        (metrics.F1Score(), (6,), (6, 3), r"shape \(6,\).*make class ids one-hot"),
        (metrics.R2Score(), (6, 2), (6, 3), r"shape \(6, 2\)"),
        (metrics.Precision(class_id=1), (6,), (6,), "Leave class_id out"),
        (metrics.AUC(multi_label=True), (6,), (6,), r"\(batch, labels\)"),
    ],
)
def test_labels_of_the_wrong_shape_are_told(metric, true, predicted, told):
    with pytest.raises(DataError, match=told):
        metric.update_state(torch.zeros(true), torch.zeros(predicted))


def test_weights_that_do_not_fit_are_told():
    with pytest.raises(DataError, match=r"weights have the shape \(5,\)"):
        metrics.Mean().update_state(torch.zeros(6), torch.ones(5))


def test_one_weight_a_sample_counts_for_its_steps_and_pixels():
    y_true, y_pred = torch.randint(0, 2, (4, 3, 2)), torch.rand(4, 3, 2)
    weight = torch.tensor([0, 1, 2, 3])
    for make, true, predicted in (
        (metrics.TruePositives, y_true, y_pred),
        (metrics.AUC, y_true, y_pred),
        (lambda: metrics.MeanIoU(2), y_true, (y_pred > 0.5).long()),
    ):
        by_sample, by_step = make(), make()
        by_sample.update_state(true, predicted, weight)
        by_step.update_state(true, predicted, weight.reshape(4, 1, 1).expand(4, 3, 2)[..., : true.shape[-1]])
        torch.testing.assert_close(by_sample.result(), by_step.result())


@pytest.mark.parametrize("axis", [1, -1])
def test_classes_of_pictures_may_lie_on_any_axis(axis):
    ids, scores = torch.randint(0, 3, (2, 4, 4)), torch.rand(2, 4, 4, 3)
    plain, moved = metrics.MeanIoU(3), metrics.OneHotMeanIoU(3, axis=axis)
    plain.update_state(ids, scores.argmax(-1))
    moved.update_state(torch.nn.functional.one_hot(ids, 3).movedim(-1, axis), scores.movedim(-1, axis))
    torch.testing.assert_close(moved.result(), plain.result())


def test_more_guesses_than_classes_are_told():
    for metric in (metrics.TopKCategoricalAccuracy(k=5), metrics.Precision(top_k=5)):
        with pytest.raises(DataError, match=r"k=5 looks for the 5 likeliest.*there are 3"):
            metric.update_state(torch.eye(3), torch.eye(3))


def test_a_class_without_score_is_told():
    with pytest.raises(DataError, match=r"class ids from 0 to 7.*3 outputs"):
        metrics.SparseTopKCategoricalAccuracy(k=2).update_state(torch.tensor([0, 7]), torch.rand(2, 3))


def test_too_few_samples_for_the_adjusted_score_are_warned_of():
    metric = metrics.R2Score(num_regressors=5)
    metric.update_state(torch.tensor([[1.0], [2.0]]), torch.tensor([[1.0], [2.0]]))
    with pytest.warns(UserWarning, match="fewer samples"):
        assert metric.result() == 1
