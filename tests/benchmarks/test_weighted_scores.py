"""Scores of weighted rows, which intervals and class mixes are computed with."""

import importlib
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import (
    balanced_accuracy_score,
    cohen_kappa_score,
    f1_score,
    log_loss,
    roc_auc_score,
)

from imblearn_bbfl.metrics import resolve_scoring

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def scores(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("weighted_scores")


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    codes = rng.choice(3, size=60, p=[0.6, 0.3, 0.1])
    proba = rng.dirichlet(np.ones(3), size=60).round(1)  # with ties
    proba = (proba + 0.01) / (proba + 0.01).sum(axis=1, keepdims=True)
    return codes, proba, proba.argmax(axis=1)


def test_weighted_scores_are_those_of_scikit_learn(scores, rows):
    codes, proba, predicted = rows
    weight = np.random.default_rng(1).integers(1, 4, size=60)
    measured = scores.measure(codes, proba, predicted, weight[np.newaxis].astype(float))
    one_hot = np.eye(3)[codes]
    expected = {
        "auc": np.mean(
            [roc_auc_score(one_hot[:, k], proba[:, k], sample_weight=weight) for k in range(3)]
        ),
        "f1_macro": f1_score(codes, predicted, average="macro", sample_weight=weight),
        "balanced_accuracy": balanced_accuracy_score(codes, predicted, sample_weight=weight),
        "kappa_quadratic": cohen_kappa_score(
            codes, predicted, weights="quadratic", sample_weight=weight
        ),
        "log_loss": log_loss(codes, proba, sample_weight=weight),
    }
    for name, value in expected.items():
        assert measured[name] == pytest.approx(value), name


def test_calibration_is_measured_as_in_the_package(scores, rows):
    codes, proba, predicted = rows
    measured = scores.measure(codes, proba, predicted)
    names = {"brier_score": "brier_score", "expected_calibration_error": "calibration_error"}
    metrics = resolve_scoring(list(names), 3)
    for name, ours in names.items():
        assert measured[ours] == pytest.approx(
            metrics[name].measure(codes, predicted, proba, np.arange(3))
        ), name


def test_a_row_drawn_twice_counts_like_two_rows(scores, rows):
    weights = scores.draw_weights(60, 1)
    drawn = np.repeat(np.arange(60), weights[0].astype(int))
    assert len(drawn) == 60
    of_weights = scores.measure(*rows, weights, rarest=2)
    of_rows = scores.measure(*(values[drawn] for values in rows), rarest=2)
    for name, value in of_rows.items():
        assert of_weights[name] == pytest.approx(value, rel=1e-5), name


def test_a_draw_without_a_class_has_no_score_of_it(scores, rows):
    measured = scores.measure(*rows, (rows[0] != 2)[np.newaxis].astype(float))
    assert np.isnan([*measured["recall_of_rarest"], *measured["auc"]]).all()
    assert np.isfinite(measured["log_loss"])


def test_weights_give_classes_the_shares_of_a_mix(scores, rows):
    codes = rows[0]
    weight = scores.weigh_to_mix(codes, [0.2, 0.3, 0.5])[0]
    assert np.bincount(codes, weights=weight) / weight.sum() == pytest.approx([0.2, 0.3, 0.5])
