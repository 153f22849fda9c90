"""A threshold for each class, tuned for a score."""

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from imblearn_bbfl._order import place_grades, place_labels
from imblearn_bbfl.decisions._base import Decision, find_class
from imblearn_bbfl.metrics import OF_GRADES, resolve_scoring

_RELIABLE = 30  # rows of a class whose threshold is taken as tuned
_N_OWN_CUTS, _N_CUTS = 60, 30  # thresholds that are tried for a class in one sweep
_MAX_SWEEPS = 10
_SMALLEST = 1e-12  # probabilities below are alike


class TunedThresholds(Decision):
    r"""Tune a threshold for each class, so that a score of the labels is as good as it can be.

    The decision is :math:`\arg\max_c p_c / t_c` with thresholds :math:`t` that sum to 1. For two
    classes that is a threshold in the usual sense: the second class where its probability is above
    its threshold. Thresholds are tuned by coordinate ascent, one class after the other until none
    gains, and begin at the shares of the classes in `y`, or at equal ones if these score better. A
    class of fewer than 30 rows says little about its threshold, which therefore goes only part of
    the way, a thirtieth for each row. On the rows of `fit` the score is never below that of the
    most probable class.

    For balanced accuracy nothing needs tuning: with ``target_prior="uniform"`` of
    :class:`~imblearn_bbfl.BBFLClassifier` the most probable class is the best decision.

    Parameters
    ----------
    scoring : str or callable, default="f1_macro"
        What is to be as good as it can be: the name of a metric of
        :func:`~imblearn_bbfl.metrics.resolve_scoring`, which knows all scorers of scikit-learn, or
        a scorer, ``scorer(estimator, X, y)``. It must depend on predicted labels. Classes without
        rows are left out of means over classes.
    pos_label : label, default=None
        Of two classes, the one that a score such as ``"f1"`` is of. ``None`` takes the rarer one in
        `y`, or the second of two that are equally frequent.
    order : array-like of shape (n_classes,), default=None
        For ``"kappa_quadratic"``, the labels from the lowest grade to the highest. ``None`` is the
        order of sorted labels, or that of `class_order` in :class:`~imblearn_bbfl.BBFLClassifier`.

    Attributes
    ----------
    thresholds_ : ndarray of shape (n_classes,)
        Threshold of each class, in the order of `classes_`; they sum to 1.
    score_ : float
        The score on the rows of `fit`, which flatters a little, for the thresholds were tuned on
        them.

    Raises
    ------
    ValueError
        When fitted, if there is no such score, it is not for so many classes or does not depend on
        labels, `pos_label` is not one of two classes, or `order` does not name each class once, or
        is None where the order of labels that are words counts.

    See Also
    --------
    sklearn.model_selection.TunedThresholdClassifierCV : One threshold for two classes,
        cross-validated, which trains the classifier several times.

    References
    ----------
    Lipton, Elkan, Narayanaswamy 2014, "Optimal thresholding of classifiers to maximize F1 measure",
    ECML PKDD, arXiv:1402.1892.

    Examples
    --------
    Probabilities of any classifier will do, here of rows that it was not trained on:

    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.metrics import f1_score
    >>> from imblearn_bbfl.decisions import TunedThresholds
    >>> X, y = make_classification(
    ...     1500, n_classes=3, n_informative=4, weights=[0.8, 0.15], random_state=0
    ... )
    >>> classifier = LogisticRegression().fit(X[:500], y[:500])
    >>> held_out, new = classifier.predict_proba(X[500:1000]), classifier.predict_proba(X[1000:])
    >>> rule = TunedThresholds("f1_macro").fit(held_out, y[500:1000])
    >>> labels = {"most probable": classifier.predict(X[1000:]), "tuned": rule.predict(new)}
    >>> for name, y_pred in labels.items():
    ...     print(name, round(f1_score(y[1000:], y_pred, average="macro"), 2))
    most probable 0.58
    tuned 0.6
    """

    needs_rows = True

    def __init__(
        self,
        scoring: str | Callable = "f1_macro",
        *,
        pos_label: Hashable | None = None,
        order: ArrayLike | None = None,
    ) -> None:
        self.scoring = scoring
        self.pos_label = pos_label
        self.order = order

    @property
    def needs_order(self) -> bool:  # type: ignore[override]
        """Whether the score is one of grades."""
        return isinstance(self.scoring, str) and self.scoring in OF_GRADES

    def rank(self, proba: Any) -> Any:
        """Return the probabilities by their thresholds."""
        return proba * (self.thresholds_.min() / self.thresholds_)

    def _check(self):
        if not (isinstance(self.scoring, str) or callable(self.scoring)):
            raise ValueError(
                f"scoring={self.scoring!r} must be one score: the name of a metric, such as "
                "'f1_macro', or a scorer."
            )
        n_classes = len(self.classes_)
        if self.pos_label is not None:
            find_class(self, self.pos_label)
            if n_classes > 2:
                raise ValueError(
                    f"pos_label={self.pos_label!r} is for two classes, but there are {n_classes}, "
                    f"{self.classes_.tolist()}. Leave it out: scores are means over classes."
                )
        codes = np.arange(n_classes)
        score = self._make_score(np.full((n_classes, n_classes), 1 / n_classes), codes)
        if score(codes) == score((codes + 1) % n_classes):
            raise ValueError(
                f"scoring={self.scoring!r} is the same whatever labels are predicted, so that no "
                "threshold is better than another. Use a score of labels, such as 'f1_macro'."
            )

    def _fit(self, proba, y):
        codes = (y[:, np.newaxis] == self.classes_).argmax(axis=1)
        counts = np.bincount(codes, minlength=len(self.classes_))
        log_proba = np.log(np.maximum(proba, _SMALLEST))
        score = self._make_score(proba, codes)

        def score_factors(log_factors):
            return score((log_proba + log_factors).argmax(axis=1))

        shares = np.maximum(counts, 1) / len(y)
        start = max(np.zeros(len(counts)), -np.log(shares), key=score_factors)
        tuned = _ascend(log_proba, codes, counts, start, score)
        change = tuned - start
        change -= change[counts.argmax()]  # only ratios count: the largest class is where it was
        shrunk = start + change * np.minimum(1, counts / _RELIABLE)
        best = max(shrunk, start, key=score_factors)
        self.thresholds_ = np.exp(-best - np.max(-best))
        self.thresholds_ /= self.thresholds_.sum()
        self.score_ = score_factors(best)

    def _make_score(self, proba, codes):
        """Return the function that scores predicted class numbers; more is better.

        Parameters
        ----------
        proba : ndarray of shape (n_samples, n_classes)
            Probabilities, which a scorer may look at.
        codes : ndarray of int of shape (n_samples,)
            True class number of each row.
        """
        n_classes = len(self.classes_)
        (metric,) = resolve_scoring(self.scoring, n_classes).values()
        sign = 1 if metric.greater_is_better else -1
        counts = np.bincount(codes, minlength=n_classes)
        place = place_grades(self.classes_, self.order) if self.needs_order else self._sort()
        order = np.argsort(place)
        # By name they are the same of numbers, which are faster; a scorer may look at the labels.
        labels = np.arange(n_classes) if isinstance(self.scoring, str) else self.classes_[order]
        pos_label = labels[place[self._choose_pos_class(counts, order)]] if n_classes == 2 else None
        settings = {"labels": labels[np.sort(place[counts > 0])], "pos_label": pos_label}
        y, proba = labels[place[codes]], proba[:, order]
        known = {}  # each sweep comes to labels that were scored before

        def score(predicted):
            key = predicted.tobytes()
            if key not in known:
                value = metric.measure(y, labels[place[predicted]], proba, labels, **settings)
                known[key] = sign * value if np.isfinite(value) else -np.inf
            return known[key]

        return score

    def _sort(self):
        """Return the place of each class among the sorted labels, which metrics take."""
        place_labels(self.classes_, self.order)  # a wrong order is a mistake anywhere
        return place_labels(self.classes_, None)

    def _choose_pos_class(self, counts, order):
        """Return the number of the positive one of two classes, by default the rarer one."""
        if self.pos_label is not None:
            return find_class(self, self.pos_label)
        first, second = order
        return first if counts[first] < counts[second] else second


