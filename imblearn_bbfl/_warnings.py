"""Warnings that point to the user's line, however deep in the package they are given."""

import sys
import warnings

# What stands between that line and this package, if anything does.
_PASSED_OVER = ("imblearn_bbfl", "contextlib", "imblearn", "joblib", "keras", "sklearn")


def warn_user(text, category=UserWarning):
    """Warn of something that the user's own code can change.

    Parameters
    ----------
    text : str
        What was found, and what to do about it.
    category : class, default=UserWarning
        Of the warning.

    Warns
    -----
    UserWarning
        Always, or one of the category. Its line is the innermost one that is not in this package,
        nor in one that calls it.
    """
    frame, level = sys._getframe(1), 2
    while frame is not None and _name_package(frame) in _PASSED_OVER:
        frame, level = frame.f_back, level + 1
    warnings.warn(text, category, stacklevel=level)


def _name_package(frame):
    return frame.f_globals.get("__name__", "").partition(".")[0]
