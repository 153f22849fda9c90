"""How much of the rarest class each method finds, and what that costs."""

from dataclasses import dataclass

import numpy as np

from imblearn_bbfl.inspection._styles import group_runs
from imblearn_bbfl.metrics import paired_difference_interval, wilson_interval


@dataclass(frozen=True)
class Share:
    """A share with its 95 % interval; of nothing, it is None."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Found:
    """What a method does with the rare class, over all of its runs.

    Attributes
    ----------
    method : str
    recall : Share
        Of the cases of the class, those that it finds.
    precision : Share or None
        Of the cases that it takes for the class, those that are; None where it takes none for it.
    false_alarms : Share
        Of the cases of other classes, those that it takes for it.
    shares : dict of (row, patient) to float
        In which share of the runs each case of the class was found.
    """

    method: str
    recall: Share
    precision: Share | None
    false_alarms: Share
    shares: dict


def find_rare_class(comparison):
    """Return the class that an answer is about: the positive one, or the rarest that is tested."""
    if comparison.pos_label_ is not None:
        return comparison.pos_label_
    return min(comparison.tested_classes_.tolist(), key=comparison.class_counts_.get)


def measure_prevalence(comparison, label):
    """Return the share of a class among the test rows of all runs."""
    return float(np.mean(np.concatenate([run.y_true for run in comparison.predictions_]) == label))


def measure_rare_class(comparison, label):
    """Return a `Found` for each method, in their order; a method without runs is left out.

    Intervals count different cases, or different patients where there are groups: runs on the same
    cases add nothing to them.
    """
    runs = group_runs(comparison.predictions_)
    return [_measure(comparison, m, runs[m], label) for m in comparison.methods_ if m in runs]


def compare_shares(found, other):
    """Return the interval of the difference of the recalls of two methods, on what both were asked.

    Parameters
    ----------
    found, other : Found
        Of two methods.

    Returns
    -------
    low, high : float
        Of `found` less `other`.
    """
    common = [case for case in found.shares if case in other.shares]
    pairs = np.array([(found.shares[case], other.shares[case]) for case in common])
    n_patients = len({patient for _, patient in common})
    return paired_difference_interval(*pairs.T, n=n_patients)


def _measure(comparison, method, runs, label):
    rows = np.concatenate([run.rows for run in runs])
    is_rare = np.concatenate([run.y_true for run in runs]) == label
    is_called = np.concatenate([run.y_pred for run in runs]) == label
    patients = rows if comparison.groups_ is None else comparison.groups_[rows]
    shares = {}
    for row, patient, hit in zip(rows[is_rare], patients[is_rare], is_called[is_rare], strict=True):
        shares.setdefault((row, patient), []).append(hit)
    return Found(
        method,
        recall=_estimate(is_called[is_rare], rows[is_rare], patients[is_rare]),
        precision=_estimate(is_rare[is_called], rows[is_called], patients[is_called], rows),
        false_alarms=_estimate(is_called[~is_rare], rows[~is_rare], patients[~is_rare]),
        shares={case: float(np.mean(hits)) for case, hits in shares.items()},
    )


def _estimate(is_hit, rows, patients, all_rows=None):
    """Return the share of hits; its interval is that of as many different patients."""
    if len(is_hit) == 0:
        return None
    n = len(set(patients.tolist()))
    if all_rows is not None:  # which cases are called differs from run to run: count those of one
        n_repeats = len(all_rows) / len(np.unique(all_rows))
        n = min(n, len(is_hit) / n_repeats)
    share = float(np.mean(is_hit))
    return Share(share, *wilson_interval(share, n))


def compute_precision(found, prevalence):
    """Return the precision of a method where the class has another share among all cases.

    Recall and the rate of false alarms are taken to stay as they are (Bayes' theorem).

    Parameters
    ----------
    found : Found
        Of the method.
    prevalence : ndarray
        Shares of the class, in [0, 1].

    Returns
    -------
    precision : ndarray
        NaN where nothing is taken for the class.
    """
    hits = found.recall.value * prevalence
    called = hits + found.false_alarms.value * (1 - prevalence)
    return np.divide(hits, called, out=np.full_like(hits, np.nan), where=called > 0)
