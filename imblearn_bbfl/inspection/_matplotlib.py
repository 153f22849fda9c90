"""Matplotlib, which is an extra."""

import importlib.util


def check_matplotlib(caller) -> None:
    """Raise ImportError, with the remedy, if Matplotlib is not installed.

    Parameters
    ----------
    caller : str
        Who needs it.
    """
    if importlib.util.find_spec("matplotlib") is None:
        raise ImportError(
            f"{caller} needs Matplotlib, which is not installed. Install it: "
            "pip install 'imblearn-bbfl[plot]'"
        )
