"""From probabilities to labels: thresholding by the class priors."""

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["divide_by_prior"]

_ROUNDING = 1e-2  # what half precision may add to a probability


def __dir__():
    return __all__


def divide_by_prior(proba: ArrayLike, prior: ArrayLike) -> np.ndarray:
    r"""Divide probabilities by the class priors and renormalize.

    A network trained on imbalanced rows learns :math:`p(c | x) \propto p(x | c) \, \pi_c`. Dividing
    by :math:`\pi_c`, the share of class c in what training saw, leaves the likelihood: the class
    with the largest quotient is the one that a balanced population would make most probable.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes)
        Predicted probabilities, in [0, 1].
    prior : array-like of shape (n_classes,)
        Share of each class in training, positive. Need not sum to 1.

    Returns
    -------
    proba : ndarray of shape (n_samples, n_classes)
        Rescaled probabilities; rows sum to 1.

    Raises
    ------
    ValueError
        If a prior is not positive and finite, the shapes do not match, or a row of `proba` holds
        anything but numbers from 0 to 1, or only zeros.

    References
    ----------
    Buda, Maki, Mazurowski 2018, "A systematic study of the class imbalance problem in convolutional
    neural networks", Neural Networks 106:249-259, section 2.2.2; Johnson and Khoshgoftaar 2019,
    "Survey on deep learning with class imbalance", J. Big Data 6:27.

    Examples
    --------
    >>> from imblearn_bbfl.thresholding import divide_by_prior
    >>> divide_by_prior([[0.6, 0.4]], prior=[0.75, 0.25]).round(3)
    array([[0.333, 0.667]])
    """
    proba, prior = np.asarray(proba, dtype=np.float64), np.asarray(prior, dtype=np.float64)
    if proba.ndim != 2 or prior.shape != proba.shape[1:]:
        raise ValueError(
            f"proba has shape {proba.shape} and prior {prior.shape}. Pass proba of shape "
            "(n_samples, n_classes) and one prior per class."
        )
    if not (np.isfinite(prior) & (prior > 0)).all():
        raise ValueError(
            f"prior must be positive and finite, got {prior}. Leave out classes without rows."
        )
    is_wrong = ~((proba >= 0) & (proba <= 1 + _ROUNDING)).all(axis=1) | ~proba.any(axis=1)
    if is_wrong.any():
        row = is_wrong.argmax()
        raise ValueError(
            f"proba must hold numbers from 0 to 1, not all 0 in a row, but row {row} is "
            f"{proba[row].tolist()}. Pass what predict_proba returns; for logits, their softmax."
        )
    quotient = proba / prior
    return quotient / quotient.sum(axis=1, keepdims=True)
