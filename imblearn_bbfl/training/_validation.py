"""What is measured on the validation part, and what follows when its score stalls."""

import keras
import numpy as np

from imblearn_bbfl.metrics import resolve_scoring

STANDARD_METRICS = ("accuracy", "balanced_accuracy", "f1_macro")


def resolve_monitor(monitor, n_classes, order=None):
    """Look up what picks the best epoch, and what is measured beside it.

    Parameters
    ----------
    monitor : str or callable
        ``"loss"``, or the name of a metric, or a scorer of scikit-learn.
    n_classes : int
        Number of classes.
    order : array-like of shape (n_classes,), default=None
        The labels from the lowest grade to the highest, for a metric of grades.

    Returns
    -------
    name : str
        Of what picks the epoch: that of the metric or of the function, or ``"score"`` for a scorer
        object, which has none. ``"loss"`` is not among `metrics`.
    metrics : dict of str to Metric
        What is measured.

    Raises
    ------
    ValueError
        If there is no such metric, or it is not for so many classes.
    """
    metrics = resolve_scoring(STANDARD_METRICS, n_classes)
    if isinstance(monitor, str) and monitor == "loss":
        return "loss", metrics
    if isinstance(monitor, str) and monitor.startswith("val_"):
        measured = monitor.removeprefix("val_")
        resolve_monitor(measured, n_classes, order)  # else the error is about its name
        raise ValueError(
            f"monitor={monitor!r} is always measured on the validation part here. Use "
            f"monitor={measured!r}."
        )
    if isinstance(monitor, keras.metrics.Metric):
        raise ValueError(
            f"monitor={monitor!r} is a metric of Keras. Use "
            "a name such as 'f1_macro', or sklearn.metrics.make_scorer(function)."
        )
    if callable(monitor) and not getattr(monitor, "__name__", "").isidentifier():
        monitor = {"score": monitor}  # as scikit-learn's `cross_validate` names a scorer object
    ((name, metric),) = resolve_scoring(monitor, n_classes, order).items()
    return name, {**metrics, name: metric}


class ValidationScores(keras.callbacks.Callback):
    """Measure the validation part after each epoch, once, for all that watches it.

    Writes ``val_loss``, and ``val_`` and the name of each metric, into the epoch's logs; callbacks
    that come later find them there.

    Parameters
    ----------
    predict_logits : callable
        Returns the logits of the validation part, shape (n_valid, n_logits).
    to_proba : callable
        Turns logits into probabilities, of shape (n_valid, n_classes).
    compute_loss : callable
        Returns the loss of logits as a float.
    codes : ndarray of shape (n_valid,)
        True class numbers.
    classes : ndarray of shape (n_classes,)
        The labels.
    metrics : dict of str to Metric
        What to measure.
    """

    def __init__(self, predict_logits, to_proba, compute_loss, codes, classes, metrics):
        super().__init__()
        self._predict_logits = predict_logits
        self._to_proba = to_proba
        self._compute_loss = compute_loss
        self._y_true = classes[codes]
        self._classes = classes
        self._present = np.unique(self._y_true)  # a class may be too small to be validated
        self._metrics = metrics
        # A metric that has no value for these labels says so before any training.
        self.measure(np.full((len(codes), len(classes)), 1 / len(classes)))

    def on_epoch_end(self, epoch, logs=None):
        """Add the scores to `logs`: NaN if training diverged, which is never the best."""
        if not np.isfinite(logs["loss"]):
            logs.update({f"val_{name}": np.nan for name in ("loss", *self._metrics)})
            return
        logits = self._predict_logits()
        logs["val_loss"] = self._compute_loss(logits)
        for name, value in self.measure(self._to_proba(logits)).items():
            logs[f"val_{name}"] = value

    def measure(self, proba):
        """Return all metrics of probabilities of shape (n_valid, n_classes)."""
        y_pred = self._classes[proba.argmax(axis=1)]
        return {
            name: metric.measure(self._y_true, y_pred, proba, self._classes, labels=self._present)
            for name, metric in self._metrics.items()
        }


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


def measure_loss(loss, targets, logits, weight):
    """Return the mean over rows of loss times weight, as Keras reports it for training.

    Parameters
    ----------
    loss : keras.losses.Loss
        Of logits.
    targets, logits : ndarray
        As the network was trained with and as it returns them.
    weight : ndarray of shape (n_samples,)
        Factor of each row.
    """
    # Not the loss itself: a strategy of TensorFlow would divide it by the number of devices.
    losses = loss.call(*map(keras.ops.convert_to_tensor, (targets, logits)))
    return float(keras.ops.mean(losses * keras.ops.convert_to_tensor(weight, dtype=losses.dtype)))


class BestEpoch(keras.callbacks.EarlyStopping):
    """Early stopping that keeps the epoch of the best score, and decides ties by the loss.

    A score of few rows takes few values, so ties are frequent, and the first epoch that reaches a
    value is often far from done. Of equal scores the one with the lower validation loss is kept, of
    equal losses the later one. To patience a tie is no better score.

    Attributes
    ----------
    best_loss : float
        Validation loss of the epoch that is kept.
    """

    def on_train_begin(self, logs=None):
        """Forget the training before."""
        super().on_train_begin(logs)
        self.best_loss = np.inf

    def on_epoch_end(self, epoch, logs=None):
        """Keep the weights of an epoch that is better, or as good with a loss not higher."""
        super().on_epoch_end(epoch, logs)
        loss = logs.get("val_loss", np.inf)
        is_tie = self.wait > 0 and logs.get(self.monitor) == self.best
        if self.wait == 0:
            self.best_loss = loss
        elif is_tie and loss <= self.best_loss:
            self.best_loss, self.best_epoch = loss, epoch
            self.best_weights = self.model.get_weights()


def watch_plateau(monitor, mode, *, patience, learning_rate_patience, learning_rate_factor):
    """Make the callbacks that lower the learning rate, stop training and keep the best epoch.

    Parameters
    ----------
    monitor : str
        Name of the score in the epoch's logs.
    mode : {"min", "max"}
        Which way is better.
    patience : int or None
        Epochs without a better score after which training stops; None never stops.
    learning_rate_patience : int or None
        Epochs without a better score after which the learning rate is lowered; None never does.
    learning_rate_factor : float in (0, 1)
        Factor of the learning rate then.

    Returns
    -------
    callbacks : list of keras.callbacks.Callback
        The last one is the `BestEpoch`.
    """
    # Keras lowers the learning rate unless a score gains 1e-4, which is much for a focal loss of
    # 1e-3. Here each gain counts, however small, for the learning rate as for the stop.
    watched = {"monitor": monitor, "mode": mode, "min_delta": 0.0}
    stop = BestEpoch(
        patience=np.inf if patience is None else patience, restore_best_weights=True, **watched
    )
    if learning_rate_patience is None:
        return [stop]
    lower = keras.callbacks.ReduceLROnPlateau(
        factor=learning_rate_factor, patience=learning_rate_patience, **watched
    )
    return [lower, stop]
