"""Classifiers from files and pickles of the first version, as this one knows them."""

import inspect

import numpy as np

from imblearn_bbfl.augmentation import ImageAugmenter

_CHOICES = {"feature_layers": "last", "head_epochs": 0, "learning_rate_schedule": "plateau"}
"""Parameters that there were not, and what the first version did."""


def update_from_version_1(cls, params, fitted):
    """Bring the parameters and fitted attributes of the first version up to date.

    What it fitted predicts as before, and a new fit trains as it did. It did not keep the share of
    each class in the data, which is NaN.

    Parameters
    ----------
    cls : type
        The class of the classifier.
    params, fitted : dict
        By name. Changed in place, unless they are those of this version.
    """
    if _CHOICES.keys() <= params.keys():
        return
    for name, parameter in inspect.signature(cls).parameters.items():
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD:
            params.setdefault(name, _CHOICES.get(name, parameter.default))
    if params["augmentation"] == "auto" and "n_features_in_" not in fitted:
        params["augmentation"] = ImageAugmenter()
    if "_class_mass" in fitted:
        mass = np.asarray(fitted.pop("_class_mass"))
        fitted["_class_masses"] = np.array([mass, mass, np.full(len(mass), np.nan)])
        fitted["seen_prior_"] = fitted["class_prior_"]
        fitted["data_prior_"] = np.full(len(mass), np.nan)
