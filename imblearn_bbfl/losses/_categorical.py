"""Focal loss of one-hot and soft labels."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from imblearn_bbfl.losses._base import (
    CLASS_VECTORS,
    DTYPE,
    GAMMA,
    KERAS_ALPHA,
    MULTICLASS,
    REDUCTION,
    REFERENCES,
    MulticlassFocalLoss,
    differ,
)
from imblearn_bbfl.losses._values import check_shares


@keras.saving.register_keras_serializable(package="imblearn_bbfl")
class CategoricalFocalCrossentropy(MulticlassFocalLoss):
    __doc__ = f"""Focal loss of one-hot or soft labels of two or more classes, in log space.

    A drop-in for `keras.losses.CategoricalFocalCrossentropy`, which clips probabilities to
    [1e-7, 1 - 1e-7]: its loss never exceeds 16 times `alpha`, and a network that is sure and wrong
    gets no gradient. This one is exact for all logits, refuses integer labels rather than
    broadcasting them, and its default `alpha` does not scale the loss.

    Where labels are hard, :class:`SparseCategoricalFocalCrossentropy` gives the same in a quarter
    of the time.

    Parameters
    ----------
    alpha : float, list of n_classes floats or None, default=None
        Factor of the loss of each class, Lin et al., Eq. (5) [1]_. None means no factors. A float
        scales the losses of all classes alike and balances nothing: Keras' default of 0.25 divides
        the loss by four.
{GAMMA}{MULTICLASS}{REDUCTION}    name : str, default="categorical_focal_crossentropy"
        Name of the loss.
{DTYPE}{CLASS_VECTORS}
    Raises
    ------
    ValueError
        If an argument is out of its range, `alpha` is not as long as there are classes, labels
        are integers, there is one class only, labels do not lie in [0, 1], or probabilities are
        negative. The last two are seen where the Notes say so.

    Warns
    -----
    UserWarning
        If `alpha` is a float other than 1 and Keras' default, or once if predictions come from a
        softmax although `from_logits` is True.

    See Also
    --------
    SparseCategoricalFocalCrossentropy : The same for integer labels.

    Notes
    -----
    A soft or smoothed label costs the sum over the classes k of ``y_k`` times ``alpha_k`` times the
    focal loss of class k.

    Labels outside [0, 1] and negative probabilities are an error in direct calls, in training on
    PyTorch, and in training on TensorFlow unless XLA compiles the step. Under XLA and on JAX, steps
    cannot raise errors, and the loss is NaN. Predictions from a softmax are noticed on TensorFlow
    and PyTorch, and in direct calls on JAX.

{REFERENCES}
    Examples
    --------
    >>> from imblearn_bbfl.losses import CategoricalFocalCrossentropy
    >>> loss = CategoricalFocalCrossentropy(gamma=2.0, from_logits=True)
    >>> round(float(loss([[0.0, 1.0]], [[0.0, 0.0]])), 4)  # 0.5**2 * log(2)
    0.1733
    >>> round(float(loss([[0.0, 1.0]], [[30.0, 0.0]])), 4)  # a sure mistake counts in full
    30.0
    """

    _scalar_alphas = (1.0, KERAS_ALPHA)

    def __init__(
        self,
        alpha: float | Sequence[float] | None = None,
        gamma: float | keras.Variable = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_focal_crossentropy",
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
        self._check_labels(y_true.shape, y_pred.shape)
        logits = self._class_logits(y_pred)
        return self._soft_losses(ops.moveaxis(check_shares(y_true), self.axis, -1), logits)

    def _check_labels(self, true_shape, pred_shape):
        if len(true_shape) != len(pred_shape) or any(map(differ, true_shape, pred_shape)):
            raise ValueError(
                f"y_true of shape {tuple(true_shape)} must hold one value per class, in the shape "
                f"of y_pred, {tuple(pred_shape)}. For integer labels use "
                "SparseCategoricalFocalCrossentropy, or make them one-hot with "
                "keras.utils.to_categorical."
            )
