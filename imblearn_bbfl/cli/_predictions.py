"""Predictions of files as a table."""

import hashlib
import os
import sys
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from imblearn_bbfl._files import write_whole
from imblearn_bbfl._images import inspect_file
from imblearn_bbfl.cli._data import shorten_paths
from imblearn_bbfl.cli._model_file import load_model

UNSURE, UNREADABLE = "unsure", "unreadable"
_BLOCK_FILES = 256  # after which predictions are kept, and it is said how far it is
_FORMULA = ("=", "+", "-", "@")  # what spreadsheets take for the beginning of one


def predict_files(classifier, paths, bound, on_file, *, model=None, n_jobs=1, kept=None):
    """Predict images; one that cannot be read costs its own row only.

    The network sees as many images at a time as `predict_proba` gives it, the last ones filled up,
    so the number of jobs and what was kept change no bit.

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
    model : path, default=None
        The file of the classifier, which other processes read.
    n_jobs : int, default=1
        Processes, as joblib has it.
    kept : KeptPredictions, default=None
        Those that are known, and where the others go as soon as they are made.

    Returns
    -------
    table : DataFrame
        `file`, from the folder on that all share; ``probability of`` each class; `decision`, and
        `flag`.
    """
    from imblearn_bbfl.classifier import count_predicted_at_once  # with Keras, loaded by now

    n_classes, n_at_once = len(classifier.classes_), count_predicted_at_once(classifier)
    proba = np.full((len(paths), n_classes), np.nan)
    is_known = np.zeros(len(paths), dtype=bool)
    if kept is not None:
        is_known = kept.find(paths, proba)
    n_done = int(is_known.sum())
    on_file(n_done, len(paths))
    size = n_at_once * max(1, _BLOCK_FILES // n_at_once)
    unknown = np.flatnonzero(~is_known)
    blocks = np.split(unknown, range(size, len(unknown), size)) if len(unknown) else []
    if n_jobs == 1:
        predict = partial(_predict_block, classifier)
    else:
        predict = partial(_predict_elsewhere, os.path.abspath(model), hash_file(model))
    multiple_of = n_at_once if len(paths) > n_at_once else 1
    parallel = Parallel(n_jobs=n_jobs, return_as="generator_unordered")
    found = parallel(
        delayed(predict)(rows, [paths[row] for row in rows], multiple_of) for rows in blocks
    )
    for rows, states, block in found:
        proba[rows] = block
        if kept is not None:
            kept.add([paths[row] for row in rows], states, block)
        n_done += len(rows)
        on_file(n_done, len(paths))
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
    """Write a table as CSV to a file, or to standard output for ``"-"``.

    The name of a file that a spreadsheet would take for a formula begins with ``./``, which is the
    same file.
    """
    names = [f"./{name}" if name.startswith(_FORMULA) else name for name in table["file"]]
    text = table.assign(file=names).to_csv(index=False, float_format="%.6f", lineterminator="\n")
    if out == "-":
        sys.stdout.write(text)
    else:
        write_whole(Path(out).expanduser(), text.encode())


def hash_file(path):
    """Return a hash of the content of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()[:32]


def read_state(path):
    """Return what changes when a file is written again, None where there is no such file."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return [status.st_size, status.st_mtime_ns]


def _predict_elsewhere(model, digest, rows, paths, multiple_of):
    """Predict files in another process, which loads the model once."""
    return _predict_block(_load(model, digest), rows, paths, multiple_of)


@lru_cache(maxsize=1)
def _load(model, digest):
    classifier = load_model(model)[0]
    if hash_file(model) != digest:
        raise ValueError(f"{model} was changed while it was in use. Start again.")
    return classifier


def _predict_block(classifier, rows, paths, multiple_of):
    """Predict some files.

    Returns
    -------
    rows : ndarray of int
        As given.
    states : list
        Of the files, before they were read.
    proba : ndarray of shape (n_files, n_classes)
        NaN for those that cannot be read.
    """
    states = [read_state(path) for path in paths]
    proba = np.full((len(paths), len(classifier.classes_)), np.nan)
    readable = np.arange(len(paths))
    try:
        proba[:] = _predict_filled(classifier, paths, multiple_of)
    except ValueError:
        readable = np.array([i for i in readable if _can_be_read(paths[i])], dtype=int)
        if len(readable) == len(paths):  # something else is wrong
            raise
        if len(readable):
            read = [paths[i] for i in readable]
            proba[readable] = _predict_filled(classifier, read, multiple_of)
    return rows, states, proba


def _predict_filled(classifier, paths, multiple_of):
    """Predict files, and others beside them that fill the last batch up."""
    missing = -len(paths) % multiple_of
    return classifier.predict_proba([*paths, *paths[:1] * missing])[: len(paths)]


def _can_be_read(path):
    try:
        inspect_file(path)
    except ValueError:
        return False
    return True
