"""Binary focal loss."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.losses._base import (
    DTYPE,
    GAMMA,
    KERAS_ALPHA,
    REDUCTION,
    REFERENCES,
    FocalLoss,
    check_length,
    differ,
    get_length,
    get_value,
    is_per_class,
)
from imblearn_bbfl.losses._functional import binary_focal, binary_logits, finite, smooth
from imblearn_bbfl.losses._values import check_proba, check_shares


@keras.saving.register_keras_serializable(package="imblearn_bbfl")
class BinaryFocalCrossentropy(FocalLoss):
    __doc__ = f"""Focal loss of labels 0 and 1, in log space.

    A drop-in for `keras.losses.BinaryFocalCrossentropy`, which clips probabilities to
    [1e-7, 1 - 1e-7]: beyond a logit of 16 its loss stays constant, and a network that is sure and
    wrong gets no gradient. This one is exact for every logit. It can also weight the two classes
    freely.

    Parameters
    ----------
    apply_class_balancing : bool, default=False
        Whether a scalar `alpha` is used.
    alpha : float, pair of floats or None, default=0.25
        Class factors, Lin et al., Eq. (5) [1]_. A float in [0, 1] weights class 1 by `alpha` and
        class 0 by ``1 - alpha``, with `apply_class_balancing` only, as in Keras. A pair
        ``(alpha_0, alpha_1)`` holds the factors of both classes and is always used. None means no
        factors. The losses of both classes have their own factor where a label is soft.
{GAMMA}    from_logits : bool, default=False
        Whether predictions are logits, rather than probabilities. Prefer logits: a probability in
        float32 cannot tell a logit of 20 from one of 30.
    label_smoothing : float in [0, 1], default=0.0
        Share of each label that is moved evenly onto both classes, before factors are applied.
    axis : int, default=-1
        Axis that the losses are averaged over.
{REDUCTION}    name : str, default="binary_focal_crossentropy"
        Name of the loss.
{DTYPE}    logit_scale, logit_offset : list of two floats, keras.Variable or None, default=None
        What the logits are multiplied by, and what is then added to them, class by class, before
        the loss is taken. A single logit f stands for the two logits (0, f). Predict by the logits
        as they are.
    margin : list of two floats, keras.Variable or None, default=None
        What is taken from the logit of a class in its own loss.

    Raises
    ------
    ValueError
        If an argument is out of its range, `alpha` has more or less than two factors, labels and
        predictions differ in shape, or labels or probabilities do not lie in [0, 1]. The last is
        seen where the Notes say so.

    Warns
    -----
    UserWarning
        If `alpha` is a number that is not used, other than Keras' default, or once if predictions
        come from a sigmoid although `from_logits` is True.

    See Also
    --------
    SparseCategoricalFocalCrossentropy : For integer labels of any number of classes.

    Notes
    -----
    A label y between 0 and 1, soft or smoothed, costs y times the loss of class 1 and 1 - y times
    the loss of class 0, each with its own focal factor and `alpha`. So this loss is the categorical
    one of two classes, ``(1 - y, y)`` against the logits ``(0, f)``. Keras' binary loss has one
    focal factor for both, ``(1 - p_t)**gamma`` with ``p_t = y p + (1 - y) (1 - p)``. For labels
    that are 0 or 1 the two are the same, for others they differ.

    Labels and probabilities outside [0, 1] are an error in direct calls, in training on PyTorch,
    and in training on TensorFlow unless XLA compiles the step. Under XLA and on JAX, steps cannot
    raise errors, and the loss is NaN. Predictions from a sigmoid are noticed on TensorFlow and
    PyTorch, and in direct calls on JAX.

