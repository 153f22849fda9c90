"""Exact values, gradients on every backend, and one small batch for each loss."""

from contextlib import nullcontext
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cache

import keras
import numpy as np
import pytest
from keras import ops

from imblearn_bbfl import losses

GAMMAS = [0, 0.5, 1, 2, 5, 10]


@pytest.fixture(params=GAMMAS)
def gamma(request):
    return request.param


@pytest.fixture(params=["float32", "bfloat16", "float16"])
def input_dtype(request):
    return request.param


@pytest.fixture(params=[2, 3, 10])
def class_logits(request):
    """Rows of logits within [-100, 100], from all alike to 200 apart."""
    n_classes = request.param
    rng = np.random.default_rng(0)
    rows = [rng.uniform(-scale, scale, (8, n_classes)) for scale in (1, 10, 100)]
    near_100 = rng.uniform(95, 100, (8, n_classes))
    extremes = [
        np.zeros((1, n_classes)),
        np.full((1, n_classes), 100),
        200 * np.eye(n_classes) - 100,
    ]
    return np.concatenate([*rows, near_100, -near_100, *extremes]).astype("float32")


@pytest.fixture
def binary_logits():
    """Logits within [-100, 100]."""
    return np.concatenate([np.linspace(-100, 100, 41), np.linspace(-2, 2, 20)]).astype("float32")


@pytest.fixture(scope="session")
def exact_logs():
    """Return log(p) and log(1 - p) as the softmax defines them, in arithmetic of 120 digits."""

    @cache
    def of_row(row):
        with localcontext(prec=120):
            exps = [Decimal(float(logit)).exp() for logit in row]
            total = sum(exps)
            return [[float((e / total).ln()), float(((total - e) / total).ln())] for e in exps]

    def exact_logs(logits):
        return np.moveaxis(
            np.array([of_row(tuple(row.tolist())) for row in np.asarray(logits)]), -1, 0
        )

    return exact_logs


@pytest.fixture
def assert_exact():
    """Hold a loss to 1e-4 of its value; float32 ends at 1e-38."""

    def assert_exact(actual, expected):
        actual = ops.convert_to_numpy(actual)
        np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-37)

    return assert_exact


@pytest.fixture
def gradient():
    """Return the gradient of a scalar function at a point, as float32 array."""

    def gradient(function, point, dtype="float32"):
        point = ops.convert_to_tensor(point, dtype=dtype)
        derivative = _GRADIENTS[keras.backend.backend()](function, point)
        return ops.convert_to_numpy(ops.cast(derivative, "float32"))

    return gradient


@pytest.fixture
def double_precision():
    """Compute in float64, which JAX has to be told to have."""
    if keras.backend.backend() != "jax":
        return nullcontext()
    import jax

    if hasattr(jax, "enable_x64"):
        return jax.enable_x64(True)
    return jax.experimental.enable_x64()  # before 0.8


def _tensorflow_gradient(function, point):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(point)
        value = function(point)
    return tape.gradient(value, point)


def _jax_gradient(function, point):
    import jax

    return jax.grad(function)(point)


def _torch_gradient(function, point):
    point = point.detach().requires_grad_()
    function(point).backward()
    return point.grad


_GRADIENTS = {
    "tensorflow": _tensorflow_gradient,
    "jax": _jax_gradient,
    "torch": _torch_gradient,
}


@dataclass
class Case:
    """A loss, the losses of Keras it generalizes, and a batch on which those are sound."""

    loss: type
    keras_focal: type
    keras_crossentropy: type
    y_true: np.ndarray
    keras_y_true: np.ndarray
    logits: np.ndarray

    @property
    def proba(self):
        activation = ops.sigmoid if self.logits.shape[1] == 1 else ops.softmax
        return ops.convert_to_numpy(activation(self.logits))


@pytest.fixture(params=["binary", "categorical", "sparse"])
def case(request):
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 8)
    one_hot = np.eye(3, dtype="float32")[labels]
    logits = rng.normal(size=(8, 3)).astype("float32")
    focal, kf = losses.CategoricalFocalCrossentropy, keras.losses.CategoricalFocalCrossentropy
    if request.param == "categorical":
        return Case(focal, kf, keras.losses.CategoricalCrossentropy, one_hot, one_hot, logits)
    if request.param == "sparse":
        focal, ce = losses.SparseCategoricalFocalCrossentropy, keras.losses.CategoricalCrossentropy
        return Case(focal, kf, ce, labels, one_hot, logits)
    focal, kf = losses.BinaryFocalCrossentropy, keras.losses.BinaryFocalCrossentropy
    y_true = (labels > 0).astype("float32")[:, None]
    return Case(focal, kf, keras.losses.BinaryCrossentropy, y_true, y_true, logits[:, :1])
