"""Paired tests of one method against the others."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import gammaln

_CONFIDENCE = 0.95
_COLUMNS = [
    "method",
    "n_runs",
    "mean_difference",
    "ci_low",
    "ci_high",
    "t_pvalue",
    "t_bonferroni",
    "corrected_t_pvalue",
    "corrected_t_holm",
    "wilcoxon_pvalue",
    "wilcoxon_holm",
    "effect_size",
]


def compare_with_reference(
    scores,
    reference,
    *,
    test_train_ratio=0.0,
    significance=0.05,
    greater_is_better=True,
    metric="the metric",
):
    r"""Test whether a method differs from each other one, on the runs that both have.

    The verdicts follow the corrected resampled t-test: with :math:`n` differences of mean
    :math:`\bar d` and variance :math:`s^2`,

    .. math:: t = \frac{\bar d}{\sqrt{(1/n + n_\text{test}/n_\text{train}) \, s^2}}

    has :math:`n - 1` degrees of freedom. The plain test, of the variance :math:`s^2 / n`, takes the
    runs for independent. Runs that share training rows are not: their differences move together,
    :math:`s^2` does not see it, and the plain t-test and Wilcoxon's are too sure.

    Parameters
    ----------
    scores : DataFrame of shape (n_runs, n_methods)
        A row for each run, in which all methods had the same rows and seed; a column for each
        method. NaN where a method has no value.
    reference : str
        The column that the others are compared with.
    test_train_ratio : float, default=0.0
        Number of test rows by that of training rows; 0 for runs without common training rows,
        which leaves the plain t-test. Larger is more cautious.
    significance : float in (0, 1), default=0.05
        Level that the verdicts hold the corrected p-value after Holm's method against: the chance
        of at least one false claim among all tests. The paper's is 0.01.
    greater_is_better : bool, default=True
        False for errors and losses.
    metric : str, default="the metric"
        What the verdicts call the score.

    Returns
    -------
    tests : DataFrame
        A row for each other method. What cannot be computed is ``pandas.NA``, and `verdict` says
        why. Columns:

        - `method`, and `n_runs`, the runs that both methods have;
        - `mean_difference`, positive where the reference is better, and `ci_low` and `ci_high`, its
          95 % confidence interval by the corrected variance, for this one comparison;
        - `t_pvalue` and `t_bonferroni`, the paired t-test of the paper;
        - `corrected_t_pvalue` and `corrected_t_holm`, the corrected resampled t-test;
        - `wilcoxon_pvalue` and `wilcoxon_holm`, Wilcoxon's signed-rank test, without the runs that
          tie; exact for few runs, as :func:`scipy.stats.wilcoxon` chooses;
        - `effect_size`, the mean difference in standard deviations of the differences, with Hedges'
          correction: without it five runs exaggerate by a quarter. It needs three runs;
        - `verdict`, a sentence or two.

    Raises
    ------
    ValueError
        If `significance` is not between 0 and 1.

    References
    ----------
    Nadeau and Bengio 2003, "Inference for the generalization error", Machine Learning 52:239-281.
    Holm 1979, "A simple sequentially rejective multiple test procedure", Scand. J. Statistics 6.
    Hedges 1981, "Distribution theory for Glass's estimator of effect size", J. Educ. Statistics 6.
    """
    if not 0 < significance < 1:
        raise ValueError(
            f"significance={significance} must be between 0 and 1. Use 0.05, or 0.01 as the paper."
        )
    sign = 1 if greater_is_better else -1
    rows = []
    for method in scores.columns.drop(reference):
        # Rounded, so that differences that are equal stay equal in floating point.
        difference = (sign * (scores[reference] - scores[method])).dropna().round(12).to_numpy()
        rows.append(
            {"method": method, **_describe(difference), **_test(difference, test_train_ratio)}
        )
    tests = _adjust(pd.DataFrame(rows, columns=[*_COLUMNS, "n_nonzero"]))
    terms = _Terms(
        reference,
        metric,
        significance,
        n_runs=len(scores),
        n_tests=int(tests["corrected_t_pvalue"].count()),
        p_name="corrected p" if test_train_ratio else "p",
    )
    tests["verdict"] = [_judge(test, tests, terms) for test in tests.itertuples()]
    return tests.drop(columns="n_nonzero")


def adjust_bonferroni(pvalues):
    """Multiply p-values, an array with NaN for tests that were not made, by their number."""
    return np.minimum(1, pvalues * np.isfinite(pvalues).sum())


def adjust_holm(pvalues):
    """Multiply the smallest of m p-values by m, the next by m - 1, and so on; let none decrease.

    Holds the chance of any false claim as Bonferroni's factor m does, and misses less. NaN stands
    for tests that were not made.
    """
    order = np.argsort(pvalues)[: np.isfinite(pvalues).sum()]  # NaN are last
    adjusted = np.full(len(pvalues), np.nan)
    factors = np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(pvalues[order] * factors))
    return adjusted


def _describe(difference):
    """Return what needs no assumption of how the differences are spread."""
    nonzero = difference[difference != 0]
    is_testable = len(difference) > 1 and len(nonzero) > 0
    return {
        "n_runs": len(difference),
        "n_nonzero": len(nonzero),
        "mean_difference": difference.mean() if len(difference) else np.nan,
        "wilcoxon_pvalue": stats.wilcoxon(nonzero).pvalue if is_testable else np.nan,
    }


def _test(difference, test_train_ratio):
    """Return the two t-tests, interval and effect size; nothing for runs without spread."""
    if len(np.unique(difference)) < 2:
        return {}
    n, mean, sd = len(difference), difference.mean(), difference.std(ddof=1)
    plain = stats.t(n - 1, scale=sd * np.sqrt(1 / n))
    corrected = stats.t(n - 1, scale=sd * np.sqrt(1 / n + test_train_ratio))
    low, high = corrected.interval(_CONFIDENCE)
    return {
        "ci_low": mean + low,
        "ci_high": mean + high,
        "t_pvalue": 2 * plain.sf(abs(mean)),
        "corrected_t_pvalue": 2 * corrected.sf(abs(mean)),
        "effect_size": mean / sd * _hedges_factor(n - 1) if n > 2 else np.nan,
    }


def _hedges_factor(df):
    """Return what makes the effect size of a sample with `df` degrees of freedom unbiased."""
    return np.exp(gammaln(df / 2) - gammaln((df - 1) / 2)) / np.sqrt(df / 2)


def _adjust(tests):
    """Fill in the p-values for several tests, and mark what is missing as such."""
    tests = tests.astype(dict.fromkeys(_COLUMNS[2:], "float64"))
    tests["t_bonferroni"] = adjust_bonferroni(tests["t_pvalue"].to_numpy())
    tests["corrected_t_holm"] = adjust_holm(tests["corrected_t_pvalue"].to_numpy())
    tests["wilcoxon_holm"] = adjust_holm(tests["wilcoxon_pvalue"].to_numpy())
    return tests.astype(dict.fromkeys(_COLUMNS[2:], "Float64"))


@dataclass(frozen=True)
class _Terms:
    """What the verdicts on all methods have in common."""

    reference: str
    metric: str
    significance: float
    n_runs: int
    n_tests: int
    p_name: str


def _judge(test, tests, terms):
    """Say in words what a row of the table means."""
    if terms.n_runs < 2:
        return f"{_count_runs(test, terms)}: a paired test needs at least 2. Use n_repeats >= 2."
    if test.n_runs < 2:
        return (
            f"{_count_runs(test, terms)} gave {terms.metric} of both {terms.reference} and "
            f"{test.method}: a paired test needs at least 2. In the others a run failed (see "
            f"`failures_`) or {terms.metric} had no value."
        )
    if pd.isna(test.corrected_t_pvalue):
        return _judge_without_spread(test, terms)
    return _judge_by_t(test, terms) + _warn_of_wilcoxon(test, tests, terms)


def _judge_without_spread(test, terms):
    runs = _count_runs(test, terms)
    if test.mean_difference == 0:
        return (
            f"{terms.reference} and {test.method} have the same {terms.metric} in each of {runs}: "
            "there is no difference to test."
        )
    return (
        f"{_compare(test, terms)} in each of {runs}: without any spread there is no t-test. Use "
        "more runs, on splits that differ."
    )


def _judge_by_t(test, terms):
    evidence = _tell_evidence(test, terms)
    if test.corrected_t_holm < terms.significance:
        return f"{_compare(test, terms)} ({evidence})."
    leads = "leads" if test.mean_difference >= 0 else "trails"
    return (
        f"No difference between {terms.reference} and {test.method} in {terms.metric} can be told "
        f"apart from chance: {terms.reference} {leads} by {abs(test.mean_difference):#.3g} "
        f"({evidence})."
    )


def _tell_evidence(test, terms):
    """Return the numbers of a verdict, from the side of the method that is ahead."""
    low, high = test.ci_low, test.ci_high
    if test.mean_difference < 0:
        low, high = -high, -low
    p = test.corrected_t_holm
    return (
        f"{_count_runs(test, terms)}; 95 % CI {low:#.3g} to {high:#.3g}; {terms.p_name} "
        + ("< 0.001" if p < 0.001 else f"= {p:#.3g}")
        + (f", Holm over {terms.n_tests} tests" if terms.n_tests > 1 else "")
    )


def _warn_of_wilcoxon(test, tests, terms):
    """Say where Wilcoxon's test cannot reach the level: k runs have only 2**k patterns of signs."""
    is_rival = tests["wilcoxon_pvalue"].notna() & (tests["n_nonzero"] <= test.n_nonzero)
    floor = min(1, is_rival.sum() * 2.0 ** (1 - test.n_nonzero))
    if floor < terms.significance:
        return ""
    runs = f"{test.n_nonzero} run" + ("" if test.n_nonzero == 1 else "s")
    untied = " that do not tie" if test.n_nonzero < test.n_runs else ""
    return (
        f" With {runs}{untied} Wilcoxon's test cannot go below p = {floor:#.3g}"
        f"{' after Holm' if terms.n_tests > 1 else ''}, so it confirms nothing at "
        f"{terms.significance:g}."
    )


def _compare(test, terms):
    return (
        f"{terms.reference} is {'better' if test.mean_difference > 0 else 'worse'} than "
        f"{test.method} by {abs(test.mean_difference):#.3g} in {terms.metric}"
    )


def _count_runs(test, terms):
    if test.n_runs < terms.n_runs:
        return f"{test.n_runs} of {terms.n_runs} runs"
    return "1 run" if terms.n_runs == 1 else f"{terms.n_runs} runs"
