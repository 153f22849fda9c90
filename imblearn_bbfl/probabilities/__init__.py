"""From what a network was trained to return to the posterior of a class mix, and what follows.

A temperature makes it as sure as it should be, and the images of a patient speak together.
"""

from imblearn_bbfl.probabilities._groups import combine_groups
from imblearn_bbfl.probabilities._posterior import (
    as_constant as as_constant,  # for losses and networks
)
from imblearn_bbfl.probabilities._posterior import (
    normalize_log,
    recover_log_posterior,
    recover_posterior,
)
from imblearn_bbfl.probabilities._target_prior import resolve_target_prior
from imblearn_bbfl.probabilities._temperature import fit_temperature

__all__ = [
    "combine_groups",
    "fit_temperature",
    "normalize_log",
    "recover_log_posterior",
    "recover_posterior",
    "resolve_target_prior",
]


def __dir__():
    return __all__
