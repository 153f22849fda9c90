"""Focal losses for Keras, computed in log space.

Drop-in for the Keras losses of the same names, and the sparse one that Keras lacks. The formulas
are pure functions of labels and logits; the classes add what `model.compile` and saving need.
"""

import imblearn_bbfl._backend  # first: it says what to install where Keras has none
from imblearn_bbfl.losses._binary import BinaryFocalCrossentropy
from imblearn_bbfl.losses._categorical import CategoricalFocalCrossentropy
from imblearn_bbfl.losses._functional import (
    binary_focal,
    categorical_focal,
    sparse_categorical_focal,
)
from imblearn_bbfl.losses._sparse_categorical import SparseCategoricalFocalCrossentropy

__all__ = [
    "BinaryFocalCrossentropy",
    "CategoricalFocalCrossentropy",
    "SparseCategoricalFocalCrossentropy",
    "binary_focal",
    "categorical_focal",
    "sparse_categorical_focal",
]


def __dir__():
    return __all__
