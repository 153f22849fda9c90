"""Which rows each run trains and tests on: the same for all methods, and checked at once."""

from copy import copy
from numbers import Integral
from typing import NamedTuple

import numpy as np
import sklearn
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, check_cv
from sklearn.utils.fixes import parse_version

from imblearn_bbfl.model_selection._tenth_held_out import TenthHeldOut


class Split(NamedTuple):
    """The rows of one run, and the seed that all methods get in it."""

    repeat: int
    split: int
    train: np.ndarray  # row numbers
    test: np.ndarray  # row numbers
    seed: int


def make_splits(cv, y, groups, n_repeats, seed, kept=None):
    """Draw the rows of all runs, or take those that a checkpoint has.

    Parameters
    ----------
    cv : None, int, splitter or iterable
        ``None`` is `TenthHeldOut`, a number that many stratified folds, of whole groups where there
        are groups.
    y : ndarray of shape (n_samples,)
        Labels.
    groups : ndarray of shape (n_samples,) or None
        Rows of one group may not be on both sides.
    n_repeats : int
        How often `cv` is gone through. ``None``, a number, and a splitter that shuffles with
        ``random_state=None`` draw anew each time; with any other the rows are the same and only the
        seeds differ.
    seed : int
        Seeds splits and runs.
    kept : KeptSplits, default=None
        Where rows are read that were drawn before.

    Returns
    -------
    splits : list of Split
        Repeat by repeat.

    Raises
    ------
    ValueError
        If a part lacks a class, but for those too small for `TenthHeldOut`, or a group is in both
        parts.
    """
    splitter = _make_splitter(cv, y, groups)
    splits = []
    for repeat in range(n_repeats):
        pairs = None if kept is None else kept.read(repeat)
        if pairs is None:
            seeded = _seed_splitter(splitter, _draw_seed(seed, repeat))
            pairs = seeded.split(np.zeros(len(y)), y, groups)
        for number, parts in enumerate(pairs):
            train, test = (_number_rows(part, len(y)) for part in parts)
            if cv is not None:
                _check_classes(y, train, test, repeat, number, has_groups=groups is not None)
            _check_groups(groups, train, test, repeat, number)
            splits.append(Split(repeat, number, train, test, _draw_seed(seed, repeat, number)))
    return splits


def list_untested(splits, y):
    """Return the labels that are in no test part, as an array."""
    return np.setdiff1d(y, np.concatenate([y[split.test] for split in splits]))


def number_test_parts(splits):
    """Return a number for each split, the same for splits that test the same rows."""
    numbers = {}
    return [numbers.setdefault(np.sort(split.test).tobytes(), len(numbers)) for split in splits]


def drop_repeats(splits):
    """Return the splits without those that have the rows of an earlier one and another seed."""
    different = {}
    for split in splits:
        rows = (np.sort(split.train).tobytes(), np.sort(split.test).tobytes())
        different.setdefault(rows, split)
    return list(different.values())


def measure_overlap(splits):
    """Return the ratio of test to training rows, or 0 where no two splits share training rows.

    It is what the corrected resampled t-test needs to know.
    """
    seen = set()
    for split in splits:
        rows = set(split.train.tolist())
        if seen & rows:
            return float(np.mean([len(split.test) / len(split.train) for split in splits]))
        seen |= rows
    return 0.0


def _make_splitter(cv, y, groups):
    if cv is None:
        return TenthHeldOut()
    if isinstance(cv, Integral):
        kind = StratifiedKFold if groups is None else StratifiedGroupKFold
        return kind(cv, shuffle=True)
    return check_cv(cv, y, classifier=True)


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


def _draw_seed(seed, *key):
    # A key of its own, not more numbers after the seed: (seed, 1) and (seed, 1, 0) are the same.
    sequence = np.random.SeedSequence(seed, spawn_key=key)
    return int(sequence.generate_state(1)[0] % 2**31)


def _check_classes(y, train, test, repeat, number, *, has_groups):
    has_old_folds = has_groups and parse_version(sklearn.__version__) < parse_version("1.8")
    of_groups = (
        f" In scikit-learn {sklearn.__version__}, StratifiedGroupKFold does not stratify when it "
        "shuffles, as it does for a number: update it to 1.8 or later, or pass "
        "cv=StratifiedGroupKFold(3), which does not shuffle."
    )
    for name, rows in (("training", train), ("test", test)):
        missing = np.setdiff1d(y, y[rows])
        if len(missing):
            raise ValueError(
                f"The {name} part of split {number} of repeat {repeat} has no row of class "
                f"{missing.tolist()}, but each part must hold each class. Use a stratified "
                "splitter of fewer splits, such as cv=3, more rows of that class, or cv=None, "
                "which tests each class of three rows or more and leaves smaller ones in training."
                f"{of_groups if has_old_folds else ''}"
            )


def _check_groups(groups, train, test, repeat, number):
    if groups is None:
        return
    shared = np.intersect1d(groups[train], groups[test])
    if len(shared):
        raise ValueError(
            f"Group {shared[0]!r} is in the training and in the test part of split {number} of "
            f"repeat {repeat} ({len(shared)} in all). Use a splitter that keeps groups "
            "together, such as StratifiedGroupKFold, or cv=5, or cv=None."
        )
