"""Metrics of stored predictions: the default ones, and any scorer of scikit-learn."""

from imblearn_bbfl.metrics._intervals import paired_difference_interval, wilson_interval
from imblearn_bbfl.metrics._measures import OF_GRADES
from imblearn_bbfl.metrics._scoring import Metric, default_metrics, resolve_scoring

__all__ = [
    "OF_GRADES",
    "Metric",
    "default_metrics",
    "paired_difference_interval",
    "resolve_scoring",
    "wilson_interval",
]


def __dir__():
    return __all__
