"""Features of images from a network that is not trained, as a transformer of scikit-learn."""

import imblearn_bbfl._backend  # first: it says what to install where Keras has none
from imblearn_bbfl.features._image_features import ImageFeatures

__all__ = ["ImageFeatures"]


def __dir__():
    return __all__
