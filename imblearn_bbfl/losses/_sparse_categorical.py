"""Focal loss of integer labels."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from imblearn_bbfl.losses._base import (
    CLASS_VECTORS,
    DTYPE,
    GAMMA,
    MULTICLASS,
    REDUCTION,
    REFERENCES,
    MulticlassFocalLoss,
    differ,
    is_per_class,
)
from imblearn_bbfl.losses._functional import sparse_categorical_focal
from imblearn_bbfl.losses._values import check_values


@keras.saving.register_keras_serializable(package="imblearn_bbfl")
class SparseCategoricalFocalCrossentropy(MulticlassFocalLoss):
    __doc__ = f"""Focal loss of integer labels of two or more classes, in log space.

    The counterpart of `keras.losses.SparseCategoricalCrossentropy`, which Keras does not have. It
    costs about as much as that, and is exact for all logits: a network that is sure and wrong gets
    its full gradient, in half precision too.

    Parameters
    ----------
    alpha : float, list of n_classes floats or None, default=None
        Factor of the loss of each class, Lin et al., Eq. (5) [1]_. None means no factors. A float
        scales the losses of all classes alike and balances nothing.
{GAMMA}{MULTICLASS}{REDUCTION}    name : str, default="sparse_categorical_focal_crossentropy"
        Name of the loss.
{DTYPE}{CLASS_VECTORS}
    Raises
    ------
    ValueError
        If an argument is out of its range, `alpha` is not as long as there are classes, labels
        are one-hot, there is one class only, labels are not whole numbers from 0 to n_classes - 1,
        or probabilities are negative. The last two are seen where the Notes say so.

    Warns
    -----
    UserWarning
        If `alpha` is a float other than 1, or once if predictions come from a softmax although
        `from_logits` is True.

    See Also
    --------
    CategoricalFocalCrossentropy : The same for one-hot and soft labels.

    Notes
    -----
    Labels of shape ``(n,)`` and ``(n, 1)`` are taken. A smoothed label costs the sum over the
    classes k of its share ``y_k`` times ``alpha_k`` times the focal loss of class k.

    A label that is no class, such as -1 for "unknown", n_classes or 0.5, and a negative probability
    are errors in direct calls, in training on PyTorch, and in training on TensorFlow unless XLA
    compiles the step. Under XLA and on JAX, steps cannot raise errors, and the loss is NaN.
    Predictions from a softmax are noticed on TensorFlow and PyTorch, and in direct calls on JAX.

{REFERENCES}
    Examples
    --------
    >>> from imblearn_bbfl.losses import SparseCategoricalFocalCrossentropy
    >>> loss = SparseCategoricalFocalCrossentropy(gamma=2.0, from_logits=True)
    >>> round(float(loss([1], [[0.0, 0.0]])), 4)  # 0.5**2 * log(2)
    0.1733
    >>> round(float(loss([1], [[30.0, 0.0]])), 4)  # a sure mistake counts in full
    30.0

    The true class' factor multiplies the loss:

    >>> weighted = SparseCategoricalFocalCrossentropy(alpha=[1.0, 3.0], from_logits=True)
    >>> round(float(weighted([1], [[30.0, 0.0]])), 4)
    90.0
    """

    def __init__(
        self,
        alpha: float | Sequence[float] | None = None,
        gamma: float | keras.Variable = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "sparse_categorical_focal_crossentropy",
        dtype: str | keras.DTypePolicy | None = None,
        logit_scale: Sequence[float] | keras.Variable | None = None,
        logit_offset: Sequence[float] | keras.Variable | None = None,
        margin: Sequence[float] | keras.Variable | None = None,
    ) -> None:
        super().__init__(
            alpha,
            gamma,
            from_logits,
            label_smoothing,
            axis,
            reduction,
            name,
            dtype,
            logit_scale,
            logit_offset,
            margin,
        )

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return one loss per sample."""
        logits = self._class_logits(y_pred)
        n_classes = logits.shape[-1]
        y_true = self._drop_class_axis(y_true, y_pred)
        is_class = ops.logical_and(y_true >= 0, y_true < n_classes)
        is_class = ops.logical_and(is_class, ops.equal(y_true, ops.floor(y_true)))
        check_values(
            y_true,
            is_class,
            f"y_true must hold whole numbers from 0 to {n_classes - 1}, as y_pred has {n_classes} "
            "classes. Number the classes from 0, and leave out samples without a class",
        )
        labels = ops.cast(ops.where(is_class, y_true, 0), "int32")
        if self.label_smoothing:
            losses = self._soft_losses(ops.one_hot(labels, n_classes, dtype=self.dtype), logits)
        else:
            losses = self._hard_losses(labels, logits)
        return ops.where(is_class, losses, np.nan)

    def _hard_losses(self, labels, logits):
        losses = sparse_categorical_focal(
            labels, logits, self._gamma_tensor(), self._vector("margin")
        )
        if self.alpha is None:
            return losses
        alpha = self._vector("alpha")
        return losses * (ops.take(alpha, labels) if is_per_class(self.alpha) else alpha)

    def _drop_class_axis(self, y_true, y_pred):
        """Turn (n, 1) labels into (n,)."""
        expected = list(y_pred.shape)
        del expected[self.axis]
        labels = y_true
        if len(labels.shape) == len(y_pred.shape) and labels.shape[self.axis] == 1:
            labels = ops.squeeze(labels, axis=self.axis)
        if len(labels.shape) != len(expected) or any(map(differ, labels.shape, expected)):
            raise ValueError(
                f"y_true of shape {tuple(y_true.shape)} must hold one integer label per sample, "
                f"{tuple(expected)} for y_pred of shape {tuple(y_pred.shape)}. For one-hot labels "
                "use CategoricalFocalCrossentropy."
            )
        return labels
