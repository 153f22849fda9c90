"""Decision rules: how the probabilities of an image become its label, one rule per file."""

from imblearn_bbfl.decisions._base import Decision
from imblearn_bbfl.decisions._cost_matrix import CostMatrix
from imblearn_bbfl.decisions._most_probable import MostProbable

__all__ = ["CostMatrix", "Decision", "MostProbable"]
