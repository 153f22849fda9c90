"""The least expected cost."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from imblearn_bbfl._order import is_sorted_by_grade, place_labels
from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.decisions._base import Decision

_DISTANCE_POWERS = {"linear": 1, "quadratic": 2}


class CostMatrix(Decision):
    r"""Decide for the class of the least expected cost.

    With costs :math:`C_{ck}` of deciding for class k where class c is true, the decision is
    :math:`\arg\min_k \sum_c C_{ck} \, p_c`. It needs no rows to learn from, but probabilities that
    can be taken at their word: see `target_prior` of :class:`~imblearn_bbfl.BBFLClassifier`.

    Parameters
    ----------
    costs : array-like of shape (n_classes, n_classes), dict, "linear" or "quadratic"
        Finite numbers >= 0. An array has a row for each true class and a column for each decision,
        in the order that `order` says, or by the names of a DataFrame; usually its diagonal is 0. A
        dict has costs of single mistakes by pairs of labels, the true one first:
        ``{("sick", "healthy"): 10}`` is the cost of calling a sick one healthy. A mistake that it
        leaves out costs 1, and a right decision nothing. ``"linear"`` and ``"quadratic"`` are for
        grades: the cost is the number of grades between truth and decision, or its square, as in
        the weighted kappa.
    order : array-like of shape (n_classes,), default=None
        The labels in the order of the rows and columns of `costs`, or from the lowest grade to the
        highest. ``None`` is the order of sorted labels, which for text is alphabetical; for grades
        in :class:`~imblearn_bbfl.BBFLClassifier` it is that of `class_order`, where there is one.

    Attributes
    ----------
    costs_ : ndarray of shape (n_classes, n_classes)
        The costs in the order of `classes_`.

    Raises
    ------
    ValueError
        When fitted, if `costs` has another shape, holds what is no number, or one that is negative
        or not finite, or names a label that is not among the classes; or if `order` does not name
        each class once.

    Warns
    -----
    UserWarning
        When fitted, if a mistake costs less than the right decision, as where gains are passed for
        costs; or if `order` is None and grades are words, whose alphabetical order is rarely that
        of the grades. Text in which numbers rise, such as "0-1", "2", "3", is in order.

    References
    ----------
    Elkan 2001, "The foundations of cost-sensitive learning", IJCAI, section 1.

    Examples
    --------
    Missing a disease costs ten times as much as a false alarm:

    >>> from imblearn_bbfl.decisions import CostMatrix
    >>> rule = CostMatrix([[0, 1], [10, 0]]).fit([[0.5, 0.5], [0.5, 0.5]], ["healthy", "sick"])
    >>> rule.predict([[0.95, 0.05], [0.85, 0.15]]).tolist()
    ['healthy', 'sick']

    The same by the name of the mistake:

    >>> rule = CostMatrix({("sick", "healthy"): 10})
    >>> rule.fit([[0.5, 0.5], [0.5, 0.5]], ["healthy", "sick"]).costs_.tolist()
    [[0.0, 1.0], [10.0, 0.0]]

    Between two grades that are equally probable, the one in the middle is the safest:

    >>> import numpy as np
    >>> grades = ["none", "mild", "severe"]
    >>> rule = CostMatrix("quadratic", order=grades).fit(np.eye(3), grades, classes=grades)
    >>> rule.predict([[0.4, 0.2, 0.4]]).tolist()
    ['mild']
    """

    def __init__(
        self,
        costs: ArrayLike | Mapping[tuple[Hashable, Hashable], float] | str,
        order: ArrayLike | None = None,
    ) -> None:
        self.costs = costs
        self.order = order

    @property
    def needs_order(self) -> bool:  # type: ignore[override]
        """Whether the costs are those of grades."""
        return isinstance(self.costs, str)

    def rank(self, proba: Any) -> Any:
        """Return the negative expected cost of each decision."""
        return proba @ -self.costs_

    def _check(self):
        self.costs_ = self._compute_costs()

    def _compute_costs(self):
        n_classes = len(self.classes_)
        places = place_labels(self.classes_, self.order)
        if isinstance(self.costs, str):
            if self.costs not in _DISTANCE_POWERS:
                raise ValueError(
                    f"costs={self.costs!r} is not known. Use 'linear', 'quadratic', a dict or a "
                    "matrix."
                )
            self._warn_of_alphabet()
            distance = np.abs(np.subtract.outer(places, places))
            return distance.astype(np.float64) ** _DISTANCE_POWERS[self.costs]
        costs = self._look_up() if isinstance(self.costs, dict) else self._arrange(places)
        if costs.shape != (n_classes, n_classes):
            raise ValueError(
                f"costs has shape {costs.shape}, but there are {n_classes} classes, "
                f"{self.classes_.tolist()}. Pass a row for each true class and a column for each "
                "decision."
            )
        if not (np.isfinite(costs) & (costs >= 0)).all():
            raise ValueError(
                f"costs={self.costs!r} must be finite and not negative. Add a constant to a row to "
                "make the costs of that true class positive: no decision changes."
            )
        self._warn_of_cheap_mistakes(costs)
        return costs

    def _arrange(self, places):
        """Return the costs of a matrix in the order of the classes."""
        if hasattr(self.costs, "columns"):  # a DataFrame, which says itself what its rows are
            return self._align()
        try:
            costs = np.asarray(self.costs, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"costs={self.costs!r} must be a matrix of numbers. Pass a row for each true class "
                "and a column for each decision, all of the same length."
            ) from error
        n_classes = len(places)
        return costs[np.ix_(places, places)] if costs.shape == (n_classes, n_classes) else costs

    def _align(self):
        """Return the costs of a DataFrame in the order of the classes."""
        labels = self.classes_.tolist()
        for name, found in (("rows", self.costs.index), ("columns", self.costs.columns)):
            if len(found) != len(labels) or set(found) != set(labels):
                raise ValueError(
                    f"The {name} of costs are named {list(found)}, but the classes are {labels}. "
                    "Name them by the labels of y, or pass costs.to_numpy()."
                )
        return self.costs.loc[labels, labels].to_numpy(dtype=np.float64)

    def _look_up(self):
        """Return the costs of single mistakes as a matrix."""
        labels = self.classes_.tolist()
        costs = 1.0 - np.eye(len(labels))
        for pair, cost in self.costs.items():
            is_pair = isinstance(pair, tuple) and len(pair) == 2
            unknown = [label for label in pair if label not in labels] if is_pair else [pair]
            if unknown:
                raise ValueError(
                    f"costs has a cost for {pair!r}, but must name pairs (true label, decision) of "
                    f"the classes {labels}. Use the labels of y."
                )
            costs[labels.index(pair[0]), labels.index(pair[1])] = cost
        return costs

    def _warn_of_cheap_mistakes(self, costs):
        """Warn of a mistake that costs less than the right decision, as where gains are passed."""
        true, decided = (costs < costs.diagonal()[:, np.newaxis]).nonzero()
        if not len(true):
            return
        labels = self.classes_.tolist()
        warn_user(
            f"costs says that to decide for {labels[decided[0]]!r} where {labels[true[0]]!r} is "
            f"true costs {costs[true[0], decided[0]]:g}, less than the right decision, which costs "
            f"{costs[true[0], true[0]]:g}. If these are gains, pass their largest value minus the "
            "matrix."
        )

    def _warn_of_alphabet(self):
        if self.order is None and not is_sorted_by_grade(self.classes_):
            order = sorted(self.classes_.tolist())
            warn_user(
                f"costs={self.costs!r} takes the grades in alphabetical order, from {order[0]!r} "
                f"to {order[-1]!r}. If that is not theirs, pass order=[lowest, ..., highest].",
            )
