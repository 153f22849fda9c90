"""Decision rules: how the probabilities of an image become its label, one rule per file."""

from imblearn_bbfl.decisions._base import Decision
from imblearn_bbfl.decisions._cost_matrix import CostMatrix
from imblearn_bbfl.decisions._label_threshold import FixedThreshold
from imblearn_bbfl.decisions._most_probable import MostProbable
from imblearn_bbfl.decisions._recall_floor import RecallFloor
from imblearn_bbfl.decisions._specificity_floor import SpecificityFloor
from imblearn_bbfl.decisions._tuned_thresholds import TunedThresholds

__all__ = [
    "CostMatrix",
    "Decision",
    "FixedThreshold",
    "MostProbable",
    "RecallFloor",
    "SpecificityFloor",
    "TunedThresholds",
]


def __dir__():
    return __all__
