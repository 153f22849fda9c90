"""The file of a model: the classifier, and what the command knows of it beside that."""

import hashlib
import json
import os
import zipfile
from pathlib import Path

import click
import numpy as np

from imblearn_bbfl._files import replace_when_done
from imblearn_bbfl.cli._backend import load_classifier

MODEL = click.Argument(["model"], type=click.Path(exists=True, dir_okay=False), metavar="MODEL")
_MEMBER = "imblearn-bbfl.json"  # of the archive; Keras does not look at it
SHARE_OF_UNSURE = 0.1
"""Of held-out images, those below the bound: the tenth that the network is least sure of."""


def save_model(classifier, path, notes):
    """Write a classifier and notes to one ``.keras`` file, whole or not at all.

    Folders of this machine are not in it.

    Parameters
    ----------
    classifier : BBFLClassifier
        Fitted.
    path : Path
        Ends in ``.keras``.
    notes : dict
        What JSON holds.
    """
    weights = classifier.weights
    if weights not in (None, "auto", "imagenet"):
        classifier.weights = os.path.basename(weights)
    try:
        with replace_when_done(path) as unfinished:
            classifier.save(unfinished)
            with zipfile.ZipFile(unfinished, "a") as archive:
                archive.writestr(_MEMBER, json.dumps(notes, ensure_ascii=False))
    finally:
        classifier.weights = weights


def load_model(path):
    """Read a model; return the classifier and the notes, which are empty if it was saved by Python.

    Raises
    ------
    ValueError
        If the file is no model.
    """
    if not zipfile.is_zipfile(path):  # before Keras is loaded
        raise ValueError(
            f"{path} is not a model: it must be a .keras file that `imblearn-bbfl train` or "
            "BBFLClassifier.save has written."
        )
    classifier = load_classifier().load(path)
    with zipfile.ZipFile(path) as archive:
        has_notes = _MEMBER in archive.namelist()
        return classifier, json.loads(archive.read(_MEMBER)) if has_notes else {}


def choose_bound(proba, y, decided, source):
    """Choose the probability below which a decision is flagged, on images not trained on.

    Parameters
    ----------
    proba : ndarray of shape (n_samples, n_classes)
        Probabilities of the images.
    y, decided : ndarray of shape (n_samples,)
        True labels, and those decided for.
    source : str
        Which images they are.

    Returns
    -------
    bound : dict
        The `value`, below which `SHARE_OF_UNSURE` of the largest probabilities lie, and for people
        to judge it `images`, how many there were, `from`, and the shares of mistakes among those
        below and above.
    """
    largest = proba.max(axis=1)
    value = float(np.round(np.quantile(largest, SHARE_OF_UNSURE), 4))
    is_unsure, is_wrong = largest < value, y != decided
    return {
        "value": value,
        "images": len(y),
        "from": source,
        "wrong below": _mean(is_wrong[is_unsure]),
        "wrong above": _mean(is_wrong[~is_unsure]),
    }


def describe_bound(bound):
    """Say what a bound is and what it does."""
    below, above = (
        "none" if bound[f"wrong {side}"] is None else f"{bound[f'wrong {side}']:.0%}"
        for side in ("below", "above")
    )
    return (
        f"A decision with a probability below {bound['value']:.3f} is flagged as unsure: so is one "
        f"in ten of {bound['from']} ({bound['images']:,} images). Of those flagged {below} were "
        f"wrong, of the others {above}."
    )


def digest_files(paths):
    """Return a short hash of the content of each file, by which it is known again."""
    return [hashlib.blake2b(Path(path).read_bytes(), digest_size=8).hexdigest() for path in paths]


def _mean(values):
    return float(values.mean()) if len(values) else None
