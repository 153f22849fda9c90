"""The least expected cost."""

import numpy as np

from imblearn_bbfl.decisions._base import Decision


class CostMatrix(Decision):
    r"""Decide for the class of the least expected cost.

    With costs :math:`C_{ck}` of deciding for class k where class c is true, the decision is
    :math:`\arg\min_k \sum_c C_{ck} \, p_c`. It needs no rows to learn from, but probabilities that
    can be taken at their word: see `target_prior` of :class:`~imblearn_bbfl.BBFLClassifier`.

    Parameters
    ----------
    costs : array-like of shape (n_classes, n_classes)
        A row for each true class, a column for each decision, in the order of the sorted labels;
        finite and >= 0. Usually the diagonal is 0.

    Raises
    ------
    ValueError
        When fitted, if `costs` has another shape, or holds a number that is negative or not finite.

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
    """

    def __init__(self, costs):
        self.costs = costs

    def rank(self, proba):
        """Return the negative expected cost of each decision."""
        return proba @ -self.costs_

    def _fit(self, proba, y):
        costs = np.asarray(self.costs, dtype=np.float64)
        n_classes = len(self.classes_)
        if costs.shape != (n_classes, n_classes):
            raise ValueError(
                f"costs has shape {costs.shape}, but there are {n_classes} classes, "
                f"{self.classes_.tolist()}. Pass a row for each true class and a column for each "
                "decision."
            )
        if not (np.isfinite(costs) & (costs >= 0)).all():
            raise ValueError(
                f"costs={costs.tolist()} must be finite and not negative. Add a constant to a row "
                "to make its costs positive: no decision changes."
            )
        self.costs_ = costs
