"""The losses against exact arithmetic, and their gradients, over all logits within 100."""

import keras
import numpy as np
import pytest
from keras import ops

from imblearn_bbfl.losses import (
    BinaryFocalCrossentropy,
    CategoricalFocalCrossentropy,
    SparseCategoricalFocalCrossentropy,
)

LOGITS = {"from_logits": True, "reduction": None}


def every_label(logits):
    """Return each row of logits once with each class as its label, and its row number."""
    n_rows, n_classes = logits.shape
    rows, labels = np.divmod(np.arange(n_rows * n_classes), n_classes)
    return rows, labels


def rounded_to(dtype, logits):
    return ops.convert_to_numpy(ops.cast(ops.cast(logits, dtype), "float32"))


def test_sparse_loss_is_exact(class_logits, gamma, exact_logs, assert_exact):
    log_p, log_rest = exact_logs(class_logits)
    rows, labels = every_label(class_logits)
    loss = SparseCategoricalFocalCrossentropy(gamma=gamma, **LOGITS)
    expected = -np.exp(gamma * log_rest) * log_p
    assert_exact(loss(labels, class_logits[rows]), expected[rows, labels])


def test_categorical_loss_is_exact(class_logits, gamma, exact_logs, assert_exact):
    log_p, log_rest = exact_logs(class_logits)
    rows, labels = every_label(class_logits)
    loss = CategoricalFocalCrossentropy(gamma=gamma, **LOGITS)
    expected = -np.exp(gamma * log_rest) * log_p
    one_hot = np.eye(class_logits.shape[1])[labels]
    assert_exact(loss(one_hot, class_logits[rows]), expected[rows, labels])


def test_soft_categorical_loss_is_exact(class_logits, gamma, exact_logs, assert_exact):
    log_p, log_rest = exact_logs(class_logits)
    y_true = np.random.default_rng(1).dirichlet(np.ones(class_logits.shape[1]), len(class_logits))
    loss = CategoricalFocalCrossentropy(gamma=gamma, **LOGITS)
    expected = -np.sum(y_true * np.exp(gamma * log_rest) * log_p, axis=1)
    assert_exact(loss(y_true, class_logits), expected)


@pytest.mark.parametrize("label", [0, 1, 0.3])
def test_binary_loss_is_exact(binary_logits, label, gamma, exact_logs, assert_exact):
    log_p, log_rest = exact_logs(np.stack([np.zeros_like(binary_logits), binary_logits], axis=1))
    log_p, log_rest = log_p[:, 1], log_rest[:, 1]
    of_class_1, of_class_0 = -np.exp(gamma * log_rest) * log_p, -np.exp(gamma * log_p) * log_rest
    expected = label * of_class_1 + (1 - label) * of_class_0
    y_true = np.full((len(binary_logits), 1), label)
    actual = BinaryFocalCrossentropy(gamma=gamma, **LOGITS)(y_true, binary_logits[:, None])
    assert_exact(actual, expected)


def test_loss_of_any_input_dtype_is_exact(class_logits, input_dtype, exact_logs, assert_exact):
    log_p, log_rest = exact_logs(rounded_to(input_dtype, class_logits))
    rows, labels = every_label(class_logits)
    y_pred = ops.cast(class_logits[rows], input_dtype)
    actual = SparseCategoricalFocalCrossentropy(gamma=2, **LOGITS)(labels, y_pred)
    assert_exact(actual, (-np.exp(2 * log_rest) * log_p)[rows, labels])


def test_loss_of_probabilities_is_exact_down_to_the_smallest(gamma, assert_exact):
    p = np.logspace(-37, -1, 37).astype("float32")
    rest = 1 - p.astype(float)
    y_pred = np.stack([1 - p, p], axis=1)
    loss = SparseCategoricalFocalCrossentropy(gamma=gamma, reduction=None)
    assert_exact(loss(np.ones(37, int), y_pred), -(rest**gamma) * np.log(p.astype(float)))


def test_sparse_gradient_is_finite(class_logits, gamma, input_dtype, gradient):
    rows, labels = every_label(class_logits)
    loss = SparseCategoricalFocalCrossentropy(gamma=gamma, from_logits=True, reduction="sum")
    assert np.isfinite(gradient(lambda z: loss(labels, z), class_logits[rows], input_dtype)).all()


def test_categorical_gradient_is_finite(class_logits, gamma, input_dtype, gradient):
    rows, labels = every_label(class_logits)
    y_true = np.eye(class_logits.shape[1])[labels]
    loss = CategoricalFocalCrossentropy(gamma=gamma, from_logits=True, reduction="sum")
    assert np.isfinite(gradient(lambda z: loss(y_true, z), class_logits[rows], input_dtype)).all()


