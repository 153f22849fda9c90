"""Methods for imbalance, of the paper and of the field, as settings of one estimator."""

from collections.abc import Mapping
from copy import deepcopy
from pprint import pformat

from imblearn.over_sampling import RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler

from imblearn_bbfl._names import suggest

__all__ = ["PAPER_STRATEGIES", "STRATEGIES"]


def __dir__():
    return __all__


# Every choice is named, so that setting one method leaves nothing of another.
_BASELINE = {
    "sampling": None,
    "gamma": 0.0,
    "alpha": None,
    "class_weight": None,
    "effective_beta": 0.999,
    "tau": 0.0,
    "logit_scale": 0.0,
    "margin": 0.0,
    "balance_from": 0.0,
    "mixup": 0.0,
    "remix": False,
    "targets": "nominal",
    "retrain_head_epochs": 0,
    "tau_norm": 0.0,
    "loss": None,
    "target_prior": None,
    "thresholding": None,
}
_OF_THE_PAPER = {
    "baseline": {},
    "thresholding": {"thresholding": "prior"},
    "ros": {"sampling": RandomOverSampler()},
    "rus": {"sampling": RandomUnderSampler()},
    "cost_sensitive": {"class_weight": "balanced"},
    "balanced_batch": {"sampling": "batch"},
    "focal_loss": {"gamma": 2.0},
    "bbfl": {"sampling": "batch", "gamma": 2.0},
}
# Factors of Cui et al. 2019, from 80 % of the epochs on, as in Cao et al. 2019.
_DEFERRED_WEIGHTS = {"class_weight": "effective", "effective_beta": 0.9999, "balance_from": 0.8}
# Kang et al. 2020, arXiv:1910.09217.
_RETRAINED_HEAD = {"sampling": "batch", "balance_from": 1.0, "retrain_head_epochs": 10}
_OF_THE_FIELD = {
    "logit_adjustment": {"tau": 1.0},  # Menon et al. 2021, arXiv:2007.07314
    "balanced_softmax": {"tau": 1.0},  # Ren et al. 2020, arXiv:2007.10740, the same loss
    "class_balanced": {"class_weight": "effective"},  # Cui et al. 2019, arXiv:1901.05555
    "class_balanced_focal": {"class_weight": "effective", "gamma": 2.0},
    "ldam": {"margin": 0.5},  # Cao et al. 2019, arXiv:1906.07413
    "ldam_drw": {"margin": 0.5, **_DEFERRED_WEIGHTS},
    "vs": {"tau": 1.25, "logit_scale": 0.15},  # Kini et al. 2021, arXiv:2103.01550
    "drs": {"sampling": "batch", "balance_from": 0.8},  # Cao et al. 2019
    "drw": _DEFERRED_WEIGHTS,
    "deferred_bbfl": {"sampling": "batch", "gamma": 2.0, "balance_from": 0.8},
    "crt": _RETRAINED_HEAD,
    "tau_norm": {"tau_norm": 1.0},  # Kang et al. 2020
    "mixup": {"mixup": 0.2},  # Zhang et al. 2018, arXiv:1710.09412
    "remix": {"mixup": 1.0, "remix": True},  # Chou et al. 2020, arXiv:2007.03943
    # Zhong et al. 2021, arXiv:2104.00466: features from mixtures, the head from rows as they are
    "mixup_crt": {"mixup": 0.2, **_RETRAINED_HEAD},
    "soft_ordinal": {"targets": "ordinal"},  # Díaz and Marathe 2019, CVPR
    "tuned_thresholds": {"thresholding": "tuned"},  # Lipton et al. 2014, arXiv:1402.1892
}


class Strategies(Mapping):
    """Methods for imbalance: name -> parameters of :class:`~imblearn_bbfl.BBFLClassifier`.

    ``STRATEGIES`` has all of them, ``PAPER_STRATEGIES`` the eight that the paper compares.

    The parameters of a method name every choice that makes one up, also those that it leaves out:
    `sampling`, `gamma`, `alpha`, `class_weight`, `effective_beta`, `tau`, `logit_scale`, `margin`,
    `balance_from`, `mixup`, `remix`, `targets`, `retrain_head_epochs`, `tau_norm`, `loss`,
    `target_prior` and `thresholding`. So a method is the same whatever the estimator was set to: a
    loss or a class mix of your own goes into a method of your own. Each look-up returns a new dict
    with a sampler of its own, which is yours to change; the table itself is read-only.

    See Also
    --------
    imblearn_bbfl.model_selection.compare_strategies : Trains and tests methods on one data set.

    Notes
    -----
    ``logit_adjustment`` and ``balanced_softmax`` are one loss under the names of two papers, and a
    comparison trains it once. What the first calls logit adjustment after training is
    ``thresholding``.

    Examples
    --------
    A classifier that is trained with one of the methods:

    >>> from imblearn_bbfl import PAPER_STRATEGIES, STRATEGIES, BBFLClassifier
    >>> BBFLClassifier(**STRATEGIES["cost_sensitive"]).class_weight
    'balanced'

    The grid with which ``GridSearchCV(BBFLClassifier(), grid)`` searches over all methods:

    >>> grid = [
    ...     {name: [value] for name, value in method.items()} for method in STRATEGIES.values()
    ... ]

    A table with a method of your own besides those of the paper:

    >>> methods = PAPER_STRATEGIES | {"gentle_bbfl": {**STRATEGIES["bbfl"], "gamma": 0.5}}
    >>> len(methods)
    9
    """

    def __init__(self, name, changes):
        self._name = name
        self._changes = changes

    def __getitem__(self, name):
        if name not in self._changes:
            near = suggest(name, self._changes) or f" It has {', '.join(self._changes)}."
            raise KeyError(f"{name!r} is not in {self._name}.{near}")
        return _BASELINE | deepcopy(self._changes[name])

    def __iter__(self):
        return iter(self._changes)

    def __len__(self):
        return len(self._changes)

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
        return self._name  # a copy, or what is unpickled, is the one table

    def __repr__(self):
        return pformat(dict(self), width=400, sort_dicts=False)


PAPER_STRATEGIES = Strategies("PAPER_STRATEGIES", _OF_THE_PAPER)
STRATEGIES = Strategies("STRATEGIES", _OF_THE_PAPER | _OF_THE_FIELD)
