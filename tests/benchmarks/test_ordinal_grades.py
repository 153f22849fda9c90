"""What the benchmark of grades measures."""

import importlib
from pathlib import Path

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def grades(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("ordinal_grades")


def test_a_decision_for_grades_is_scored_by_how_far_off_it_is(grades):
    y, proba = np.array([0, 1, 2, 2]), np.array([[0.51, 0.09, 0.4]] * 4)
    for decision, off in (
        ("most probable", [0, 1, 2, 2]),
        ("median", [0, 1, 2, 2]),
        ("squared cost", [1, 0, 1, 1]),
    ):
        scores = grades.score(y, proba, grades.DECISIONS[decision])
        assert scores["grades_off"] == pytest.approx([np.mean(off)])
        assert scores["accuracy"] == pytest.approx([np.mean(np.equal(off, 0))])


def test_corn_learns_each_grade_from_the_rows_that_reach_it(grades):
    y = np.repeat([0, 1, 2, 3], [4, 1, 2, 3])
    corn = grades.Corn(DummyClassifier(strategy="prior")).fit(np.zeros((len(y), 1)), y)
    shares = [[4 / 10, 6 / 10], [1 / 6, 5 / 6], [2 / 5, 3 / 5]]
    assert [head.class_prior_ for head in corn.heads_] == pytest.approx(np.array(shares))
    # What each head learns from its rows is together what all rows say.
    assert corn.predict_proba([[0]]) == pytest.approx(np.array([[0.4, 0.1, 0.2, 0.3]]))
