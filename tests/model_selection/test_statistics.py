import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from imblearn_bbfl.model_selection._statistics import (
    adjust_bonferroni,
    adjust_holm,
    compare_with_reference,
)

BBFL = np.array([0.80, 0.82, 0.79, 0.84, 0.81])
# Five differences of mean 0.02 and standard deviation 0.01.
DIFFERENCE = 0.02 + 0.01 * np.array([-1, 1, -1, 1, 0])
SCORES = pd.DataFrame({"bbfl": BBFL, "ros": BBFL - DIFFERENCE})


@pytest.fixture(autouse=True)
def _warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def make_null_scores(n_runs, n_methods, rho):
    """Draw scores without a true difference; those of a method are correlated by `rho`."""
    rng = np.random.default_rng(0)
    shared, own = rng.normal(size=(1, n_methods)), rng.normal(size=(n_runs, n_methods))
    scores = pd.DataFrame(np.sqrt(rho) * shared + np.sqrt(1 - rho) * own).add_prefix("method")
    return scores.assign(bbfl=0.0)


def compare(scores=SCORES, **settings):
    """Return the only row."""
    (row,) = compare_with_reference(scores, "bbfl", **settings).itertuples()
    return row


def test_each_method_but_the_reference_has_a_row_in_the_order_of_the_scores():
    scores = pd.DataFrame(np.eye(4), columns=["ros", "bbfl", "baseline", "rus"])
    assert compare_with_reference(scores, "bbfl")["method"].tolist() == ["ros", "baseline", "rus"]


def test_a_reference_alone_has_no_row_but_all_columns():
    alone = compare_with_reference(SCORES[["bbfl"]], "bbfl")
    assert len(alone) == 0
    assert alone.columns.equals(compare_with_reference(SCORES, "bbfl").columns)


def test_the_difference_is_positive_where_the_reference_is_better():
    assert compare().mean_difference == pytest.approx(0.02)
    assert compare(1 - SCORES, greater_is_better=False).mean_difference == pytest.approx(0.02)


def test_all_numbers_of_the_table_may_be_missing():
    tests = compare_with_reference(SCORES, "bbfl")
    numbers = tests.columns.drop(["method", "n_runs", "n_test_parts", "verdict", "note"])
    assert set(tests[numbers].dtypes.astype(str)) == {"Float64"}


def test_the_plain_t_test_is_that_of_scipy():
    expected = stats.ttest_rel(SCORES["bbfl"], SCORES["ros"]).pvalue
    assert compare(test_train_ratio=0.3).t_pvalue == pytest.approx(expected, rel=1e-9)


def test_the_corrected_t_test_has_the_value_computed_by_hand():
    # Variance factor 1/5 + 1/8 = 0.325. With 4 degrees of freedom Student's t has a closed form in
    # the sine of arctan(t / 2).
    t = 0.02 / (0.01 * 0.325**0.5)
    sine = t / (4 + t**2) ** 0.5
    by_hand = 1 - 1.5 * (sine - sine**3 / 3)
    assert compare(test_train_ratio=1 / 8).corrected_t_pvalue == pytest.approx(by_hand, rel=1e-9)


def test_without_overlap_the_corrected_t_test_is_the_plain_one():
    row = compare()
    assert row.corrected_t_pvalue == row.t_pvalue


def test_the_interval_has_the_value_computed_by_hand():
    # 2.776445 is the 97.5 % point of Student's t with 4 degrees of freedom.
    half = 2.776445 * 0.01 * (1 / 5 + 1 / 8) ** 0.5
    row = compare(test_train_ratio=1 / 8)
    assert [row.ci_low, row.ci_high] == pytest.approx([0.02 - half, 0.02 + half], rel=1e-6)


def test_the_interval_ends_at_zero_where_p_is_5_percent():
    t = stats.t.ppf(0.975, 4)
    row = compare(test_train_ratio=(0.02 / 0.01 / t) ** 2 - 1 / 5)
    assert row.corrected_t_pvalue == pytest.approx(0.05)
    assert row.ci_low == pytest.approx(0, abs=1e-12)


def test_wilcoxon_is_exact_for_few_runs():
    # All five differences are positive: 1 of 32 patterns of signs, and its opposite.
    scores = SCORES.assign(ros=BBFL - [0.01, 0.02, 0.03, 0.04, 0.05])
    assert compare(scores).wilcoxon_pvalue == pytest.approx(2 / 32)


