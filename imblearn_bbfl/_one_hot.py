"""Labels in one-hot rows: one column for each class, and in each row a single 1."""

import numpy as np

from imblearn_bbfl._labels import check_labels
from imblearn_bbfl._warnings import warn_user

ONE_LABEL = "Pass one label per row."
_MAX_LISTED = 20


def as_labels(y, *, name="y", remedy=ONE_LABEL):
    """Return one label for each row: of one-hot rows, the name of the column that has the 1.

    Parameters
    ----------
    y : array-like, DataFrame or sparse matrix of shape (n_samples,) or (n_samples, n_columns)
        Labels, or one-hot rows: numbers or booleans.
    name : str, default="y"
        What `y` is called in an error.
    remedy : str
        What an error advises for rows that are not one-hot.

    Returns
    -------
    labels : array-like of shape (n_samples,)
        For several columns, their names in a DataFrame and their numbers elsewhere; anything else
        as it is.

    Raises
    ------
    ValueError
        If rows of several columns are not one-hot; if a label is missing, or some are text and
        others are not.
    """
    if not has_columns(y):
        check_labels(y, name)
        return y
    rows, columns = _as_array(y), _name_columns(y)
    is_one = rows == 1
    is_wrong = (is_one.sum(axis=1) != 1) | ~(is_one | (rows == 0)).all(axis=1)
    if is_wrong.any():
        first = np.flatnonzero(is_wrong)[0]
        raise ValueError(
            f"{name} of shape {rows.shape} is not one-hot: each row must hold a single 1 and else "
            f"0, but {is_wrong.sum()} of {len(rows)} rows do not. The first is row {first} "
            f"(counted from 0), which has {_describe(rows[first], columns)}. {remedy}"
        )
    return columns[is_one.argmax(axis=1)]


def has_columns(y):
    """Say whether there are several columns, so that rows must be one-hot."""
    try:
        shape = y.shape if hasattr(y, "shape") else np.asarray(y).shape
    except ValueError:  # rows of different length
        return False
    return len(shape) == 2 and shape[1] > 1


def warn_of_empty_columns(y, labels, name="y"):
    """Warn of columns of one-hot rows that have no 1, so that they are no class of `labels`."""
    if not has_columns(y):
        return
    empty = [column for column in _name_columns(y).tolist() if column not in set(labels)]
    if empty:
        more = f" and {len(empty) - _MAX_LISTED} more" if len(empty) > _MAX_LISTED else ""
        warn_user(
            f"{name} has no row with a 1 in the column {', '.join(map(str, empty[:_MAX_LISTED]))}"
            f"{more}. There is no such class then, and it is never predicted. Leave the column "
            "out, or add images of the class."
        )


def _as_array(y):
    if hasattr(y, "toarray"):
        return y.toarray()
    return np.asarray(y)


def _name_columns(y):
    """Return the names of columns, which are their numbers where they have none."""
    names = getattr(y, "columns", None)
    return np.arange(np.shape(y)[1]) if names is None else np.array(list(names))


def _describe(row, columns):
    """Say what a row holds that is no one-hot row."""
    others = [value for value in row.tolist() if value not in (0, 1)]
    if others:
        return f"{others[0]!r}"
    ones = [repr(column) for column in columns[row == 1].tolist()]
    if not ones:
        return "no 1"
    return f"{len(ones)} ones (columns {', '.join(ones[:_MAX_LISTED])})"
