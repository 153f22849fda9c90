"""Several images of one patient, eye or part: one answer for them together."""

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from imblearn_bbfl._groups import check_groups
from imblearn_bbfl.probabilities._posterior import normalize_log

METHODS = ("mean", "max")
"""What `combine_groups` knows."""


def combine_groups(
    proba: ArrayLike,
    groups: ArrayLike,
    *,
    method: Literal["mean", "max"] = "mean",
    column: int | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    r"""Combine the probabilities of all rows of a group, such as the photographs of a patient.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes)
        Probabilities of the rows, of any classifier.
    groups : array-like of shape (n_samples,)
        The group of each row: all text, or no text, and none missing.
    method : {"mean", "max"}, default="mean"
        ``"mean"`` takes the mean of the logarithms, for rows that show the same, each a little
        differently: :math:`p_k \propto (\prod_i p_{ik})^{1/n}`. ``"max"`` takes the largest
        probability, for rows of which a single one may show what counts.
    column : int, default=None
        With ``"max"``, the column of the class that counts: the row in which it is the most
        probable speaks for its group, as the worse of two eyes speaks for a patient. ``None`` takes
        the largest probability of each class, divided by their sum.

    Returns
    -------
    proba : ndarray of shape (n_groups, n_classes)
        Rows sum to 1.
    groups : ndarray of shape (n_groups,)
        The group of each row, sorted.

    Raises
    ------
    ValueError
        If `proba` holds anything but numbers from 0 to 1, a group is missing, there is not one for
        each row, `method` is not known, or `column` is not a column or is given with ``"mean"``.

    Examples
    --------
    Of two photographs of Ann one shows the disease, and both of Bob are doubtful:

    >>> import numpy as np
    >>> from imblearn_bbfl.probabilities import combine_groups
    >>> proba = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.6, 0.4]])
    >>> patients = ["Ann", "Ann", "Bob", "Bob"]
    >>> by_mean, names = combine_groups(proba, patients)
    >>> names.tolist(), by_mean.round(2).tolist()
    (['Ann', 'Bob'], [[0.6, 0.4], [0.6, 0.4]])
    >>> combine_groups(proba, patients, method="max", column=1)[0].tolist()
    [[0.2, 0.8], [0.6, 0.4]]

    For the labels, pass what this returns to the `decide` of a
    :class:`~imblearn_bbfl.BBFLClassifier`, or to the `predict` of a rule of
    :mod:`imblearn_bbfl.decisions`.
    """
    proba = np.asarray(proba, dtype=np.float64)
    if proba.ndim != 2 or not ((proba >= 0) & (proba <= 1 + 1e-6)).all():
        raise ValueError(
            f"proba of shape {proba.shape} must have a row for each image and a column for each "
            "class, of numbers from 0 to 1. Pass what predict_proba returns."
        )
    check_combination(method, column, proba.shape[1])
    codes, names = pd.factorize(check_groups(groups, len(proba)), sort=True)
    if method == "mean":
        log_proba = np.log(np.maximum(proba, np.finfo(np.float64).tiny))
        return np.exp(normalize_log(_apply(np.add, log_proba, codes) / _count(codes))), _name(names)
    if column is None:
        largest = _apply(np.maximum, proba, codes)
        return largest / largest.sum(axis=1, keepdims=True), _name(names)
    order = np.lexsort((-proba[:, column], codes))  # of each group, the row that speaks comes first
    first = np.searchsorted(codes[order], np.arange(len(names)))
    return proba[order[first]], _name(names)


def check_combination(method, column, n_classes):
    """Raise ValueError unless `combine_groups` takes these for so many classes.

    Parameters
    ----------
    method, column
        As in `combine_groups`.
    n_classes : int
        Number of columns.
    """
    if method not in METHODS:
        raise ValueError(f"method={method!r} is not known. Use one of {list(METHODS)}.")
    if column is None:
        return
    if method == "mean":
        raise ValueError(
            f"column={column!r} is for method='max'. A mean is over all columns: leave it out."
        )
    if column not in range(n_classes):
        raise ValueError(
            f"column={column!r} is not the number of a column, of which there are {n_classes}. Use "
            "list(classifier.classes_).index(label)."
        )


def _apply(function, values, codes):
    """Return the sum, or another accumulation, over the rows of each group."""
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    return function.reduceat(values[order], starts, axis=0)


def _count(codes):
    return np.bincount(codes)[:, np.newaxis]


def _name(names):
    """Return the groups with the dtype of their kind, as text or numbers."""
    return np.array(names.tolist())
