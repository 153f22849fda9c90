"""The part of the estimator that predicts."""

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from imblearn_bbfl.classifier._arguments import explain_arguments
from imblearn_bbfl.classifier._cross_fitting import cross_fit
from imblearn_bbfl.classifier._decision import get_decision, name_learners
from imblearn_bbfl.classifier._inputs import check_new_data, read_labels
from imblearn_bbfl.classifier._outputs import (
    compute_held_out,
    compute_log_proba,
    get_temperature,
    warn_of_few_held_out,
)

LEARNT = ("decision_", "temperature_", "_decision_basis", "_held_out_outputs")
"""Attributes of what is learnt from rows that are held out for it."""


class Prediction:
    """Probabilities and labels of new images."""

    _decision_basis = None  # what `decision_` was fitted for, as `describe_basis` returns

    @explain_arguments
    def predict(self, X: ArrayLike) -> np.ndarray:
        """Predict labels.

        Parameters
        ----------
        X : array-like
            Images, paths or a table, as in `fit`.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            The most probable label of each row, or that which the rule of `thresholding` chooses.

        Raises
        ------
        ValueError
            If X is not like what was fitted on, or a rule that learns from rows was set after a
            `fit` that held none out.
        """
        check_is_fitted(self, "model_")
        rule = get_decision(self)  # before all images are read
        return rule.predict(self.predict_proba(X))

    def decide(self, proba: ArrayLike) -> np.ndarray:
        """Decide by probabilities, as `predict` does.

        Parameters
        ----------
        proba : array-like of shape (n_samples, n_classes)
            As `predict_proba` returns, or those of several images of a patient together: see
            :func:`imblearn_bbfl.probabilities.combine_groups`.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            The most probable label of each row, or that which the rule of `thresholding` chooses.

        Raises
        ------
        ValueError
            As in `predict`, and if `proba` holds no probabilities or has not one column per class.
        """
        check_is_fitted(self, "model_")
        return get_decision(self).predict(proba)

    @explain_arguments
    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """Predict probabilities.

        Parameters
        ----------
        X : array-like
            Images, paths or a table, as in `fit`.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes)
            In the order of `classes_`; rows sum to 1. For the class mix that `target_prior` says,
            and from the mean over the views of `test_time_augmentation`.

        Raises
        ------
        ValueError
            If X is not like what was fitted on, or `temperature` was set after a `fit` that held no
            rows out for it.
        """
        return np.exp(compute_log_proba(self, check_new_data(self, X)))

    @explain_arguments
    def predict_log_proba(self, X: ArrayLike) -> np.ndarray:
        """Predict the logarithms of the probabilities.

        They stay finite, and apart, where probabilities round to 0 or 1.

        Parameters
        ----------
        X : array-like
            Images, paths or a table, as in `fit`.

        Returns
        -------
        log_proba : ndarray of shape (n_samples, n_classes)
            In the order of `classes_`.

        Raises
        ------
        ValueError
            As in `predict_proba`.
        """
        return compute_log_proba(self, check_new_data(self, X))

    def decision_function(self, X: ArrayLike) -> np.ndarray:
        """Predict the logits of the probabilities.

        They say what `predict_proba` says, but stay apart where probabilities round to 0 or 1.
        Calibration by scikit-learn and its ROC AUC take them in place of probabilities.

        Parameters
        ----------
        X : array-like
            Images, paths or a table, as in `fit`.

        Returns
        -------
        logits : ndarray of shape (n_samples,) or (n_samples, n_classes)
            For two classes, the log-odds of ``classes_[1]``, of which the logistic function is its
            probability. For more, a column for each class in the order of `classes_`, of which the
            softmax is `predict_proba`; each row sums to 0. The rule of `thresholding` does not
            enter: `predict` follows the largest, or the sign, only where that is None or "prior".

        Raises
        ------
        ValueError
            As in `predict_proba`.
        """
        log_proba = compute_log_proba(self, check_new_data(self, X))
        if log_proba.shape[1] == 2:
            return log_proba[:, 1] - log_proba[:, 0]
        return log_proba - log_proba.mean(axis=1, keepdims=True)

    def score(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Return the share of rows whose label is predicted right.

        Parameters
        ----------
        X : array-like
            Images, paths or a table, as in `fit`.
        y : array-like of shape (n_samples,) or (n_samples, n_classes)
            True labels, or one-hot rows as in `fit`.
        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each row.

        Returns
        -------
        accuracy : float
            From 0 to 1. Of a rare class it says little: see :mod:`imblearn_bbfl.metrics`.

        Raises
        ------
        ValueError
            As in `predict`, and if `y` has several columns and is not one-hot.
        """
        y = read_labels(y, type(self).__name__)
        return super().score(X, y, sample_weight)  # type: ignore[misc]

    def _learn(self, split, rng, epochs):
        """Learn a temperature and a decision rule from rows that were not trained on."""
        if split.folds:
            outputs = cross_fit(self, split.train, split.folds, rng, epochs)
        elif split.decision is not None:
            outputs = compute_held_out(self, split.decision)
        else:
            return
        learners = name_learners(self, "is fitted", "are fitted")
        warn_of_few_held_out(len(outputs.codes), learners)
        self._held_out_outputs = tuple(outputs)
        get_temperature(self)
        get_decision(self)
