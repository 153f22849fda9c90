"""What the validation loss counts."""

import keras
import numpy as np
import pytest
from sklearn.base import clone

from imblearn_bbfl.coding import encode_targets
from imblearn_bbfl.costs import make_costs, make_loss
from imblearn_bbfl.training import measure_loss


def measure(classifier, X, y, weight):
    """Return the validation loss of a fitted classifier of two classes, computed anew."""
    logits = keras.ops.convert_to_numpy(classifier.model_(X))
    targets = encode_targets(np.searchsorted(classifier.classes_, y), 2)
    loss = make_loss(make_costs(2, gamma=2.0, factors=classifier.alpha))
    return measure_loss(loss, targets, logits, weight)


def test_the_validation_loss_has_alpha_and_class_weights_of_the_training_part(small):
    X, y = np.eye(9, dtype="float32"), np.repeat([0, 1], [6, 3])
    X_valid, y_valid = X[4:], y[4:]
    classifier = clone(small).set_params(
        backbone="mlp", alpha=[1.0, 3.0], class_weight="balanced", sampling=None
    )
    classifier.fit(X, y, validation_data=(X_valid, y_valid))
    expected = measure(classifier, X_valid, y_valid, np.array([0.75, 1.5])[y_valid])
    assert classifier.history_["val_loss"] == pytest.approx([expected], rel=1e-4)


@pytest.mark.slow
def test_the_validation_loss_has_the_sample_weights_of_rows_that_were_held_out(small):
    y = np.repeat([0, 1], 6)
    X, weight = np.eye(2, dtype="float32")[y], np.array([1.0, 4.0])[y]
    classifier = clone(small).set_params(backbone="mlp", sampling=None, validation_fraction=0.5)
    classifier.fit(X, y, sample_weight=weight)
    expected = measure(classifier, X, y, weight)  # rows of a class are all alike
    assert classifier.history_["val_loss"] == pytest.approx([expected], rel=1e-4)
