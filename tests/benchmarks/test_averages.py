"""What the benchmark of averages says of the mean of several fits."""

import importlib
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("averages")


CODES = np.repeat([0, 1], 20)
RIGHT = np.where(np.eye(2)[CODES] == 1, 0.9, 0.1)
WRONG = 0.5 + 0.1 * (0.5 - RIGHT)  # a little


def test_a_mean_of_one_fit_is_level_with_it(script):
    cells = script.compare("seeds", [RIGHT], [RIGHT], CODES)
    assert cells[0] == "1 seeds"
    assert cells[1:3] == ["1.000, +.000 (+.000 to +.000)"] * 2


def test_a_mean_is_measured_against_the_mean_score_of_single_fits(script):
    n, f1, auc, _ = script.compare("folds", [RIGHT, WRONG], [RIGHT, WRONG], CODES)
    assert n == "2 folds"
    # Of the single fits one is always right, the other never; their mean is always right.
    assert f1 == auc == "**1.000, +.500 (+.500 to +.500)**"


def test_folds_are_compared_with_fits_of_all_rows(script):
    _, f1, _, _ = script.compare("folds", [WRONG], [RIGHT], CODES)
    assert f1 == "**.000, -1.000 (-1.000 to -1.000)**"


def test_the_fits_of_folds_are_kept(script, tmp_path):
    path = tmp_path / "folds.npy"
    np.save(path, [RIGHT])
    assert np.array_equal(script.fit_folds("bbfl", None, path), [RIGHT])
