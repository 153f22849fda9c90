"""What a fit tells about itself, under the logger ``imblearn_bbfl``."""

import logging
import sys

import numpy as np

_LOGGER = logging.getLogger("imblearn_bbfl")
_TOLD = ("loss", "val_loss", "val_accuracy", "val_f1_macro")
_MOST_CLASSES = 8  # with more, the counts are summed up


class ScreenHandler(logging.Handler):
    """Write to standard output, as it is at that moment: where Keras' progress bar goes."""

    def emit(self, record):
        """Write one message."""
        sys.stdout.write(self.format(record) + "\n")


def report(verbose, message, *values):
    """Log a message: for the screen with `verbose`, else at the level DEBUG.

    Whoever has set up logging keeps it: the screen is only written to where no handler is.
    """
    if verbose and not _LOGGER.hasHandlers():
        _LOGGER.addHandler(ScreenHandler())
    if verbose and _LOGGER.level == logging.NOTSET:
        _LOGGER.setLevel(logging.INFO)
    _LOGGER.log(logging.INFO if verbose else logging.DEBUG, message, *values)


def describe_rows(codes, classes):
    """Return how many rows there are, and of each class: ``60 rows (healthy: 45, sick: 15)``."""
    counts = np.bincount(codes, minlength=len(classes))
    if len(classes) <= _MOST_CLASSES:
        shares = ", ".join(f"{label}: {n:,}" for label, n in zip(classes, counts, strict=True))
    else:
        shares = f"{len(classes):,} classes of {counts.min():,} to {counts.max():,}"
    return f"{len(codes):,} rows ({shares})"


def describe_network(network, backbone):
    """Return the size of a network: ``small_cnn: 24,000 parameters, input 16 x 16 x 3``."""
    names = (getattr(backbone, attribute, None) for attribute in ("__name__", "name"))
    name = backbone if isinstance(backbone, str) else next(filter(None, names), "own backbone")
    shape = " x ".join(str(size) for size in network.input_shape[1:])
    return f"{name}: {network.count_params():,} parameters, input {shape}"


def describe_phase(first_epoch, name, n_epochs, n_steps, is_balanced=True):
    """Return what a phase trains: ``Epochs 21 to 28, of 26 steps each: all layers``."""
    what = {
        "head": "the head alone, on features",
        "all": "all layers",
        "retrain_head": "the head anew, on features",
    }[name]
    numbers = f"{first_epoch + 1} to {first_epoch + n_epochs}"
    mix = "" if is_balanced or name == "retrain_head" else ", in the data's own mix"
    return f"Epochs {numbers}, of {n_steps} steps each: {what}{mix}"


def describe_epoch(epoch, n_epochs, logs):
    """Return what an epoch came to: ``Epoch 3 of 28: loss 0.0312, val_accuracy 0.8125``."""
    scores = [f"{name} {float(value):.4g}" for name, value in logs.items() if name in _TOLD]
    return f"Epoch {epoch + 1} of {n_epochs}: {', '.join(scores)}"


def describe_best(history, best_epoch, monitor):
    """Return which epoch was kept: ``Kept epoch 3 of 8: val_accuracy 0.8125``."""
    score = history[monitor][best_epoch]
    return f"Kept epoch {best_epoch + 1} of {len(history['loss'])}: {monitor} {score:.4f}"


def describe_last(history):
    """Return that no epoch was chosen: ``Kept epoch 8 of 8, the last: ...``."""
    n_epochs = len(history["loss"])
    return f"Kept epoch {n_epochs} of {n_epochs}, the last: there is no validation part"
