"""Focal loss of single samples, as pure functions of labels and logits in `keras.ops`.

Lin et al. [1]_ write p_t for the predicted probability of the true class and define, in their
Eqs. (4) and (5), ::

    FL(p_t) = -alpha_t * (1 - p_t) ** gamma * log(p_t)

Taken literally, with probabilities, float32 loses 1 - p_t for a sure prediction and p_t for a
sure mistake; clipping both hides that and stops the gradient. Here p_t and 1 - p_t exist as
logarithms only, ::

    FL = -alpha_t * exp(gamma * log(1 - p_t)) * log(p_t)

and log(1 - p_t) comes from the other classes' logits, never from p_t when that is close to 1.
The arguments must be float32 or float64.

References
----------
.. [1] Lin, Goyal, Girshick, He and Dollar, "Focal loss for dense object detection", ICCV 2017,
   pp. 2980-2988. https://arxiv.org/abs/1708.02002
"""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops


def focal(log_p, log_rest, gamma):
    """Return FL, Eq. (4), from log(p) and ``log_rest``, log(1 - p)."""
    return -ops.exp(gamma * log_rest) * log_p


def focal_of_lead(lead, gamma):
    """Return FL of a class from the lead of its logit over the logsumexp of the others.

    p is then the sigmoid of the lead, and 1 - p that of its negative.
    """
    return focal(-ops.softplus(-lead), -ops.softplus(lead), gamma)


def binary_focal(
    y_true: Any,
    logits: Any,
    gamma: Any,
    class_factors: Sequence[float] = (1.0, 1.0),
    margins: Sequence[float] = (0.0, 0.0),
) -> Any:
    """Focal loss of every logit against a label in [0, 1].

    It equals `categorical_focal` of the labels (1 - y, y) and the logits (0, f).

    Parameters
    ----------
    y_true, logits : tensors of the same shape
        Labels, hard or soft, and log(p / (1 - p)) of class 1.
    gamma : float or scalar tensor
        Focusing parameter, >= 0.
    class_factors : pair of floats, default=(1.0, 1.0)
        Factors of the losses of class 0 and of class 1.
    margins : pair of floats, default=(0.0, 0.0)
        What is taken from the logit of a class in its own loss. Of the two logits (0, f), that is.

    Returns
    -------
    tensor of the shape of `logits`
        The label's share of each class times that class' factor and focal loss, summed:
        -alpha_1 y (1 - p)^gamma log(p) - alpha_0 (1 - y) p^gamma log(1 - p).

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.losses import binary_focal
    >>> losses = binary_focal(np.float32([1, 0]), np.float32([0, 0]), gamma=2.0)
    >>> np.asarray(losses, dtype=np.float64).round(4).tolist()  # 0.5**2 * log(2)
    [0.1733, 0.1733]
    """
    of_class_1 = focal_of_lead(logits - margins[1], gamma)
    of_class_0 = focal_of_lead(-logits - margins[0], gamma)
    return class_factors[1] * y_true * of_class_1 + class_factors[0] * (1.0 - y_true) * of_class_0


def categorical_focal(y_true: Any, logits: Any, gamma: Any, margins: Any = None) -> Any:
    """Focal loss of soft or one-hot labels.

    Parameters
    ----------
    y_true : tensor of shape (..., n_classes)
        Weight of each class in the sample: its label, times alpha where that is used.
    logits : tensor of shape (..., n_classes)
        At least two classes.
    gamma : float or scalar tensor
        Focusing parameter, >= 0.
    margins : tensor of shape (n_classes,), default=None
        What is taken from the logit of a class in its own loss.

    Returns
    -------
    tensor of shape (...)
        Sum over classes k of -y_k (1 - p_k)^gamma log(p_k).

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.losses import categorical_focal
    >>> losses = categorical_focal(np.float32([[0, 1]]), np.float32([[0, 0]]), gamma=2.0)
    >>> np.asarray(losses, dtype=np.float64).round(4).tolist()  # 0.5**2 * log(2)
    [0.1733]
    """
    log_p = ops.log_softmax(finite(logits), axis=-1)
    # At most one class has p > 1/2. Its 1 - p is what the others have, summed; for the others p is
    # the small one of the pair. The larger of p and 1 - p then follows without cancellation.
    is_large = ops.greater(log_p, np.log(0.5))
    others = ops.logsumexp(ops.where(is_large, -np.inf, log_p), axis=-1, keepdims=True)
    smaller = ops.where(is_large, others, log_p)
    larger = ops.log1p(-ops.exp(smaller))
    log_p = ops.where(is_large, larger, smaller)
    log_rest = ops.where(is_large, smaller, larger)
    if margins is None:
        return ops.sum(y_true * focal(log_p, log_rest, gamma), axis=-1)
    return ops.sum(y_true * focal_of_lead(log_p - log_rest - margins, gamma), axis=-1)


def sparse_categorical_focal(labels: Any, logits: Any, gamma: Any, margins: Any = None) -> Any:
    """Focal loss of integer labels.

    It equals `categorical_focal` of the one-hot labels at about the cost of a cross-entropy, for it
    needs the lead of one class only.

    Parameters
    ----------
    labels : integer tensor of shape (...)
        True classes, each in [0, n_classes).
    logits : tensor of shape (..., n_classes)
        At least two classes.
    gamma : float or scalar tensor
        Focusing parameter, >= 0.
    margins : tensor of shape (n_classes,), default=None
        What is taken from the logit of the true class.

    Returns
    -------
    tensor of shape (...)

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.losses import sparse_categorical_focal
    >>> losses = sparse_categorical_focal(np.int32([1]), np.float32([[0, 0]]), gamma=2.0)
    >>> np.asarray(losses, dtype=np.float64).round(4).tolist()  # 0.5**2 * log(2)
    [0.1733]
    """
    labels = ops.expand_dims(labels, -1)
    is_true = ops.equal(ops.arange(ops.shape(logits)[-1], dtype=labels.dtype), labels)
    true_logit = ops.squeeze(ops.take_along_axis(logits, labels, axis=-1), axis=-1)
    # Not -inf in the place of the true class: all others may be ruled out by that.
    others = ops.where(is_true, -_largest(logits), logits)
    lead = finite(true_logit - ops.logsumexp(others, axis=-1))
    if margins is not None:
        lead = lead - ops.take(margins, ops.squeeze(labels, -1))
    return focal_of_lead(lead, gamma)


def finite(logits):
    """Return logits with an infinite one, such as a masked class', as a number of that effect.

    Else the loss of a class that is ruled out, infinite, times its label, 0, would be NaN.
    """
    return ops.clip(logits, -_largest(logits), _largest(logits))


def binary_logits(proba):
    """Return log(p / (1 - p)), finite for p of exactly 0 and 1."""
    return safe_log(proba) - safe_log(1.0 - proba)


def safe_log(proba):
    """Return log(p), finite for p = 0; a softmax of it is p, normalized."""
    return ops.log(ops.maximum(proba, float(_limits(proba).tiny)))


def smooth(y_true, label_smoothing, n_classes):
    """Move the share `label_smoothing` of each label evenly onto all classes."""
    if not label_smoothing:
        return y_true
    return y_true * (1.0 - label_smoothing) + label_smoothing / n_classes


def _largest(tensor):
    """Return a number so large that the difference of two such is finite."""
    return float(_limits(tensor).max / 4)


def _limits(tensor):
    return np.finfo(keras.backend.standardize_dtype(tensor.dtype))
