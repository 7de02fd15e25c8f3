"""What is said of classes and amounts, against scikit-learn."""

import numpy as np
import pytest
from sklearn import metrics

from app.services.datasets import load
from app.services.examining.calibration import calibration
from app.services.examining.class_report import class_report
from app.services.examining.ranking import ranking, rankings
from app.services.examining.residuals import Residuals, residuals

CLASSES = 5
DRAWN = np.random.RandomState(0)
EXPECTED = DRAWN.randint(0, CLASSES - 1, 300)
"""The last class is never there."""

# Rounded, so that many rows share a share.
SHARES = np.round(DRAWN.dirichlet(np.ones(CLASSES), 300) + 0.4 * np.eye(CLASSES)[EXPECTED], 2) / 1.4
PREDICTED = np.where(SHARES.argmax(axis=1) == 2, 1, SHARES.argmax(axis=1))
"""The third class is never given."""


def test_the_report_of_the_classes_is_that_of_scikit_learn():
    confusion = metrics.confusion_matrix(EXPECTED, PREDICTED, labels=range(CLASSES))
    report = class_report(confusion)
    expected = metrics.precision_recall_fscore_support(
        EXPECTED, PREDICTED, labels=range(CLASSES), zero_division=0
    )
    for found, wanted in zip(
        (report.precision, report.recall, report.f1, report.support), expected, strict=True
    ):
        np.testing.assert_allclose(found, wanted)
    assert report.accuracy == pytest.approx(metrics.accuracy_score(EXPECTED, PREDICTED))
    for average, found in report.averages().items():
        wanted = metrics.precision_recall_fscore_support(
            EXPECTED, PREDICTED, labels=range(CLASSES), zero_division=0, average=average
        )
        assert found == pytest.approx(wanted[:3])


def test_rankings_are_those_of_scikit_learn():
    found = rankings(EXPECTED, SHARES)
    assert found[-1] is None
    for number in range(CLASSES - 1):
        truth, shares, one = number == EXPECTED, SHARES[:, number], found[number]
        wrong, right, thresholds = metrics.roc_curve(truth, shares, drop_intermediate=False)
        np.testing.assert_allclose(one.false_positives, wrong)
        np.testing.assert_allclose(one.recall, right)
        np.testing.assert_allclose(one.thresholds, thresholds)
        assert one.roc_area == pytest.approx(metrics.roc_auc_score(truth, shares))
        precision, recall, _ = metrics.precision_recall_curve(truth, shares)
        np.testing.assert_allclose(one.precision, precision[::-1])
        np.testing.assert_allclose(one.recall, recall[::-1])
        assert one.average_precision == pytest.approx(metrics.average_precision_score(truth, shares))


def test_a_class_that_is_everywhere_has_no_ranking():
    assert ranking(np.ones(4, bool), np.arange(4) / 4) is None


def test_a_model_is_calibrated_when_it_is_right_as_often_as_it_is_sure():
    sureness = np.array([0.95, 0.95, 0.55, 0.55, 1.0])
    found = calibration(sureness, np.array([True, True, True, False, False]))
    assert found.rows.tolist() == [2, 3]
    np.testing.assert_allclose(found.sureness, [0.55, (0.95 + 0.95 + 1) / 3])
    np.testing.assert_allclose(found.right, [0.5, 2 / 3])
    assert found.error == pytest.approx((2 * 0.05 + 3 * abs(2.9 / 3 - 2 / 3)) / 5)


def test_residuals_are_in_the_unit_of_the_answers():
    dataset = load("cars")
    found = residuals(dataset, dataset.test.y + 0.5)
    np.testing.assert_allclose(found.values, 0.5 * dataset.target_scale, rtol=1e-5)
    np.testing.assert_allclose(found.expected, dataset.original(dataset.test.y)[:, 0], rtol=1e-6)
    assert found.bias == pytest.approx(0.5 * dataset.target_scale)


def test_residuals_tell_their_spread_and_memory():
    right = np.zeros(1000)
    noise = np.random.RandomState(1).normal(0, 2, 1000)
    independent = Residuals(noise, right)
    assert independent.root_mean_square == pytest.approx(metrics.root_mean_squared_error(right, noise))
    assert abs(independent.memory) < 0.1
    assert independent.usual == pytest.approx(np.percentile(noise, (5, 95)))
    assert Residuals(np.sin(np.arange(1000) / 20), right).memory > 0.9
    assert Residuals(right, right).memory == 0
