"""Weights of rows, checked."""

import numpy as np
from sklearn.utils import check_array


def check_weights(sample_weight):
    """Return weights as an array, or raise ValueError naming the first that is none."""
    weights = check_array(
        sample_weight, ensure_2d=False, ensure_all_finite=False, input_name="sample_weight"
    )
    is_bad = ~(np.isfinite(weights) & (weights >= 0)).reshape(len(weights), -1).all(axis=1)
    if is_bad.any():
        row = is_bad.argmax()
        raise ValueError(
            f"sample_weight must be finite and not negative, but in row {row} it is "
            f"{weights[row]}. Use 0 to leave a row out of the loss."
        )
    return weights