def test_wilcoxon_is_exact_in_spite_of_ties_and_zeros():
    # One zero is left out; the others are equal up to floating point.
    assert compare(SCORES.assign(ros=BBFL - 0.1 * (np.arange(5) > 0))).wilcoxon_pvalue == 2 / 16


def test_bonferroni_multiplies_by_the_number_of_tests():
    adjusted = adjust_bonferroni(np.array([0.01, 0.4, np.nan, 0.02]))
    np.testing.assert_allclose(adjusted, [0.03, 1, np.nan, 0.06])


def test_holm_has_the_values_computed_by_hand():
    # In order 0.01 * 4, 0.02 * 3, 0.021 * 2 = 0.042, which may not be below 0.06, and 0.9 * 1.
    adjusted = adjust_holm(np.array([0.9, 0.02, np.nan, 0.01, 0.021]))
    np.testing.assert_allclose(adjusted, [0.9, 0.06, np.nan, 0.04, 0.06])


def test_holm_stays_below_1_and_takes_no_tests():
    assert adjust_holm(np.array([0.6, 0.5])).tolist() == [1, 1]
    assert adjust_holm(np.array([0.9, 0.8, 0.7])).tolist() == [1, 1, 1]
    assert np.isnan(adjust_holm(np.array([np.nan]))).all()


def test_each_adjusted_column_follows_its_own_p_values():
    tests = compare_with_reference(make_null_scores(6, 4, 0), "bbfl", test_train_ratio=0.1)
    for plain, adjusted, adjust in [
        ("t_pvalue", "t_bonferroni", adjust_bonferroni),
        ("corrected_t_pvalue", "corrected_t_holm", adjust_holm),
        ("wilcoxon_pvalue", "wilcoxon_holm", adjust_holm),
    ]:
        expected = adjust(tests[plain].to_numpy(dtype=float))
        np.testing.assert_allclose(tests[adjusted].to_numpy(dtype=float), expected)


def test_the_effect_size_is_cohens_with_hedges_factor():
    # The exact factor for 4 degrees of freedom: gamma(2) / (gamma(1.5) * sqrt(2)) = sqrt(2 / pi).
    assert compare().effect_size == pytest.approx(2 * (2 / np.pi) ** 0.5)


@pytest.mark.slow
def test_the_effect_size_is_unbiased():
    scores = 0.7 + make_null_scores(5, 200, 0)
    effects = compare_with_reference(scores.assign(bbfl=1.7), "bbfl")["effect_size"]
    assert effects.mean() == pytest.approx(1, abs=0.15)


@pytest.mark.slow
def test_without_a_difference_the_t_test_rejects_in_5_percent():
    pvalues = compare_with_reference(make_null_scores(8, 300, 0), "bbfl")["t_pvalue"]
    assert 0.03 < (pvalues < 0.05).mean() < 0.07


@pytest.mark.slow
def test_where_runs_overlap_only_the_corrected_t_test_rejects_in_5_percent():
    # Nadeau and Bengio's assumption: a correlation of n_test / (n_test + n_train).
    scores = make_null_scores(8, 300, rho=0.2)
    tests = compare_with_reference(scores, "bbfl", test_train_ratio=0.25)
    assert 0.03 < (tests["corrected_t_pvalue"] < 0.05).mean() < 0.07
    assert (tests["t_pvalue"] < 0.05).mean() > 0.15


def test_a_verdict_for_the_reference_has_the_numbers():
    scores = pd.concat([SCORES.assign(rus=BBFL - DIFFERENCE[::-1])] * 2)
    tests = compare_with_reference(scores, "bbfl", test_train_ratio=0.125, metric="f1_macro")
    assert tests["verdict"][0] == (
        "bbfl is better than ros in f1_macro: +0.0200 (95 % CI 0.00988 to 0.0301; "
        "corrected p = 0.00310, Holm over 2 tests; 10 runs)."
    )


def test_a_verdict_against_the_reference_has_the_interval_of_the_columns():
    scores = pd.concat([SCORES] * 2)
    row = compare(scores, greater_is_better=False, metric="brier_score")
    assert row.verdict == (
        "bbfl is worse than ros in brier_score: -0.0200 (95 % CI -0.0267 to -0.0133; p < 0.001; "
        "10 runs)."
    )
    assert (row.ci_low, row.ci_high) == pytest.approx((-0.0267, -0.0133), abs=1e-4)


