"""What the three losses share: arguments, their checks, precision and saving."""

import math
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import keras
import numpy as np
from keras import ops

from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.losses._functional import categorical_focal, safe_log, smooth
from imblearn_bbfl.losses._values import check_proba
from imblearn_bbfl.probabilities import as_constant, recover_log_posterior

KERAS_ALPHA = 0.25  # the default of Keras' two focal losses, to be taken without a warning
_VECTORS = ("alpha", "logit_scale", "logit_offset", "margin")

# What the docstrings of the losses share.
GAMMA = """\
    gamma : float or keras.Variable, default=2.0
        Focusing parameter, Lin et al., Eq. (4). 0 is cross-entropy; the larger, the less the
        samples count that are predicted well already. 0.5 to 2.5 did best for BBFL [2]_. A
        Variable can be changed between steps without tracing them anew; under JAX, which knows
        only the model's own state, it must be a non-trainable weight of the model too
        (``model.gamma = gamma``).
"""
REDUCTION = """\
    reduction : {"sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none"} or \
None, default="sum_over_batch_size"
        What becomes of the samples' losses, as in Keras.
"""
DTYPE = """\
    dtype : str, keras.DTypePolicy or None, default=None
        Type of the result; None takes Keras' ``floatx``. The loss is computed in float32 or, on
        TensorFlow with "float64", in double precision; on JAX and PyTorch, Keras keeps to float32.
"""
REFERENCES = """\
    References
    ----------
    .. [1] Lin, Goyal, Girshick, He and Dollar, "Focal loss for dense object detection", ICCV 2017,
       pp. 2980-2988. https://arxiv.org/abs/1708.02002
    .. [2] Singh et al., "Batch-balanced focal loss: a hybrid solution to class imbalance in deep
       learning", J. Med. Imaging 10(5):051809, 2023. https://doi.org/10.1117/1.JMI.10.5.051809
"""
MULTICLASS = """\
    from_logits : bool, default=False
        Whether predictions are logits, rather than probabilities, which are normalized to sum to
        1. Prefer logits: a probability of 0 has lost what it was and gets no gradient.
    label_smoothing : float in [0, 1], default=0.0
        Share of each label that is moved evenly onto all classes, before factors are applied.
    axis : int, default=-1
        Axis of the classes.
"""
CLASS_VECTORS = """\
    logit_scale, logit_offset : list of n_classes floats, keras.Variable or None, default=None
        What the logits are multiplied by, and what is then added to them, class by class, before
        the loss is taken. With the logarithms of the class shares as offset this is logit
        adjustment (Menon et al. 2021, arXiv:2007.07314). Predict by the logits as they are.
    margin : list of n_classes floats, keras.Variable or None, default=None
        What is taken from the logit of a class in its own loss.
"""


