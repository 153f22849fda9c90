"""What the three losses share: arguments, their checks, precision and saving."""

import math
import warnings

import keras
import numpy as np
from keras import ops

from imblearn_bbfl.losses._functional import categorical_focal, safe_log, smooth
from imblearn_bbfl.losses._values import check_proba

KERAS_ALPHA = 0.25  # the default of Keras' two focal losses, to be taken without a warning


class FocalLoss(keras.losses.Loss):
    """Base of the focal losses: subclasses add `call`, from labels and predictions to losses.

    The computation runs in at least float32 whatever `dtype` says, for three reasons: half
    precision cannot hold class numbers beyond 256 (bfloat16) or 2048 (float16), a sum of losses
    beyond 65504 (float16), or the logarithms to a useful precision. The result has `dtype`.
    """

    def __init__(self, alpha, gamma, from_logits, label_smoothing, axis, reduction, name, dtype):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.alpha = check_alpha(alpha)
        self.gamma = gamma if isinstance(gamma, keras.Variable) else float(gamma)
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis
        self._has_warned = False
        _check_gamma(self._gamma_value())
        _check_label_smoothing(label_smoothing)

    @property
    def dtype(self):
        """Name of the dtype that the loss is computed in: float32 or float64."""
        return keras.backend.result_type(super().dtype, "float32")

    def __call__(self, y_true, y_pred, sample_weight=None):
        """Return the reduced loss, as `keras.losses.Loss` does."""
        self._warn_of_activation(y_pred)
        loss = super().__call__(_as_array(y_true), _as_array(y_pred), sample_weight)
        return ops.cast(loss, super().dtype)

    def get_config(self):
        """Return the constructor's arguments; a Variable `gamma` as its present value."""
        return {
            **super().get_config(),
            "alpha": self.alpha,
            "gamma": self._gamma_value(),
            "from_logits": self.from_logits,
            "label_smoothing": self.label_smoothing,
            "axis": self.axis,
            "dtype": super().dtype,
        }

    def _warn_of_activation(self, y_pred):
        """Warn once if logits are expected, but Keras has marked `y_pred` as probabilities.

        It marks the outputs of softmax and sigmoid, except in a step of JAX.
        """
        if self.from_logits and not self._has_warned and hasattr(y_pred, "_keras_logits"):
            self._has_warned = True
            warnings.warn(
                f"{type(self).__name__} has from_logits=True, but y_pred comes from a softmax or "
                "sigmoid activation: it holds probabilities, which are now taken for logits. Leave "
                "the activation out of the last layer, or use from_logits=False.",
                stacklevel=3,
            )

    def _gamma_value(self):
        return float(ops.stop_gradient(ops.convert_to_tensor(self.gamma)))

    def _gamma_tensor(self):
        """Read gamma now, so that a traced step sees a Variable's changes."""
        return ops.convert_to_tensor(self.gamma, dtype=self.dtype)


class MulticlassFocalLoss(FocalLoss):
    """Base of the losses that have one prediction per class."""

    _scalar_alphas = (1.0,)  # those that are no mistake

    def __init__(self, alpha, *args):
        super().__init__(alpha, *args)
        if isinstance(self.alpha, float) and self.alpha not in self._scalar_alphas:
            warnings.warn(
                f"alpha={alpha} is one factor for all classes: it scales the loss, and balances "
                "nothing. Give one factor per class, or leave alpha out.",
                stacklevel=3,
            )

    def _class_logits(self, y_pred):
        """Return the logits with the classes on the last axis."""
        n_classes = y_pred.shape[self.axis]
        if n_classes == 1:
            raise ValueError(
                f"y_pred of shape {tuple(y_pred.shape)} has one class on axis {self.axis}, but "
                f"{type(self).__name__} needs at least two. Use BinaryFocalCrossentropy."
            )
        _check_alpha_length(self.alpha, n_classes)
        y_pred = ops.moveaxis(y_pred, self.axis, -1)
        # Larger sums than 1 are normalized away.
        return y_pred if self.from_logits else safe_log(check_proba(y_pred, largest=np.inf))

    def _soft_losses(self, y_true, logits):
        """Return the losses of labels of shape (..., n_classes)."""
        y_true = smooth(y_true, self.label_smoothing, n_classes=logits.shape[-1])
        if self.alpha is not None:
            y_true = y_true * ops.convert_to_tensor(self.alpha, dtype=self.dtype)
        return categorical_focal(y_true, logits, self._gamma_tensor())


def _as_array(y):
    """Return lists and tuples as arrays, and a variable of TensorFlow as its value."""
    if isinstance(y, (list, tuple)):  # Keras would take them apart, and convert each number
        return np.asarray(y)
    return y if hasattr(y, "ndim") else y[...]  # Keras would keep the variable, and need its `ndim`


def check_alpha(alpha):
    """Return alpha as None, a float or a list of floats."""
    if alpha is None:
        return None
    factors = np.asarray(alpha, dtype=float)
    if factors.ndim > 1 or not np.all(np.isfinite(factors) & (factors >= 0)):
        raise ValueError(
            f"alpha={alpha!r} must be None, one finite number >= 0, or one such number per class. "
            "Use alpha=None for no factor."
        )
    return factors.tolist()


def differ(size, other):
    """Say whether two axis lengths differ; a length unknown while tracing (None) never does."""
    return size is not None and other is not None and size != other


def _check_alpha_length(alpha, n_classes):
    if isinstance(alpha, list) and differ(len(alpha), n_classes):
        raise ValueError(
            f"alpha holds {len(alpha)} factors, but y_pred has {n_classes} classes. "
            f"Give {n_classes} factors, one number for all classes, or None."
        )


def _check_gamma(gamma):
    if not (gamma >= 0 and math.isfinite(gamma)):
        raise ValueError(
            f"gamma={gamma} must be a finite number >= 0. "
            "Use gamma=0 for cross-entropy; 0.5 to 2.5 is a good range for focal loss."
        )


def _check_label_smoothing(label_smoothing):
    if not 0 <= label_smoothing <= 1:
        raise ValueError(
            f"label_smoothing={label_smoothing} must lie in [0, 1]. Use 0 for no smoothing."
        )
