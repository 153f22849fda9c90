"""Recipes are compared on the same test images, and nothing is trained or tested twice."""

import importlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def recipes(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    module = importlib.import_module("recipes")
    monkeypatch.setattr(module, "_N_RESAMPLES", 100)
    return module


@pytest.fixture
def problem():
    rng = np.random.default_rng(0)
    y = rng.permutation(np.repeat(["common", "rare"], [80, 20]))
    guess = rng.uniform(size=100)
    knowing = 0.7 * (y == "rare") + 0.3 * guess
    return y, np.c_[1 - guess, guess], np.c_[1 - knowing, knowing]


def test_recipe_is_level_with_itself(recipes, problem):
    y, guess, _ = problem
    table = recipes.bootstrap_difference(y, np.unique(y), [guess, guess], [guess])
    np.testing.assert_allclose(table, 0, atol=1e-6)


def test_interval_of_a_better_recipe_leaves_out_zero(recipes, problem):
    y, guess, knowing = problem
    table = recipes.bootstrap_difference(y, np.unique(y), [knowing], [guess])
    assert (table.loc[["auc", "average_precision"], "from"] > 0).all()
    assert (table["from"] <= table["difference"]).all()
    assert (table["difference"] <= table["to"]).all()


def test_two_classes_are_scored_by_the_rarer_one(recipes, problem):
    y, _, knowing = problem
    scores = recipes.score_recipe(y, knowing, np.unique(y)).iloc[0].to_dict()
    assert scores["average_precision"] == pytest.approx(1)
    swapped = np.where(y == "rare", "a rare one", "b common one")
    other = recipes.score_recipe(swapped, knowing[:, ::-1], np.unique(swapped)).iloc[0].to_dict()
    assert other == pytest.approx(scores)


def test_started_again_fits_only_what_is_missing(recipes, problem, tmp_path, monkeypatch):
    y, guess, _ = problem
    fitted = []

    class Probe:
        classes_ = np.unique(y)

        def __init__(self, recipe, seed):
            self.key = recipe, seed

        def set_params(self, **parameters):
            return self

        def fit(self, X, y):
            fitted.append(self.key)

        def predict_proba(self, X):
            return guess

    monkeypatch.setattr(recipes, "make_peer", lambda **network: Probe(recipes.PEER, None))
    monkeypatch.setattr(recipes, "make_classifier", lambda recipe, seed, **_: Probe(recipe, seed))
    results = recipes.ResultsFile(tmp_path / "runs.csv", ["recipe", "seed"])
    data = (np.zeros(100), y)
    for seeds in ([0], [0, 1]):
        for seed in seeds:
            for recipe in (recipes.PEER, "defaults"):
                recipes._run(recipe, seed, {}, data, data, results, tmp_path)
    assert fitted == [(recipes.PEER, None), ("defaults", 0), ("defaults", 1)]
    runs = pd.read_csv(results.path)
    assert sorted(zip(runs["recipe"], runs["seed"], strict=True)) == [
        ("defaults", 0),
        ("defaults", 1),
        ("defaults, flips", 0),
        ("defaults, flips", 1),
        (recipes.PEER, 0),
    ]
