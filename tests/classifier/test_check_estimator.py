"""scikit-learn's own checks of an estimator."""

import keras
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from imblearn_bbfl import BBFLClassifier

EXPECTED_FAILURES = {
    "check_sample_weight_equivalence_on_dense_data": (
        "a row of weight 2 and the same row twice are different mini-batches, so stochastic "
        "gradient descent takes different steps"
    )
}

CLASSIFIER = BBFLClassifier(
    "mlp",
    head_units=(32,),
    dropout=0.0,
    learning_rate=1e-2,
    batch_size=64,
    epochs=12,
    validation_fraction=None,
    random_state=0,
)


@pytest.fixture(autouse=True)
def _run_eagerly():
    """Spare the checks' hundred small fits their tracing, which is most of their time."""
    if keras.backend.backend() != "tensorflow":
        yield
        return
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks([CLASSIFIER], expected_failed_checks=lambda estimator: EXPECTED_FAILURES)
def test_scikit_learn_check(estimator, check):
    check(estimator)
