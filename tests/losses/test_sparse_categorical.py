"""The focal loss of integer labels."""

import numpy as np
import pytest
from keras import ops

from imblearn_bbfl.losses import (
    CategoricalFocalCrossentropy,
    SparseCategoricalFocalCrossentropy,
)

LOGITS = np.array([[0.3, -1.2, 0.9], [-2.0, 0.4, 0.1], [7.0, -9.0, 1.0]], dtype="float32")
LABELS = np.array([2, 0, 1])


def per_sample(y_true, logits, loss=SparseCategoricalFocalCrossentropy, **kwargs):
    loss = loss(**{"from_logits": True, "reduction": None, **kwargs})
    return ops.convert_to_numpy(ops.cast(loss(y_true, logits), "float32"))


@pytest.mark.parametrize("alpha", [None, 1.0, [1.0, 2.0, 3.0]])
@pytest.mark.parametrize("label_smoothing", [0.0, 0.2])
def test_it_is_the_categorical_loss_of_one_hot_labels(alpha, label_smoothing):
    kwargs = {"alpha": alpha, "label_smoothing": label_smoothing}
    expected = per_sample(np.eye(3)[LABELS], LOGITS, loss=CategoricalFocalCrossentropy, **kwargs)
    np.testing.assert_allclose(per_sample(LABELS, LOGITS, **kwargs), expected, rtol=1e-5)


def test_labels_may_be_a_column():
    expected = per_sample(LABELS, LOGITS)
    np.testing.assert_array_equal(per_sample(LABELS[:, None], LOGITS), expected)


def test_axis_is_that_of_the_classes():
    expected = per_sample(LABELS, LOGITS)
    np.testing.assert_array_equal(per_sample(LABELS[None, :], LOGITS.T, axis=0), expected)


@pytest.mark.parametrize("loss", [CategoricalFocalCrossentropy, SparseCategoricalFocalCrossentropy])
@pytest.mark.parametrize("params", [{}, {"label_smoothing": 0.2}, {"margin": [0.5, 0.0, 1.0]}])
@pytest.mark.parametrize("size", [(2, 4), (8, 1), (1, 8)])
def test_pixels_are_samples(size, params, loss):
    labels, logits = np.arange(8) % 3, np.random.default_rng(0).normal(size=(8, 3))
    if loss is CategoricalFocalCrossentropy:
        y_true, pixels = np.eye(3)[labels], (*size, 3)
    else:
        y_true, pixels = labels, (*size, 1)
    expected = per_sample(y_true, logits, loss, **params).reshape(size)
    found = per_sample(y_true.reshape(pixels), logits.reshape(*size, 3), loss, **params)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("label", [-1, 3, 1.5])
@pytest.mark.parametrize("label_smoothing", [0.0, 0.2])
def test_label_that_is_no_class_is_an_error(label, label_smoothing):
    message = rf"whole numbers from 0 to 2, as y_pred has 3 classes.* holds {label}\.$"
    with pytest.raises(ValueError, match=message):
        per_sample([2, label, 1], LOGITS, label_smoothing=label_smoothing)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_tells_5000_classes_apart(dtype):
    logits = np.zeros((1, 5000), dtype="float32")
    logits[0, 4999] = 60.0
    assert per_sample([4999], logits, dtype=dtype) == 0
    assert per_sample([4998], logits, dtype=dtype) > 50


def test_one_hot_labels_are_an_error_that_names_the_categorical_loss():
    with pytest.raises(ValueError, match="use CategoricalFocalCrossentropy"):
        per_sample(np.eye(3), LOGITS)


def test_one_class_is_an_error_that_names_the_binary_loss():
    with pytest.raises(ValueError, match="Use BinaryFocalCrossentropy"):
        per_sample(LABELS, LOGITS[:, :1])