def test_a_verdict_of_no_difference_says_who_leads_by_its_sign():
    assert compare(test_train_ratio=2, metric="f1").verdict == (
        "No difference between bbfl and ros in f1 can be shown: +0.0200 (95 % CI -0.0212 to "
        "0.0612; corrected p = 0.249; 5 runs)."
    )
    assert ": -0.0200 (95 % CI -0.0612 to 0.0212;" in compare(-SCORES, test_train_ratio=2).verdict


@pytest.mark.parametrize("test_parts", [None, [0] * 5, [0, 0, 1, 1, 1]])
def test_a_verdict_fits_a_line(test_parts):
    long = SCORES.rename(columns={"bbfl": "balanced_batch", "ros": "class_balanced_focal"})
    tests = compare_with_reference(
        long, "balanced_batch", test_parts=test_parts, test_train_ratio=0.1, metric="f1_macro"
    )
    assert len(tests["verdict"][0]) <= 160
    assert tests["verdict"][0].count(". ") == 0


def test_the_verdict_follows_the_corrected_p_after_holm():
    # Either p-value is below the level; doubled, it is not.
    scores = SCORES.assign(rus=SCORES["ros"])
    alone = compare(test_train_ratio=0.125)
    level = 1.5 * alone.corrected_t_pvalue
    together = compare_with_reference(scores, "bbfl", test_train_ratio=0.125, significance=level)
    assert compare(test_train_ratio=0.125, significance=level).verdict.startswith("bbfl is better")
    assert together["verdict"].str.startswith("No difference").all()


def test_too_few_runs_for_wilcoxon_are_said():
    assert compare().note == (
        "With 5 runs Wilcoxon's test cannot go below p = 0.0625, so it confirms nothing at 0.05."
    )


def test_enough_runs_for_wilcoxon_are_passed_over():
    assert compare(pd.concat([SCORES, SCORES[:1]])).note == ""
    assert "Wilcoxon" in compare(pd.concat([SCORES, SCORES[:1]]), significance=0.01).note


def test_what_wilcoxon_cannot_go_below_counts_no_run_that_ties():
    scores = pd.concat([SCORES, SCORES])
    scores["ros"] = scores["bbfl"].to_numpy() - 0.1 * np.repeat([1, 0], [3, 7])
    assert compare(scores).wilcoxon_pvalue == 2 / 8
    assert compare(scores).note == (
        "With 3 runs that do not tie Wilcoxon's test cannot go below p = 0.250, so it confirms "
        "nothing at 0.05."
    )


def test_what_wilcoxon_cannot_go_below_counts_the_tests_of_holm():
    scores = pd.concat([SCORES.assign(rus=BBFL - DIFFERENCE[::-1])] * 2)[:6]
    tests = compare_with_reference(scores, "bbfl")
    assert "cannot go below p = 0.0625 after Holm" in tests["note"][0]
    assert (tests["wilcoxon_holm"] >= 2 * 2 / 2**6).all()


def test_what_wilcoxon_cannot_go_below_counts_no_test_that_may_have_smaller_p_values():
    scores = SCORES.assign(rus=SCORES["ros"].where(np.arange(5) < 3))
    tests = compare_with_reference(scores, "bbfl")
    assert "With 5 runs Wilcoxon's test cannot go below p = 0.125 " in tests["note"][0]
    assert "With 3 runs Wilcoxon's test cannot go below p = 0.250 " in tests["note"][1]


def test_one_run_is_said_not_nan():
    row = compare(SCORES[:1])
    assert row.verdict == "1 run: a paired test needs at least 2."
    assert row.note == "Use n_repeats >= 2, with splits that differ."
    assert row.t_pvalue is row.corrected_t_holm is row.wilcoxon_pvalue is row.ci_low is pd.NA


def test_two_runs_have_tests_but_no_effect_size():
    row = compare(SCORES[:2])
    assert row.t_pvalue == pytest.approx(stats.ttest_rel(*SCORES[:2].to_numpy().T).pvalue)
    assert row.wilcoxon_pvalue == 0.5  # both signs are alike in two of four patterns
    assert row.effect_size is pd.NA
    assert row.verdict.startswith("No difference between bbfl and ros in the metric can be shown")


def test_three_runs_have_an_effect_size():
    difference = DIFFERENCE[[0, 1, 4]]
    cohens = difference.mean() / difference.std(ddof=1)
    hedges = 1 / np.sqrt(np.pi)  # of two degrees of freedom: gamma(1) / gamma(1 / 2)
    assert compare(SCORES.iloc[[0, 1, 4]]).effect_size == pytest.approx(cohens * hedges)