@pytest.mark.parametrize("label", [0, 1, 0.3])
def test_binary_gradient_is_finite(binary_logits, label, gamma, input_dtype, gradient):
    y_true = np.full_like(binary_logits, label)
    loss = BinaryFocalCrossentropy(gamma=gamma, from_logits=True, reduction="sum")
    assert np.isfinite(gradient(lambda z: loss(y_true, z), binary_logits, input_dtype)).all()


def test_gradient_of_probabilities_0_and_1_is_finite(case, gamma, gradient):
    loss = case.loss(gamma=gamma, reduction="sum")
    proba = np.eye(case.logits.shape[1], dtype="float32")[[0] * len(case.logits)]
    assert np.isfinite(gradient(lambda p: loss(case.y_true, p), proba)).all()
    assert np.isfinite(gradient(lambda p: loss(case.y_true, p), np.zeros_like(proba))).all()


@pytest.mark.parametrize("loss", [CategoricalFocalCrossentropy, SparseCategoricalFocalCrossentropy])
@pytest.mark.parametrize("masked", [-np.inf, -3e38, -1e9])
@pytest.mark.parametrize("logits", [[0.3, -1.2], [60.0, 0.0], [0.0, 60.0]])
def test_masked_classes_change_neither_loss_nor_gradient(loss, logits, masked, gamma, gradient):
    loss = loss(gamma=gamma, from_logits=True, reduction="sum")

    def measure(row):
        y_true = [0] if loss.name.startswith("sparse") else np.eye(1, len(row))
        logits = np.array([row], dtype="float32")
        return float(loss(y_true, logits)), gradient(lambda z: loss(y_true, z), logits)[0]

    value, slopes = measure(logits)
    masked_value, masked_slopes = measure([*logits, masked, masked])
    assert masked_value == pytest.approx(value)
    np.testing.assert_allclose(masked_slopes, [*slopes, 0, 0], rtol=1e-5, atol=1e-30)


def test_an_infinite_logit_that_is_right_costs_nothing(case, gamma, gradient):
    n_outputs = case.logits.shape[1]
    loss = case.loss(gamma=gamma, from_logits=True, reduction="sum")
    logits = np.array([[0.0, -np.inf, -np.inf][:n_outputs]] if n_outputs > 1 else [[np.inf]])
    y_true = {"int64": np.array([0]), "float32": np.eye(1, n_outputs)}[str(case.y_true.dtype)]
    assert float(loss(y_true, logits)) == 0
    assert not gradient(lambda z: loss(y_true, z), logits).any()


def test_a_logit_that_is_nan_gives_nan(case):
    logits = np.where(np.eye(*case.logits.shape), np.nan, case.logits)
    losses = ops.convert_to_numpy(case.loss(from_logits=True, reduction=None)(case.y_true, logits))
    np.testing.assert_array_equal(np.isnan(losses), np.isnan(logits).any(axis=-1))


def test_sure_mistake_keeps_its_gradient(case, gamma, input_dtype, gradient):
    loss = case.loss(gamma=gamma, from_logits=True, reduction="sum", dtype=input_dtype)
    n_outputs = case.logits.shape[1]
    logits = np.array([[0.0, 60.0, 0.0][-n_outputs:]]) if n_outputs > 1 else np.array([[-60.0]])
    y_true = {"int64": np.array([0]), "float32": np.eye(1, n_outputs)}[str(case.y_true.dtype)]
    slope = gradient(lambda z: loss(y_true, z), logits, input_dtype)[0]
    np.testing.assert_allclose(slope, [-1.0, 1.0, 0.0][:n_outputs], atol=1e-6)


def test_gradient_is_that_of_exact_arithmetic(class_logits, gamma, exact_logs, gradient):
    log_p, log_rest = exact_logs(class_logits)
    labels = np.arange(len(class_logits)) % class_logits.shape[1]
    true = np.arange(len(labels)), labels
    loss = SparseCategoricalFocalCrossentropy(gamma=gamma, from_logits=True, reduction="sum")
    # d FL / d z_k = w (p_k - [k = t])
    # with w = (1 - p_t)^gamma - gamma (1 - p_t)^(gamma - 1) p_t log p_t
    w = np.exp(gamma * log_rest) - gamma * np.exp((gamma - 1) * log_rest + log_p) * log_p
    expected = w[true][:, None] * np.exp(log_p)
    expected[true] = -w[true] * np.exp(log_rest[true])
    actual = gradient(lambda z: loss(labels, z), class_logits)
    np.testing.assert_allclose(actual, expected, rtol=2e-4, atol=1e-30)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow",
    reason="Keras computes in single precision on JAX and PyTorch",
)
def test_float64_tells_probabilities_apart_that_float32_cannot_hold():
    proba = ops.convert_to_tensor([[1e-300]], dtype="float64")
    loss = BinaryFocalCrossentropy(gamma=0.0, dtype="float64")
    found = float(loss(ops.ones_like(proba), proba))
    np.testing.assert_allclose(found, 300 * np.log(10), rtol=1e-12)
