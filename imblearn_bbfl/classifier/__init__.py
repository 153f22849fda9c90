"""The estimator: every method for imbalance as one setting of a scikit-learn classifier."""

from imblearn_bbfl.classifier._classifier import BBFLClassifier
from imblearn_bbfl.classifier._outputs import count_predicted_at_once

__all__ = ["BBFLClassifier", "count_predicted_at_once"]
