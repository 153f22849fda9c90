"""Weights of rows, checked."""

from collections.abc import Mapping
from numbers import Real

import numpy as np


def check_weights(sample_weight):
    """Return weights as an array, or raise ValueError naming the first that is none."""
    given = np.asarray(sample_weight)
    if given.ndim == 0 or isinstance(sample_weight, Mapping):
        raise ValueError(
            f"sample_weight={sample_weight!r} must hold one number for each row. If these are "
            "factors of classes, sklearn.utils.class_weight.compute_sample_weight makes weights of "
            "them."
        )
    weights = given if given.dtype.kind in "biuf" else _read_numbers(given)
    is_good = np.isfinite(weights) & (weights >= 0)
    is_bad = ~is_good.all(axis=tuple(range(1, weights.ndim)))
    if is_bad.any():
        row = is_bad.argmax()
        raise ValueError(
            "sample_weight must hold finite numbers that are not negative, but in row "
            f"{row} it is {given.tolist()[row]!r}. Use 0 to leave a row out of the loss."
        )
    return weights


def _read_numbers(values):
    """Return values of any kind as floats, those that are no numbers as NaN."""
    numbers = [float(value) if isinstance(value, Real) else np.nan for value in values.ravel()]
    return np.reshape(numbers, values.shape)
