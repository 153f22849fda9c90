"""Calibration is measured of the posterior for the class mix of the data, beside the raw one."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import accuracy_score, brier_score_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from imblearn_bbfl import STRATEGIES, BBFLClassifier
from imblearn_bbfl.losses import BinaryFocalCrossentropy
from imblearn_bbfl.metrics import default_metrics
from imblearn_bbfl.model_selection import compare_strategies

RNG = np.random.default_rng(0)
Y = np.repeat(["healthy", "sick"], [150, 50])
X = (RNG.normal(size=(200, 2)) + (Y == "sick")[:, np.newaxis]).astype("float32")
UNTRAINED = BBFLClassifier(
    lambda rows: rows, head_units=(4,), epochs=0, validation_fraction=None, random_state=0
)


class Mixed(ClassifierMixin, BaseEstimator):
    """Says .5 for all, and the share of each class in training when that is asked for."""

    def __init__(self, target_prior=None, thresholding=None, fails=False):
        self.target_prior = target_prior
        self.thresholding = thresholding
        self.fails = fails

    def fit(self, X, y):
        self.classes_, counts = np.unique(y, return_counts=True)
        self.prior_ = counts / counts.sum()
        return self

    def predict_proba(self, X):
        if self.target_prior == "data":
            if self.fails or self.thresholding == "prior":
                raise ValueError("this loss leaves no way back")
            return np.tile(self.prior_, (len(X), 1))
        return np.full((len(X), 2), 0.5)

    def predict(self, X):
        return np.repeat(self.classes_[:1], len(X))


def compare(estimator=None, methods=None, **arguments):
    methods = methods or {"plain": {}, "prior": {"thresholding": "prior"}}
    settings = {"reference": next(iter(methods)), "n_repeats": 2, "cv": 2, "verbose": 0}
    return compare_strategies(
        estimator or Mixed(), X, Y, strategies=methods, **{**settings, **arguments}
    )


def values_of(comparison, metric):
    return comparison.results_.query("metric == @metric")["value"].to_numpy()


def test_predictions_hold_the_probabilities_of_both():
    runs = compare().predictions_
    assert all((run.y_proba == 0.5).all() for run in runs)
    for run in runs:
        np.testing.assert_allclose(run.y_posterior, np.tile([0.75, 0.25], (100, 1)))


def test_each_metric_of_calibration_is_measured_of_both():
    comparison = compare()
    for run, posterior, raw in zip(
        comparison.predictions_,
        values_of(comparison, "brier_score"),
        values_of(comparison, "brier_score_raw"),
        strict=True,
    ):
        is_sick = run.y_true == "sick"
        assert posterior == pytest.approx(brier_score_loss(is_sick, run.y_posterior[:, 1]))
        assert raw == pytest.approx(brier_score_loss(is_sick, run.y_proba[:, 1]))
    assert (values_of(comparison, "expected_calibration_error") < 0.01).all()
    assert (values_of(comparison, "expected_calibration_error_raw") > 0.2).all()


def test_labels_and_rankings_stay_as_the_method_has_them():
    comparison = compare(scoring=["accuracy", "roc_auc"])
    runs = comparison.predictions_
    expected = [accuracy_score(run.y_true, run.y_pred) for run in runs]
    assert values_of(comparison, "accuracy").tolist() == expected
    expected = [roc_auc_score(run.y_true == "sick", run.y_proba[:, 1]) for run in runs]
    assert values_of(comparison, "roc_auc").tolist() == expected


def test_the_table_shows_the_raw_beside_the_posterior():
    head = compare().to_markdown().splitlines()[0]
    assert "| Brier score ↓ | Brier score (raw) ↓ | Calibration error ↓ | Calibration" in head
    assert {"brier_score_raw", "expected_calibration_error_raw"} < set(default_metrics(3))


def test_a_pipeline_has_the_posterior_of_its_last_step():
    comparison = compare(make_pipeline(FunctionTransformer(), Mixed()))
    np.testing.assert_allclose(comparison.predictions_[0].y_posterior[0], [0.75, 0.25])


def test_an_estimator_without_a_target_has_one_array(estimator):
    comparison = compare(estimator, {"plain": {}})
    assert all((run.y_posterior == run.y_proba).all() for run in comparison.predictions_)


def test_a_checkpoint_keeps_both(tmp_path):
    first, second = (compare(checkpoint=tmp_path) for _ in range(2))
    for one, other in zip(first.predictions_, second.predictions_, strict=True):
        np.testing.assert_array_equal(one.y_posterior, other.y_posterior)
        assert (other.y_posterior != other.y_proba).any()


def test_a_method_without_a_way_back_is_measured_raw_and_named_once(tmp_path):
    methods = {"plain": {}, "no way": {"fails": True}}
    for _ in range(2):  # the second time from the checkpoint
        with pytest.warns(
            UserWarning, match=r"calibration of 'no way' is .*leaves no way"
        ) as warned:
            comparison = compare(methods=methods, checkpoint=tmp_path)
        assert len(warned) == 1
    by_method = comparison.results_.pivot_table("value", "method", "metric")
    assert by_method.loc["no way", "brier_score"] == by_method.loc["no way", "brier_score_raw"]
    assert by_method.loc["plain", "brier_score"] != by_method.loc["plain", "brier_score_raw"]


def test_the_eight_methods_have_the_posterior_of_one_mix_where_networks_are_untrained():
    # An untrained network says the same under each method; what training saw differs.
    names = ["baseline", "thresholding", "cost_sensitive"]
    methods = {name: STRATEGIES[name] for name in names}
    runs = compare(UNTRAINED, methods, n_repeats=1).predictions_[:3]
    baseline, thresholding, cost_sensitive = runs
    np.testing.assert_allclose(baseline.y_posterior, baseline.y_proba, rtol=1e-6)
    np.testing.assert_allclose(thresholding.y_posterior, baseline.y_proba, rtol=1e-6)
    assert (cost_sensitive.y_posterior[:, 0] > cost_sensitive.y_proba[:, 0]).all()


@pytest.mark.slow
def test_a_loss_with_margins_is_said_to_have_no_posterior():
    loss = BinaryFocalCrossentropy(from_logits=True, margin=[0.1, 0.5])
    with pytest.warns(UserWarning, match=r"calibration of 'ldam' .*margin=\[0.1, 0.5\]"):
        compare(UNTRAINED, {"ldam": {"loss": loss}}, n_repeats=1)
