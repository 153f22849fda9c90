"""What can be measured of predictions, beyond the scorers of scikit-learn."""

from functools import partial, wraps
from typing import NamedTuple

import numpy as np
from scipy.stats import gmean
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    cohen_kappa_score,
    f1_score,
    jaccard_score,
    precision_score,
    recall_score,
    roc_auc_score,
)

from imblearn_bbfl._order import place_grades

_N_BINS = 15  # of the expected calibration error, as in Guo et al.


class Predictions(NamedTuple):
    """What a metric is computed from."""

    y_true: np.ndarray  # (n_samples,)
    y_pred: np.ndarray  # (n_samples,)
    y_proba: np.ndarray  # (n_samples, n_classes)
    classes: np.ndarray  # (n_classes,), of the columns of y_proba
    labels: np.ndarray  # those of the classes that averages are over
    pos_label: object  # of two classes, else None


def check_predictions(predictions):
    """Raise ValueError unless there are a known label and a probability of each class in each row.

    Metrics would leave out rows of other labels, or take one column for another.
    """
    y_true, y_pred, y_proba, classes, _, _ = predictions
    if not np.array_equal(np.unique(classes), classes):
        raise ValueError(
            f"classes={classes.tolist()} must be sorted, and each named once. Sort them, and the "
            "columns of y_proba alike: order = np.argsort(classes)."
        )
    n_samples, n_classes = len(y_true), len(classes)
    if y_pred.shape != (n_samples,) or y_proba.shape != (n_samples, n_classes):
        raise ValueError(
            f"y_true has shape {y_true.shape}, y_pred {y_pred.shape} and y_proba {y_proba.shape}, "
            f"but there are {n_classes} classes. Pass one label for each row, and y_proba of shape "
            "(n_samples, n_classes)."
        )
    for name, labels in (("y_true", y_true), ("y_pred", y_pred)):
        column = np.minimum(np.searchsorted(classes, labels), n_classes - 1)
        unknown = labels[classes[column] != labels]
        if len(unknown):
            raise ValueError(
                f"{name} holds the label {unknown.tolist()[0]!r}, but the classes are "
                f"{classes.tolist()}. Leave out rows of other labels."
            )


def _needs_each_class(measure):
    """Make a metric that has no value without rows of each label say so."""

    @wraps(measure)  # with its name the metric can be pickled
    def measure_or_raise(predictions, **settings):
        missing = np.setdiff1d(predictions.labels, predictions.y_true)
        if len(missing):
            raise ValueError(
                f"the metric needs rows of each class, but the test part has none of "
                f"{missing.tolist()}. Use a stratified splitter or a larger test part."
            )
        return measure(predictions, **settings)

    return measure_or_raise


def _accuracy(predictions):
    return accuracy_score(predictions.y_true, predictions.y_pred)


def _balanced_accuracy(predictions):
    return _recalls(predictions).mean()


def _geometric_mean(predictions):
    with np.errstate(divide="ignore"):  # one recall of 0 makes it 0
        return gmean(_recalls(predictions))


@_needs_each_class
def _recalls(predictions):
    """Return the recall of each label."""
    y_true, y_pred, _, _, labels, _ = predictions
    return recall_score(y_true, y_pred, labels=labels, average=None)


@_needs_each_class
def _f1(predictions):
    """Return the F1 of the positive label; scikit-learn's takes only a label 1."""
    y_true, y_pred, pos_label = predictions.y_true, predictions.y_pred, predictions.pos_label
    return f1_score(y_true == pos_label, y_pred == pos_label)


@_needs_each_class
def _average_over_labels(predictions, score, average):
    y_true, y_pred, _, _, labels, _ = predictions
    return score(y_true, y_pred, labels=labels, average=average)


@_needs_each_class
def _roc_auc(predictions):
    return roc_auc_score(*_one_against_rest(predictions))


@_needs_each_class
def _average_precision(predictions):
    return average_precision_score(*_one_against_rest(predictions))


def _kappa_quadratic(predictions, order=None):
    """Return Cohen's kappa, weighted by the square of the number of grades between two labels."""
    y_true, y_pred, _, classes, _, _ = predictions
    places = place_grades(classes, order, "class_order")
    true, predicted = (places[np.searchsorted(classes, labels)] for labels in (y_true, y_pred))
    if np.ptp(true) == 0:
        raise ValueError(
            "kappa needs rows of two classes or more, but all have the same label. Use a "
            "stratified splitter or a larger test part."
        )
    return cohen_kappa_score(true, predicted, labels=np.sort(places), weights="quadratic")


def _brier_score(predictions):
    """Return the mean squared distance to the true class, in [0, 2]; half of it for two classes.

    As scikit-learn >= 1.7 has it; older ones have it for two classes only.
    """
    y_true, _, y_proba, classes, _, _ = predictions
    _check_proba(y_proba)
    distance = ((y_proba - _one_hot(y_true, classes)) ** 2).sum(axis=1).mean()
    return distance / 2 if len(classes) == 2 else distance


def _expected_calibration_error(predictions):
    """Return the mean gap, in [0, 1], between confidence and accuracy in bins of like confidence.

    Confidence is the largest probability. The 15 bins are equally wide and closed on the right.

    References
    ----------
    Guo, Pleiss, Sun, Weinberger 2017, "On calibration of modern neural networks", ICML.
    """
    y_true, _, y_proba, classes, _, _ = predictions
    _check_proba(y_proba)
    confidence = y_proba.max(axis=1).astype(np.float64)
    is_right = classes[y_proba.argmax(axis=1)] == y_true
    bins = np.digitize(confidence, np.linspace(0, 1, _N_BINS + 1)[1:-1], right=True)
    gaps = np.bincount(bins, weights=is_right - confidence)
    return np.abs(gaps).sum() / len(y_true)


def _one_against_rest(predictions):
    """Return truth and scores of the positive one of two classes, else of each label.

    Two columns would not do for two classes: near 1, float32 ties what it tells apart near 0.
    """
    y_true, _, y_proba, classes, labels, pos_label = predictions
    if len(classes) == 2:
        return y_true == pos_label, y_proba[:, classes == pos_label].ravel()
    return _one_hot(y_true, labels), y_proba[:, np.searchsorted(classes, labels)]


def _one_hot(y_true, classes):
    return (y_true[:, np.newaxis] == classes).astype(np.int64)  # (n,) -> (n, n_classes)


def _check_proba(y_proba):
    n_missing = (~np.isfinite(y_proba)).any(axis=1).sum()
    if n_missing:
        raise ValueError(
            f"y_proba is not finite in {n_missing} of {len(y_proba)} rows: training diverged. Use "
            "a smaller learning_rate."
        )


SCORES = {
    "precision": precision_score,
    "recall": recall_score,
    "f1": f1_score,
    "jaccard": jaccard_score,
}
MEASURES = {
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
    "f1": _f1,
    "roc_auc": _roc_auc,
    "roc_auc_ovr": _roc_auc,
    "average_precision": _average_precision,
    "geometric_mean": _geometric_mean,
    "kappa_quadratic": _kappa_quadratic,
    "brier_score": _brier_score,
    "expected_calibration_error": _expected_calibration_error,
} | {
    f"{name}_{average}": partial(_average_over_labels, score=score, average=average)
    for name, score in SCORES.items()
    for average in ("macro", "weighted")
}
OF_GRADES = ("kappa_quadratic",)  # which depend on the order of the labels
ERRORS = ("brier_score", "expected_calibration_error")  # less is better
