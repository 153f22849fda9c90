"""The validation part: what is measured on it after each epoch, and what watches the loss."""

import keras
import numpy as np
from sklearn.metrics import accuracy_score, f1_score, recall_score

MONITORS = {"accuracy": "max", "balanced_accuracy": "max", "f1_macro": "max", "loss": "min"}
"""What training can watch, and which way is better."""


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
