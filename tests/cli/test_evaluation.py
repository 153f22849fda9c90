"""The numbers of `imblearn-bbfl evaluate`, from decisions."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score, roc_auc_score

from imblearn_bbfl.cli import _evaluation
from imblearn_bbfl.cli._data import Data
from imblearn_bbfl.cli._evaluation import draw_resamples, match_labels, measure, pick_part

rng = np.random.default_rng(0)
CLASSES = np.array(["a", "b", "c"])
Y = np.repeat(CLASSES, [30, 15, 5])
PROBA = rng.dirichlet([1, 1, 1], 50)
PROBA[np.arange(50), np.searchsorted(CLASSES, Y)] += 0.5
PROBA /= PROBA.sum(axis=1, keepdims=True)
DECIDED = CLASSES[PROBA.argmax(axis=1)]
PRIOR = np.array([0.5, 0.3, 0.2])


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch):
    monkeypatch.setattr(_evaluation, "_N_RESAMPLES", 50)


def test_scores_are_those_of_scikit_learn():
    scores = measure(Y, DECIDED, PROBA, CLASSES, None, PRIOR)["scores"]
    auc = np.mean([roc_auc_score(label == Y, PROBA[:, k]) for k, label in enumerate(CLASSES)])
    expected = [
        np.mean(Y == DECIDED),
        balanced_accuracy_score(Y, DECIDED),
        f1_score(Y, DECIDED, average="macro"),
        auc,
    ]
    np.testing.assert_allclose([score["value"] for score in scores.values()], expected)
    assert all(score["low"] <= score["value"] <= score["high"] for score in scores.values())


def test_prevalence_here_and_in_training_is_told():
    found = measure(Y, DECIDED, PROBA, CLASSES, None, PRIOR)["classes"]
    assert [entry["prevalence"] for entry in found] == [0.6, 0.3, 0.1]
    assert [entry["prevalence in training"] for entry in found] == [0.5, 0.3, 0.2]


def test_intervals_by_patient_are_wider_where_patients_are_alike():
    groups = np.arange(50) // 10
    alike = np.isin(groups, (0, 2))  # all images of a patient are right, or all are wrong
    decided = np.where(alike, Y, "c")
    widths = []
    for of in (None, groups):
        score = measure(Y, decided, PROBA, CLASSES, of, PRIOR)["scores"]["accuracy"]
        widths.append(score["high"] - score["low"])
    assert widths[1] > 1.5 * widths[0]


def test_whole_patients_are_drawn():
    groups = np.array(["p1", "p2", "p1", "p3"])
    for rows in draw_resamples(groups):
        assert np.sum(rows == 0) == np.sum(rows == 2)


def test_a_class_that_is_not_there_has_no_recall():
    found = measure(Y[:45], DECIDED[:45], PROBA[:45], CLASSES, None, PRIOR)
    assert found["classes"][2]["recall"]["value"] is None
    assert np.isfinite(found["scores"]["AUC"]["value"])


def test_a_recall_of_one_has_an_interval():
    recall = measure(Y, Y, PROBA, CLASSES, np.arange(50), PRIOR)["classes"][2]["recall"]
    assert recall["value"] == recall["high"] == 1
    assert 0.5 < recall["low"] < 0.6  # Wilson's, of 5


def test_labels_are_matched_by_how_they_are_written():
    assert match_labels(np.array(["1", "3"]), np.array([1, 3])).tolist() == [1, 3]
    with pytest.raises(ValueError, match=r"does not know: 2\. It knows 1, 3"):
        match_labels(np.array(["2"]), np.array([1, 3]))


def test_a_part_that_is_missing_is_an_error_that_names_those_there_are():
    data = Data(np.array(["x"]), np.array([1]), None, np.array(["train"]), ".")
    with pytest.raises(ValueError, match="the parts train, but no test part"):
        pick_part(data, None)
    assert pick_part(data, "all")[1] is None
