"""Batches for Keras: rows from a row plan, images from memory or disk, augmented, with weights."""

import imblearn_bbfl._backend  # first: it says what to install where Keras has none
from imblearn_bbfl.generators._balanced import BalancedBatchGenerator
from imblearn_bbfl.generators._batch_generator import BatchGenerator
from imblearn_bbfl.generators._sequential import SequentialBatches

__all__ = ["BalancedBatchGenerator", "BatchGenerator", "SequentialBatches"]


def __dir__():
    return __all__
