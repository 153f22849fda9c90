"""Features of images from a network that is not trained, as a transformer of scikit-learn."""

from imblearn_bbfl.features._image_features import ImageFeatures

__all__ = ["ImageFeatures"]
