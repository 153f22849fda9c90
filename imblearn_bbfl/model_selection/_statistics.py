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
    "n_test_parts",
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
_FOR_VERDICTS = ["n_nonzero", "lowest", "highest"]


def compare_with_reference(
    scores,
    reference,
    *,
    test_parts=None,
    test_train_ratio=0.0,
    significance=0.05,
    greater_is_better=True,
    metric="the metric",
):
    r"""Test whether a method differs from each other one, on the runs that both have.

    Runs with the same test part are averaged first: another seed on the same images says something
    about training, and nothing about other images, so only test parts that differ count as
    observations. Where there is one test part in all, no test is made, and the verdict says how
    far the difference varies from run to run.

    The verdicts follow the corrected resampled t-test: with :math:`n` differences of mean
    :math:`\bar d` and variance :math:`s^2`,

    .. math:: t = \frac{\bar d}{\sqrt{(1/n + n_\text{test}/n_\text{train}) \, s^2}}

    has :math:`n - 1` degrees of freedom. The plain test, of the variance :math:`s^2 / n`, takes the
    differences for independent. Where training rows are shared, they are not: they move together,
    :math:`s^2` does not see it, and the plain t-test and Wilcoxon's are too sure.

    Parameters
    ----------
    scores : DataFrame of shape (n_runs, n_methods)
        A row for each run, in which all methods had the same rows and seed; a column for each
        method. NaN where a method has no value.
    reference : str
        The column that the others are compared with.
    test_parts : array-like of shape (n_runs,), default=None
        A number or name for the test part of each run, the same for runs that were tested on the
        same rows. ``None`` means that each run has a test part of its own.
    test_train_ratio : float, default=0.0
        Number of test rows divided by the number of training rows; 0 for runs without common
        training rows, which leaves the plain t-test. Larger is more cautious.
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

        - `method`; `n_runs`, the number of runs that both methods have; and `n_test_parts`, the
          number of different test parts among them, which is the number of observations below;
        - `mean_difference`, positive where the reference is better, and `ci_low` and `ci_high`, its
          95 % confidence interval by the corrected variance, for this one comparison;
        - `t_pvalue` and `t_bonferroni`, the paired t-test of the paper;
        - `corrected_t_pvalue` and `corrected_t_holm`, the corrected resampled t-test;
        - `wilcoxon_pvalue` and `wilcoxon_holm`, Wilcoxon's signed-rank test, without differences
          of zero; exact for few differences, as :func:`scipy.stats.wilcoxon` chooses;
        - `effect_size`, the mean difference in standard deviations of the differences, with Hedges'
          correction: without it five differences exaggerate by a quarter. It needs three;
        - `verdict`, a sentence: the mean difference and its interval are those of the columns, so
          they are negative where the reference is behind;
        - `note`, what else there is to know of the test, or nothing.

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
    parts = np.asarray(range(len(scores)) if test_parts is None else test_parts)
    rows = []
    for method in scores.columns.drop(reference):
        difference = sign * (scores[reference] - scores[method])
        of_runs, parts_of_runs = difference.dropna(), parts[difference.notna()]
        # Rounded, so that differences that are equal stay equal in floating point.
        of_parts = of_runs.groupby(parts_of_runs).mean().round(12).to_numpy()
        rows.append(
            {
                "method": method,
                **_describe(of_runs.round(12).to_numpy(), of_parts),
                **_test(of_parts, test_train_ratio),
            }
        )
    tests = _adjust(pd.DataFrame(rows, columns=[*_COLUMNS, *_FOR_VERDICTS]))
    terms = _Terms(
        reference,
        metric,
        significance,
        n_runs=len(scores),
        n_test_parts=len(np.unique(parts)),
        n_tests=int(tests["corrected_t_pvalue"].count()),
        p_name="corrected p" if test_train_ratio else "p",
    )
    judged = [_judge(test, tests, terms) for test in tests.itertuples()]
    tests["verdict"] = [verdict for verdict, _ in judged]
    tests["note"] = [note for _, note in judged]
    return tests.drop(columns=_FOR_VERDICTS)


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


def _describe(of_runs, of_parts):
    """Return what needs no assumption about how the differences are spread."""
    nonzero = of_parts[of_parts != 0]
    is_testable = len(of_parts) > 1 and len(nonzero) > 0
    return {
        "n_runs": len(of_runs),
        "n_test_parts": len(of_parts),
        "mean_difference": of_parts.mean() if len(of_parts) else np.nan,
        "wilcoxon_pvalue": stats.wilcoxon(nonzero).pvalue if is_testable else np.nan,
        "n_nonzero": len(nonzero),
        "lowest": of_runs.min(initial=np.inf),
        "highest": of_runs.max(initial=-np.inf),
    }


def _test(difference, test_train_ratio):
    """Return the two t-tests, interval and effect size; nothing where there is no spread."""
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
    tests = tests.astype(dict.fromkeys(_COLUMNS[3:], "float64"))
    tests["t_bonferroni"] = adjust_bonferroni(tests["t_pvalue"].to_numpy())
    tests["corrected_t_holm"] = adjust_holm(tests["corrected_t_pvalue"].to_numpy())
    tests["wilcoxon_holm"] = adjust_holm(tests["wilcoxon_pvalue"].to_numpy())
    return tests.astype(dict.fromkeys(_COLUMNS[3:], "Float64"))


@dataclass(frozen=True)
class _Terms:
    """What the verdicts on all methods have in common."""

    reference: str
    metric: str
    significance: float
    n_runs: int
    n_test_parts: int
    n_tests: int
    p_name: str


def _judge(test, tests, terms):
    """Say in words what a row of the table means: the verdict, and a note."""
    if terms.n_runs < 2:
        return (
            f"{_count_runs(test, terms)}: a paired test needs at least 2.",
            "Use n_repeats >= 2, with splits that differ.",
        )
    if test.n_runs < 2 or test.n_test_parts < min(2, terms.n_test_parts):
        return _judge_too_few(test, terms)
    if terms.n_test_parts == 1:
        return _judge_one_test_part(test, terms)
    if pd.isna(test.corrected_t_pvalue):
        return _judge_without_spread(test, terms)
    return _judge_by_t(test, terms), _warn_of_wilcoxon(test, tests, terms)


def _judge_too_few(test, terms):
    on_one = ", all with one test part," if test.n_runs > 1 else ""
    needed = "2" if terms.n_test_parts in (1, terms.n_runs) else "2 test parts"
    return (
        f"{_count_runs(test, terms)}{on_one} gave {terms.metric} of both {terms.reference} and "
        f"{test.method}: a paired test needs at least {needed}.",
        f"In the others a run failed (see `failures_`) or {terms.metric} had no value.",
    )


def _judge_one_test_part(test, terms):
    """Say what runs on one test part show: how much training varies."""
    runs = _count_runs(test, terms)
    if test.lowest == test.highest == 0:
        both = f"{terms.reference} and {test.method}"
        verdict = f"{both} have the same {terms.metric} in each of {runs}."
    else:
        leads = "leads" if test.mean_difference >= 0 else "trails"
        verdict = (
            f"{terms.reference} {leads} {test.method} in {terms.metric}, untested: "
            f"{test.mean_difference:+#.3g} ({test.lowest:#.3g} to {test.highest:#.3g} in single "
            f"runs; {runs})."
        )
    return verdict, (
        "All runs share one test part, so they show how much training varies, and nothing about "
        "other images: no test was made. To test the difference, use splits that differ, such as "
        "cv=5 or cv=None."
    )


def _judge_without_spread(test, terms):
    each = f"in each of {_count_runs(test, terms)}"
    if _is_averaged(test):
        runs = _count_runs(test, terms)
        each = f"on each of {test.n_test_parts} test parts, averaged over {runs}"
    if test.mean_difference == 0:
        both = f"{terms.reference} and {test.method}"
        return f"{both} have the same {terms.metric} {each}.", "There is no difference to test."
    return (
        f"{_compare(test, terms)}: {test.mean_difference:+#.3g} {each}.",
        "Without any spread there is no t-test. Use more runs, on splits that differ.",
    )


def _judge_by_t(test, terms):
    if test.corrected_t_holm < terms.significance:
        found = _compare(test, terms)
    else:
        both = f"{terms.reference} and {test.method}"
        found = f"No difference between {both} in {terms.metric} can be shown"
    return f"{found}: {test.mean_difference:+#.3g} ({_tell_evidence(test, terms)})."


def _tell_evidence(test, terms):
    """Return the numbers of a verdict, from the side of the reference as in the columns."""
    p = test.corrected_t_holm
    return (
        f"95 % CI {test.ci_low:#.3g} to {test.ci_high:#.3g}; {terms.p_name} "
        + ("< 0.001" if p < 0.001 else f"= {p:#.3g}")
        + (f", Holm over {terms.n_tests} tests" if terms.n_tests > 1 else "")
        + f"; {_count_runs(test, terms)}"
        + (f" on {test.n_test_parts} test parts" if _is_averaged(test) else "")
    )


def _warn_of_wilcoxon(test, tests, terms):
    """Say where Wilcoxon's test cannot reach the level: k values have 2**k patterns of signs."""
    is_rival = tests["wilcoxon_pvalue"].notna() & (tests["n_nonzero"] <= test.n_nonzero)
    floor = min(1, is_rival.sum() * 2.0 ** (1 - test.n_nonzero))
    if floor < terms.significance:
        return ""
    unit = "test part" if _is_averaged(test) else "run"
    values = f"{test.n_nonzero} {unit}" + ("" if test.n_nonzero == 1 else "s")
    does = "does" if test.n_nonzero == 1 else "do"
    untied = f" that {does} not tie" if test.n_nonzero < test.n_test_parts else ""
    return (
        f"With {values}{untied} Wilcoxon's test cannot go below p = {floor:#.3g}"
        f"{' after Holm' if terms.n_tests > 1 else ''}, so it confirms nothing at "
        f"{terms.significance:g}."
    )


def _compare(test, terms):
    better = "better" if test.mean_difference > 0 else "worse"
    return f"{terms.reference} is {better} than {test.method} in {terms.metric}"


def _count_runs(test, terms):
    if test.n_runs < terms.n_runs:
        return f"{test.n_runs} of {terms.n_runs} runs"
    return "1 run" if terms.n_runs == 1 else f"{terms.n_runs} runs"


def _is_averaged(test):
    return test.n_runs > test.n_test_parts
