"""One number, learnt from held-out rows, makes probabilities as sure as they should be."""

import copy

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from sklearn.base import clone
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.classifier._decision import name_learners
from imblearn_bbfl.classifier._export import build_proba_network
from imblearn_bbfl.classifier._outputs import to_proba
from imblearn_bbfl.decisions import TunedThresholds
from imblearn_bbfl.losses import SparseCategoricalFocalCrossentropy
from imblearn_bbfl.probabilities import recover_posterior

RNG = np.random.default_rng(0)
CODES = RNG.choice(4, 600, p=[0.5, 0.25, 0.15, 0.1])
X = (np.eye(4)[CODES] + RNG.normal(size=(600, 4))).astype("float32")
X_NEW = RNG.normal(size=(50, 4)).astype("float32")
LABELS = np.array([3, 5, 8, 9])
MODEL = BBFLClassifier(
    "mlp",
    head_units=(),
    learning_rate=1e-2,
    epochs=2,
    sampling=None,
    gamma=0.0,
    temperature="fit",
    validation_fraction=0.2,
    random_state=0,
)


@pytest.fixture(scope="module")
def calibrated():
    """Return a classifier that has learnt its temperature from 96 rows. Not to be changed."""
    return clone(MODEL).fit(X, LABELS[CODES])


def read_held_out(classifier):
    """Return the raw probabilities of the rows held out, and their class numbers."""
    logits, codes, _ = classifier._held_out_outputs
    proba = np.exp(logits - logits.max(axis=1, keepdims=True))
    return proba / proba.sum(axis=1, keepdims=True), codes


def temper(posterior, temperature, ratio=1.0):
    """Return the powers of a posterior, for another class mix."""
    tempered = posterior ** (1 / temperature) * ratio
    return tempered / tempered.sum(axis=1, keepdims=True)


def test_the_temperature_has_the_largest_likelihood_whatever_integers_the_labels_are(calibrated):
    proba, codes = read_held_out(calibrated)
    assert len(codes) == 96
    best = minimize_scalar(
        lambda t: log_loss(codes, temper(proba, t)), bounds=(0.05, 20), method="bounded"
    )
    assert calibrated.temperature_ == pytest.approx(best.x, rel=1e-2)
    raw = copy.copy(calibrated).set_params(temperature=None).predict_proba(X)
    np.testing.assert_allclose(
        calibrated.predict_proba(X), temper(raw, calibrated.temperature_), rtol=1e-4
    )
    assert log_loss(CODES, calibrated.predict_proba(X)) < log_loss(CODES, raw)


@pytest.fixture(scope="module")
def balanced():
    """Return a classifier whose outputs are no posterior of the data. Not to be changed."""
    return clone(MODEL).set_params(gamma=2.0, sampling="batch").fit(X, LABELS[CODES])


def invert(raw):
    return recover_posterior(raw, seen_prior=[1] * 4, target_prior=[1] * 4, gamma=2.0)


def test_the_temperature_is_that_of_the_posterior_of_the_data(balanced):
    raw, codes = read_held_out(balanced)
    best = minimize_scalar(
        lambda t: log_loss(codes, temper(invert(raw), t, balanced.data_prior_)),
        bounds=(0.05, 20),
        method="bounded",
    )
    assert balanced.temperature_ == pytest.approx(best.x, rel=1e-2)


@pytest.mark.parametrize("target_prior", [None, "uniform", {3: 0.1, 5: 0.2, 8: 0.3, 9: 0.4}])
def test_the_class_mix_is_changed_after_the_inverse_is_tempered(balanced, target_prior):
    raw = copy.copy(balanced).set_params(temperature=None).predict_proba(X_NEW)
    ratio = list(target_prior.values()) if isinstance(target_prior, dict) else 1.0
    expected = temper(invert(raw), balanced.temperature_, ratio)
    proba = copy.copy(balanced).set_params(target_prior=target_prior).predict_proba(X_NEW)
    np.testing.assert_allclose(proba, expected, rtol=1e-4)


