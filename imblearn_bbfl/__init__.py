"""Imbalanced image classification with batch-balanced focal loss (BBFL).

Public names are loaded when they are first used, so ``import imblearn_bbfl`` loads neither Keras
nor a backend.
"""

import importlib

from imblearn_bbfl._version import __version__

_MODULES = (
    "augmentation",
    "backbones",
    "datasets",
    "losses",
    "preprocessing",
    "sampling",
    "thresholding",
)
_HOME_OF = {
    "BBFLClassifier": "imblearn_bbfl.classifier",
    "BalancedBatchGenerator": "imblearn_bbfl.generators",
    "STRATEGIES": "imblearn_bbfl.strategies",
}

__all__ = ["__version__", *_HOME_OF, *_MODULES]


def __getattr__(name):
    if name in _MODULES:
        return importlib.import_module(f"imblearn_bbfl.{name}")
    if name in _HOME_OF:
        return getattr(importlib.import_module(_HOME_OF[name]), name)
    raise AttributeError(f"module 'imblearn_bbfl' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])
