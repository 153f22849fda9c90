"""What the script on the long tail trains and writes: network, schedule, crops, and the table."""

import importlib
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
