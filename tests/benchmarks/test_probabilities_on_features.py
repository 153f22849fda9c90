"""What the benchmark of probabilities measures, and of which class mix."""

import importlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.utils import Bunch

FOLDER = Path(__file__).parents[2] / "benchmarks"
DATA = Bunch(name="digits", y_train=np.repeat([0, 1], [30, 10]), y_test=np.repeat([0, 1], [8, 8]))
CLOSE = np.where(np.eye(2)[DATA.y_test] == 1, 0.8, 0.2)
"""Probabilities, all of which are as good."""


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("probabilities_on_features")


@pytest.fixture
def out(script, tmp_path):
    """Results of two methods that are as good as the baseline, one only after a temperature."""
    folder = tmp_path / "digits"
    (folder / "predictions").mkdir(parents=True)
    rows = []
    for method in ("baseline", "bbfl", "focal_loss"):
        variants = [
            (mix, variant, "temperature" in variant or method != "focal_loss")
            for mix in script.MIXES
            for variant in script.VARIANTS
        ]
        probas = {
            f"{mix}, {variant}": CLOSE if is_close else 0.5 * np.ones_like(CLOSE)
            for mix, variant, is_close in variants
        }
        np.savez(folder / "predictions" / f"{method}-0.npz", **probas)
        for mix, variant, is_close in variants:
            errors = dict.fromkeys(script.ERRORS, 0.2 if is_close else 0.4)
            rows.append({"method": method, "seed": 0, "mix": mix, "variant": variant, **errors})
    pd.DataFrame(rows).to_csv(folder / "runs.csv", index=False)
    return tmp_path


def read_rows(path):
    _, _, *lines = path.read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize(("mix", "shares"), [("data", [0.75, 0.25]), ("uniform", [0.5, 0.5])])
def test_a_mix_is_that_of_the_training_part_or_level(script, mix, shares):
    assert script.find_shares(DATA, mix).tolist() == shares


def test_scores_have_a_column_for_each_way_to_take_probabilities(script, out):
    script.write_scores(out, "uniform")
    for row in read_rows(out / "log_loss_uniform.md"):
        assert row[2:] == ([".400", ".400", ".200"] if "focal_loss" in row else [".200"] * 3)


def test_a_difference_to_the_baseline_that_is_not_chance_is_bold(script, out):
    script.write_differences(out, [DATA], "log_loss", n_draws=20)
    rows = {row[1]: row[2:] for row in read_rows(out / "log_loss_differences_data.md")}
    assert rows["bbfl"] == ["+.000 (+.000 to +.000)"] * 3
    worse = f"{np.log(0.8 / 0.5):+.3f}".replace("0.", ".")
    as_returned, for_the_mix, and_a_temperature = rows["focal_loss"]
    assert as_returned == for_the_mix == f"**{worse} ({worse} to {worse})**"
    assert and_a_temperature == "+.000 (+.000 to +.000)"
