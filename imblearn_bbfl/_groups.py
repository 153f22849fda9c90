"""Groups: which rows belong together."""

from collections import Counter

import numpy as np
import pandas as pd

from imblearn_bbfl._warnings import warn_user

_MOST_LISTED = 10
_NAMES_OF_NONE = {"", "<na>", "n/a", "na", "nan", "nat", "none", "null"}


def check_groups(groups, n_rows):
    """Check the group of each row.

    Parameters
    ----------
    groups : array-like of shape (n_rows,)
        Ids, such as those of patients: all text, or no text.
    n_rows : int
        How many there have to be.

    Returns
    -------
    groups : ndarray of shape (n_rows,), object
        The ids.

    Raises
    ------
    ValueError
        If there are not as many, if one is missing (NaN, None, NA or NaT), or if text and numbers
        are mixed.

    Warns
    -----
    UserWarning
        If text such as "nan" or "" is the group of several rows.
    """
    # Not `np.asarray` alone: it makes of ["p1", nan] the text "nan", and of [12, "12"] two texts.
    values = np.asarray(groups, dtype=object)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        raise ValueError(
            f"groups have the shape {values.shape}, but must be 1-D. Pass one id for each row."
        )
    if len(values) != n_rows:
        raise ValueError(
            f"X and groups have inconsistent numbers of samples: [{n_rows}, {len(values)}]. Pass "
            "one group for each row of X, in the order of X."
        )
    missing = np.flatnonzero(pd.isna(values))
    if len(missing):
        listed = ", ".join(map(str, missing[:_MOST_LISTED]))
        more = ", ..." if len(missing) > _MOST_LISTED else ""
        raise ValueError(
            f"groups are missing in {len(missing)} of {n_rows} rows (counted from 0: {listed}"
            f"{more}), and rows of one group can only be kept together if it is known. Give each "
            "of these rows an id of its own, or leave them out of X, y and groups."
        )
    check_same_kind(values)
    for group, count in count_names_of_none(values).items():
        warn_user(
            f"groups have {group!r} in {count} rows, which are taken for one group. If it stands "
            "for an unknown group, give each of these rows an id of its own, or leave them out.",
        )
    return values


def count_names_of_none(groups):
    """Count the rows of each group whose name says that there is none, such as "nan".

    Groups of a single row are left out, for they do no harm.
    """
    counts = Counter(group for group in groups if isinstance(group, str))
    return {
        group: count
        for group, count in counts.items()
        if count > 1 and group.strip().lower() in _NAMES_OF_NONE
    }


def check_same_kind(*parts):
    """Raise if some ids are text and others are not: 12 and "12" would be two groups."""
    kinds = {isinstance(group, str) for groups in parts for group in groups}
    if len(kinds) == 2:
        raise ValueError(
            "groups mix text and numbers, so that '12' and 12 would be two groups. Make them all "
            "text, as in [str(group) for group in groups]."
        )


def check_disjoint(groups, others):
    """Raise if a group of the training rows is in the validation data, too."""
    check_same_kind(groups, others)
    shared = sorted(set(groups) & set(others), key=str)
    if shared:
        raise ValueError(
            f"Group {shared[0]!r} is in X and in validation_data ({len(shared)} in all), so "
            "the scores of the validation data would flatter. Leave the rows of these groups out "
            "of one of the two."
        )
