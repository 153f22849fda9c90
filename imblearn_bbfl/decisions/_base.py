"""What a decision rule is."""

from abc import abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone
from sklearn.utils import check_array, check_consistent_length, column_or_1d
from sklearn.utils.validation import check_is_fitted

from imblearn_bbfl._one_hot import as_labels


class Decision(BaseEstimator):
    """Base of the decision rules: from probabilities to labels.

    A rule works on the probabilities of any classifier. Pass one as `thresholding` of
    :class:`~imblearn_bbfl.BBFLClassifier` to have its `predict`, and the networks that it exports,
    decide by it. Probabilities stay as they are.

    A subclass defines `rank`. It defines `_fit` as well if it learns something from labelled rows,
    and `_check` if its parameters may not suit the labels.

    Attributes
    ----------
    needs_rows : bool, default=False
        Whether `fit` learns from the rows. The rows should then be none that the classifier was
        trained on.
    needs_order : bool, default=False
        Whether the rule is about grades. It then has a parameter `order`, the labels from the
        lowest grade to the highest.
    classes_ : ndarray of shape (n_classes,)
        The labels, in the order of the columns of `proba`.

    Examples
    --------
    A rule that says "sick" whenever that has at least a fifth of the probability of "healthy":

    >>> import numpy as np
    >>> from imblearn_bbfl.decisions import Decision
    >>> class Wary(Decision):
    ...     def rank(self, proba):
    ...         return proba * np.array([1.0, 5.0])
    >>> rule = Wary().fit([[0.5, 0.5], [0.5, 0.5]], ["healthy", "sick"])
    >>> rule.predict([[0.9, 0.1], [0.8, 0.2]]).tolist()
    ['healthy', 'sick']
    """

    needs_rows = False
    needs_order = False

    def fit(self, proba: ArrayLike, y: ArrayLike, classes: ArrayLike | None = None) -> Self:
        """Learn the labels, and whatever else the rule decides by.

        Parameters
        ----------
        proba : array-like of shape (n_samples, n_classes)
            Probabilities of rows that the classifier was not trained on.
        y : array-like of shape (n_samples,)
            Their labels.
        classes : array-like of shape (n_classes,), default=None
            The label of each column. ``None`` takes the sorted labels of `y`, which must then hold
            all of them.

        Returns
        -------
        self : Decision
            Fitted.

        Raises
        ------
        ValueError
            If `proba` holds anything but numbers from 0 to 1, or has not one column per class; if
            `classes` names a class twice; if `y` holds labels that are not in `classes`; or if the
            parameters of the rule do not suit the labels.
        """
        proba = _check_proba(proba)
        y = column_or_1d(as_labels(y))
        check_consistent_length(proba, y)
        self._set_classes(np.unique(y) if classes is None else classes)
        if proba.shape[1] != len(self.classes_):
            raise ValueError(
                f"proba has {proba.shape[1]} columns, but there are {len(self.classes_)} classes, "
                f"{self.classes_.tolist()}. Pass the label of each column as `classes`."
            )
        unknown = np.setdiff1d(y, self.classes_)
        if len(unknown):
            raise ValueError(
                f"y holds labels that are not among the classes {self.classes_.tolist()}: "
                f"{unknown.tolist()}. Pass all labels as `classes`."
            )
        self._check()
        self._fit(proba, y)
        return self

    def check(self, classes: ArrayLike) -> None:
        """Check, before there are any probabilities, that the rule suits the labels.

        Parameters
        ----------
        classes : array-like of shape (n_classes,)
            The label of each column.

        Raises
        ------
        ValueError
            If `classes` names a class twice, or a parameter of the rule does not suit the labels.
        """
        rule = clone(self)
        rule._set_classes(classes)
        rule._check()

    def predict(self, proba: ArrayLike) -> np.ndarray:
        """Decide.

        Parameters
        ----------
        proba : array-like of shape (n_samples, n_classes)
            Probabilities, in the order of `classes_`.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            Labels.

        Raises
        ------
        ValueError
            If `proba` holds anything but numbers from 0 to 1, or has not one column per class.
        """
        check_is_fitted(self, "classes_")
        proba = _check_proba(proba)
        if proba.shape[1] != len(self.classes_):
            raise ValueError(
                f"proba has {proba.shape[1]} columns, but the rule was fitted on "
                f"{len(self.classes_)} classes, {self.classes_.tolist()}."
            )
        ranks = np.asarray(self.rank(proba))
        if ranks.shape != proba.shape:
            raise ValueError(
                f"{type(self).__name__}.rank returned the shape {ranks.shape} for probabilities of "
                f"shape {proba.shape}. It must return one number for each row and class."
            )
        return self.classes_[ranks.argmax(axis=1)]

    @abstractmethod
    def rank(self, proba: Any) -> Any:
        """Say how much speaks for each class: the largest number of a row is its decision.

        To put the rule into an exported network, it is called with a symbolic tensor of Keras. So
        use operators with an array of NumPy on their right (``proba * factors``, ``proba @
        matrix``), or functions of :mod:`keras.ops`, which take arrays as well. The functions of
        NumPy take no such tensors.

        Parameters
        ----------
        proba : array or tensor of shape (n_samples, n_classes)
            Probabilities.

        Returns
        -------
        ranks : array or tensor of shape (n_samples, n_classes)
            Any numbers; of equal ones the first class is decided for.
        """

    def _set_classes(self, classes):
        self.classes_ = column_or_1d(classes)
        if len(np.unique(self.classes_)) < len(self.classes_):
            raise ValueError(
                f"classes={self.classes_.tolist()} names a class twice. Pass the label of each "
                "column once."
            )

    def _check(self):
        """Raise ValueError unless the parameters suit the labels, which `classes_` has.

        By default all do.
        """

    def _fit(self, proba, y):
        """Learn from rows; by default there is nothing to learn.

        Set attributes whose names end in an underscore.

        Parameters
        ----------
        proba : ndarray of shape (n_samples, n_classes)
            Checked probabilities, in the order of `classes_`, which is set.
        y : ndarray of shape (n_samples,)
            Their labels.
        """


def _check_proba(proba):
    proba = check_array(proba, input_name="proba")
    if proba.min() < 0 or proba.max() > 1 + 1e-6:
        raise ValueError(
            f"proba holds numbers from {proba.min():g} to {proba.max():g}, but probabilities lie "
            "in [0, 1]. If these are logits, pass what predict_proba returns instead."
        )
    return proba


def find_class(rule, label):
    """Return the column of a label that a parameter of a rule names, or raise ValueError."""
    classes = rule.classes_.tolist()
    if label not in classes:
        raise ValueError(
            f"{type(rule).__name__} is about the label {label!r}, but the classes are {classes}. "
            "Name one of them, of the same type."
        )
    return classes.index(label)
