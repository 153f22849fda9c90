"""Metrics of stored predictions: the default ones, and any scorer of scikit-learn."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial, wraps
from typing import NamedTuple

import numpy as np
from scipy.stats import gmean
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    f1_score,
    get_scorer,
    get_scorer_names,
    jaccard_score,
    precision_score,
    recall_score,
    roc_auc_score,
)

_N_BINS = 15  # of the expected calibration error, as in Guo et al.


class Predictions(NamedTuple):
    """What a metric is computed from."""

    y_true: np.ndarray  # (n_samples,)
    y_pred: np.ndarray  # (n_samples,)
    y_proba: np.ndarray  # (n_samples, n_classes)
    classes: np.ndarray  # (n_classes,), of the columns of y_proba
    labels: np.ndarray  # those of the classes that averages are over
    pos_label: object  # of two classes, else None


@dataclass(frozen=True)
class Metric:
    """A number for the predictions on a test part.

    Attributes
    ----------
    name : str
        What tables call it. The same as that of scikit-learn's scorer where there is one.
    greater_is_better : bool
        False for ``"brier_score"`` and ``"expected_calibration_error"`` only: scikit-learn turns
        the sign of errors and losses (``"neg_log_loss"``), and it is left so.
    function : callable
        ``function(predictions) -> float``, of `Predictions`.
    has_pos_label : bool
        Whether it is a score of one of two classes, as F1 and precision are.
    """

    name: str
    greater_is_better: bool
    function: Callable
    has_pos_label: bool = False

    def measure(self, y_true, y_pred, y_proba, classes, *, labels=None, pos_label=None):
        """Measure predictions.

        Parameters
        ----------
        y_true, y_pred : ndarray of shape (n_samples,)
            Labels.
        y_proba : ndarray of shape (n_samples, n_classes)
            Probabilities.
        classes : ndarray of shape (n_classes,)
            The sorted labels of the columns of `y_proba`.
        labels : array-like, default=None
            The labels that means over classes are of, and that must each have rows in `y_true`.
            ``None`` is all classes. Others count as mistakes where they are predicted.
        pos_label : label, default=None
            The positive one of two classes. ``None`` is the second.

        Returns
        -------
        value : float

        Raises
        ------
        ValueError
            If the metric has no value, as without rows of one of the labels.
        """
        if pos_label is None and len(classes) == 2:
            pos_label = classes[1]
        labels = classes if labels is None else np.asarray(labels)
        predictions = Predictions(y_true, y_pred, y_proba, classes, labels, pos_label)
        return float(self.function(predictions))


def default_metrics(n_classes):
    """Return the names of the metrics that are measured unless others are asked for.

    Those of the paper (accuracy; F1 and ROC-AUC for two classes; balanced accuracy, Eq. 3, and
    macro-F1, Eq. 4), average precision, the geometric mean, and two of calibration.
    """
    own = ["f1", "f1_macro", "roc_auc"] if n_classes == 2 else ["f1_macro", "roc_auc_ovr"]
    shared = ["average_precision", "geometric_mean", "brier_score", "expected_calibration_error"]
    return ["accuracy", "balanced_accuracy", *own, *shared]


def resolve_scoring(scoring, n_classes):
    """Look up metrics.

    Parameters
    ----------
    scoring : None, str, callable, list, set or dict
        ``None`` is `default_metrics`. A name is one of those or of scikit-learn's scorers, which
        measure the `pos_label` of two classes, whatever it is called. A callable is a scorer,
        ``scorer(estimator, X, y)``; its `estimator` gives the stored predictions, and `X` is row
        numbers, for nothing is computed from images again. A dict has a name of your own for each
        metric.
    n_classes : int
        Number of classes, 2 or more.

    Returns
    -------
    metrics : dict of str to Metric
        In the order of `scoring`; that of the names for a set.

    Raises
    ------
    ValueError
        If a metric is unknown, is not for so many classes, is a function of `y_true` where a scorer
        is needed, or if two have the same name or one is named ``"seconds"``.
    """
    metrics = {}
    for name, metric in _name_metrics(default_metrics(n_classes) if scoring is None else scoring):
        if name in metrics:
            raise ValueError(
                f"scoring has two metrics named {name!r}. Leave one out, or pass a dict with a "
                "name for each."
            )
        if name == "seconds":
            raise ValueError(
                "scoring has a metric named 'seconds', which is the column of the time that a run "
                "took. Use another name."
            )
        metrics[name] = _make_metric(name, metric, n_classes)
    if not metrics:
        raise ValueError(f"scoring={scoring!r} names no metric. Pass one, or None for the default.")
    return metrics


def _name_metrics(scoring):
    """Return pairs of a name and a metric."""
    if isinstance(scoring, dict):
        return scoring.items()
    if isinstance(scoring, str) or callable(scoring):
        scoring = [scoring]
    if not isinstance(scoring, Iterable):
        raise ValueError(
            f"scoring={scoring!r} must be None, the name of a metric, a scorer, or a list or dict "
            "of these."
        )
    if isinstance(scoring, (set, frozenset)):  # whose order differs between processes
        scoring = sorted(scoring, key=str)
    return [(_name(metric), metric) for metric in scoring]


def _name(metric):
    # The repr of a scorer has its arguments too, such as weights and the sign.
    return metric if isinstance(metric, str) else getattr(metric, "__name__", repr(metric))


def _make_metric(name, metric, n_classes):
    if callable(metric):
        _check_scorer(name, metric)
        return Metric(name, True, partial(_apply_scorer, metric))
    if not isinstance(metric, str):
        raise ValueError(
            f"{metric!r} in scoring is neither the name of a metric nor a scorer. Pass a name such "
            "as 'f1_macro', or sklearn.metrics.make_scorer(function)."
        )
    if n_classes > 2 and metric in _MULTICLASS_INSTEAD:
        raise ValueError(
            f"{metric!r} is for two classes, but y has {n_classes}. "
            f"Use {_MULTICLASS_INSTEAD[metric]!r}."
        )
    has_pos_label = n_classes == 2 and metric in _WITH_POS_LABEL
    if metric in _OWN:
        return Metric(name, metric not in _LESS_IS_BETTER, _OWN[metric], has_pos_label)
    _check_name(metric)
    apply = partial(_apply_named_scorer, get_scorer(metric))
    return Metric(name, True, apply, has_pos_label)


def _check_name(name):
    known = sorted({*_OWN, *get_scorer_names()})
    if name not in known:
        near = get_close_matches(name, known, n=3)
        hint = f"Did you mean {' or '.join(map(repr, near))}?" if near else f"Known: {known}."
        raise ValueError(f"{name!r} is not a metric. {hint}")


def _check_scorer(name, scorer):
    """Refuse a metric function, as which `f1_score` is easily passed."""
    first = next(iter(inspect.signature(scorer).parameters), None)
    if first == "y_true":
        raise ValueError(
            f"{name!r} in scoring is a function of y_true, but a scorer takes an estimator, X and "
            f"y. Use sklearn.metrics.make_scorer({name})."
        )


def _apply_scorer(scorer, predictions):
    y_true, y_pred, y_proba, classes, labels, _ = predictions
    if len(labels) < len(classes):
        y_proba, classes = _condition_on(labels, y_proba, classes)
    rows = np.arange(len(y_true))[:, np.newaxis]
    return scorer(_StoredPredictions(y_pred, y_proba, classes), rows, y_true)


def _apply_named_scorer(scorer, predictions):
    """Apply a scorer to class numbers, for scikit-learn's take a 1 for the positive one of two."""
    y_true, y_pred, y_proba, classes, labels, pos_label = predictions
    is_positive = classes == pos_label if len(classes) == 2 else np.zeros(len(classes), dtype=bool)
    order = np.lexsort((is_positive, ~np.isin(classes, labels)))  # left out ones last
    number = np.argsort(order)
    y_true, y_pred = (number[np.searchsorted(classes, part)] for part in (y_true, y_pred))
    numbers = np.arange(len(classes))
    predictions = Predictions(
        y_true, y_pred, y_proba[:, order], numbers, numbers[: len(labels)], pos_label=1
    )
    return _apply_scorer(scorer, predictions)


