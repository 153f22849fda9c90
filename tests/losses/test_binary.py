"""The binary focal loss."""

import keras
import numpy as np
import pytest
from keras import ops

from imblearn_bbfl.losses import BinaryFocalCrossentropy, CategoricalFocalCrossentropy

Y_TRUE = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
LOGITS = np.array([[0.3, -1.2], [-2.0, 0.4], [1.1, -0.6]], dtype="float32")


def per_sample(y_true, logits, **kwargs):
    loss = BinaryFocalCrossentropy(from_logits=True, reduction=None, **kwargs)
    return ops.convert_to_numpy(loss(y_true, logits))


def test_class_balancing_is_that_of_keras():
    kwargs = {"apply_class_balancing": True, "alpha": 0.3}
    keras_loss = keras.losses.BinaryFocalCrossentropy(from_logits=True, reduction=None, **kwargs)
    expected = ops.convert_to_numpy(keras_loss(Y_TRUE, LOGITS))
    np.testing.assert_allclose(per_sample(Y_TRUE, LOGITS, **kwargs), expected, rtol=1e-5)


def test_scalar_alpha_is_unused_without_class_balancing_which_a_warning_says():
    expected = per_sample(Y_TRUE, LOGITS, alpha=None)
    with pytest.warns(UserWarning, match="alpha=0.9 is not used.*apply_class_balancing=True"):
        actual = per_sample(Y_TRUE, LOGITS, alpha=0.9)
    np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize("gamma", [0.5, 2.0])
@pytest.mark.parametrize("label_smoothing", [0.0, 0.3])
@pytest.mark.parametrize("alpha", [None, (0.5, 3.0)])
@pytest.mark.parametrize("y_true", [[0, 1, 1, 0], [0.2, 0.9, 0.5, 0.0]])
def test_it_is_the_categorical_loss_of_two_classes(y_true, alpha, label_smoothing, gamma):
    y_true, logits = np.array(y_true), np.array([0.3, -1.2, 4.0, 20.0])
    kwargs = {"alpha": alpha, "gamma": gamma, "label_smoothing": label_smoothing}
    categorical = CategoricalFocalCrossentropy(from_logits=True, reduction=None, **kwargs)
    pairs = np.stack([np.zeros(4), logits], axis=1)
    expected = ops.convert_to_numpy(categorical(np.stack([1 - y_true, y_true], axis=1), pairs))
    actual = per_sample(y_true[:, None], logits[:, None], **kwargs)
    np.testing.assert_allclose(actual, expected, rtol=1e-5)


@pytest.mark.parametrize("apply_class_balancing", [True, False])
def test_pair_of_alphas_are_the_factors_of_classes_0_and_1(apply_class_balancing):
    y_true, logits = np.array([[0.0], [1.0]]), np.array([[0.4], [-0.7]])
    kwargs = {"apply_class_balancing": apply_class_balancing, "alpha": (2.0, 5.0)}
    expected = per_sample(y_true, logits, alpha=None) * [2.0, 5.0]
    np.testing.assert_allclose(per_sample(y_true, logits, **kwargs), expected, rtol=1e-6)


@pytest.mark.parametrize("alpha", [None, 1.5])
def test_class_balancing_needs_an_alpha_up_to_1(alpha):
    with pytest.raises(ValueError, match="must be one number in \\[0, 1\\] or a pair"):
        BinaryFocalCrossentropy(apply_class_balancing=True, alpha=alpha)


@pytest.mark.parametrize(
    "shapes",
    [
        ((6,), (6, 1)),
        ((6, 1), (6,)),
        ((3, 2, 1), (3, 2)),
        ((3, 2), (3, 2, 1)),
        ((1, 6, 1), (1, 6)),
        ((6,), (6,)),
    ],
)
def test_trailing_axis_of_length_1_is_matched_as_in_keras(shapes):
    y_true, logits = Y_TRUE.reshape(shapes[0]), LOGITS.reshape(shapes[1])
    keras_loss = keras.losses.BinaryFocalCrossentropy(from_logits=True, reduction=None)
    expected = ops.convert_to_numpy(keras_loss(y_true, logits))
    np.testing.assert_allclose(per_sample(y_true, logits), expected, rtol=1e-5)


def test_numbers_above_1_are_no_probabilities():
    with pytest.raises(ValueError, match=r"must hold probabilities.* It holds 1.5\."):
        BinaryFocalCrossentropy()([[1.0]], [[1.5]])


def test_axis_is_averaged_over():
    expected = per_sample(Y_TRUE.T, LOGITS.T)
    np.testing.assert_allclose(per_sample(Y_TRUE, LOGITS, axis=0), expected, rtol=1e-6)


@pytest.mark.parametrize("y_true", [np.ones(3), np.ones((3, 1)), np.ones((2, 2))])
def test_labels_that_would_be_broadcast_are_an_error(y_true):
    with pytest.raises(ValueError, match=r"must have the shape of y_pred, \(3, 2\)"):
        per_sample(y_true, LOGITS)
