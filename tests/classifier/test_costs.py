"""What a mistake costs, in training and in the validation part."""

import keras
import numpy as np
import pytest
from sklearn.base import clone

from imblearn_bbfl.coding import encode_targets
from imblearn_bbfl.costs import compute_factors, make_costs, make_loss
from imblearn_bbfl.training import measure_loss

CODES = np.array([0, 0, 0, 1])
LOGITS = np.array([[-2.0], [0.5], [1.0], [3.0]], dtype="float32")
CLASSES = np.array(["healthy", "sick"])


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("weight", [np.ones(4), np.array([1.0, 2.0, 0.5, 4.0])])
def test_the_measured_loss_is_what_keras_reports_for_weighted_rows(n_classes, weight):
    loss = make_loss(make_costs(n_classes, gamma=2.0, factors=[0.5, 2.0, 3.0][:n_classes]))
    logits = LOGITS if n_classes == 2 else np.hstack([0 * LOGITS, LOGITS, 1 - LOGITS])
    targets = encode_targets(CODES, n_classes)
    network = keras.Sequential([keras.Input(logits.shape[1:]), keras.layers.Identity()])
    network.compile(loss=loss, run_eagerly=True)
    expected = network.evaluate(logits, targets, sample_weight=weight, verbose=0)
    assert measure_loss(loss, targets, logits, weight) == pytest.approx(expected, rel=1e-5)


def test_balanced_factors_are_those_of_the_training_rows():
    assert compute_factors("balanced", CODES[[0, 1, 3]], CLASSES).tolist() == [0.75, 1.5]


def measure(classifier, X, y, weight):
    """Return the validation loss of a fitted classifier of two classes, computed anew."""
    logits = keras.ops.convert_to_numpy(classifier.model_(X))
    targets = encode_targets(np.searchsorted(classifier.classes_, y), 2)
    loss = make_loss(make_costs(2, gamma=2.0, factors=classifier.alpha))
    return measure_loss(loss, targets, logits, weight)


def test_the_validation_loss_has_alpha_and_class_weights_of_the_training_part(eager):
    X, y = np.eye(9, dtype="float32"), np.repeat([0, 1], [6, 3])
    X_valid, y_valid = X[4:], y[4:]
    classifier = clone(eager).set_params(
        backbone="mlp", alpha=[1.0, 3.0], class_weight="balanced", sampling=None
    )
    classifier.fit(X, y, validation_data=(X_valid, y_valid))
    expected = measure(classifier, X_valid, y_valid, np.array([0.75, 1.5])[y_valid])
    assert classifier.history_["val_loss"] == pytest.approx([expected], rel=1e-4)


def test_the_validation_loss_has_the_sample_weights_of_rows_that_were_held_out(eager):
    y = np.repeat([0, 1], 6)
    X, weight = np.eye(2, dtype="float32")[y], np.array([1.0, 4.0])[y]
    classifier = clone(eager).set_params(backbone="mlp", sampling=None, validation_fraction=0.5)
    classifier.fit(X, y, sample_weight=weight)
    expected = measure(classifier, X, y, weight)  # rows of a class are all alike
    assert classifier.history_["val_loss"] == pytest.approx([expected], rel=1e-4)
