"""Comparing methods: repeated paired runs, with statistics."""

from imblearn_bbfl.model_selection._compare import compare_strategies
from imblearn_bbfl.model_selection._comparison import Comparison

__all__ = ["Comparison", "compare_strategies"]
