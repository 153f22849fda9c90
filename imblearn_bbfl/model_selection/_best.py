"""Which method to use: the simplest of those that cannot be told apart from the best."""

import inspect
import warnings

import numpy as np
import pandas as pd
from sklearn.utils import Bunch

from imblearn_bbfl.model_selection._methods import get_last_step
from imblearn_bbfl.model_selection._statistics import compare_with_reference
from imblearn_bbfl.strategies import STRATEGIES

_N_RESAMPLES = 100
_HALF_WIDTH = 1.96  # in standard deviations, of a 95 % interval


def count_settings(estimator, strategies):
    """Count, for each method, the settings in which it differs from training without a remedy.

    Parameters
    ----------
    estimator : estimator
        What the methods are settings of.
    strategies : dict of str to dict
        The settings of each method.

    Returns
    -------
    counts : dict of str to int
        A setting that ``STRATEGIES["baseline"]`` has is compared with it, any other with the
        default of the estimator.
    """
    parameters = inspect.signature(type(get_last_step(estimator)[1]).__init__).parameters
    plain = {name: parameter.default for name, parameter in parameters.items()}
    plain |= STRATEGIES["baseline"]
    return {
        method: sum(
            name not in plain or repr(value) != repr(plain[name])
            for name, value in strategies[method].items()
        )
        for method in strategies
    }


def choose_best(scores, n_settings, find_lows):
    """Return the simplest of the methods that cannot be told from the one with the best mean.

    Parameters
    ----------
    scores : DataFrame of shape (n_runs, n_methods)
        Of the main metric, larger is better, methods in the order in which they were given; NaN
        where a run failed. A method that lacks runs is not chosen unless all do.
    n_settings : dict of str to int
        As `count_settings` returns them. Of equals the first is chosen.
    find_lows : callable
        ``find_lows(best) -> Series``: for each other method the lower end of the interval of how
        far the one with the best mean is ahead.
    """
    counts = scores.notna().sum()
    means = scores.loc[:, counts == counts.max()].mean()
    best = means.idxmax()
    lows = find_lows(best)
    level = [name for name in means.index if name == best or lows.get(name, np.inf) <= 0]
    return min(level, key=lambda name: n_settings[name])


def find_lows_by_test(scores, best, test_parts, test_train_ratio):
    """Return the lower ends by the corrected t-test, over several test parts."""
    tests = compare_with_reference(
        scores, best, test_parts=test_parts, test_train_ratio=test_train_ratio
    ).set_index("method")
    # Without any spread there is no interval, and the difference is what it is.
    return tests["ci_low"].fillna(tests["mean_difference"]).astype(float)


def find_lows_by_bootstrap(runs, measure, scores, best, patients):
    """Return the lower ends on one test part, whose cases are drawn again and again.

    All methods are measured on the same draws, which take as many cases of each class as there
    are, or whole patients. The runs of a method are measured as one, which takes a fraction of the
    time and varies from draw to draw as their mean does.

    Parameters
    ----------
    runs : dict of str to list of Bunch
        The runs of each method, all on the same cases.
    measure : callable
        ``measure(run) -> float``, of which more is better.
    scores, best
        As in `choose_best`, and the column with the best mean.
    patients : ndarray of shape (n_cases,) or None
        What is drawn as a whole.
    """
    rng = np.random.default_rng(0)
    y = runs[best][0].y_true
    draws = [_draw(y, patients, rng) for _ in range(_N_RESAMPLES)]
    with warnings.catch_warnings():  # of draws that lack a class, which count for nothing
        warnings.simplefilter("ignore")
        drawn = pd.DataFrame(
            {method: [measure(_pool(own, rows)) for rows in draws] for method, own in runs.items()}
        )
    spread = drawn.drop(columns=best).rsub(drawn[best], axis=0).std()
    means = scores.mean()
    return means[best] - means.drop(best) - _HALF_WIDTH * spread


def _draw(y, patients, rng):
    """Return the numbers of the cases of one draw."""
    if patients is None:
        of_classes = [np.flatnonzero(y == label) for label in np.unique(y)]
        return np.concatenate([rng.choice(rows, len(rows)) for rows in of_classes])
    _, codes = np.unique(patients, return_inverse=True)
    members = np.split(np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes))[:-1])
    return np.concatenate([members[i] for i in rng.integers(len(members), size=len(members))])


def _pool(runs, rows):
    """Return the predictions of several runs for some cases as those of one."""
    names = ("y_true", "y_pred", "y_proba", "y_posterior")
    pooled = {name: np.concatenate([run[name][rows] for run in runs]) for name in names}
    return Bunch(**runs[0] | pooled)
