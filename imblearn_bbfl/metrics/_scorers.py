"""scikit-learn's scorers, applied to stored predictions."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from imblearn_bbfl.metrics._measures import Predictions


def apply_scorer(scorer, predictions):
    y_true, y_pred, y_proba, classes, labels, _ = predictions
    if len(labels) < len(classes):
        y_proba, classes = _condition_on(labels, y_proba, classes)
    rows = np.arange(len(y_true))[:, np.newaxis]
    return scorer(_StoredPredictions(y_pred, y_proba, classes), rows, y_true)


def apply_named_scorer(scorer, predictions):
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
    return apply_scorer(scorer, predictions)


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
