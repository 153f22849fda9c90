"""The focal loss of one-hot and soft labels."""

import keras
import numpy as np
import pytest
from keras import ops

from imblearn_bbfl.losses import CategoricalFocalCrossentropy

LOGITS = np.array([[0.3, -1.2, 0.9], [-2.0, 0.4, 0.1]], dtype="float32")
SOFT = np.array([[0.2, 0.5, 0.3], [0.0, 0.9, 0.1]])


def per_sample(y_true, y_pred, from_logits=True, **kwargs):
    loss = CategoricalFocalCrossentropy(from_logits=from_logits, reduction=None, **kwargs)
    return ops.convert_to_numpy(loss(y_true, y_pred))


def test_default_alpha_does_not_scale_the_loss():
    np.testing.assert_array_equal(per_sample(SOFT, LOGITS), per_sample(SOFT, LOGITS, alpha=1.0))


@pytest.mark.parametrize("label_smoothing", [0.0, 0.2])
def test_alpha_per_class_and_soft_labels_are_those_of_keras(label_smoothing):
    kwargs = {"alpha": [1.0, 2.0, 3.0], "label_smoothing": label_smoothing}
    keras_loss = keras.losses.CategoricalFocalCrossentropy
    expected = keras_loss(from_logits=True, reduction=None, **kwargs)(SOFT, LOGITS)
    expected = ops.convert_to_numpy(expected)
    np.testing.assert_allclose(per_sample(SOFT, LOGITS, **kwargs), expected, rtol=1e-5)


def test_alpha_per_class_is_the_factor_of_the_true_class():
    one_hot = np.eye(3)[[2, 0]]
    expected = per_sample(one_hot, LOGITS) * [4.0, 2.0]
    actual = per_sample(one_hot, LOGITS, alpha=[2.0, 3.0, 4.0])
    np.testing.assert_allclose(actual, expected, rtol=1e-6)


def test_probabilities_are_normalized():
    proba = ops.convert_to_numpy(ops.softmax(LOGITS))
    expected = per_sample(SOFT, LOGITS)
    np.testing.assert_allclose(per_sample(SOFT, 5 * proba, from_logits=False), expected, rtol=1e-5)


def test_axis_is_that_of_the_classes():
    kwargs = {"label_smoothing": 0.1, "alpha": [1.0, 2.0, 3.0]}
    expected = per_sample(SOFT, LOGITS, **kwargs)
    np.testing.assert_array_equal(per_sample(SOFT.T, LOGITS.T, axis=0, **kwargs), expected)


@pytest.mark.parametrize("y_true", [np.array([0, 2]), np.array([[0], [2]])])
def test_integer_labels_are_an_error_that_names_the_sparse_loss(y_true):
    with pytest.raises(ValueError, match="SparseCategoricalFocalCrossentropy"):
        per_sample(y_true, LOGITS)


def test_one_class_is_an_error_that_names_the_binary_loss():
    with pytest.raises(ValueError, match="Use BinaryFocalCrossentropy"):
        per_sample(SOFT[:, :1], LOGITS[:, :1])
