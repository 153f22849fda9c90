"""The result of a comparison: tables, tests and pictures."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score

from imblearn_bbfl.model_selection import compare_strategies


@pytest.fixture
def compare(estimator, data):
    def run(**arguments):
        methods = {"plain": {}, "shifted": {"shift": 1.0}}
        defaults = {"strategies": methods, "reference": "plain", "n_repeats": 3, "verbose": 0}
        return compare_strategies(estimator, *data, **{**defaults, **arguments})

    return run


@pytest.fixture
def comparison(compare):
    return compare(scoring=["accuracy", "f1_macro", "brier_score"])


def test_predictions_score_as_the_results_say(comparison):
    runs = [run for run in comparison.predictions_ if run.method == "shifted"]
    expected = [accuracy_score(run.y_true, run.y_pred) for run in runs]
    results = comparison.results_.query("method == 'shifted' and metric == 'accuracy'")
    assert results["value"].tolist() == expected


def test_predictions_hold_the_test_rows(comparison, data):
    run = comparison.predictions_[0]
    assert run.y_true.tolist() == data[1][run.test].tolist()
    assert run.y_proba.shape == (6, 3)


def test_summary_is_mean_and_sd_over_runs(comparison):
    values = comparison.results_.query("method == 'plain' and metric == 'f1_macro'")["value"]
    row = comparison.summary().loc["plain"]
    assert row["f1_macro", "mean"] == pytest.approx(values.mean())
    assert row["f1_macro", "sd"] == pytest.approx(values.std(ddof=1))
    assert row["f1_macro", "runs"] == 3


def test_summary_has_the_methods_in_their_order(comparison):
    assert comparison.summary().index.tolist() == ["plain", "shifted"]


def test_one_run_has_no_spread(compare):
    comparison = compare(n_repeats=1)
    assert comparison.summary()["accuracy", "sd"].isna().all()
    assert "±" not in comparison.to_markdown()


def best_in_bold(comparison, column):
    cells = [line.split("|")[column] for line in comparison.to_markdown().splitlines()[2:]]
    return ["**" in cell for cell in cells]


def test_the_largest_mean_is_bold(comparison):
    means = comparison.summary()["accuracy", "mean"].round(3)
    assert best_in_bold(comparison, 3) == (means == means.max()).tolist()


def test_the_smallest_error_is_bold(comparison):
    means = comparison.summary()["brier_score", "mean"].round(3)
    assert best_in_bold(comparison, 5) == (means == means.min()).tolist()


@pytest.fixture
def incomplete(estimator, data):
    class Flaky(type(estimator)):
        def fit(self, X, y, groups=None):
            if self.shift and self.random_state % 2:
                raise ValueError("no luck")
            return super().fit(X, y)

    methods = {"whole": {}, "flaky": {"shift": 1.0}}
    with pytest.warns(UserWarning, match="runs failed"):
        return compare_strategies(
            Flaky(random_state=0), *data, strategies=methods, reference="whole", verbose=0
        )


def test_a_method_that_lacks_runs_is_marked_and_never_the_best(incomplete):
    n_runs = 5 - len(incomplete.failures_)
    assert 0 < n_runs < 5
    whole, flaky = incomplete.to_markdown().splitlines()[2:]
    assert whole.count("**") == 2 * len(incomplete.metrics_)
    assert flaky.startswith(f"| flaky | {n_runs} |")
    assert flaky.count(f"({n_runs} of 5)") == len(incomplete.metrics_)


def test_the_runs_of_a_method_are_not_those_of_the_first_metric_only(compare):
    def broken(estimator, X, y):
        raise ZeroDivisionError("no luck")

    with pytest.warns(UserWarning, match="no luck"):
        frame = compare(scoring={"broken": broken, "accuracy": "accuracy"}).to_frame()
    assert frame.loc["plain", "Runs"] == "3"
    assert frame.loc["plain", "broken"] == "none"


def test_frame_is_text_without_marks(comparison):
    frame = comparison.to_frame()
    assert frame.loc["plain", "Runs"] == "3"
    assert frame.columns.tolist() == ["Runs", "Accuracy", "Macro-F1", "Brier score ↓"]
    assert not frame.map(lambda cell: "*" in cell).to_numpy().any()


def test_latex_is_a_tabular_with_the_best_in_bold(comparison):
    latex = comparison.to_latex()
    assert latex.startswith(r"\begin{tabular}{lrrrr}")
    assert latex.count(r"\textbf{") == comparison.to_markdown().count("**") / 2 >= 3
    assert latex.count(r"\\") == 3


def test_html_escapes_names(compare):
    comparison = compare(strategies={"<b>": {}, "plain": {}})
    assert "&lt;b&gt;" in comparison._repr_html_()


def test_tests_are_of_the_reference_against_the_others(comparison):
    tests = comparison.tests("accuracy")
    assert tests["method"].tolist() == ["shifted"]
    means = comparison.summary()["accuracy", "mean"]
    assert tests["mean_difference"][0] == pytest.approx(means["plain"] - means["shifted"])


def test_tests_know_that_splits_overlap(comparison):
    assert comparison.test_train_ratio_ == pytest.approx(6 / 54)
    tests = comparison.tests("brier_score")
    assert tests["corrected_t_pvalue"][0] > tests["t_pvalue"][0]


def test_macro_f1_is_tested_by_default(comparison):
    assert comparison.tests().equals(comparison.tests("f1_macro"))


def test_f1_of_the_second_class_is_tested_by_default_for_two(estimator, data):
    X, y = data
    comparison = compare_strategies(
        estimator, X, y == "a", strategies={"plain": {}, "twin": {}}, reference="plain", verbose=0
    )
    assert comparison.tests().equals(comparison.tests("f1"))


def test_an_error_counts_the_other_way_round(comparison):
    means = comparison.summary()["brier_score", "mean"]
    tests = comparison.tests("brier_score")
    assert tests["mean_difference"][0] == pytest.approx(means["shifted"] - means["plain"])


def test_one_repeat_is_too_few_for_a_test_and_it_says_so(compare):
    tests = compare(n_repeats=1).tests("accuracy")
    assert tests["verdict"][0].startswith("1 run: a paired test needs at least 2.")
    assert tests["t_pvalue"].isna().all()


def test_a_metric_not_measured_gets_the_nearest_name(comparison):
    with pytest.raises(ValueError, match=r"'acuracy' was not measured.*Did you mean 'accuracy'"):
        comparison.tests("acuracy")


def test_other_metrics_need_no_training(comparison, estimator):
    n_fits = type(estimator).n_fits
    scores = comparison.score("neg_log_loss")
    assert (scores["value"] < 0).all()
    assert type(estimator).n_fits == n_fits


def test_it_can_be_pickled(comparison):
    copy = pickle.loads(pickle.dumps(comparison))
    pd.testing.assert_frame_equal(copy.results_, comparison.results_)


def test_plot_shows_each_run_of_each_method(comparison):
    figure = comparison.plot(["accuracy", "brier_score"])
    assert [ax.get_title() for ax in figure.axes] == ["Accuracy", "Brier score"]
    shown = [line.get_xdata() for line in figure.axes[0].lines if len(line.get_xdata()) == 3]
    values = comparison.results_.query("metric == 'accuracy'")
    expected = [list(group["value"]) for _, group in values.groupby("method", sort=False)]
    assert np.allclose(shown, expected)
