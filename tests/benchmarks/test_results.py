"""What the benchmark scripts share: settings, groups, and what is said of failed runs."""

import importlib
from argparse import Namespace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click import UsageError
from sklearn.base import BaseEstimator
from sklearn.utils import Bunch

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def load(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module


@pytest.fixture
def keep(load, tmp_path):
    def run(*, path=tmp_path / "settings.json", **settings):
        arguments = Namespace(**settings, out=tmp_path)
        results = [tmp_path / "runs.csv"]
        load("results").keep_settings(path, arguments, varied=["repeats"], results=results)

    return run


def test_results_of_other_settings_are_refused(keep, tmp_path):
    keep(epochs=3)
    (tmp_path / "runs.csv").touch()
    keep(epochs=3)
    with pytest.raises(SystemExit, match=r"same settings.*epochs=3, not 4\. Pass another --out"):
        keep(epochs=4)


def test_what_each_result_knows_may_differ(keep, tmp_path):
    keep(epochs=3, repeats=1)
    (tmp_path / "runs.csv").touch()
    keep(epochs=3, repeats=2)


def test_settings_without_results_bind_nothing(keep):
    keep(epochs=3)
    keep(epochs=4)


def test_captions_say_that_methods_differ_in_their_runs(load):
    runs = [Bunch(method=method) for method in ["bbfl", "bbfl", "bbfl", "ros", "ros"]]
    count_runs = load("pictures").count_runs
    comparison = Bunch(predictions_=runs, methods_=["bbfl", "ros"])
    assert count_runs(comparison) == "2 to 3 runs of each method"
    comparison.predictions_ = runs[1:]
    assert count_runs(comparison) == "2 runs of each method"


def test_more_gammas_go_on_where_the_first_stopped(load, monkeypatch, tmp_path):
    module, searched = load("gamma_sensitivity"), []

    def search(classifier, gammas, arguments, data, repeat):
        searched.append((repeat, gammas))
        return pd.DataFrame([{"gamma": g, "repeat": repeat, "fold": 0} for g in gammas])

    monkeypatch.setattr(module, "search", search)
    monkeypatch.setattr(module, "make_classifier", lambda arguments, repeat: None)
    for repeats, gammas in [(1, [0, 2]), (2, [0, 1, 2])]:
        arguments = Namespace(repeats=repeats, gammas=gammas)
        scores = module.search_missing(arguments, None, tmp_path / "gamma.csv")
    assert searched == [(0, [0, 2]), (0, [1]), (1, [0, 1, 2])]
    assert scores["gamma"].tolist() == [0, 1, 2, 0, 1, 2]


class Watched(BaseEstimator):
    """Ends in place of training, with the groups that it was given."""

    def set_params(self, **params):
        return self

    def fit(self, X, y, groups):
        raise KeyboardInterrupt(groups.tolist())


def test_networks_for_pictures_get_the_groups_of_their_training_rows(load, tmp_path):
    data = Bunch(X=np.zeros((4, 1)), y=np.array([0, 1, 0, 1]), groups=np.array([5, 6, 7, 8]))
    comparison = Bunch(predictions_=[Bunch(test=np.array([1]))])
    with pytest.raises(KeyboardInterrupt, match=r"\[5, 7, 8\]"):
        load("pictures").draw_networks(comparison, Watched(), data, ["bbfl"], tmp_path)


def test_settings_that_each_method_replaces_are_refused(load, monkeypatch):
    words = ["compare_strategies.py", "--data", "digits", "--set", "alpha=3"]
    monkeypatch.setattr("sys.argv", words)
    with pytest.raises(UsageError, match="alpha=3 would change nothing"):
        load("compare_strategies").main()
