"""Pictures of networks, batches and methods, in the style of scikit-learn's displays.

``from_...`` computes and draws; the display keeps what was computed, and `plot` draws it again.
"""

import imblearn_bbfl._backend  # first: it says what to install where Keras has none
from imblearn_bbfl.inspection._batch import BatchDisplay
from imblearn_bbfl.inspection._confusion import ConfusionMatrixPanel
from imblearn_bbfl.inspection._curves import PrecisionRecallPanel, RocCurvePanel
from imblearn_bbfl.inspection._embedding import EmbeddingDisplay
from imblearn_bbfl.inspection._focal_loss import FocalLossDisplay
from imblearn_bbfl.inspection._grad_cam import GradCAMDisplay
from imblearn_bbfl.inspection._history import HistoryDisplay
from imblearn_bbfl.inspection._mistakes import MistakesDisplay

__all__ = [
    "BatchDisplay",
    "ConfusionMatrixPanel",
    "EmbeddingDisplay",
    "FocalLossDisplay",
    "GradCAMDisplay",
    "HistoryDisplay",
    "MistakesDisplay",
    "PrecisionRecallPanel",
    "RocCurvePanel",
]


def __dir__():
    return __all__