def test_two_runs_on_one_of_the_test_parts_are_too_few():
    row = compare(
        SCORES.assign(ros=SCORES["ros"].where(np.arange(5) < 2)), test_parts=PARTS[:5] > 1
    )
    assert row.verdict == (
        "2 of 5 runs, all with one test part, gave the metric of both bbfl and ros: a paired test "
        "needs at least 2 test parts."
    )


def test_one_run_on_the_only_test_part_is_too_few():
    scores = SCORES.assign(ros=SCORES["ros"].where(np.arange(5) < 1))
    assert compare(scores, test_parts=[0] * 5).verdict.endswith("a paired test needs at least 2.")


def test_two_runs_on_two_of_the_test_parts_are_tested():
    scores = SCORES.assign(ros=SCORES["ros"].where(np.arange(5) < 2))
    assert "can be shown" in compare(scores).verdict
    parts = [0, 1, 2, 2, 2]
    assert "; 2 of 5 runs)" in compare(scores, test_parts=parts).verdict


def test_one_difference_that_does_not_tie_is_one_run():
    row = compare(SCORES.assign(ros=BBFL - [0.1, 0, 0, 0, 0]))
    assert row.wilcoxon_pvalue == 1
    assert row.note.startswith("With 1 run that does not tie Wilcoxon's test cannot go below p = ")


def test_what_wilcoxon_cannot_go_below_is_no_more_than_1():
    tests = {name: BBFL - [0.1, 0, 0, 0, 0] for name in ("ros", "rus", "smote")}
    table = compare_with_reference(SCORES[["bbfl"]].assign(**tests), "bbfl")
    assert table["note"].str.contains("cannot go below p = 1.00 after Holm").all()


def test_methods_are_paired_on_the_runs_that_both_have():
    holes = SCORES.mask([[False, False], [True, False], [False, True], [False] * 2, [False] * 2])
    whole = compare(SCORES.iloc[[0, 3, 4]], test_train_ratio=0.1)
    row = compare(holes, test_train_ratio=0.1)
    assert row[2:-2] == whole[2:-2]
    assert "; 3 of 5 runs)" in row.verdict


@pytest.mark.parametrize("n_runs", [0, 1])
def test_a_method_that_failed_in_too_many_runs_is_said(n_runs):
    row = compare(SCORES.assign(ros=SCORES["ros"].where(np.arange(5) < n_runs)), metric="f1")
    assert row.verdict == (
        f"{n_runs} of 5 runs gave f1 of both bbfl and ros: a paired test needs at least 2."
    )
    assert row.note == "In the others a run failed (see `failures_`) or f1 had no value."
    assert row.n_runs == n_runs


def test_a_failed_method_leaves_the_others_as_they_are():
    with_failed = compare_with_reference(SCORES.assign(rus=np.nan), "bbfl")
    pd.testing.assert_frame_equal(with_failed[:1], compare_with_reference(SCORES, "bbfl"))


def test_equal_scores_are_said():
    row = compare(SCORES.assign(ros=BBFL), metric="accuracy")
    assert row.verdict == "bbfl and ros have the same accuracy in each of 5 runs."
    assert row.note == "There is no difference to test."
    assert row.mean_difference == 0
    assert row.t_pvalue is row.wilcoxon_holm is row.ci_high is row.effect_size is pd.NA


def test_differences_without_spread_are_said():
    scores = SCORES.assign(ros=BBFL - 0.3)
    assert (scores["bbfl"] - scores["ros"]).nunique() > 1, "equal up to floating point only"
    row = compare(scores, metric="accuracy")
    assert row.verdict == "bbfl is better than ros in accuracy: +0.300 in each of 5 runs."
    assert row.note.startswith("Without any spread there is no t-test. Use more runs")
    assert row.corrected_t_pvalue is pd.NA


# Five test parts of three runs each, whose mean differences are those of SCORES.
REPEATED = pd.concat([SCORES + shift for shift in (-0.1, 0, 0.1)], ignore_index=True)
REPEATED["ros"] += np.repeat([0.005, -0.01, 0.005], 5)
PARTS = np.tile(np.arange(5), 3)


def test_runs_on_one_test_part_count_as_one_observation():
    once, repeated = compare(), compare(REPEATED, test_parts=PARTS)
    assert (repeated.n_runs, repeated.n_test_parts) == (15, 5)
    assert repeated[4:-2] == pytest.approx(once[4:-2])


