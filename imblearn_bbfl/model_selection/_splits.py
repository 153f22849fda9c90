"""Which rows each run trains and tests on: the same for all methods, and checked at once."""

from copy import copy
from typing import NamedTuple

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold, StratifiedShuffleSplit, check_cv
from sklearn.utils import check_random_state

from imblearn_bbfl.classifier._validation_part import draw_best


class Split(NamedTuple):
    """The rows of one run, and the seed that all methods get in it."""

    repeat: int
    split: int
    train: np.ndarray  # row numbers
    test: np.ndarray  # row numbers
    seed: int


class TenthHeldOut:
    """One stratified tenth of the rows for testing; whole groups, where there are groups.

    Parameters
    ----------
    random_state : int, default=None
        Picks the rows.
    """

    def __init__(self, random_state=None):
        self.random_state = random_state

    def split(self, X, y, groups=None):
        """Yield training and test rows, once."""
        if groups is None:
            splitter = StratifiedShuffleSplit(1, test_size=0.1, random_state=self.random_state)
            yield from splitter.split(y, y)
            return
        rng = check_random_state(self.random_state)
        splitter = StratifiedGroupKFold(10, shuffle=True, random_state=rng)
        folds = list(splitter.split(y, y, groups))
        yield draw_best(folds, lambda fold: min(len(np.unique(y[part])) for part in fold), rng)


def make_splits(cv, y, groups, n_repeats, seed):
    """Draw the rows of all runs.

    Parameters
    ----------
    cv : None, int, splitter or iterable
        ``None`` is `TenthHeldOut`.
    y : ndarray of shape (n_samples,)
        Labels.
    groups : ndarray of shape (n_samples,) or None
        Rows of one group may not be on both sides.
    n_repeats : int
        How often `cv` is gone through. A splitter that shuffles with ``random_state=None`` draws
        anew each time; with any other the rows are the same and only the seeds differ.
    seed : int
        Seeds splits and runs.

    Returns
    -------
    splits : list of Split
        Repeat by repeat.

    Raises
    ------
    ValueError
        If a part lacks a class, or a group is in both parts.
    """
    cv = TenthHeldOut() if cv is None else check_cv(cv, y, classifier=True)
    splits = []
    for repeat in range(n_repeats):
        drawn = _seed_splitter(cv, _draw_seed(seed, repeat)).split(np.zeros(len(y)), y, groups)
        for number, parts in enumerate(drawn):
            train, test = (_number_rows(part, len(y)) for part in parts)
            _check_classes(y, train, test, repeat, number)
            _check_groups(groups, train, test, repeat, number)
            splits.append(Split(repeat, number, train, test, _draw_seed(seed, repeat, number)))
    return splits


def measure_overlap(splits):
    """Return the ratio of test to training rows, or 0 where no two runs share training rows.

    It is what the corrected resampled t-test needs to know.
    """
    seen = set()
    for split in splits:
        rows = set(split.train.tolist())
        if seen & rows:
            return float(np.mean([len(split.test) / len(split.train) for split in splits]))
        seen |= rows
    return 0.0


def _seed_splitter(cv, seed):
    """Return the splitter for one repeat."""
    shuffles = getattr(cv, "shuffle", True)
    if not shuffles or getattr(cv, "random_state", 0) is not None:
        return cv
    cv = copy(cv)
    cv.random_state = seed
    return cv


def _number_rows(part, n_rows):
    """Return row numbers for an array, or list, of row numbers or of a boolean for each row."""
    return np.arange(n_rows)[part if isinstance(part, np.ndarray) else list(part)]


def _draw_seed(*key):
    return int(np.random.SeedSequence(key).generate_state(1)[0] % 2**31)


def _check_classes(y, train, test, repeat, number):
    for name, rows in (("training", train), ("test", test)):
        missing = np.setdiff1d(y, y[rows])
        if len(missing):
            raise ValueError(
                f"The {name} part of split {number} of repeat {repeat} has no row of class "
                f"{missing.tolist()}, but each part must hold each class. Use a stratified "
                "splitter of fewer splits, such as cv=3, or more rows of that class."
            )


def _check_groups(groups, train, test, repeat, number):
    if groups is None:
        return
    shared = np.intersect1d(groups[train], groups[test])
    if len(shared):
        raise ValueError(
            f"Group {shared[0]!r} is in the training and in the test part of split {number} of "
            f"repeat {repeat} ({len(shared)} groups are). Use a splitter that keeps groups "
            "together, such as StratifiedGroupKFold, or cv=None."
        )