def _condition_on(labels, y_proba, classes):
    """Return the probabilities if the class is known to be one of the labels, and the labels.

    scikit-learn's scorers of probabilities take no column of a class that `y_true` has not.
    """
    is_kept = np.isin(classes, labels)
    kept = y_proba[:, is_kept].astype(np.float64) + np.finfo(np.float64).tiny  # not all 0
    return kept / kept.sum(axis=1, keepdims=True), classes[is_kept]


class _StoredPredictions(ClassifierMixin, BaseEstimator):
    """What a scorer takes for a fitted classifier: `X` is row numbers of shape (n_samples, 1)."""

    def __init__(self, y_pred, y_proba, classes):
        self.y_pred = y_pred
        self.y_proba = y_proba
        self.classes_ = classes

    def predict(self, X):
        return self.y_pred[X[:, 0]]

    def predict_proba(self, X):
        return self.y_proba[X[:, 0]]


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


_SCORES = {
    "precision": precision_score,
    "recall": recall_score,
    "f1": f1_score,
    "jaccard": jaccard_score,
}
_OWN = {
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
    "f1": _f1,
    "roc_auc": _roc_auc,
    "roc_auc_ovr": _roc_auc,
    "average_precision": _average_precision,
    "geometric_mean": _geometric_mean,
    "brier_score": _brier_score,
    "expected_calibration_error": _expected_calibration_error,
} | {
    f"{name}_{average}": partial(_average_over_labels, score=score, average=average)
    for name, score in _SCORES.items()
    for average in ("macro", "weighted")
}
_LESS_IS_BETTER = ("brier_score", "expected_calibration_error")
_MULTICLASS_INSTEAD = {name: f"{name}_macro" for name in _SCORES} | {"roc_auc": "roc_auc_ovr"}
_WITH_POS_LABEL = (
    *_SCORES,
    "roc_auc",
    "average_precision",
    "positive_likelihood_ratio",
    "neg_negative_likelihood_ratio",
)