def test_after_logit_adjustment_the_mix_stays_that_of_the_logits(calibrated):
    classifier = clone(MODEL).set_params(tau=1.0).fit(X, LABELS[CODES])
    raw = copy.copy(classifier).set_params(temperature=None).predict_proba(X_NEW)
    in_loss = temper(raw, 1.0, classifier.data_prior_)
    expected = temper(in_loss, classifier.temperature_, 1 / classifier.data_prior_)
    np.testing.assert_allclose(classifier.predict_proba(X_NEW), expected, rtol=1e-4)


@pytest.mark.slow
def test_without_an_inverse_it_is_what_the_network_returns_that_is_tempered():
    loss = SparseCategoricalFocalCrossentropy(from_logits=True, margin=[0.1, 0.2, 0.3, 0.4])
    classifier = clone(MODEL).set_params(loss=loss).fit(X, LABELS[CODES])
    proba, codes = read_held_out(classifier)
    best = minimize_scalar(
        lambda t: log_loss(codes, temper(proba, t)), bounds=(0.05, 20), method="bounded"
    )
    assert classifier.temperature_ == pytest.approx(best.x, rel=1e-2)
    with pytest.raises(ValueError, match="no way leads"):
        classifier.set_params(target_prior="data").predict_proba(X)


def test_the_exported_network_returns_the_calibrated_probabilities(calibrated):
    for target_prior in (None, "uniform"):
        classifier = copy.copy(calibrated).set_params(target_prior=target_prior)
        exported = build_proba_network(classifier).predict(X_NEW, verbose=0)
        np.testing.assert_allclose(exported, classifier.predict_proba(X_NEW), rtol=1e-4)


def test_a_pipeline_is_calibrated_too():
    pipeline = make_pipeline(StandardScaler(), clone(MODEL)).fit(X, LABELS[CODES])
    proba = pipeline.predict_proba(X)
    assert pipeline[-1].temperature_ > 0
    assert (pipeline.set_params(bbflclassifier__temperature=None).predict_proba(X) != proba).any()


def test_temperature_takes_effect_and_ceases_at_once(calibrated):
    classifier = copy.copy(calibrated).set_params(temperature=None)
    raw, proba = classifier.predict_proba(X), calibrated.predict_proba(X)
    assert np.abs(raw - proba).max() > 1e-3
    assert np.array_equal(classifier.set_params(temperature="fit").predict_proba(X), proba)


def test_temperature_after_a_fit_without_held_out_rows_is_an_error_with_the_remedy():
    classifier = clone(MODEL).set_params(temperature=None).fit(X, LABELS[CODES])
    classifier.set_params(temperature="fit")
    for predict in (classifier.predict, classifier.predict_proba):
        with pytest.raises(ValueError, match=r"temperature='fit' learns from rows .* Fit again"):
            predict(X)


def test_temperature_without_enough_rows_is_an_error_before_training():
    rows = np.r_[0:8]
    with (
        pytest.warns(UserWarning, match="too small"),
        pytest.raises(ValueError, match=r"temperature='fit' learns from .* of 8 rows none can be"),
    ):
        clone(MODEL).set_params(validation_fraction=None).fit(X[rows], np.arange(8) % 4)
    with pytest.raises(ValueError, match=r"temperature='fit' learns from .* partial_fit holds"):
        clone(MODEL).partial_fit(X, LABELS[CODES])


def test_a_temperature_and_a_rule_share_the_rows_that_are_held_out(calibrated):
    classifier = copy.copy(calibrated).set_params(thresholding="tuned")
    classifier.predict(X_NEW)
    proba = classifier.predict_proba(X_NEW)
    logits, codes, _ = calibrated._held_out_outputs
    rule = TunedThresholds().fit(
        to_proba(classifier, logits, classifier.temperature_), LABELS[codes]
    )
    assert classifier.decision_.thresholds_.tolist() == rule.thresholds_.tolist()
    assert classifier.predict(X_NEW).tolist() == rule.predict(proba).tolist()


def test_messages_name_all_that_learns():
    classifier = clone(MODEL).set_params(thresholding="tuned")
    said = name_learners(classifier, "learns", "learn")
    assert said == "temperature='fit' and thresholding='tuned' learn"
    assert name_learners(clone(MODEL), "learns", "learn") == "temperature='fit' learns"
    assert name_learners(classifier.set_params(temperature=None, thresholding=None), "", "") == ""