{REFERENCES}
    Examples
    --------
    >>> from imblearn_bbfl.losses import BinaryFocalCrossentropy
    >>> loss = BinaryFocalCrossentropy(gamma=2.0, from_logits=True, reduction="sum")
    >>> round(float(loss([1.0, 0.0], [0.0, 0.0])), 4)  # 0.5**2 * log(2), averaged over the axis
    0.1733
    >>> round(float(loss([[1.0]], [[-60.0]])))  # a sure mistake counts in full
    60
    """

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float | Sequence[float] | None = 0.25,
        gamma: float | keras.Variable = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "binary_focal_crossentropy",
        dtype: str | None = None,
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
        self.apply_class_balancing = apply_class_balancing
        self._class_factors = self._find_class_factors()
        for name in ("logit_scale", "logit_offset", "margin"):
            check_length(name, getattr(self, name), 2)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the losses, averaged over `axis`."""
        y_true, y_pred = _align(y_true, y_pred)
        y_true = smooth(check_shares(y_true), self.label_smoothing, n_classes=2)
        if self.from_logits:
            logits = finite(y_pred)
        else:
            logits = binary_logits(check_proba(y_pred, largest=1))
        if self.logit_scale is not None:
            logits = logits * self._vector("logit_scale")[1]
        if self.logit_offset is not None:
            offset = self._vector("logit_offset")
            logits = logits + (offset[1] - offset[0])
        margins = (0.0, 0.0) if self.margin is None else self._vector("margin")
        factors = ops.convert_to_tensor(self._class_factors, dtype=self.dtype)
        losses = binary_focal(y_true, logits, self._gamma_tensor(), factors, margins)
        return ops.mean(losses, axis=self.axis)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments; a Variable `gamma` as its present value."""
        return {**super().get_config(), "apply_class_balancing": self.apply_class_balancing}

    @property
    def class_factors(self) -> Any:
        """Factor of each class in the loss, as a list; None where all are alike."""
        is_used = is_per_class(self.alpha) or self.apply_class_balancing
        return get_value(self._class_factors) if is_used else None

    def _find_class_factors(self):
        if is_per_class(self.alpha):
            length = get_length(self.alpha)
            if length != 2:
                raise ValueError(
                    f"alpha holds {length} factors, but there are 2 classes. "
                    "Give (alpha_0, alpha_1), one number in [0, 1], or None."
                )
            return self.alpha
        if not self.apply_class_balancing:
            if self.alpha not in (None, KERAS_ALPHA):
                warn_user(
                    f"alpha={self.alpha} is not used, because apply_class_balancing=False. Use "
                    "apply_class_balancing=True, or alpha=(alpha_0, alpha_1)."
                )
            return [1.0, 1.0]
        if self.alpha is None or self.alpha > 1:
            raise ValueError(
                f"alpha={self.alpha} must be one number in [0, 1] or a pair where "
                "apply_class_balancing=True. Use alpha=(alpha_0, alpha_1) for other factors."
            )
        return [1.0 - self.alpha, self.alpha]


def _align(y_true, y_pred):
    """Match ``(n,)`` with ``(n, 1)`` either way round, and refuse other differences in shape."""
    true_rank, pred_rank = len(y_true.shape), len(y_pred.shape)
    if true_rank == pred_rank + 1 and y_true.shape[-1] == 1:
        y_true, y_pred = _drop_or_add_axis(y_true, y_pred)
    elif pred_rank == true_rank + 1 and y_pred.shape[-1] == 1:
        y_pred, y_true = _drop_or_add_axis(y_pred, y_true)
    same_rank = len(y_true.shape) == len(y_pred.shape)
    if not same_rank or any(map(differ, y_true.shape, y_pred.shape)):
        raise ValueError(
            f"y_true of shape {tuple(y_true.shape)} must have the shape of y_pred, "
            f"{tuple(y_pred.shape)}: one label for each prediction. For several classes per "
            "sample use SparseCategoricalFocalCrossentropy."
        )
    return y_true, y_pred


def _drop_or_add_axis(longer, shorter):
    """Give both the rank of the shorter, but no rank below 2."""
    if len(shorter.shape) == 1:
        return longer, ops.expand_dims(shorter, -1)
    return ops.squeeze(longer, -1), shorter
