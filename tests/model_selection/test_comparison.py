"""The result of a comparison: tables, tests and pictures."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import PredefinedSplit, StratifiedKFold
from sklearn.naive_bayes import GaussianNB

from imblearn_bbfl.datasets import load_imbalanced_digits
from imblearn_bbfl.inspection import ConfusionMatrixPanel, PrecisionRecallPanel, RocCurvePanel
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


def test_a_method_of_which_each_run_failed_has_no_runs(compare):
    with pytest.warns(UserWarning, match="3 of 6 runs failed"):
        comparison = compare(strategies={"plain": {}, "broken": {"fails": True}})
    row = comparison.summary().loc["broken"]
    assert row["accuracy", "runs"] == row["seconds", "runs"] == 0
    assert np.isnan(row["accuracy", "mean"])
    assert "0 of 3 runs gave" in comparison.tests("accuracy")["verdict"][0]


def test_a_split_on_which_every_method_failed_counts_as_planned(estimator, data):
    class Flaky(type(estimator)):
        def fit(self, X, y, groups=None):
            if len(X) % 2:
                raise ValueError("no luck")
            return super().fit(X, y)

    even, odd = np.arange(0, 60, 2), np.arange(1, 60, 2)
    with pytest.warns(UserWarning, match="2 of 6 runs failed"):
        comparison = compare_strategies(
            Flaky(random_state=0),
            *data,
            strategies={"plain": {}, "twin": {"shift": 1.0}},
            reference="plain",
            cv=[(even, odd), (odd, even), (even[1:], odd[1:])],
            n_repeats=1,
            verbose=0,
        )
    assert "2 of 3 runs" in comparison.tests("accuracy")["verdict"][0]
    assert "(2 of 3)" in comparison.to_frame().loc["plain", "Accuracy"]


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


@pytest.mark.parametrize("as_list", [False, True])
def test_going_through_the_same_folds_again_makes_no_difference_surer(as_list):
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [60, 40])
    X = rng.normal(size=(100, 3)) + 0.6 * y[:, np.newaxis]
    cv = StratifiedKFold(5)
    methods = {"plain": {}, "smooth": {"var_smoothing": 1.0}}
    once, often = (
        compare_strategies(
            GaussianNB(),
            X,
            y,
            strategies=methods,
            reference="plain",
            cv=list(cv.split(X, y)) if as_list else cv,
            n_repeats=n_repeats,
            scoring="brier_score",
            verbose=0,
        )
        for n_repeats in (1, 5)
    )
    before, after = once.tests("brier_score"), often.tests("brier_score")
    assert (before["n_runs"][0], after["n_runs"][0]) == (5, 25)
    pd.testing.assert_frame_equal(before.iloc[:, 2:-2], after.iloc[:, 2:-2])
    assert "25 runs on 5 test parts" in after["verdict"][0]


def test_one_fixed_test_part_is_said_and_not_tested(compare):
    tests = compare(cv=PredefinedSplit(np.arange(60) % 5 // 4 - 1), n_repeats=5).tests("accuracy")
    assert "All runs share one test part" in tests["note"][0]
    assert tests["corrected_t_pvalue"].isna().all()
    assert (tests["n_runs"][0], tests["n_test_parts"][0]) == (5, 1)


def test_a_number_of_folds_gives_each_run_a_test_part_of_its_own(compare):
    tests = compare(cv=5, n_repeats=5, scoring="accuracy").tests()
    assert (tests["n_runs"][0], tests["n_test_parts"][0]) == (25, 25)


def test_macro_f1_is_tested_by_default(comparison):
    assert comparison.tests().equals(comparison.tests("f1_macro"))


def test_f1_of_the_positive_class_is_tested_by_default_for_two(estimator, data):
    X, y = data
    comparison = compare_strategies(
        estimator, X, y == "a", strategies={"plain": {}, "twin": {}}, reference="plain", verbose=0
    )
    assert comparison.tests().equals(comparison.tests("f1"))


class TestPositiveClass:
    @pytest.fixture
    def compare(self, estimator):
        def run(y, **arguments):
            settings = {"strategies": {"plain": {}, "shifted": {"shift": 1.0}}, "verbose": 0}
            settings |= {"reference": "plain", "n_repeats": 2, **arguments}
            return compare_strategies(estimator, np.zeros((len(y), 1)), y, **settings)

        return run

    DISEASE = np.repeat(["healthy", "disease"], [40, 20])

    @pytest.mark.parametrize(
        ("y", "rarer"),
        [
            (DISEASE, "disease"),
            (np.repeat([0, 1], [40, 20]), 1),
            (np.repeat([0, 1], [20, 40]), 0),
            (np.repeat([True, False], [20, 40]), True),
        ],
    )
    def test_the_rarer_class_is_positive_by_default(self, compare, y, rarer):
        comparison = compare(y, scoring=["f1"])
        assert comparison.pos_label_ == rarer
        run = comparison.predictions_[0]
        expected = f1_score(run.y_true == rarer, run.y_pred == rarer)
        assert comparison.results_["value"][0] == pytest.approx(expected)

    def test_of_two_equally_frequent_the_second_is_positive(self, compare):
        assert compare(np.repeat(["b", "a"], 30), scoring="f1").pos_label_ == "b"

    def test_it_can_be_chosen(self, compare):
        comparison = compare(self.DISEASE, scoring="recall", pos_label="healthy")
        assert comparison.pos_label_ == "healthy"
        run = comparison.predictions_[0]
        expected = (run.y_pred[run.y_true == "healthy"] == "healthy").mean()
        assert comparison.results_["value"][0] == pytest.approx(expected)

    def test_scores_measured_later_are_of_the_same_class(self, compare):
        comparison = compare(self.DISEASE, scoring="f1", pos_label="healthy")
        pd.testing.assert_frame_equal(comparison.score("f1"), comparison.results_)

    def test_tables_verdicts_and_pictures_name_it(self, compare):
        comparison = compare(self.DISEASE)
        (head, *_) = comparison.to_markdown().splitlines()
        for title in ("F1", "ROC-AUC", "Average precision"):
            assert f"| {title} (class disease) |" in head
        for title in ("Accuracy", "Macro-F1", "Brier score ↓"):
            assert f"| {title} |" in head
        assert "F1 (class disease)" in comparison.to_latex()
        assert "F1 (class disease)" in comparison._repr_html_()
        assert "f1 (class disease)" in comparison.tests()["verdict"][0]
        assert "class" not in comparison.tests("accuracy")["verdict"][0]
        assert comparison.plot(["f1"]).axes[0].get_title() == "F1 (class disease)"

    @pytest.mark.parametrize("panel", [RocCurvePanel, PrecisionRecallPanel])
    def test_curves_are_of_it_and_name_it(self, compare, panel):
        drawn = panel.from_comparison(compare(self.DISEASE))
        assert list(drawn.curves) == ["disease"]
        assert drawn.axes_[0].get_title() == "Class disease"

    def test_a_label_that_is_not_in_y_is_refused(self, compare, estimator):
        with pytest.raises(ValueError, match=r"pos_label='1' is not a label of y.*\[0, 1\]"):
            compare(np.repeat([0, 1], 30), pos_label="1")
        assert type(estimator).n_fits == 0

    def test_more_than_two_classes_have_none(self, compare, data):
        with pytest.raises(ValueError, match=r"pos_label='a' is for two classes, but y has 3"):
            compare(data[1], pos_label="a")
        assert compare(data[1]).pos_label_ is None

    def test_one_class_cannot_be_compared(self, compare):
        with pytest.raises(ValueError, match=r"y has one class, \['a'\]"):
            compare(np.repeat("a", 20))


class TestClassTooSmallToBeTested:
    Y = np.repeat(["a", "b", "c", "d", "e_1"], [40, 20, 3, 2, 1])

    @pytest.fixture
    def compare(self, estimator):
        class OftenRare(type(estimator)):
            def predict_proba(self, X):
                rng = np.random.default_rng(self.random_state)
                return rng.dirichlet(np.ones(len(self.classes_)), len(X))

        def run(y=self.Y, **arguments):
            settings = {"strategies": {"plain": {}, "twin": {}}, "verbose": 0}
            settings |= {"reference": "plain", "n_repeats": 3, **arguments}
            X = np.zeros((len(y), 1))
            with pytest.warns(UserWarning, match="Too small to be tested") as caught:
                comparison = compare_strategies(OftenRare(random_state=0), X, y, **settings)
            assert len(caught) == 1
            return comparison

        return run

    def test_it_is_in_no_score_and_every_score_has_a_value(self, compare):
        comparison = compare()
        assert comparison.tested_classes_.tolist() == ["a", "b", "c"]
        assert comparison.results_["value"].notna().all()
        run = comparison.predictions_[0]
        assert set(run.y_pred) - set("abc"), "some images are taken for a class too small to test"
        expected = f1_score(run.y_true, run.y_pred, labels=["a", "b", "c"], average="macro")
        values = comparison.results_.query("metric == 'f1_macro'")["value"]
        assert values.iloc[0] == pytest.approx(expected)

    def test_it_is_named_at_once_with_its_size(self, estimator):
        with pytest.warns(UserWarning, match=r"'d' \(rows: 2\), 'e_1' \(rows: 1\). A class needs"):
            compare_strategies(
                estimator,
                np.zeros((66, 1)),
                self.Y,
                strategies={"plain": {}},
                reference="plain",
                n_repeats=1,
                verbose=0,
            )

    def test_tables_and_notes_of_tests_name_it(self, compare):
        comparison = compare()
        note = "Classes d and e_1 are too small for a test part: they are in training only, and"
        assert all(note in noted for noted in comparison.tests()["note"])
        assert comparison.to_markdown().splitlines()[-1].startswith(note)
        assert note in comparison._repr_html_()
        assert r"Classes d and e\_1 are too small" in comparison.to_latex()

    def test_one_class_is_named_in_the_singular(self, compare):
        note = compare(np.repeat(["a", "b", "c"], [20, 10, 2])).tests()["note"][0]
        assert "Class c is too small for a test part: it is in training only, and" in note

    def test_scores_measured_later_leave_it_out_as_well(self, compare):
        comparison = compare(scoring="accuracy")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            later = comparison.score(["recall_macro", "roc_auc_ovo", "neg_log_loss"])
        assert later["value"].notna().all()

    def test_pictures_leave_it_out(self, compare):
        comparison = compare()
        titles = [ax.get_title() for ax in RocCurvePanel.from_comparison(comparison).axes_]
        assert titles == ["Class a", "Class b", "Class c"]
        panel = ConfusionMatrixPanel.from_comparison(comparison)
        assert np.isnan(panel.matrices["plain"]).all(axis=1).tolist() == [False] * 3 + [True] * 2
        texts = [text.get_text() for text in panel.axes_[0].texts if text.get_visible()]
        assert len(texts) == 3 * 5

    def test_the_digits_of_the_package_are_compared_by_default(self, estimator):
        _, y = load_imbalanced_digits(return_X_y=True)
        comparison = compare_strategies(
            estimator, np.zeros(len(y)), y, strategies={"plain": {}}, reference="plain", verbose=0
        )
        assert comparison.tested_classes_.tolist() == comparison.classes_.tolist() == [3, 5, 8, 9]
        counts = np.unique(comparison.predictions_[0].y_true, return_counts=True)[1]
        assert counts.tolist() == [12, 5, 1, 2]


def test_an_error_counts_the_other_way_round(comparison):
    means = comparison.summary()["brier_score", "mean"]
    tests = comparison.tests("brier_score")
    assert tests["mean_difference"][0] == pytest.approx(means["shifted"] - means["plain"])


def test_one_repeat_is_too_few_for_a_test_and_it_says_so(compare):
    tests = compare(n_repeats=1).tests("accuracy")
    assert tests["verdict"][0] == "1 run: a paired test needs at least 2."
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
