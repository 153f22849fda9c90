"""The methods for imbalance that the paper compares, as settings of one estimator."""

from collections.abc import Mapping
from copy import deepcopy
from pprint import pformat

from imblearn.over_sampling import RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler

__all__ = ["STRATEGIES"]

# Every choice is named, so that setting one method leaves nothing of another.
_BASELINE = {
    "sampling": None,
    "gamma": 0.0,
    "alpha": None,
    "class_weight": None,
    "loss": None,
    "target_prior": None,
    "thresholding": None,
}
_CHANGES = {
    "baseline": {},
    "thresholding": {"thresholding": "prior"},
    "ros": {"sampling": RandomOverSampler()},
    "rus": {"sampling": RandomUnderSampler()},
    "cost_sensitive": {"class_weight": "balanced"},
    "balanced_batch": {"sampling": "batch"},
    "focal_loss": {"gamma": 2.0},
    "bbfl": {"sampling": "batch", "gamma": 2.0},
}


class Strategies(Mapping):
    """The paper's eight methods: name -> parameters of :class:`~imblearn_bbfl.BBFLClassifier`.

    The parameters of a method name every choice that makes one up: `sampling`, `gamma`, `alpha`,
    `class_weight`, `loss`, `target_prior` and `thresholding`. So a method is the same whatever the
    estimator was set to: a loss or a class mix of your own goes into a method of your own. Each
    look-up returns a new dict with a sampler of its own,
    which is yours to change; the table itself is read-only.

    See Also
    --------
    imblearn_bbfl.model_selection.compare_strategies : Trains and tests the methods on one data set.

    Examples
    --------
    A classifier that is trained with one of the methods:

    >>> from imblearn_bbfl import STRATEGIES, BBFLClassifier
    >>> BBFLClassifier(**STRATEGIES["cost_sensitive"]).class_weight
    'balanced'

    The grid with which ``GridSearchCV(BBFLClassifier(), grid)`` searches over all methods:

    >>> grid = [
    ...     {name: [value] for name, value in method.items()} for method in STRATEGIES.values()
    ... ]

    A table with a method of your own besides these:

    >>> methods = STRATEGIES | {"gentle_bbfl": {**STRATEGIES["bbfl"], "gamma": 0.5}}
    >>> len(methods)
    9
    """

    def __getitem__(self, name):
        return _BASELINE | deepcopy(_CHANGES[name])

    def __iter__(self):
        return iter(_CHANGES)

    def __len__(self):
        return len(_CHANGES)

    def copy(self):
        """Return a dict with the methods."""
        return dict(self)

    def __or__(self, other):
        return dict(self) | dict(other) if isinstance(other, Mapping) else NotImplemented

    def __ror__(self, other):
        return dict(other) | dict(self) if isinstance(other, Mapping) else NotImplemented

    # Entries hold new samplers each time, and those are equal to none but themselves.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __reduce__(self):
        return "STRATEGIES"  # a copy, or what is unpickled, is the one table

    def __repr__(self):
        return pformat(dict(self), width=200, sort_dicts=False)


STRATEGIES = Strategies()
