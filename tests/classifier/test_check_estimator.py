"""scikit-learn's own checks of an estimator."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

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


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks([CLASSIFIER], expected_failed_checks=lambda estimator: EXPECTED_FAILURES)
def test_scikit_learn_check(estimator, check):
    check(estimator)
