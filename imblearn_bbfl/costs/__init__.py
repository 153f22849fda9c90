"""What a mistake costs: a number for each class in each of four vectors, and a loss made of them.

Every loss here is one formula: ``w_y FL_gamma(s * f + a, less m_y at the true class y)``, of logits
f. gamma is the focusing parameter of the focal loss; w are factors, s scales, a offsets and m
margins, a number per class each. The functions of this module compute them from how many images
each class has: those of :class:`~imblearn_bbfl.BBFLClassifier`, and those of a loss for a network
of your own.
"""

from imblearn_bbfl.costs._costs import Costs, make_costs, make_loss, make_soft_loss
from imblearn_bbfl.costs._factors import compute_effective_factors, compute_factors, resolve_alpha
from imblearn_bbfl.costs._logits import (
    COSINE_SCALE,
    compute_margins,
    compute_offsets,
    compute_scales,
)

__all__ = [
    "COSINE_SCALE",
    "Costs",
    "compute_effective_factors",
    "compute_factors",
    "compute_margins",
    "compute_offsets",
    "compute_scales",
    "make_costs",
    "make_loss",
    "make_soft_loss",
    "resolve_alpha",
]


def __dir__():
    return __all__
