"""scikit-learn's own checks of an estimator."""

import keras
import numpy as np
import pytest
from scipy.special import expit
from sklearn.base import clone
from sklearn.utils.estimator_checks import (
    check_classifier_data_not_an_array,
    parametrize_with_checks,
)
from sklearn.utils.validation import check_is_fitted, validate_data

from imblearn_bbfl import BBFLClassifier

EXPECTED_FAILURES = {
    "check_sample_weight_equivalence_on_dense_data": (
        "a row of weight 2 and the same row twice are different mini-batches, so stochastic "
        "gradient descent takes different steps"
    )
}

# A small network that learns quickly: the checks fit it more than a hundred times.
CLASSIFIER = BBFLClassifier(
    "mlp",
    head_units=(),
    learning_rate=0.1,
    batch_size=64,
    epochs=4,
    validation_fraction=None,
    random_state=0,
)

# The other checks ask nothing of what was learnt, and tracing its training is most of a small fit.
CHECKS_OF_LEARNING = {"check_class_weight_classifiers", "check_classifiers_train"}
LONG_CHECKS = {"check_methods_subset_invariance", *EXPECTED_FAILURES}


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks([CLASSIFIER])
def test_scikit_learn_check(estimator, check):
    name = check.func.__name__
    is_variant = bool(check.keywords)  # on read-only memory, in single precision
    if is_variant or name in LONG_CHECKS:
        pytest.skip("left to the slow test below, which runs all checks")
    if name not in CHECKS_OF_LEARNING:
        # A head with a hidden layer says something before it is trained, so that it can vary.
        estimator = clone(estimator).set_params(epochs=0, head_units=(4,))
    check(estimator)


class ImagesOfTables(BBFLClassifier):
    """Takes a row of a table for an image of one row, whose pixels are the columns."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        return tags

    def _to_images(self, X, reset=False):
        X = validate_data(self, X, reset=reset, dtype=np.float32)
        return expit(X)[:, None, :, None]

    def _fit_images(self, fit, X, reset, *args):
        images = self._to_images(X, reset)
        n_features = self.n_features_in_
        fit(images, *args)
        self.n_features_in_ = n_features  # images have none
        return self

    def fit(self, X, y, sample_weight=None):
        return self._fit_images(super().fit, X, True, y, sample_weight)

    def partial_fit(self, X, y, classes=None, sample_weight=None):
        is_first = not hasattr(self, "model_")
        return self._fit_images(super().partial_fit, X, is_first, y, classes, sample_weight)

    def predict_proba(self, X):
        check_is_fitted(self)
        return super().predict_proba(self._to_images(X))

    def predict_log_proba(self, X):
        check_is_fitted(self)
        return super().predict_log_proba(self._to_images(X))

    def decision_function(self, X):
        check_is_fitted(self)
        return super().decision_function(self._to_images(X))

    def transform(self, X):
        check_is_fitted(self)
        return super().transform(self._to_images(X))


class Flatten:
    """A backbone whose name has no address in it, so that each worker finds the same tests."""

    def __call__(self, images):
        return keras.layers.Flatten()(images)

    def __repr__(self):
        return "Flatten()"


# Both hold out a tenth of the rows, or none where the checks have too few.
WITH_VALIDATION_PART = [
    BBFLClassifier("mlp", learning_rate=1e-2, epochs=30, validation_fraction=0.1, random_state=0),
    ImagesOfTables(
        Flatten(),
        augmentation=None,
        head_units=(32,),
        dropout=0.0,
        learning_rate=3e-2,
        batch_size=64,
        epochs=20,
        validation_fraction=0.1,
        random_state=0,
    ),
]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(
    [CLASSIFIER, *WITH_VALIDATION_PART], expected_failed_checks=lambda estimator: EXPECTED_FAILURES
)
def test_scikit_learn_check_of_a_trained_network(estimator, check):
    check(estimator)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("estimator", WITH_VALIDATION_PART, ids=["table", "images"])
def test_data_of_few_rows_are_trained_on_without_a_validation_part(estimator):
    untrained = clone(estimator).set_params(epochs=0)
    check_classifier_data_not_an_array("BBFLClassifier", untrained)
