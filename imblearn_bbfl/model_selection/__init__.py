"""Comparing methods: repeated paired runs, with statistics."""

import imblearn_bbfl._backend  # first: it says what to install where Keras has none
from imblearn_bbfl.model_selection._compare import compare_strategies
from imblearn_bbfl.model_selection._comparison import Comparison

__all__ = ["Comparison", "compare_strategies"]


def __dir__():
    return __all__
