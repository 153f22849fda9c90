"""The estimator: every method for imbalance as one setting of a scikit-learn classifier."""

from imblearn_bbfl.classifier._classifier import BBFLClassifier

__all__ = ["BBFLClassifier"]
