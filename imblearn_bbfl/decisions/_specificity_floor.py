"""A floor of the specificity of one class."""

import math
from collections.abc import Hashable

import numpy as np

from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.decisions._label_threshold import LabelThreshold, check_share

_GAP = 4e-6  # that single precision tells two probabilities apart by


class SpecificityFloor(LabelThreshold):
    """Raise few false alarms for one class, and find as many of it as that allows.

    The threshold on the probability of the class is so low as keeps its specificity at or above the
    floor on the rows of `fit`: the share of all other rows that is not called so. Where it is not
    reached, the decision is the most probable of the other classes.

    Parameters
    ----------
    label : label
        The class that must not be called too often.
    specificity : float in (0, 1], default=0.9
        Least share of the rows of other classes that is not called `label`.

    Attributes
    ----------
    threshold_ : float
        The smallest probability of `label` that is called `label`: midway between the last row that
        may not be called so and the next one above.
    recall_, specificity_ : float
        What the threshold does on the rows of `fit`: the share of `label` that is found, and the
        share of the others that is not called `label`. On new rows both vary, the more the fewer
        rows there were.

    Raises
    ------
    ValueError
        When fitted, if `label` is not among the classes, `specificity` is not in (0, 1], there is
        no row of another class, or so many of those have the probability 1 that no threshold keeps
        the floor; the message says what can be reached.

    Warns
    -----
    UserWarning
        When fitted, if the floor is kept only by calling no row `label`.

    See Also
    --------
    RecallFloor : The other way round: find enough, with as few false alarms as that allows.

    Examples
    --------
    One healthy one of four may be called sick:

    >>> from imblearn_bbfl.decisions import SpecificityFloor
    >>> sick = [0.9, 0.6, 0.3, 0.1, 0.4, 0.2, 0.1, 0.1]
    >>> proba, y = [[1 - p, p] for p in sick], ["sick"] * 4 + ["healthy"] * 4
    >>> rule = SpecificityFloor("sick", specificity=0.75).fit(proba, y)
    >>> rule.threshold_, rule.recall_, rule.specificity_
    (0.25, 0.75, 0.75)
    """

    needs_rows = True

    def __init__(self, label: Hashable, specificity: float = 0.9) -> None:
        self.label = label
        self.specificity = specificity

    def _check(self):
        super()._check()
        check_share("specificity", self.specificity)

    def _fit(self, proba, y):
        own, others = self._split_rows(proba, y)
        if not len(others):
            raise ValueError(
                f"specificity={self.specificity} of {self.label!r} cannot be measured: each of "
                f"{len(y)} rows has that label. Fit the rule on rows of other classes as well."
            )
        n_kept = math.ceil(self.specificity * len(others) - 1e-9)
        highest = np.sort(others)[n_kept - 1]  # of the rows that may not be called `label`
        if highest > 1 - _GAP:
            reachable = (others <= 1 - _GAP).mean()
            raise ValueError(
                f"No threshold keeps specificity={self.specificity} of {self.label!r}: "
                f"{np.sum(others > 1 - _GAP)} of the {len(others)} rows of other classes have the "
                f"probability 1 of it. The largest specificity that can be reached is "
                f"{reachable:.3g}. Lower the floor to that."
            )
        rows = np.concatenate([own, others])
        above = rows[rows > highest + _GAP].min(initial=1.0)
        self.threshold_ = float((highest + above) / 2)
        self._measure(own, others)
        if self.recall_ == 0:
            reachable = (others < own.max()).mean()
            warn_user(
                f"specificity={self.specificity} of {self.label!r} is kept only by calling none of "
                f"the {len(own)} rows of {self.label!r} so. The largest specificity with which one "
                f"is found is {reachable:.3g}.",
            )
