"""Which rows are held out of training."""

import warnings

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from imblearn_bbfl._names import list_labels
from imblearn_bbfl._warnings import warn_user

__all__ = ["split_folds", "split_rows"]


def __dir__():
    return __all__


_N_FOLDS = 5
_N_STARTS = 10  # of more, the best is hardly better, and it is more often the same


def split_rows(codes, groups, fraction, rng, purpose="validation", classes=None):
    """Split row numbers into a training part and one that is held out, class by class.

    Each class keeps a row in training, or a whole group where there are groups. So a class that
    has no more than that is not validated, nor is one of which `fraction` is less than half a row.
    With groups, the shares are as close to `fraction` as whole groups allow, and each class that
    can be validated is.

    Parameters
    ----------
    codes : ndarray of shape (n_samples,)
        Class number of each row.
    groups : ndarray of shape (n_samples,) or None
        Rows of one group stay together.
    fraction : float in (0, 1)
        Share of the rows to hold out.
    rng : RandomState
        Picks them.
    purpose : {"validation", "decision"}, default="validation"
        What they are held out for, which the warning says.
    classes : array-like of shape (n_classes,), default=None
        The labels, which the warning names. ``None`` names the class numbers.

    Returns
    -------
    train, held_out : ndarray of int
        Sorted row numbers. `held_out` is empty where no row can be held out.

    Warns
    -----
    UserWarning
        If no row of a class is held out, or none of any.
    """
    present, codes = np.unique(codes, return_inverse=True)
    if groups is None:
        is_held_out = _pick_rows(codes, fraction, rng)
    else:
        groups = np.unique(groups, return_inverse=True)[1]
        is_held_out = _pick_groups(codes, groups, fraction, rng)[groups]
    names = present if classes is None else np.asarray(classes)[present]
    _warn_of_small_classes(codes, groups, is_held_out, fraction, purpose, names)
    return np.flatnonzero(~is_held_out), np.flatnonzero(is_held_out)


def split_folds(codes, groups, rng, classes=None):
    """Split row numbers into folds, class by class, to train on all but one of them in turn.

    Each class keeps a row in training, or a whole group where there are groups. So a class that has
    no more than that is in no fold.

    Parameters
    ----------
    codes : ndarray of shape (n_samples,)
        Class number of each row.
    groups : ndarray of shape (n_samples,) or None
        Rows of one group stay together.
    rng : RandomState
        Shuffles rows or groups.
    classes : array-like of shape (n_classes,), default=None
        As in `split_rows`.

    Returns
    -------
    folds : list of tuple (train, test)
        Sorted row numbers of each; five folds, or as many as there are rows or groups of a class.
        Empty where there would be less than two.

    Warns
    -----
    UserWarning
        If a class is in no fold.
    """
    present, codes = np.unique(codes, return_inverse=True)
    units = np.arange(len(codes)) if groups is None else np.unique(groups, return_inverse=True)[1]
    pairs = np.unique(np.stack([codes, units]), axis=1)
    n_folds = min(_N_FOLDS, np.bincount(pairs[0]).max())
    if n_folds < 2:
        return []
    kind = StratifiedKFold if groups is None else StratifiedGroupKFold
    splitter = kind(n_folds, shuffle=True, random_state=rng)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The least populated class")
        splits = [test for _, test in splitter.split(codes, codes, groups)]
    folds, is_tested = [], np.zeros(len(codes), dtype=bool)
    for test in splits:
        is_test = np.isin(np.arange(len(codes)), test)
        missing = np.setdiff1d(codes, codes[~is_test])
        is_test &= ~np.isin(units, units[np.isin(codes, missing)])  # these stay in training
        if is_test.any():
            folds.append((np.flatnonzero(~is_test), np.flatnonzero(is_test)))
            is_tested |= is_test
    names = present if classes is None else np.asarray(classes)[present]
    _warn_of_small_classes(codes, groups, is_tested, 1 / n_folds, "decision", names)
    return folds


def _pick_rows(codes, fraction, rng):
    """Say which rows to hold out: the same share of each class."""
    is_held_out = np.zeros(len(codes), dtype=bool)
    for code in range(codes.max() + 1):
        rows = rng.permutation(np.flatnonzero(codes == code))
        n_picked = min(int(np.round(fraction * len(rows))), len(rows) - 1)
        is_held_out[rows[:n_picked]] = True
    return is_held_out


def _pick_groups(codes, groups, fraction, rng):
    """Say which groups to hold out: the best of several random choices.

    scikit-learn's splitters do not do this job: StratifiedGroupKFold holds out one of k equal parts
    and never looks at what is left for training, GroupShuffleSplit does not look at the classes.
    """
    counts = np.zeros((groups.max() + 1, codes.max() + 1), dtype=int)  # rows by group and class
    np.add.at(counts, (groups, codes), 1)
    choices = [_choose_groups(counts, fraction, rng) for _ in range(_N_STARTS)]
    return min(choices, key=lambda chosen: _measure_misfit(counts[chosen].sum(0), counts, fraction))


def _choose_groups(counts, fraction, rng):
    """Move groups across, one at a time in random order, until no move brings a better fit."""
    is_chosen = np.zeros(len(counts), dtype=bool)
    held_out = np.zeros(counts.shape[1], dtype=int)  # rows of each class
    misfit = _measure_misfit(held_out, counts, fraction)
    improved = True
    while improved:
        improved = False
        for group in rng.permutation(len(counts)):
            moved = held_out + (-1 if is_chosen[group] else 1) * counts[group]
            moved_misfit = _measure_misfit(moved, counts, fraction)
            if moved_misfit < misfit:
                is_chosen[group] ^= True
                held_out, misfit, improved = moved, moved_misfit, True
    return is_chosen


def _measure_misfit(held_out, counts, fraction):
    """Return how far the held-out shares of the classes are from `fraction`, in total.

    A class that is not validated adds 1, so that it is if it can be; one without training rows is
    out of the question.
    """
    n_rows = counts.sum(axis=0)
    if (held_out == n_rows).any():
        return np.inf
    return np.abs(held_out / n_rows - fraction).sum() + (held_out == 0).sum()


def _warn_of_small_classes(codes, groups, is_held_out, fraction, purpose, names):
    """Warn of the classes of which no row is held out."""
    n_rows = np.bincount(codes)
    is_validated = np.bincount(codes, weights=is_held_out) > 0
    if is_validated.all():
        return
    most = f"at most {_count(n_rows[~is_validated].max(), 'row')}"
    if groups is not None:
        n_groups = [len(np.unique(groups[codes == code])) for code in np.flatnonzero(~is_validated)]
        most += f" and {_count(max(n_groups), 'group')}"
    named = list_labels(names[~is_validated])
    if purpose == "decision":
        text = (
            f"{np.sum(~is_validated)} of {len(n_rows)} classes are too small for rows to be held "
            f"out from which temperature or thresholding learns ({most}), namely {named}: they "
            "stay in training, and what is learnt knows nothing of them. Use more rows, or "
            "temperature=None and a rule that needs none, such as 'prior'."
        )
    elif not is_validated.any():
        text = (
            f"validation_fraction={fraction} of {len(codes)} rows holds no row of any class "
            f"(each has {most}), so there is no validation part: all rows are trained on, for all "
            "epochs. Use a larger fraction, more rows, or validation_data. validation_fraction="
            "None trains in the same way without this warning."
        )
    else:
        text = (
            f"{np.sum(~is_validated)} of {len(n_rows)} classes are too small for "
            f"validation_fraction={fraction} ({most}), namely {named}: they stay in training and "
            "are not validated."
        )
    warn_user(text)


def _count(number, noun):
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
