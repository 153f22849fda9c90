"""Matplotlib, which is an extra."""

from imblearn_bbfl._extras import check_extra


def check_matplotlib(caller) -> None:
    """Raise ImportError, with the remedy, if Matplotlib is not installed.

    Parameters
    ----------
    caller : str
        Who needs it.
    """
    check_extra(caller, ["matplotlib"], "plot")
