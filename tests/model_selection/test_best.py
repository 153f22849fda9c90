"""Which method to use, and training it on all rows."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import PredefinedSplit
from sklearn.naive_bayes import GaussianNB

from imblearn_bbfl import STRATEGIES, BBFLClassifier
from imblearn_bbfl.model_selection import _best, compare_strategies
from imblearn_bbfl.model_selection._best import _draw, choose_best, count_settings


class Holding(GaussianNB):
    """With a validation part, which it does not need."""

    def __init__(self, validation_fraction=0.1):
        super().__init__()
        self.validation_fraction = validation_fraction


GOOD, BAD = {"var_smoothing": 1e-9}, {"var_smoothing": 1e4}


@pytest.fixture(autouse=True)
def _draw_few(monkeypatch):
    monkeypatch.setattr(_best, "_N_RESAMPLES", 25)


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    y = np.repeat(["a", "b", "c"], [80, 60, 40])
    return rng.normal(size=(180, 3)) + 2.0 * np.eye(3)[np.unique(y, return_inverse=True)[1]], y


@pytest.fixture(scope="module")
def compare(table):
    def run(methods, **more):
        settings = {
            "scoring": "f1_macro",
            "cv": 5,
            "n_repeats": 1,
            "reference": next(iter(methods)),
            "verbose": 0,
            **more,
        }
        return compare_strategies(GaussianNB(), *table, strategies=methods, **settings)

    return run


ONE_TEST_PART = PredefinedSplit(np.arange(180) % 3 // 2 - 1)


@pytest.mark.parametrize("cv", [5, ONE_TEST_PART])
def test_a_method_that_is_surely_ahead_is_the_one_to_use(compare, cv):
    assert (
        compare({"bad": BAD, "good": {**GOOD, "priors": [0.3, 0.3, 0.4]}}, cv=cv).best_method_
        == "good"
    )


@pytest.mark.parametrize("cv", [5, ONE_TEST_PART])
def test_of_methods_that_cannot_be_told_apart_the_simplest_is_used(compare, cv):
    methods = {"bad": BAD, "clever": {"priors": [0.33, 0.33, 0.34]}, "plain": GOOD}
    assert compare(methods, cv=cv).best_method_ == "plain"


def test_of_equally_simple_ones_the_first_is_used(compare):
    twins = {"one": {"var_smoothing": 1.1e-9}, "other": {"var_smoothing": 1.2e-9}}
    assert compare(twins).best_method_ == "one"
    assert compare(dict(reversed(twins.items()))).best_method_ == "other"


def test_it_is_chosen_by_the_first_metric_that_was_asked_for_or_f1(compare):
    assert compare({"plain": {}}, scoring=["accuracy", "f1_macro"]).main_metric_ == "accuracy"
    assert compare({"plain": {}}, scoring=None).main_metric_ == "f1_macro"


def test_less_is_better_of_an_error(compare):
    comparison = compare({"bad": BAD, "good": {"priors": [0.4, 0.3, 0.3]}}, scoring="brier_score")
    assert comparison.best_method_ == "good"


def test_a_method_that_lacks_runs_is_not_chosen():
    scores = pd.DataFrame({"lucky": [0.9, np.nan, 0.9], "whole": [0.8, 0.8, 0.8]})
    n_settings = {"lucky": 0, "whole": 1}
    assert choose_best(scores, n_settings, lambda best: pd.Series(dtype=float)) == "whole"


def test_simplicity_counts_the_settings_that_differ_from_the_baseline():
    methods = {name: STRATEGIES[name] for name in ("baseline", "ros", "bbfl", "ldam_drw")}
    methods["slow"] = {**STRATEGIES["ros"], "learning_rate": 1e-9}
    counts = count_settings(BBFLClassifier(), methods)
    assert counts == {"baseline": 0, "ros": 1, "bbfl": 2, "ldam_drw": 4, "slow": 2}


TWO = {"plain": {}, "smooth": {"var_smoothing": 0.1}}


@pytest.fixture(scope="module")
def loaded(compare, tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoint")
    compare(TWO, checkpoint=folder)
    return compare(TWO, checkpoint=folder)  # nothing was trained in this one


class TestRefit:
    def test_the_best_method_is_trained_on_all_rows(self, loaded, table):
        fitted = loaded.refit(*table)
        assert fitted.get_params() == GaussianNB().get_params()
        np.testing.assert_array_equal(fitted.class_count_, [80, 60, 40])

    def test_another_method_or_estimator_can_be_asked_for(self, loaded, table):
        assert loaded.refit(*table, method="smooth").var_smoothing == 0.1
        other = GaussianNB(priors=[0.2, 0.3, 0.5])
        fitted = loaded.refit(*table, method="smooth", estimator=other)
        assert (fitted.var_smoothing, fitted.priors) == (0.1, [0.2, 0.3, 0.5])

    def test_a_method_that_was_not_compared_gets_the_nearest_name(self, loaded, table):
        with pytest.raises(ValueError, match=r"method='smoth' was not.*Did you mean 'smooth'"):
            loaded.refit(*table, method="smoth")

    def test_other_classes_are_refused(self, loaded, table):
        X, y = table
        with pytest.raises(
            ValueError, match=r"y has the classes \['a', 'b'\], but \['a', 'b', 'c'"
        ):
            loaded.refit(X[:140], y[:140])

    def test_it_can_be_pickled_and_says_what_was_left_behind(self, table):
        class Local(GaussianNB):
            """Cannot be pickled."""

        comparison = compare_strategies(
            Local(), *table, strategies=TWO, cv=2, reference="plain", verbose=0
        )
        copy = pickle.loads(pickle.dumps(comparison))
        with pytest.raises(ValueError, match=r"pickled without its estimator.*Pass estimator="):
            copy.refit(*table, method="smooth")
        assert copy.refit(*table, method="smooth", estimator=GaussianNB()).var_smoothing == 0.1

    def test_what_is_held_out_for_a_tenth_in_the_comparison_is_as_it_was_given(self, table):
        compared = compare_strategies(
            Holding(validation_fraction=0.25),
            *table,
            strategies={"plain": {}},
            reference="plain",
            n_repeats=1,
            verbose=0,
        )
        assert compared.refit(*table).validation_fraction == 0.25


def test_draws_keep_the_classes_or_whole_patients():
    y, rng = np.repeat(["a", "b"], [6, 3]), np.random.default_rng(0)
    patients = np.array([*"ppqqrr", *"sst"])
    rows = _draw(y, None, rng)
    assert sorted(y[rows]) == sorted(y)
    rows = _draw(y, patients, rng)
    counts = pd.Series(patients[rows]).value_counts()
    assert counts.drop("t", errors="ignore").mod(2).eq(0).all()  # all but t have two rows
    n_patients = counts.drop("t", errors="ignore").sum() // 2 + counts.get("t", 0)
    assert n_patients == 5
