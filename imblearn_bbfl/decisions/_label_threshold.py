"""Rules that set one label against all others by a threshold on its probability."""

from collections.abc import Hashable
from numbers import Real
from typing import Any

import numpy as np

from imblearn_bbfl.decisions._base import Decision, find_class

# A held-out row whose probability is the threshold stays on its side in single precision too.
_SLACK = 1e-6
_STEEPNESS = 1e9


class LabelThreshold(Decision):
    """Base of the rules that decide for `label` where its probability reaches `threshold_`.

    Where it does not, the decision is the most probable of the other classes.
    """

    def rank(self, proba: Any) -> Any:
        """Return the probabilities, with that of the label far above or far below the others."""
        factors, shifts = np.ones(len(self.classes_)), np.zeros(len(self.classes_))
        column = find_class(self, self.label)
        factors[column] = _STEEPNESS / self._lowest()
        shifts[column] = -_STEEPNESS
        return proba * factors + shifts

    def _check(self):
        find_class(self, self.label)

    def _lowest(self):
        """Return the lowest probability that is taken to reach the threshold."""
        return self.threshold_ * (1 - _SLACK)

    def _split_rows(self, proba, y):
        """Return the probability of the label in its own rows, and in those of the others."""
        of_label = proba[:, find_class(self, self.label)]
        is_label = y == self.label
        return of_label[is_label], of_label[~is_label]

    def _measure(self, own, others):
        """Remember what the threshold does to the rows that it was learnt from."""
        self.recall_ = _share(own >= self._lowest())
        self.specificity_ = _share(others < self._lowest())


class FixedThreshold(LabelThreshold):
    """Decide for a label where its probability reaches a threshold that you know.

    Where it does not, the decision is the most probable of the other classes.

    Parameters
    ----------
    label : label
        One of the classes.
    threshold : float in (0, 1], default=0.5
        The smallest probability of `label` that is called `label`.

    Raises
    ------
    ValueError
        When fitted, if `label` is not among the classes, or `threshold` is not in (0, 1].

    See Also
    --------
    sklearn.model_selection.FixedThresholdClassifier : The same for classifiers of two classes.

    Examples
    --------
    >>> from imblearn_bbfl.decisions import FixedThreshold
    >>> rule = FixedThreshold("sick", 0.2).fit([[0.5, 0.5], [0.5, 0.5]], ["healthy", "sick"])
    >>> rule.predict([[0.9, 0.1], [0.7, 0.3]]).tolist()
    ['healthy', 'sick']
    """

    def __init__(self, label: Hashable, threshold: float = 0.5) -> None:
        self.label = label
        self.threshold = threshold

    def _check(self):
        super()._check()
        check_share("threshold", self.threshold)
        self.threshold_ = float(self.threshold)


def check_share(name, value):
    """Raise ValueError unless a parameter is in (0, 1]."""
    if not (isinstance(value, Real) and 0 < value <= 1):
        raise ValueError(f"{name}={value!r} must be a number > 0 and <= 1, such as 0.9.")


def _share(flags):
    return float(flags.mean()) if len(flags) else float("nan")
