"""Metrics of stored predictions: the default ones, and any scorer of scikit-learn."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial, wraps

import numpy as np
from imblearn.metrics import geometric_mean_score
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    f1_score,
    get_scorer,
    get_scorer_names,
    roc_auc_score,
)

_N_BINS = 15  # of the expected calibration error, as in Guo et al.


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
    measure : callable
        ``measure(y_true, y_pred, y_proba, classes) -> float``, of labels of shape (n_samples,)
        twice, probabilities of shape (n_samples, n_classes), and the sorted labels of its columns.
        Raises ValueError where the metric has no value.
    """

    name: str
    greater_is_better: bool
    measure: Callable


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
        take the second of two sorted labels for the positive one, whatever it is called. A
        callable is a scorer, ``scorer(estimator, X, y)``; its `estimator` gives the stored
        predictions, and `X` is row numbers, for nothing is computed from images again. A dict has
        a name of your own for each metric.
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
    if metric in _OWN:
        return Metric(name, metric not in _LESS_IS_BETTER, _OWN[metric])
    _check_name(metric)
    apply = _apply_two_class_scorer if n_classes == 2 else _apply_scorer
    return Metric(name, True, partial(apply, get_scorer(metric)))


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


def _apply_scorer(scorer, y_true, y_pred, y_proba, classes):
    rows = np.arange(len(y_true))[:, np.newaxis]
    return float(scorer(_StoredPredictions(y_pred, y_proba, classes), rows, y_true))


def _apply_two_class_scorer(scorer, y_true, y_pred, y_proba, classes):
    """Apply a scorer by the second of two sorted labels; scikit-learn's take a label 1 only."""
    codes = [(labels == classes[1]).astype(np.int64) for labels in (y_true, y_pred)]
    return _apply_scorer(scorer, *codes, y_proba, np.array([0, 1]))


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
    """Make a metric that has no value without rows of each class say so."""

    @wraps(measure)  # with its name the metric can be pickled
    def measure_or_raise(y_true, y_pred, y_proba, classes):
        missing = np.setdiff1d(classes, y_true)
        if len(missing):
            raise ValueError(
                f"the metric needs rows of each class, but the test part has none of "
                f"{missing.tolist()}. Use a stratified splitter or a larger test part."
            )
        return float(measure(y_true, y_pred, y_proba, classes))

    return measure_or_raise


def _accuracy(y_true, y_pred, y_proba, classes):
    return float(accuracy_score(y_true, y_pred))


@_needs_each_class
def _balanced_accuracy(y_true, y_pred, y_proba, classes):
    return balanced_accuracy_score(y_true, y_pred)


@_needs_each_class
def _f1(y_true, y_pred, y_proba, classes):
    """Return the F1 of the second of two sorted labels; scikit-learn's takes only a label 1."""
    return f1_score(y_true == classes[1], y_pred == classes[1])


@_needs_each_class
def _f1_macro(y_true, y_pred, y_proba, classes):
    return f1_score(y_true, y_pred, average="macro")


@_needs_each_class
def _geometric_mean(y_true, y_pred, y_proba, classes):
    return geometric_mean_score(y_true, y_pred)


@_needs_each_class
def _roc_auc(y_true, y_pred, y_proba, classes):
    return roc_auc_score(*_one_against_rest(y_true, y_proba, classes))


@_needs_each_class
def _average_precision(y_true, y_pred, y_proba, classes):
    return average_precision_score(*_one_against_rest(y_true, y_proba, classes))


def _brier_score(y_true, y_pred, y_proba, classes):
    """Return the mean squared distance to the true class, in [0, 2]; half of it for two classes.

    As scikit-learn >= 1.7 has it; older ones have it for two classes only.
    """
    _check_proba(y_proba)
    distance = ((y_proba - _one_hot(y_true, classes)) ** 2).sum(axis=1).mean()
    return float(distance / 2 if len(classes) == 2 else distance)


def _expected_calibration_error(y_true, y_pred, y_proba, classes):
    """Return the mean gap, in [0, 1], between confidence and accuracy in bins of like confidence.

    Confidence is the largest probability. The 15 bins are equally wide and closed on the right.

    References
    ----------
    Guo, Pleiss, Sun, Weinberger 2017, "On calibration of modern neural networks", ICML.
    """
    _check_proba(y_proba)
    confidence = y_proba.max(axis=1).astype(np.float64)
    is_right = classes[y_proba.argmax(axis=1)] == y_true
    bins = np.digitize(confidence, np.linspace(0, 1, _N_BINS + 1)[1:-1], right=True)
    gaps = np.bincount(bins, weights=is_right - confidence)
    return float(np.abs(gaps).sum() / len(y_true))


def _one_against_rest(y_true, y_proba, classes):
    """Return labels and scores of the second of two classes, else of each class.

    Two columns would not do for two classes: near 1, float32 ties what it tells apart near 0.
    """
    if len(classes) == 2:
        return y_true == classes[1], y_proba[:, 1]
    return _one_hot(y_true, classes), y_proba


def _one_hot(y_true, classes):
    return (y_true[:, np.newaxis] == classes).astype(np.int64)  # (n,) -> (n, n_classes)


def _check_proba(y_proba):
    n_missing = (~np.isfinite(y_proba)).any(axis=1).sum()
    if n_missing:
        raise ValueError(
            f"y_proba is not finite in {n_missing} of {len(y_proba)} rows: training diverged. Use "
            "a smaller learning_rate."
        )


_OWN = {
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
    "f1": _f1,
    "f1_macro": _f1_macro,
    "roc_auc": _roc_auc,
    "roc_auc_ovr": _roc_auc,
    "average_precision": _average_precision,
    "geometric_mean": _geometric_mean,
    "brier_score": _brier_score,
    "expected_calibration_error": _expected_calibration_error,
}
_LESS_IS_BETTER = ("brier_score", "expected_calibration_error")
_MULTICLASS_INSTEAD = {"f1": "f1_macro", "roc_auc": "roc_auc_ovr"}