@pytest.mark.slow
def test_other_seeds_on_the_same_images_are_no_evidence():
    rng = np.random.default_rng(0)
    of_part, of_run = rng.normal(size=(1, 5, 150)), 0.3 * rng.normal(size=(4, 5, 150))
    scores = pd.DataFrame((of_part + of_run).reshape(20, 150)).add_prefix("m").assign(bbfl=0.0)
    tests = compare_with_reference(scores, "bbfl", test_parts=np.tile(np.arange(5), 4))
    assert 0.02 < (tests["t_pvalue"] < 0.05).mean() < 0.09
    assert (compare_with_reference(scores, "bbfl")["t_pvalue"] < 0.05).mean() > 0.2


def test_a_verdict_on_averaged_runs_says_so():
    row = compare(REPEATED, test_parts=PARTS, metric="f1")
    assert row.verdict.startswith("bbfl is better than ros in f1: +0.0200 (95 % CI ")
    assert row.verdict.endswith("; 15 runs on 5 test parts).")
    assert "With 5 test parts Wilcoxon's test cannot go below p = 0.0625" in row.note


def test_one_test_part_has_no_test_but_a_spread_over_runs():
    row = compare(test_parts=[0] * 5, metric="f1")
    assert row.verdict == (
        "bbfl leads ros in f1, untested: +0.0200 (0.0100 to 0.0300 in single runs; 5 runs)."
    )
    assert row.note == (
        "All runs share one test part, so they show how much training varies, and nothing about "
        "other images: no test was made. To test the difference, use splits that differ, such as "
        "cv=5 or cv=None."
    )
    assert row.mean_difference == pytest.approx(0.02)
    assert row.t_pvalue is row.corrected_t_holm is row.wilcoxon_pvalue is row.ci_low is pd.NA
    assert row.effect_size is pd.NA


def test_differences_that_cancel_out_on_one_test_part_put_the_reference_ahead():
    scores = SCORES[:2].assign(ros=BBFL[:2] + np.array([0.1, -0.1]))
    verdict = compare(scores, test_parts=[0, 0], metric="f1").verdict
    assert verdict.startswith("bbfl leads ros in f1, untested: +0.00 (-0.100 to 0.100 in")


def test_means_of_test_parts_that_are_all_alike_are_said():
    repeated = REPEATED.assign(ros=REPEATED["bbfl"] - np.repeat([0.1, 0.2, 0.3], 5))
    verdict = compare(repeated, test_parts=PARTS, metric="f1").verdict
    told = "on each of 5 test parts, averaged over 15 runs"
    assert verdict == f"bbfl is better than ros in f1: +0.200 {told}."


def test_one_test_part_tells_the_spread_from_the_side_of_the_reference():
    verdict = compare(-SCORES, test_parts=[0] * 5, metric="f1").verdict
    assert verdict.startswith("bbfl trails ros in f1, untested: -0.0200 (-0.0300 to -0.0100 in")


def test_equal_scores_on_one_test_part_are_said():
    row = compare(SCORES.assign(ros=BBFL), test_parts=[0] * 5, metric="f1")
    assert row.verdict == "bbfl and ros have the same f1 in each of 5 runs."
    assert row.note.startswith("All runs share one")


def test_a_test_part_counts_where_one_of_its_runs_has_both_methods():
    holes = REPEATED.assign(ros=REPEATED["ros"].where(np.arange(15) >= 5))
    row = compare(holes, test_parts=PARTS)
    whole = compare(REPEATED[5:], test_parts=PARTS[5:])
    assert row[2:-2] == whole[2:-2]
    assert "; 10 of 15 runs on 5 test parts)" in row.verdict


def test_a_method_that_has_runs_on_one_of_the_test_parts_only_is_said():
    holes = REPEATED.assign(ros=REPEATED["ros"].where(PARTS == 0))
    assert compare(holes, test_parts=PARTS, metric="f1").verdict == (
        "3 of 15 runs, all with one test part, gave f1 of both bbfl and ros: a paired test needs "
        "at least 2 test parts."
    )


@pytest.mark.parametrize("significance", [0, 1, 5, float("nan")])
def test_a_significance_that_is_no_level_is_refused(significance):
    with pytest.raises(ValueError, match=r"significance=.* must be between 0 and 1. Use 0.05"):
        compare(significance=significance)
