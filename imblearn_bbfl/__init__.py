"""Imbalanced image classification with batch-balanced focal loss (BBFL).

Public names are loaded when they are first used, so ``import imblearn_bbfl`` loads neither Keras
nor a backend.
"""

import importlib
from typing import TYPE_CHECKING, Any

from imblearn_bbfl._version import __version__

if TYPE_CHECKING:  # editors and type checkers do not follow names that are loaded when used
    from imblearn_bbfl import (
        augmentation,
        backbones,
        coding,
        costs,
        datasets,
        decisions,
        exceptions,
        inspection,
        losses,
        metrics,
        mixing,
        model_selection,
        preprocessing,
        probabilities,
        report,
        sampling,
        thresholding,
    )
    from imblearn_bbfl.classifier import BBFLClassifier
    from imblearn_bbfl.features import ImageFeatures
    from imblearn_bbfl.generators import BalancedBatchGenerator
    from imblearn_bbfl.recipes import RECIPES
    from imblearn_bbfl.strategies import PAPER_STRATEGIES, STRATEGIES
    from imblearn_bbfl.training import (
        clear_shared_features,
        clear_shared_networks,
        set_shared_features,
        set_shared_networks,
    )

_MODULES = (
    "augmentation",
    "backbones",
    "coding",
    "costs",
    "datasets",
    "decisions",
    "exceptions",
    "inspection",
    "losses",
    "metrics",
    "mixing",
    "model_selection",
    "preprocessing",
    "probabilities",
    "report",
    "sampling",
    "thresholding",
)
_HOME_OF = {
    "BBFLClassifier": "imblearn_bbfl.classifier",
    "BalancedBatchGenerator": "imblearn_bbfl.generators",
    "ImageFeatures": "imblearn_bbfl.features",
    "PAPER_STRATEGIES": "imblearn_bbfl.strategies",
    "RECIPES": "imblearn_bbfl.recipes",
    "STRATEGIES": "imblearn_bbfl.strategies",
    "clear_shared_features": "imblearn_bbfl.training",
    "clear_shared_networks": "imblearn_bbfl.training",
    "set_shared_features": "imblearn_bbfl.training",
    "set_shared_networks": "imblearn_bbfl.training",
}

__all__ = [
    "PAPER_STRATEGIES",
    "RECIPES",
    "STRATEGIES",
    "BBFLClassifier",
    "BalancedBatchGenerator",
    "ImageFeatures",
    "__version__",
    "augmentation",
    "backbones",
    "clear_shared_features",
    "clear_shared_networks",
    "coding",
    "costs",
    "datasets",
    "decisions",
    "exceptions",
    "inspection",
    "losses",
    "metrics",
    "mixing",
    "model_selection",
    "preprocessing",
    "probabilities",
    "report",
    "sampling",
    "set_shared_features",
    "set_shared_networks",
    "thresholding",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"imblearn_bbfl.{name}")
    if name in _HOME_OF:
        return getattr(importlib.import_module(_HOME_OF[name]), name)
    raise AttributeError(f"module 'imblearn_bbfl' has no attribute {name!r}")


def __dir__():
    return __all__
