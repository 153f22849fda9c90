"""The estimator: every method for imbalance as one setting of a scikit-learn classifier."""

import imblearn_bbfl._backend  # first: it says what to install where Keras has none
from imblearn_bbfl.classifier._classifier import BBFLClassifier
from imblearn_bbfl.classifier._outputs import count_predicted_at_once

__all__ = ["BBFLClassifier", "count_predicted_at_once"]


def __dir__():
    return __all__
