"""The most probable class."""

from typing import Any

from imblearn_bbfl.decisions._base import Decision


class MostProbable(Decision):
    """Decide for the most probable class: the fewest mistakes, where all cost the same.

    Examples
    --------
    >>> from imblearn_bbfl.decisions import MostProbable
    >>> rule = MostProbable().fit([[0.5, 0.5], [0.5, 0.5]], ["healthy", "sick"])
    >>> rule.predict([[0.9, 0.1], [0.3, 0.7]]).tolist()
    ['healthy', 'sick']
    """

    def rank(self, proba: Any) -> Any:
        """Return the probabilities."""
        return proba
