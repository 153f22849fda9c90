"""Predictions for all images that are named, kept while they are made."""

import time
from pathlib import Path

import click

from imblearn_bbfl.cli._kept_predictions import KeptPredictions
from imblearn_bbfl.cli._model_file import load_model
from imblearn_bbfl.cli._predictions import UNREADABLE, UNSURE, predict_files, write_predictions

_FEW = 256  # images, of which the time says little


def predict_images(model, paths, out, bound, n_jobs, narrator):
    """Predict images and write the table.

    Parameters
    ----------
    model : str
        File of the model.
    paths : list of str
        Of the images.
    out : str
        Where the table goes; ``"-"`` is standard output.
    bound : float or None
        Probability below which a decision is flagged; None takes the one in the model's file.
    n_jobs : int
        Processes that predict.
    narrator : Narrator
        Is told what is done.

    Returns
    -------
    n_unreadable : int
        Files that cannot be read.
    """
    kept = None
    if out != "-":
        path = Path(out).expanduser()
        kept = KeptPredictions(path.with_name(f"{path.name}.unfinished"), model)
        click.get_current_context().meta["out"] = kept.path
    narrator.say("Loading Keras and the model.")
    classifier, notes = load_model(model)
    if bound is None:
        bound = (notes.get("bound") or {}).get("value")
    narrator.say(f"Predicting {len(paths):,} images.")
    rate = _Rate(narrator)
    table = predict_files(
        classifier, paths, bound, rate.count, model=model, n_jobs=n_jobs, kept=kept
    )
    write_predictions(table, out)
    if kept is not None:
        kept.remove()
    counts = table["flag"].value_counts()
    if bound is None:
        narrator.say("No decision is flagged as unsure: the model has no bound. Use --bound.")
    else:
        narrator.say(f"{counts.get(UNSURE, 0):,} of {len(table):,} are unsure, below {bound:g}.")
    if n_unreadable := counts.get(UNREADABLE, 0):
        narrator.say(f"{n_unreadable:,} of {len(table):,} files cannot be read.")
    rate.tell()
    return n_unreadable


class _Rate:
    """How many images are predicted in a second, apart from those that were known."""

    def __init__(self, narrator):
        self._narrator = narrator
        self._start = time.monotonic()
        self._n_known = None

    def count(self, n_done, n_all):
        """Note how far it is; the first time, nothing has been predicted yet."""
        if self._n_known is None:
            self._n_known = n_done
            if n_done:
                self._narrator.say(f"{n_done:,} of {n_all:,} were predicted before.")
        self._n_done = n_done
        self._narrator.count(n_done, n_all)

    def tell(self):
        """Say how long a million would take."""
        n, seconds = self._n_done - self._n_known, time.monotonic() - self._start
        if n >= _FEW:
            self._narrator.say(
                f"{n:,} images in {seconds:,.0f} s, {n / seconds:,.1f} a second: "
                f"a million would take {seconds / n * 1e6 / 3600:,.1f} hours."
            )
