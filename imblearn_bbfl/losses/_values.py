"""What labels and predictions may hold, checked as early as the backend can."""

import keras
import numpy as np
from keras import ops

_ROUNDING = 1e-3  # what half precision may add to a probability of 1


def check_shares(y_true):
    """Return labels that must lie in [0, 1], with NaN for those that do not."""
    is_share = ops.logical_and(y_true >= -_ROUNDING, y_true <= 1 + _ROUNDING)
    return check_values(
        y_true,
        is_share,
        "y_true must hold numbers from 0 to 1, the share of each class in a label. Recode labels "
        "such as -1 and 1, or 0 and 255, as 0 and 1",
    )


def check_proba(y_pred, largest):
    """Return predictions that must be probabilities, with NaN for those that cannot be."""
    is_outside = ops.logical_or(y_pred < -_ROUNDING, y_pred > largest + _ROUNDING)
    return check_values(
        y_pred,
        ops.logical_not(is_outside),  # NaN is left to the loss
        "y_pred must hold probabilities. Use from_logits=True for logits, the outputs of a layer "
        "without activation",
    )


def check_values(values, are_right, rule):
    """Return `values` with NaN for those that are not right, or raise if there are any.

    In a direct call, and in PyTorch's steps, values can be seen and the error is raised at once. A
    traced step of TensorFlow raises it when it runs, unless XLA compiles it, which drops
    assertions. Steps under XLA and those of JAX cannot raise, so there the NaN has to speak.

    Raises
    ------
    ValueError
        If a value that can be seen is not right.
    """
    all_are_right = ops.all(are_right)
    try:
        is_fine = bool(ops.convert_to_numpy(all_are_right))
    except (TypeError, RuntimeError):  # traced by JAX, by TensorFlow
        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            found = [f"{rule}. Its smallest and largest:", ops.min(values), ops.max(values)]
            tf.debugging.Assert(all_are_right, found)
    else:
        if not is_fine:
            values = ops.convert_to_numpy(values)
            wrong = values[~ops.convert_to_numpy(are_right)]
            raise ValueError(f"{rule}. It holds {wrong[0]:g}.")
    return ops.where(are_right, values, np.nan)
