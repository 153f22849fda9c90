"""The methods for imbalance that the paper compares, as settings of one estimator."""

from types import MappingProxyType

from imblearn.over_sampling import RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler

__all__ = ["STRATEGIES"]


def _settings(*, sampling=None, gamma=0.0, class_weight=None, thresholding=None):
    """Name every axis, so that setting one method leaves nothing of another."""
    return MappingProxyType(
        {
            "sampling": sampling,
            "gamma": gamma,
            "class_weight": class_weight,
            "thresholding": thresholding,
        }
    )


STRATEGIES = MappingProxyType(
    {
        "baseline": _settings(),
        "thresholding": _settings(thresholding="prior"),
        "ros": _settings(sampling=RandomOverSampler()),
        "rus": _settings(sampling=RandomUnderSampler()),
        "cost_sensitive": _settings(class_weight="balanced"),
        "balanced_batch": _settings(sampling="batch"),
        "focal_loss": _settings(gamma=2.0),
        "bbfl": _settings(sampling="batch", gamma=2.0),
    }
)
"""The paper's eight methods: name -> parameters of :class:`~imblearn_bbfl.BBFLClassifier`.

``BBFLClassifier(**STRATEGIES["ros"])`` is one of them; ``GridSearchCV(BBFLClassifier(),
[{key: [value] for key, value in settings.items()} for settings in STRATEGIES.values()])`` searches
over all. Read-only; copy an entry with ``dict(...)`` to change it.
"""
