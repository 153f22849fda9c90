"""What the script on the long tail trains and writes: network, schedule, crops, and the table."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from imblearn_bbfl.backbones import build_network

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("long_tail")


def test_resnet32_has_as_many_weights_as_that_of_the_paper(script):
    network = build_network(script.resnet32, (32, 32, 3), 10)
    assert sum(np.prod(weight.shape) for weight in network.trainable_weights) == 464_154


def test_the_learning_rate_is_that_of_the_usual_recipe(script):
    find_rate = script.make_schedule(200)
    rates = [find_rate(epoch) for epoch in (0, 4, 5, 159, 160, 179, 180, 199)]
    assert rates == pytest.approx([0.02, 0.1, 0.1, 0.1, 1e-3, 1e-3, 1e-5, 1e-5])
    assert find_rate(200) == pytest.approx(0.1)
    assert find_rate(209) < 0.01


def test_crops_are_windows_of_the_padded_image_or_their_mirror_images(script):
    image = np.arange(1, 17, dtype=np.uint8).reshape(1, 4, 4, 1)
    padded = np.pad(image[0], ((4, 4), (4, 4), (0, 0)))
    windows = [padded[i : i + 4, j : j + 4] for i in range(9) for j in range(9)]
    possible = {window[:, ::step].tobytes() for window in windows for step in (1, -1)}
    crops = script.CropAndMirror().augment(np.repeat(image, 500, axis=0), 0)
    assert crops.shape == (500, 4, 4, 1)
    assert {crop.tobytes() for crop in crops} <= possible
    assert len({crop.tobytes() for crop in crops}) > 80


def test_the_same_seed_gives_the_same_crops(script):
    images = np.random.default_rng(0).integers(0, 256, (6, 8, 8, 3), dtype=np.uint8)
    crops = [script.CropAndMirror().augment(images, seed) for seed in (0, 0, 1)]
    np.testing.assert_array_equal(crops[0], crops[1])
    assert (crops[0] != crops[2]).any()


def test_the_table_has_gains_over_our_own_cross_entropy_and_the_recall_of_the_rarest(
    script, tmp_path
):
    y_test = np.repeat([0, 1], 4)  # as many of each class: only the training part knows the rarest
    sure = np.eye(2)
    proba = {"baseline": sure[[0, 0, 0, 0, 1, 0, 0, 0]], "vs": sure[[0, 0, 0, 1, 1, 1, 1, 0]]}
    runs = pd.DataFrame({"method": list(proba), "seed": 0, "accuracy": [0.625, 0.75]})
    runs.to_csv(tmp_path / "runs.csv", index=False)
    for method, values in proba.items():
        np.save(tmp_path / f"{method}-0.npy", values)
    script.write_table(tmp_path, y_test, rarest=1)
    rows = (tmp_path / "table.md").read_text().splitlines()
    assert any(row.startswith("| baseline | 25 | 62.5 |  |") for row in rows)
    assert any(row.startswith("| vs | 75 | 75.0 | +12.5 (") for row in rows)
    assert any(row.endswith("| 80.29 | +9.0 | DDC 2026 |") for row in rows)


class Guess:
    """Learns nothing, and counts how often it is asked to."""

    n_fits = 0
    current_epoch = 1

    def fit(self, X, y):
        Guess.n_fits += 1

    def predict_proba(self, X):
        return np.random.default_rng(Guess.n_fits).dirichlet([1, 1], len(X))


@pytest.mark.parametrize("n_starts", [1, 2])
def test_one_loss_under_two_names_is_trained_once_and_has_both_published_figures(
    script, tmp_path, monkeypatch, n_starts
):
    X, y = np.zeros((20, 1)), np.repeat([0, 1], 10)
    monkeypatch.setattr(Guess, "n_fits", 0)
    monkeypatch.setattr(script, "load", lambda *_: (X, y, X, y))
    monkeypatch.setattr(script, "make_classifier", lambda *_: Guess())
    monkeypatch.setattr(script, "_N_DRAWS", 2)
    methods = ["balanced_softmax", "baseline", "logit_adjustment"]
    for part in np.array_split(methods, n_starts):
        monkeypatch.setattr(sys, "argv", ["", "--out", str(tmp_path), "--methods", *part])
        script.main()
    assert Guess.n_fits == 2

    runs = pd.read_csv(tmp_path / "runs.csv", index_col="method")
    assert list(runs.index) == methods
    assert runs.loc["logit_adjustment"].equals(runs.loc["balanced_softmax"])
    lines = (tmp_path / "table.md").read_text().splitlines()
    cells = {line.split("|")[1].strip(): line.split("|")[2:] for line in lines}
    one, other = cells["logit_adjustment"], cells["balanced_softmax"]
    assert one[:3] == other[:3] != cells["baseline"][:3]
    assert [float(row[3]) for row in (one, other)] == [78.57, 76.37]
