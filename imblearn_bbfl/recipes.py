"""How networks were trained before the present defaults, as settings of one estimator."""

from types import MappingProxyType

from imblearn_bbfl._names import enumerate_names
from imblearn_bbfl.augmentation import ImageAugmenter

__all__ = ["RECIPES"]


def __dir__():
    return __all__


# Every choice is named, so that a recipe is the same whatever the defaults become.
_PAPER = MappingProxyType(
    {
        "preprocessing": "minmax",
        "feature_layers": "last",
        "head_units": (512, 256),
        "dropout": 0.5,
        "batch_norm_statistics": "moving",
        "batch_norm_momentum": 0.9,
        "augmentation": ImageAugmenter(),
        "optimizer": "adam",
        "learning_rate": 1e-4,
        "learning_rate_schedule": "plateau",
        "learning_rate_patience": 3,
        "learning_rate_factor": 0.5,
        "batch_size": 16,
        "head_epochs": 0,
        "epochs": 100,
        "validation_fraction": 0.1,
        "monitor": "accuracy",
        "patience": 10,
    }
)


class _Recipes(dict):
    def __missing__(self, name):
        raise KeyError(f"{name!r} is not in RECIPES, which has {enumerate_names(self, 'and')}.")


RECIPES = MappingProxyType(_Recipes(paper=_PAPER, v1=_PAPER))
"""Ways to train: name -> parameters of :class:`~imblearn_bbfl.BBFLClassifier`.

``"paper"`` is how Singh et al. 2023 (doi 10.1117/1.JMI.10.5.051809) train, whatever the method: all
layers at once from the first step, with the head, the pixel scaling, the nine augmentations, and
the choice of the epoch by validation accuracy that the paper has. What the paper does not say (the
learning rate, its factor on a plateau, the momentum of batch normalization) is our choice. ``"v1"``
is what the defaults were in version 1, which is the same. A method of
:data:`~imblearn_bbfl.STRATEGIES` and a recipe set different parameters, so one goes with the other:

>>> from imblearn_bbfl import RECIPES, STRATEGIES, BBFLClassifier
>>> classifier = BBFLClassifier("mobilenetv2", **RECIPES["paper"], **STRATEGIES["ros"])
>>> classifier.head_units
(512, 256)
"""
