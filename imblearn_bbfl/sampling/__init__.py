"""Row plans: which rows make up each batch of each epoch.

A plan is fitted on labels and hands out row numbers. It knows nothing of images, files or
networks, so it works for all of them.
"""

from imblearn_bbfl.sampling._batch_balanced import BatchBalancedSampler
from imblearn_bbfl.sampling._resampling import ResamplingSampler
from imblearn_bbfl.sampling._row_plan import make_row_plan
from imblearn_bbfl.sampling._rows import RowPlan
from imblearn_bbfl.sampling._shuffle import ShuffleSampler

__all__ = [
    "BatchBalancedSampler",
    "ResamplingSampler",
    "RowPlan",
    "ShuffleSampler",
    "make_row_plan",
]


def __dir__():
    return __all__
