"""What the search around BBFL says of settings, by parts of training data held out."""

import importlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_1samp
from sklearn.utils import Bunch

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("search_on_features")


def test_an_interval_allows_for_training_parts_that_overlap(script):
    differences = pd.Series([0.01, 0.03, 0.02, 0.05, 0.04])
    mean, half = map(float, script.format_interval(differences, 5).strip("*").split(" ± "))
    low, high = ttest_1samp(differences, 0).confidence_interval()
    assert mean == pytest.approx(0.03, abs=5e-4)
    # Nadeau and Bengio: 1/n + n_test/n_train for the 1/n of independent parts
    assert half == pytest.approx((high - low) / 2 * np.sqrt(1 + 5 / 4), abs=5e-4)


def test_an_interval_that_leaves_out_0_is_bold(script):
    assert script.format_interval(pd.Series([0.1, 0.1, 0.1]), 3) == "**+.100 ± .000**"
    assert "**" not in script.format_interval(pd.Series([0.1, -0.1, 0.1]), 3)


def test_one_part_has_no_interval(script):
    assert script.format_interval(pd.Series([0.1]), 5) == ""


def test_settings_are_compared_on_the_parts_that_both_have(script, tmp_path):
    rows = [
        *[("digits", "bbfl", part, score) for part, score in enumerate((0.6, 0.7, 0.8))],
        *[("digits", "baseline", part, score) for part, score in enumerate((0.5, 0.6))],
        ("idrid", "bbfl", 0, 0.5),
    ]
    columns = ["data", "setting", "part", "f1_macro"]
    results = script.ResultsFile(tmp_path / "runs.csv", columns[:3])
    pd.DataFrame(rows, columns=columns).to_csv(results.path, index=False)
    script.write_table(tmp_path, results)
    _, _, *lines = (tmp_path / "table.md").read_text(encoding="utf-8").splitlines()
    # The columns are digits, IDRiD in both tasks, RetinaMNIST and CIFAR-10-LT.
    assert lines == [
        "| bbfl | .700 |  | .500 |  |  |",
        "| baseline | **-.100 ± .000** |  |  |  |  |",
    ]


def test_what_is_done_is_not_done_again(script, tmp_path):
    results = script.ResultsFile(tmp_path / "runs.csv", ["data", "setting", "part"])
    pd.DataFrame([("digits", "bbfl", 0)], columns=results.key_columns).to_csv(
        results.path, index=False
    )
    data = Bunch(name="digits")  # without rows: training would fail
    assert script.run("bbfl", 0, data, None, None, results) is None
