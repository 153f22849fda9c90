"""Predictions of files as a table."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from imblearn_bbfl._files import write_whole
from imblearn_bbfl._images import inspect_file
from imblearn_bbfl.cli._data import shorten_paths

UNSURE, UNREADABLE = "unsure", "unreadable"
_CHUNK = 256  # files after which is said how far it is


def predict_files(classifier, paths, bound, on_file):
    """Predict images; one that cannot be read costs its own row only.

    Parameters
    ----------
    classifier : BBFLClassifier
        Fitted.
    paths : list of str
        Of the images.
    bound : float or None
        Probability below which a decision is flagged; None flags none.
    on_file : callable
        Called with the number of files that are done, and that of all.

    Returns
    -------
    table : DataFrame
        `file`, from the folder on that all share; ``probability of`` each class; `decision`, and
        `flag`.
    """
    n_classes = len(classifier.classes_)
    proba = np.full((len(paths), n_classes), np.nan)
    for start in range(0, len(paths), _CHUNK):
        chunk = paths[start : start + _CHUNK]
        readable = np.arange(len(chunk))
        try:
            proba[start + readable] = classifier.predict_proba(chunk)
        except ValueError:
            readable = np.array([i for i in readable if _can_be_read(chunk[i])], dtype=int)
            if len(readable) == len(chunk):  # something else is wrong
                raise
            if len(readable):
                found = classifier.predict_proba([chunk[i] for i in readable])
                proba[start + readable] = found
        on_file(start + len(chunk), len(paths))
    return tabulate(classifier, shorten_paths(paths), proba, bound)


def tabulate(classifier, names, proba, bound):
    """Return the table of predictions; NaN is for a file that cannot be read."""
    is_read = np.isfinite(proba).all(axis=1)
    decision = np.full(len(proba), "", dtype=object)
    if is_read.any():
        decision[is_read] = classifier.decide(proba[is_read])
    is_unsure = is_read & (proba.max(axis=1) < (0 if bound is None else bound))
    columns = {
        f"probability of {label}": proba[:, i] for i, label in enumerate(classifier.classes_)
    }
    flag = np.select([~is_read, is_unsure], [UNREADABLE, UNSURE], "")
    return pd.DataFrame({"file": names, **columns, "decision": decision, "flag": flag})


def write_predictions(table, out):
    """Write a table as CSV to a file, or to standard output for ``"-"``."""
    text = table.to_csv(index=False, float_format="%.6f", lineterminator="\n")
    if out == "-":
        sys.stdout.write(text)
    else:
        write_whole(Path(out).expanduser(), text.encode())


def _can_be_read(path):
    try:
        inspect_file(path)
    except ValueError:
        return False
    return True
