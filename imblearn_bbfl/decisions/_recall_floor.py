"""A floor of the recall of one class."""

import math
from collections.abc import Hashable

import numpy as np

from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.decisions._label_threshold import LabelThreshold, check_share


class RecallFloor(LabelThreshold):
    """Find at least a given share of one class, and raise no more false alarms than that takes.

    The threshold on the probability of the class is the largest that keeps its recall at or above
    the floor on the rows of `fit`. Where it is not reached, the decision is the most probable of
    the other classes.

    Parameters
    ----------
    label : label
        The class that must be found.
    recall : float in (0, 1], default=0.9
        Least share of its rows to be found.

    Attributes
    ----------
    threshold_ : float
        The smallest probability of `label` that is called `label`.
    recall_, specificity_ : float
        What the threshold does on the rows of `fit`: the share of `label` that is found, and the
        share of the others that is not called `label`. On new rows both vary, the more the fewer
        rows there were: a recall of .95 on 20 rows hangs on one of them.

    Raises
    ------
    ValueError
        When fitted, if `label` is not among the classes, `recall` is not in (0, 1], there is no row
        of `label`, or so many of its rows have the probability 0 that no threshold above 0 keeps
        the floor; the message says what can be reached.

    Warns
    -----
    UserWarning
        When fitted, if the floor is kept only by calling every row `label`.

    See Also
    --------
    SpecificityFloor : The other way round: few false alarms, and as many found as that allows.

    Examples
    --------
    Three of four sick ones are to be found. The third most probable of them has 0.3:

    >>> from imblearn_bbfl.decisions import RecallFloor
    >>> sick = [0.9, 0.6, 0.3, 0.1, 0.4, 0.2, 0.1, 0.1]
    >>> proba, y = [[1 - p, p] for p in sick], ["sick"] * 4 + ["healthy"] * 4
    >>> rule = RecallFloor("sick", recall=0.75).fit(proba, y)
    >>> rule.threshold_, rule.recall_, rule.specificity_
    (0.3, 0.75, 0.75)
    """

    needs_rows = True

    def __init__(self, label: Hashable, recall: float = 0.9) -> None:
        self.label = label
        self.recall = recall

    def _check(self):
        super()._check()
        check_share("recall", self.recall)

    def _fit(self, proba, y):
        own, others = self._split_rows(proba, y)
        if not len(own):
            raise ValueError(
                f"recall={self.recall} of {self.label!r} cannot be measured: none of {len(y)} rows "
                "has that label. Fit the rule on rows that have it."
            )
        n_needed = math.ceil(self.recall * len(own) - 1e-9)
        self.threshold_ = float(np.sort(own)[-n_needed])
        if self.threshold_ == 0:
            raise ValueError(
                f"No threshold keeps recall={self.recall} of {self.label!r}: {np.sum(own == 0)} of "
                f"its {len(own)} rows have the probability 0. The largest recall that can be "
                f"reached is {(own > 0).mean():.3g}. Lower the floor to that."
            )
        self._measure(own, others)
        if self.specificity_ == 0:
            useful = (own > others.min()).mean()
            warn_user(
                f"recall={self.recall} of {self.label!r} is kept only by calling each of {len(y)} "
                f"rows {self.label!r}. The largest recall that leaves a row to the other classes "
                f"is {useful:.3g}.",
            )
