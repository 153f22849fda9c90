"""Loaders of imbalanced image data, in memory or on disk."""

from imblearn_bbfl.datasets._digits import load_imbalanced_digits
from imblearn_bbfl.datasets._folder import load_image_folder
from imblearn_bbfl.datasets._retinamnist import fetch_retinamnist
from imblearn_bbfl.datasets._table import load_image_table

__all__ = [
    "fetch_retinamnist",
    "load_image_folder",
    "load_image_table",
    "load_imbalanced_digits",
]


def __dir__():
    return __all__
