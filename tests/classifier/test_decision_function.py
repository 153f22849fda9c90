"""The logits of the probabilities: what scikit-learn calibrates and ranks by."""

from copy import copy

import numpy as np
import pytest
from scipy.special import expit, softmax
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import get_scorer

from imblearn_bbfl import BBFLClassifier

X = np.random.default_rng(0).normal(size=(90, 3)).astype("float32")
TWO = np.repeat(["healthy", "sick"], [60, 30])
THREE = np.repeat([3, 5, 9], [50, 25, 15])


def train(y):
    classifier = BBFLClassifier(
        "mlp", epochs=0, head_epochs=2, temperature="fit", validation_fraction=None, random_state=0
    )
    return classifier.fit(X, y)


@pytest.fixture(scope="module")
def of_two():
    return train(TWO)


@pytest.fixture(scope="module")
def of_three():
    return train(THREE)


def change(classifier, params):
    return copy(classifier).set_params(**params)


PARAMS = [
    {"temperature": None},
    {},
    {"target_prior": "uniform"},
    {"thresholding": "prior", "temperature": None},
]


@pytest.mark.parametrize("params", PARAMS)
def test_the_logistic_function_of_the_log_odds_is_the_probability(of_two, params):
    classifier = change(of_two, params)
    logits = classifier.decision_function(X)
    assert logits.shape == (90,)
    np.testing.assert_allclose(expit(logits), classifier.predict_proba(X)[:, 1], atol=1e-12)


@pytest.mark.parametrize("params", PARAMS)
def test_the_softmax_of_the_logits_is_the_probability_and_they_sum_to_0(of_three, params):
    classifier = change(of_three, params)
    logits = classifier.decision_function(X)
    np.testing.assert_allclose(softmax(logits, axis=1), classifier.predict_proba(X), atol=1e-12)
    np.testing.assert_allclose(logits.sum(axis=1), 0, atol=1e-9)


@pytest.mark.parametrize("params", PARAMS)
def test_the_logarithms_of_probabilities_are_those_and_finite_far_out(of_two, of_three, params):
    for classifier in (change(of_two, params), change(of_three, params)):
        proba, log_proba = classifier.predict_proba(X), classifier.predict_log_proba(X)
        np.testing.assert_allclose(log_proba, np.log(proba), atol=1e-9)
        assert np.isfinite(classifier.predict_log_proba(X * np.float32(1e5))).all()


def test_labels_follow_the_sign_or_the_largest(of_two, of_three):
    is_sick = of_two.decision_function(X) > 0
    np.testing.assert_array_equal(of_two.predict(X), np.where(is_sick, "sick", "healthy"))
    largest = of_three.decision_function(X).argmax(axis=1)
    np.testing.assert_array_equal(of_three.predict(X), of_three.classes_[largest])


def test_rows_whose_probabilities_round_to_1_are_still_told_apart(of_two):
    far = X * np.float32(1e5)
    proba, logits = of_two.predict_proba(far)[:, 1], of_two.decision_function(far)
    assert len(np.unique(proba)) < len(np.unique(logits)) / 2
    assert np.isfinite(logits).all()


def test_calibration_takes_logits_in_place_of_probabilities(of_two, of_three, monkeypatch):
    monkeypatch.setattr(BBFLClassifier, "predict_proba", None)
    for classifier, y in ((of_two, TWO), (of_three, THREE)):
        calibrated = CalibratedClassifierCV(FrozenEstimator(classifier)).fit(X, y)
        assert calibrated.predict_proba(X).shape == (90, len(classifier.classes_))


def test_the_decision_rule_does_not_enter(of_two):
    tuned = change(of_two, {"thresholding": "tuned"})
    np.testing.assert_array_equal(tuned.decision_function(X), of_two.decision_function(X))


def test_the_area_under_the_curve_is_measured_by_logits(of_two, monkeypatch):
    scorer = get_scorer("roc_auc")
    area = scorer(of_two, X, TWO)
    monkeypatch.setattr(BBFLClassifier, "predict_proba", None)
    assert scorer(of_two, X, TWO) == area
