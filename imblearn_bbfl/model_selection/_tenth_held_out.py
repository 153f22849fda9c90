"""The default split of a comparison: a tenth for testing, with each class that can be tested."""

import warnings

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.utils import check_random_state

_N_PARTS = 3  # training, validation and testing: a class needs a row, or group, for each
_N_TRIES = 20


class TenthHeldOut:
    """About a tenth of each class for testing; whole groups, where there are groups.

    A class needs three rows, or three groups: one for training, one for validation and one for
    testing. Each class that has them is tested, however rare it is. The others stay in training,
    with all groups that hold one of them.

    Parameters
    ----------
    random_state : int, default=None
        Picks the rows.
    """

    def __init__(self, random_state=None):
        self.random_state = random_state

    def split(self, X, y, groups=None):
        """Yield training and test rows, once."""
        rng = check_random_state(self.random_state)
        is_tested = _pick_rows(y, rng) if groups is None else _pick_groups(y, groups, rng)
        yield np.flatnonzero(~is_tested), np.flatnonzero(is_tested)


def _pick_rows(y, rng):
    """Return which rows are tested: a tenth of each class that is large enough, at least one."""
    is_tested = np.zeros(len(y), dtype=bool)
    labels, counts = np.unique(y, return_counts=True)
    _check_tested(labels, counts >= _N_PARTS, "rows")
    for label, count in zip(labels, counts, strict=True):
        if count >= _N_PARTS:
            n_tested = max(1, round(count / 10))
            is_tested[rng.permutation(np.flatnonzero(y == label))[:n_tested]] = True
    return is_tested


def _pick_groups(y, groups, rng):
    """Return which rows are tested: about a tenth, in whole groups, with each class that can be.

    A fold of scikit-learn's is where it starts; a random group of each class that the fold lacks
    comes in addition.
    """
    labels, codes = np.unique(y, return_inverse=True)
    group_of_row = np.unique(groups, return_inverse=True)[1]
    counts = np.zeros((group_of_row.max() + 1, len(labels)), dtype=int)
    np.add.at(counts, (group_of_row, codes), 1)
    is_small = (counts > 0).sum(axis=0) < _N_PARTS
    is_free = counts[:, is_small].sum(axis=1) == 0  # may be tested
    is_tested = counts[is_free].sum(axis=0) > 0
    _check_tested(labels, is_tested, "groups")
    for _ in range(_N_TRIES):
        chosen = _draw_fold(codes, group_of_row, is_free, is_tested, rng)
        for label in np.argsort((counts > 0).sum(axis=0), kind="stable"):
            if is_tested[label] and not counts[chosen, label].any():
                _add_group(chosen, counts, label, is_free, rng)
        is_in_test, is_in_training = (counts[part].any(axis=0) for part in (chosen, ~chosen))
        if is_in_test[is_tested].all() and is_in_training.all():
            return chosen[group_of_row]
    raise ValueError(
        "cv=None found no test part of whole groups that holds each class and leaves each class in "
        "training: too few groups have to serve too many classes. Pass a splitter as `cv`, such as "
        "StratifiedGroupKFold(3, shuffle=True)."
    )


def _draw_fold(codes, group_of_row, is_free, is_tested, rng):
    """Return which groups one of ten folds holds: one with as many of the classes as any."""
    rows = np.flatnonzero(is_free[group_of_row])
    n_groups, largest_class = is_free.sum(), np.bincount(codes[rows]).max()
    n_splits = min(10, n_groups, largest_class)
    chosen = np.zeros(len(is_free), dtype=bool)
    if n_splits < 2:
        return chosen
    splitter = StratifiedGroupKFold(n_splits, shuffle=True, random_state=rng)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The least populated class")
        folds = splitter.split(rows, codes[rows], group_of_row[rows])
        tests = [np.isin(group_of_row, group_of_row[rows[test]]) for _, test in folds]

    def count_classes(is_test):
        is_whole = len(np.unique(codes[~is_test])) == len(is_tested)
        return len(np.unique(codes[is_test])) if is_whole else -1

    chosen[group_of_row[_draw_best(tests, count_classes, rng)]] = True
    return chosen


def _draw_best(folds, rate, rng):
    """Draw one of the folds that `rate` rates highest; the first has the largest group, always."""
    ratings = np.array([rate(fold) for fold in folds])
    return folds[rng.choice(np.flatnonzero(ratings == ratings.max()))]


def _add_group(chosen, counts, label, is_free, rng):
    """Choose a group of a class more, if one can go and leaves each class in training.

    The group that has most of a class stays in training, if it has more than half.
    """
    rest = counts[~chosen].sum(axis=0)
    can_go = is_free & ~chosen & (counts[:, label] > 0) & (rest > counts).all(axis=1)
    is_light = can_go & (2 * counts[:, label] <= counts[:, label].sum())
    candidates = np.flatnonzero(is_light if is_light.any() else can_go)
    if len(candidates):
        chosen[rng.choice(candidates)] = True


def _check_tested(labels, is_tested, unit):
    if is_tested.sum() >= 2:
        return
    raise ValueError(
        f"cv=None can test {labels[is_tested].tolist()} of the classes {labels.tolist()} only: a "
        f"class needs {_N_PARTS} {unit}, one each for training, validation and testing, and a "
        f"comparison two classes that are tested. Use more {unit}, or pass `cv`, such as cv=2."
    )