class FocalLoss(keras.losses.Loss):
    """Base of the focal losses: subclasses add `call`, from labels and predictions to losses.

    The computation runs in at least float32 whatever `dtype` says, for three reasons: half
    precision cannot hold class numbers beyond 256 (bfloat16) or 2048 (float16), a sum of losses
    beyond 65504 (float16), or the logarithms to a useful precision. The result has `dtype`.
    """

    def __init__(
        self,
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
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.alpha = check_alpha(alpha)
        self.gamma = gamma if isinstance(gamma, keras.Variable) else _read_number(gamma)
        self.logit_scale = check_vector("logit_scale", logit_scale)
        self.logit_offset = check_vector("logit_offset", logit_offset)
        self.margin = check_vector("margin", margin)
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis
        self._has_warned = False
        _check_gamma(self._gamma_value(), gamma)
        _check_label_smoothing(label_smoothing)

    @property
    def dtype(self) -> str:
        """Name of the dtype that the loss is computed in: float32 or float64."""
        return keras.backend.result_type(super().dtype, "float32")

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return the reduced loss, as `keras.losses.Loss` does."""
        self._warn_of_activation(y_pred)
        loss = super().__call__(_as_array(y_true), _as_array(y_pred), sample_weight)
        return ops.cast(loss, super().dtype)

    @property
    def settings(self) -> Any:
        """Names of the numbers that training may change without tracing anew, as Variables."""
        return ("gamma", *(name for name in _VECTORS if is_per_class(getattr(self, name))))

    @property
    def class_factors(self) -> Any:
        """Factor of each class in the loss, as a list; None where all are alike."""
        return get_value(self.alpha) if is_per_class(self.alpha) else None

    def recover_log_posterior(self, logits: Any, log_ratio: Any, xp: ModuleType = np) -> Any:
        """Turn the logits of a network that was trained by this loss into a posterior.

        Parameters
        ----------
        logits : array of shape (n_samples, n_classes)
            One per class; (0, f) for a single logit f.
        log_ratio : array of shape (n_classes,)
            Logarithm of the target's share of each class by the share that training saw.
        xp : module, default=numpy
            Where the array's functions are: :mod:`numpy` or :mod:`keras.ops`.

        Returns
        -------
        log_posterior : array of shape (n_samples, n_classes)
            Logarithms of the posterior under the target mix.

        Raises
        ------
        ValueError
            If there are margins or smoothed labels, which leave no way back.
        """
        config = self.get_config()
        if np.any(config["margin"] or 0) or self.label_smoothing:
            margin = None if config["margin"] is None else np.round(config["margin"], 3).tolist()
            raise ValueError(
                f"With margin={margin} and label_smoothing={self.label_smoothing} no way "
                "leads from what the network returns to a posterior. Use target_prior=None, train "
                "without them, or calibrate on further rows, as temperature='fit' does."
            )
        for name, apply in (("logit_scale", xp.multiply), ("logit_offset", xp.add)):
            if config[name] is not None:
                logits = apply(logits, as_constant(config[name], xp))
        return recover_log_posterior(logits, log_ratio, config["gamma"], xp)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments; Variables as their present values."""
        return {
            **super().get_config(),
            **{name: get_value(getattr(self, name)) for name in _VECTORS},
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
            warn_user(
                f"{type(self).__name__} has from_logits=True, but y_pred comes from a softmax or "
                "sigmoid activation: it holds probabilities, which are now taken for logits. Leave "
                "the activation out of the last layer, or use from_logits=False."
            )

    def _gamma_value(self):
        return float(get_value(self.gamma))

    def _vector(self, name):
        """Read a number per class now, so that a traced step sees a Variable's changes."""
        vector = getattr(self, name)
        return None if vector is None else ops.convert_to_tensor(vector, dtype=self.dtype)

    def _gamma_tensor(self):
        """Read gamma now, so that a traced step sees a Variable's changes."""
        return ops.convert_to_tensor(self.gamma, dtype=self.dtype)


class MulticlassFocalLoss(FocalLoss):
    """Base of the losses that have one prediction per class."""

    _scalar_alphas: tuple[float, ...] = (1.0,)  # those that are no mistake

    def __init__(self, alpha, *args):
        super().__init__(alpha, *args)
        if isinstance(self.alpha, float) and self.alpha not in self._scalar_alphas:
            warn_user(
                f"alpha={alpha} is one factor for all classes: it scales the loss, and balances "
                "nothing. Give one factor per class, or leave alpha out."
            )

    def _class_logits(self, y_pred):
        """Return the logits with the classes on the last axis."""
        rank = len(y_pred.shape)
        if not -rank <= self.axis < rank:
            raise ValueError(
                f"axis={self.axis} is no axis of y_pred, which has the shape "
                f"{tuple(y_pred.shape)}. Use axis=-1 if classes come last."
            )
        n_classes = y_pred.shape[self.axis]
        if n_classes == 1:
            raise ValueError(
                f"y_pred of shape {tuple(y_pred.shape)} has one class on axis {self.axis}, but "
                f"{type(self).__name__} needs at least two. Use BinaryFocalCrossentropy."
            )
        for name in _VECTORS:
            check_length(name, getattr(self, name), n_classes)
        logits = ops.moveaxis(y_pred, self.axis, -1)
        if not self.from_logits:  # larger sums than 1 are normalized away
            logits = safe_log(check_proba(logits, largest=np.inf))
        if self.logit_scale is not None:
            logits = logits * self._vector("logit_scale")
        if self.logit_offset is not None:
            logits = logits + self._vector("logit_offset")
        return logits

    def _soft_losses(self, y_true, logits):
        """Return the losses of labels of shape (..., n_classes)."""
        y_true = smooth(y_true, self.label_smoothing, n_classes=logits.shape[-1])
        if self.alpha is not None:
            y_true = y_true * self._vector("alpha")
        return categorical_focal(y_true, logits, self._gamma_tensor(), self._vector("margin"))


def _as_array(y):
    """Return lists and tuples as arrays, and a variable of TensorFlow as its value."""
    if isinstance(y, (list, tuple)):  # Keras would take them apart, and convert each number
        return np.asarray(y)
    return y if hasattr(y, "ndim") else y[...]  # Keras would keep the variable, and need its `ndim`


def check_alpha(alpha):
    """Return alpha as None, a float, a list of floats or a Variable."""
    if alpha is None or _is_vector_variable("alpha", alpha):
        return alpha
    factors = _read_numbers(alpha)
    if factors.ndim > 1 or not np.all(np.isfinite(factors) & (factors >= 0)):
        raise ValueError(
            f"alpha={alpha!r} must be None, one finite number >= 0, or one such number per class. "
            f"{_advise(alpha)}Use alpha=None for no factor."
        )
    return factors.tolist()


def check_vector(name, vector):
    """Return one number per class as None, a list of floats or a Variable."""
    if vector is None or _is_vector_variable(name, vector):
        return vector
    numbers = _read_numbers(vector)
    if numbers.ndim != 1 or not np.isfinite(numbers).all():
        raise ValueError(
            f"{name}={vector!r} must be None, or one finite number per class. {_advise(vector)}"
            f"Use {name}=None to do without."
        )
    return numbers.tolist()


def _is_vector_variable(name, value):
    """Say whether a setting is a Variable, which must then hold a number per class."""
    if not isinstance(value, keras.Variable):
        return False
    if len(value.shape) != 1:
        raise ValueError(
            f"{name} is a Variable of shape {tuple(value.shape)}, but must hold one number per "
            "class. Use a Variable of shape (n_classes,)."
        )
    return True


def is_per_class(value):
    """Say whether a setting is a number per class rather than None or one number for all."""
    return isinstance(value, (list, keras.Variable))


def get_value(setting):
    """Return a setting as numbers."""
    if isinstance(setting, keras.Variable):
        return ops.convert_to_numpy(setting).tolist()
    return setting


def get_length(vector):
    return len(vector) if isinstance(vector, list) else vector.shape[0]


def differ(size, other):
    """Say whether two axis lengths differ; a length unknown while tracing (None) never does."""
    return size is not None and other is not None and size != other


def check_length(name, vector, n_classes):
    if not is_per_class(vector):
        return
    length = get_length(vector)
    if differ(length, n_classes):
        raise ValueError(
            f"{name} holds {length} numbers, but y_pred has {n_classes} classes. Give {n_classes}, "
            "one per class, or None."
        )


def _check_gamma(gamma, given):
    if not (gamma >= 0 and math.isfinite(gamma)):
        given = gamma if isinstance(given, keras.Variable) else given
        raise ValueError(
            f"gamma={given!r} must be a finite number >= 0, the same for all classes. "
            "Use gamma=0 for cross-entropy; 0.5 to 2.5 is a good range for focal loss."
        )


def _check_label_smoothing(label_smoothing):
    if not 0 <= _read_number(label_smoothing) <= 1:
        raise ValueError(
            f"label_smoothing={label_smoothing!r} must be a number in [0, 1]. Use 0 for no "
            "smoothing."
        )


def _read_numbers(value):
    """Return a setting as an array of floats; as NaN, which no setting may be, if it has others."""
    try:
        if np.asarray(value).dtype.kind not in "US":  # NumPy would read text
            return np.asarray(value, dtype=float)
    except (TypeError, ValueError, NotImplementedError):  # the last by a tensor that is traced
        pass
    return np.array(np.nan)


def _read_number(value):
    """Return a setting as one float; NaN if it is none."""
    numbers = _read_numbers(value)
    return numbers.item() if numbers.ndim == 0 else math.nan


def _advise(value):
    is_dict = isinstance(value, Mapping)
    return "Pass a list, in the order of the classes, in place of the dict. " if is_dict else ""
