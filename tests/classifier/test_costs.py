"""What a mistake costs, in training and in the validation part."""

import keras
import numpy as np
import pytest
from sklearn.base import clone

from imblearn_bbfl.classifier._costs import (
    make_class_factors,
    make_loss,
    measure_loss,
    weigh_rows,
)
from imblearn_bbfl.classifier._inputs import Part

CODES = np.array([0, 0, 0, 1])
LOGITS = np.array([[-2.0], [0.5], [1.0], [3.0]], dtype="float32")
CLASSES = np.array(["healthy", "sick"])


def make_part(codes=CODES, weight=None, rows=None):
    rows = np.arange(len(codes)) if rows is None else rows
    return Part(images=None, codes=codes, weight=weight, rows=rows)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("weight", [None, np.array([1.0, 2.0, 0.5, 4.0], dtype="float32")])
def test_the_measured_loss_is_what_keras_reports_for_weighted_rows(n_classes, weight):
    loss = make_loss(2.0, [0.5, 2.0, 3.0][:n_classes], n_classes)
    logits = LOGITS if n_classes == 2 else np.hstack([0 * LOGITS, LOGITS, 1 - LOGITS])
    targets = CODES[:, np.newaxis].astype("float32") if n_classes == 2 else CODES
    network = keras.Sequential([keras.Input(logits.shape[1:]), keras.layers.Identity()])
    network.compile(loss=loss, run_eagerly=True)
    expected = network.evaluate(logits, targets, sample_weight=weight, verbose=0)
    assert measure_loss(loss, CODES, logits, weight) == pytest.approx(expected, rel=1e-5)


def test_balanced_factors_are_those_of_the_training_rows():
    train = make_part(rows=np.array([0, 1, 3]))  # 2 : 1
    assert make_class_factors("balanced", train, CLASSES).tolist() == [0.75, 1.5]


def test_rows_of_a_validation_part_weigh_what_their_class_and_they_themselves_weigh():
    factors = make_class_factors({"sick": 5.0}, make_part(), CLASSES)
    sample_weight = np.array([1, 2, 3, 4], dtype="float32")
    assert weigh_rows(make_part(), factors).tolist() == [1, 1, 1, 5]
    assert weigh_rows(make_part(weight=sample_weight), factors).tolist() == [1, 2, 3, 20]


def test_rows_that_all_count_once_have_no_weights():
    assert weigh_rows(make_part(), np.ones(2)) is None


def measure(classifier, X, y, weight):
    """Return the validation loss of a fitted classifier of two classes, computed anew."""
    logits = keras.ops.convert_to_numpy(classifier.model_(X))
    codes = np.searchsorted(classifier.classes_, y)
    return measure_loss(make_loss(2.0, classifier.alpha, 2), codes, logits, weight)


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
