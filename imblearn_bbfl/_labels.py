"""Labels as users have them: one for each row, and all of one kind."""

import numpy as np
import pandas as pd

_MAX_LISTED = 10


def check_labels(y, name="y"):
    """Raise ValueError if a label is missing, or if some are text and others are not.

    Asked before NumPy makes an array of them, for that turns ``["a", nan]`` into ``["a", "nan"]``
    and ``["12", 12]`` into twice the same text.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Labels.
    name : str, default="y"
        What they are called in an error.
    """
    dtype = getattr(y, "dtype", None)
    if isinstance(dtype, np.dtype) and dtype.kind in "iubUS":
        return
    values = np.asarray(y, dtype=object)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        return  # which is said elsewhere
    missing = np.flatnonzero(pd.isna(values))
    if len(missing):
        raise ValueError(
            f"{name} is missing (NaN or None) in {len(missing)} of {len(values)} rows (counted "
            f"from 0: {_list(missing)}). Label these rows, or leave them out of X and {name}."
        )
    is_text = np.array([isinstance(value, (str, bytes)) for value in values], dtype=bool)
    if is_text.any() and not is_text.all():
        text, other = values[is_text.argmax()], values[is_text.argmin()]
        raise ValueError(
            f"{name} must not mix text and other labels, but row {is_text.argmax()} has {text!r} "
            f"and row {is_text.argmin()} has {other!r}. Make them all text, as in "
            f"[str(label) for label in {name}]."
        )


def _list(rows):
    more = ", ..." if len(rows) > _MAX_LISTED else ""
    return f"{', '.join(map(str, rows[:_MAX_LISTED].tolist()))}{more}"
