"""The checkpoint of a fit: which one it belongs to."""

from numbers import Integral

import joblib

from imblearn_bbfl.training import TrainingCheckpoint

_IRRELEVANT = ("callbacks", "verbose", "workers")
_PLAIN = (str, int, float, type(None))


def open_checkpoint(classifier, folder, parts, seeds, *, goes_on):
    """Open the checkpoint of a fit.

    Parameters
    ----------
    classifier : BBFLClassifier
        What is fitted.
    folder : str or path
        Where the checkpoint is, or will be.
    parts : tuple of Part or None
        Training and validation part.
    seeds : Seeds
        Of this training.
    goes_on : bool
        Whether the network has been trained by an earlier fit.

    Returns
    -------
    checkpoint : TrainingCheckpoint
        Empty, or that of the same fit.

    Raises
    ------
    ValueError
        If it belongs to another fit, or this one could not be told from others.
    """
    if goes_on:
        raise ValueError(
            f"checkpoint={str(folder)!r} is for a fit that begins anew, but with warm_start=True "
            "this one goes on from the network of the last. Save the network in between, or use "
            "warm_start=False."
        )
    if not isinstance(classifier.random_state, Integral):
        raise ValueError(
            f"A checkpoint needs random_state to be a number, got {classifier.random_state!r}: a "
            "second call would otherwise train another network. Use random_state=0."
        )
    params = {
        name: value if isinstance(value, _PLAIN) else _describe(value)
        for name, value in classifier.get_params(deep=False).items()
        if name not in _IRRELEVANT
    }
    rows = [None if part is None else part.codes[part.rows] for part in parts]
    shape = getattr(classifier, "image_shape_", None)
    return TrainingCheckpoint(folder, joblib.hash([params, rows, tuple(seeds), shape]))


def _describe(value):
    """Return what tells a value from others in another process as well, where it is known."""
    if hasattr(value, "get_params"):
        return repr(value)
    if isinstance(value, (tuple, list, dict)):
        return str(value)
    return getattr(value, "__name__", type(value).__name__)
