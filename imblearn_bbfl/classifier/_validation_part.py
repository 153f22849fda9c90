"""The validation part: which rows it holds, and what is measured on it after each epoch."""

import warnings

import keras
import numpy as np
from sklearn.metrics import accuracy_score, f1_score, recall_score
from sklearn.model_selection import StratifiedGroupKFold

MONITORS = {"accuracy": "max", "balanced_accuracy": "max", "f1_macro": "max", "loss": "min"}
"""What training can watch, and which way is better."""


def split_rows(codes, groups, fraction, rng):
    """Split row numbers into a training and a validation part, class by class.

    Parameters
    ----------
    codes : ndarray of shape (n_samples,)
        Class number of each row.
    groups : ndarray of shape (n_samples,) or None
        Rows of one group stay together.
    fraction : float in (0, 1)
        Share of the rows to hold out.
    rng : RandomState
        Picks them.

    Returns
    -------
    train, valid : ndarray of int
        Sorted row numbers.
    """
    held_out = _pick_groups(codes, groups, fraction, rng) if groups is not None else None
    if held_out is None:
        held_out = _pick_rows(codes, fraction, rng)
    is_held_out = np.zeros(len(codes), dtype=bool)
    is_held_out[held_out] = True
    return np.flatnonzero(~is_held_out), np.flatnonzero(is_held_out)


def _pick_rows(codes, fraction, rng):
    """Pick the same share of each class; a class too small for one row stays in training."""
    picked, too_small = [], []
    for code in np.unique(codes):
        rows = np.flatnonzero(codes == code)
        n_picked = int(np.round(fraction * len(rows)))
        if n_picked == 0 or n_picked == len(rows):
            too_small.append(len(rows))
        else:
            picked.append(rng.permutation(rows)[:n_picked])
    if not picked:
        raise ValueError(
            f"validation_fraction={fraction} of {len(codes)} rows holds no row of any class. Use a "
            "larger fraction, pass validation_data, or use validation_fraction=None to train "
            "without a validation part."
        )
    if too_small:
        warnings.warn(
            f"{len(too_small)} of {len(np.unique(codes))} classes are too small for "
            f"validation_fraction={fraction} (at most {max(too_small)} rows): they stay in "
            "training and are not validated.",
            UserWarning,
            stacklevel=4,
        )
    return np.concatenate(picked)


def _pick_groups(codes, groups, fraction, rng):
    """Pick whole groups, about stratified, so that each class keeps a group in training."""
    n_groups = len(np.unique(groups))
    n_splits = min(int(np.round(1 / fraction)), n_groups)
    if n_splits < 2:
        raise ValueError(
            f"groups hold {n_groups} group, which cannot be split for validation_fraction="
            f"{fraction}. Pass validation_data, or use validation_fraction=None."
        )
    splitter = StratifiedGroupKFold(n_splits, shuffle=True, random_state=rng)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The least populated class")
        folds = list(splitter.split(codes, codes, groups))
    n_classes = len(np.unique(codes))
    whole = [valid for train, valid in folds if len(np.unique(codes[train])) == n_classes]
    if not whole:
        raise ValueError(
            "No split by groups leaves each class in training: some class has a single group. "
            "Pass validation_data, or use validation_fraction=None."
        )
    return draw_best(whole, lambda valid: len(np.unique(codes[valid])), rng)


def draw_best(folds, rate, rng):
    """Draw one of the folds that `rate` rates highest; the first has the largest group, always."""
    ratings = np.array([rate(fold) for fold in folds])
    return folds[rng.choice(np.flatnonzero(ratings == ratings.max()))]


class ValidationScores(keras.callbacks.Callback):
    """Measure the validation part after each epoch, once, for all that watches it.

    Writes ``val_loss``, ``val_accuracy``, ``val_balanced_accuracy`` and ``val_f1_macro`` into the
    epoch's logs; callbacks that come later find them there.

    Parameters
    ----------
    predict_logits : callable
        Returns the logits of the validation part, shape (n_valid, n_outputs).
    predict_codes : callable
        Turns logits into class numbers, as the estimator's `predict` does.
    codes : ndarray of shape (n_valid,)
        True class numbers.
    compute_loss : callable
        ``compute_loss(codes, logits)`` returns the loss as a float.
    """

    def __init__(self, predict_logits, predict_codes, codes, compute_loss):
        super().__init__()
        self._predict_logits = predict_logits
        self._predict_codes = predict_codes
        self._codes = codes
        self._compute_loss = compute_loss

    def on_epoch_end(self, epoch, logs=None):
        """Add the scores to `logs`: NaN if training diverged, which is never the best."""
        if not np.isfinite(logs["loss"]):
            logs.update({f"val_{name}": np.nan for name in MONITORS})
            return
        logits = self._predict_logits()
        predicted = self._predict_codes(logits)
        present = np.unique(self._codes)  # a class may be too small to be validated
        average = {"labels": present, "average": "macro", "zero_division": 0.0}
        logs["val_loss"] = self._compute_loss(self._codes, logits)
        logs["val_accuracy"] = accuracy_score(self._codes, predicted)
        logs["val_balanced_accuracy"] = recall_score(self._codes, predicted, **average)
        logs["val_f1_macro"] = f1_score(self._codes, predicted, **average)


class FiniteLoss(keras.callbacks.Callback):
    """Stop training at the first step whose loss is not a number.

    Attributes
    ----------
    stopped_at : tuple (epoch, step, loss) or None
        Where that was, counted from 0.
    """

    def __init__(self):
        super().__init__()
        self.stopped_at = None
        self._epoch = 0

    def on_epoch_begin(self, epoch, logs=None):
        """Remember which epoch it is."""
        self._epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        """Check the mean loss so far, which one bad step spoils."""
        loss = float(logs["loss"])
        if self.stopped_at is None and not np.isfinite(loss):
            self.stopped_at = self._epoch, batch, loss
            self.model.stop_training = True

    def check(self, best_epoch):
        """Raise FloatingPointError if training was stopped; `best_epoch` is the one kept, or None.

        Weights are only kept with a validation part, and from an epoch before.
        """
        if self.stopped_at is None:
            return
        epoch, step, loss = self.stopped_at
        if best_epoch is None or best_epoch >= epoch:
            kept = "No weights from before are kept."
        else:
            kept = f"The weights of epoch {best_epoch + 1}, the best before, are kept."
        raise FloatingPointError(
            f"The training loss is {loss} at step {step + 1} of epoch {epoch + 1}: training "
            f"diverged. Use a smaller learning_rate, or optimizer__clipnorm=1.0. {kept}"
        )
