"""Tables of methods: what is bold, and what an interval is of."""

import importlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.utils import Bunch

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("method_tables")


@pytest.fixture
def out(script, tmp_path):
    """Results of three methods: one that is like the baseline, and one that is always right."""
    folder = tmp_path / "retinamnist"
    (folder / "predictions").mkdir(parents=True)
    codes = np.repeat([0, 1], [60, 20])
    guesses = np.random.default_rng(0).dirichlet([1, 1], size=80)
    probas = {"baseline": guesses, "focal_loss": guesses, "bbfl": np.eye(2)[codes]}
    rows = []
    for method, proba in probas.items():
        predicted = proba.argmax(axis=1)
        np.savez(folder / "predictions" / f"{method}-0.npz", proba=proba, predicted=predicted)
        scores = script.measure(codes, proba, predicted)
        rows.append({"method": method, "seed": 0} | {name: v[0] for name, v in scores.items()})
    pd.DataFrame(rows).to_csv(folder / "runs.csv", index=False)
    script.write_tables(folder, Bunch(name="retinamnist", y_test=codes), n_draws=50)
    script.write_overview(tmp_path)
    return tmp_path


def read_row(path, method):
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith(f"| {method} |"))


def test_differences_are_between_the_same_images(out):
    row = read_row(out / "retinamnist" / "less_baseline.md", "focal_loss")
    assert row.count("+.000 (+.000 to +.000)") == 3  # whatever images are drawn
    assert "**" not in row


def test_a_difference_whose_interval_leaves_out_0_is_bold_and_has_an_arrow(out):
    assert read_row(out / "retinamnist" / "less_baseline.md", "bbfl").count("**+") == 3
    assert read_row(out / "overview.md", "bbfl") == "| bbfl | **1.000** ↑ | **1.0** |"
    assert "↑" not in read_row(out / "overview.md", "focal_loss")


def test_methods_that_are_level_share_their_rank(out):
    for method in ("baseline", "focal_loss"):
        assert read_row(out / "overview.md", method).endswith("| 2.5 |")


def test_the_least_error_is_the_best(out):
    assert read_row(out / "retinamnist" / "probabilities.md", "bbfl").count("**") == 6
    assert "**" not in read_row(out / "retinamnist" / "probabilities.md", "baseline")


def test_only_numbers_below_1_lose_their_zero(script):
    assert script.shorten("0.5, -0.25, 10.5, 1.05") == ".5, -.25, 10.5, 1.05"


def test_rank_tests_count_the_methods_that_are_left(script, out):
    for name in ("digits", "idrid"):
        (out / name).mkdir()
        (out / name / "runs.csv").write_text((out / "retinamnist" / "runs.csv").read_text())
    script.write_rank_tests(out)
    assert read_row(out / "rank_tests.md", "3").count("|") == 5


def test_thresholding_decides_by_the_network_of_the_baseline(script):
    group = importlib.import_module("methods_fine_tuned").group_by_training
    assert group(["thresholding", "ros", "baseline"]) == [["ros"], ["baseline", "thresholding"]]
    assert group(["thresholding", "ros"]) == [["thresholding"], ["ros"]]
