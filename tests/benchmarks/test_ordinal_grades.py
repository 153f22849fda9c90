"""What the benchmark of grades measures."""

import importlib
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"


def test_a_decision_for_grades_is_scored_by_how_far_off_it_is(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    grades = importlib.import_module("ordinal_grades")
    y, proba = np.array([0, 1, 2, 2]), np.array([[0.5, 0.1, 0.4]] * 4)
    for decision, off in (("most probable", [0, 1, 2, 2]), ("squared cost", [1, 0, 1, 1])):
        scores = grades.score(y, proba, grades.DECISIONS[decision])
        assert scores["grades_off"] == pytest.approx([np.mean(off)])
        assert scores["accuracy"] == pytest.approx([np.mean(np.equal(off, 0))])
