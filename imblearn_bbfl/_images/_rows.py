"""Rows of whatever X is: arrays, tables, lists of images or paths."""

import numpy as np

from imblearn_bbfl._images._streams import check_has_rows


def count_rows(X):
    """Return the number of rows of X, or raise TypeError if it is a stream of batches."""
    check_has_rows(X)
    return X.shape[0] if hasattr(X, "shape") else len(X)


def take_rows(X, rows):
    """Return some rows of X, of the same kind as X.

    Parameters
    ----------
    X : array, DataFrame, Series, sparse matrix or sequence
        Rows in memory.
    rows : ndarray of int
        Row numbers.
    """
    if hasattr(X, "iloc"):
        return X.iloc[rows]
    if hasattr(X, "tocsr"):
        return X.tocsr()[rows]
    if hasattr(X, "shape"):
        return np.asarray(X)[rows]
    return [X[row] for row in rows]