def _ascend(log_proba, codes, counts, start, score):
    """Return logarithms of factors, after coordinate ascent from `start`.

    Parameters
    ----------
    log_proba : ndarray of shape (n_samples, n_classes)
        Finite.
    codes : ndarray of int of shape (n_samples,)
        Class number of each row.
    counts : ndarray of shape (n_classes,)
        Rows of each class.
    start : ndarray of shape (n_classes,)
        Logarithms of factors.
    score : callable
        Of class numbers; more is better.
    """
    log_factors = start.copy()
    best = score((log_proba + log_factors).argmax(axis=1))
    for _ in range(_MAX_SWEEPS):
        before = best
        for code in np.argsort(counts, kind="stable")[:-1]:  # only ratios count
            if not counts[code]:
                continue
            others = log_proba + log_factors
            others[:, code] = -np.inf
            rival = others.argmax(axis=1)
            # A row is called `code` where the logarithm of its factor exceeds this.
            needed = others.max(axis=1) - log_proba[:, code]
            cuts = _list_cuts(needed, codes == code)
            cuts = cuts[np.argsort(np.abs(cuts - log_factors[code]), kind="stable")]
            for cut in cuts:  # of equally good ones, that which changes least
                value = score(np.where(needed < cut, code, rival))
                if value > best:
                    best, log_factors[code] = value, cut
        if best == before:
            break
    return log_factors


def _list_cuts(needed, is_own):
    """Return where to cut: midway between neighbours, above all right above rows of the class."""
    values = np.unique(needed)
    cuts = (values[:-1] + values[1:]) / 2
    is_above_own = np.isin(values[:-1], needed[is_own])
    return np.union1d(_thin(cuts[is_above_own], _N_OWN_CUTS), _thin(cuts, _N_CUTS))


def _thin(values, n_most):
    """Return at most so many of the values, evenly spread by rank."""
    if len(values) <= n_most:
        return values
    return values[np.linspace(0, len(values) - 1, n_most).round().astype(int)]
