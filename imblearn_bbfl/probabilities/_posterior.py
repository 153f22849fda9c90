r"""From what a network was trained to return to the posterior of a class mix.

A network trained by a focal loss, with factors, or on batches of another class mix does not return
the posterior of the data. What it returns determines that posterior, though. Let v be its output,
trained with focusing parameter :math:`\gamma` on classes whose shares in the loss are :math:`s`
(rows times factors). Then, where the network has learnt all there is to learn, the posterior under
the class shares :math:`t` is

.. math::

    p_k \propto h(v_k) \, t_k / s_k, \qquad
    h(v) = \frac{v}{(1 - v)^\gamma - \gamma (1 - v)^{\gamma - 1} \, v \log v}.

The first part undoes the focal loss (Charoenphakdee et al. 2021, Theorem 11), the second is Bayes'
rule.
"""

from numbers import Real
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

_ROUNDING = 1e-2  # what half precision may take from, or add to, the sum of many probabilities


def recover_posterior(
    proba: ArrayLike, *, seen_prior: ArrayLike, target_prior: ArrayLike, gamma: float = 0.0
) -> np.ndarray:
    r"""Turn the outputs of a trained network into the posterior of a class mix.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes)
        Outputs of the softmax or sigmoid, in [0, 1]; rows sum to 1.
    seen_prior : array-like of shape (n_classes,)
        Share of each class in the loss that training saw, positive: rows of each class times their
        factors. ``seen_prior_`` of :class:`~imblearn_bbfl.BBFLClassifier`. Need not sum to 1.
    target_prior : array-like of shape (n_classes,)
        Share of each class among the images that will be predicted, positive. Need not sum to 1.
    gamma : float, default=0.0
        Focusing parameter of the focal loss, >= 0. With 0 this is Bayes' rule alone.

    Returns
    -------
    posterior : ndarray of shape (n_samples, n_classes)
        Rows sum to 1.

    Raises
    ------
    ValueError
        If the shapes do not match, a row of `proba` holds no probabilities, a share is not
        positive, or `gamma` is negative.

    References
    ----------
    Charoenphakdee, Vongkulbhisal, Chairatanakul, Sugiyama 2021, "On focal loss for class-posterior
    probability estimation: a theoretical perspective", CVPR, arXiv:2011.09172.
    Saerens, Latinne, Decaestecker 2002, "Adjusting the outputs of a classifier to new a priori
    probabilities", Neural Computation 14(1):21-41.

    Examples
    --------
    A detector trained on balanced batches with gamma 2 says .8. The focal loss made it say less
    than it knows; where one image in ten shows the disease, the posterior is .82:

    >>> from imblearn_bbfl.probabilities import recover_posterior
    >>> recover_posterior(
    ...     [[0.2, 0.8]], seen_prior=[0.5, 0.5], target_prior=[0.9, 0.1], gamma=2.0
    ... ).round(2)
    array([[0.18, 0.82]])
    """
    proba = np.asarray(proba, dtype=np.float64)
    priors = [np.asarray(prior, dtype=np.float64) for prior in (seen_prior, target_prior)]
    for name, prior in zip(("seen_prior", "target_prior"), priors, strict=True):
        if proba.ndim != 2 or prior.shape != proba.shape[1:]:
            raise ValueError(
                f"proba has shape {proba.shape} and {name} {prior.shape}. Pass proba of shape "
                "(n_samples, n_classes) and one share per class."
            )
        if not (np.isfinite(prior) & (prior > 0)).all():
            raise ValueError(
                f"{name}={prior.tolist()} must be finite and positive for each class. Leave out "
                "classes without rows."
            )
    if not (isinstance(gamma, Real) and np.isfinite(gamma) and gamma >= 0):
        raise ValueError(
            f"gamma={gamma!r} must be a finite number >= 0: the gamma that the network was trained "
            "with."
        )
    _check_proba(proba)
    log_proba = np.log(np.maximum(proba, np.finfo(np.float64).tiny))
    return np.exp(recover_log_posterior(log_proba, np.log(priors[1] / priors[0]), gamma))


def _check_proba(proba):
    """Raise ValueError unless each row holds probabilities that sum to 1."""
    is_share = ((proba >= 0) & (proba <= 1 + _ROUNDING)).all(axis=1)
    is_right = is_share & (np.abs(proba.sum(axis=1) - 1) <= _ROUNDING)
    if not is_right.all():
        first = np.flatnonzero(~is_right)[0]
        raise ValueError(
            f"Each row of proba must hold probabilities that sum to 1, but row {first} is "
            f"{proba[first].tolist()}. Pass what predict_proba returns; for logits, use "
            "recover_log_posterior."
        )


def recover_log_posterior(log_proba: Any, log_ratio: Any, gamma: float, xp: ModuleType = np) -> Any:
    """Do what `recover_posterior` does, on logarithms, and with the functions of any backend.

    Parameters
    ----------
    log_proba : array of shape (n_samples, n_classes)
        Logarithms of the outputs, each row up to a constant, so that logits will do.
    log_ratio : array of shape (n_classes,)
        Logarithm of the target's share of each class by the share that training saw.
    gamma : float
        Focusing parameter of the focal loss, >= 0.
    xp : module, default=numpy
        Where the array's functions are: :mod:`numpy` or :mod:`keras.ops`.

    Returns
    -------
    log_posterior : array of shape (n_samples, n_classes)
        Their exponentials sum to 1 in each row.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.probabilities import recover_log_posterior
    >>> np.exp(recover_log_posterior(np.log([[0.25, 0.75]]), np.log([3.0, 1.0]), 0.0)).round(3)
    array([[0.5, 0.5]])
    """
    log_v = normalize_log(log_proba, xp)
    if gamma:
        log_v = _undo_focal(log_v, float(gamma), xp)
    return normalize_log(xp.add(log_v, as_constant(log_ratio, xp)), xp)


def normalize_log(logits: Any, xp: ModuleType = np) -> Any:
    """Return the logarithm of the softmax.

    Parameters
    ----------
    logits : array of shape (n_samples, n_classes)
        NumPy arrays are taken to float64. An infinite logit counts as a very large one.
    xp : module, default=numpy
        Where the array's functions are: :mod:`numpy` or :mod:`keras.ops`.

    Returns
    -------
    log_proba : array of shape (n_samples, n_classes)
        Their exponentials sum to 1 in each row.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.probabilities import normalize_log
    >>> np.exp(normalize_log(np.array([[0.0, 0.0]]))).tolist()
    [[0.5, 0.5]]
    """
    if xp is np:
        logits = np.asarray(logits, dtype=np.float64)
    largest = float(np.finfo(_get_precision(xp)).max / 4)  # so that differences are finite
    logits = xp.clip(logits, -largest, largest)
    shifted = logits - xp.max(logits, axis=-1, keepdims=True)
    return shifted - xp.log(xp.sum(xp.exp(shifted), axis=-1, keepdims=True))


def as_constant(vector, xp):
    """Return numbers in the precision of the arrays that they are to be combined with.

    Not as the arrays' own ``dtype``, which NumPy does not know if it is one of a backend.
    """
    return np.asarray(vector, dtype=_get_precision(xp))


def _get_precision(xp):
    return np.float64 if xp is np else np.float32  # networks return their logits in float32


def _undo_focal(log_v, gamma, xp):
    """Return log h(v).

    With r = -log(v) / (1 - v), which goes to 1 where v does, the denominator of h is
    (1 - v)^gamma (1 + gamma v r). So nothing cancels, and nothing overflows for gamma < 1.
    """
    v = xp.exp(log_v)
    # At most one v of a row is above 1/2. There 1 - v is what the other classes have, summed.
    is_large = v > 0.5
    small_v = xp.where(is_large, xp.zeros_like(v), v)
    others = xp.sum(small_v, axis=-1, keepdims=True)
    smallest = float(np.finfo(_get_precision(xp)).tiny)
    rest = xp.maximum(xp.where(is_large, others, 1.0 - small_v), smallest)
    # Near 1 the logarithm of v has lost its digits, and the first terms of r's series have them.
    series = 1.0 + rest * (1.0 / 2.0 + rest * (1.0 / 3.0 + rest / 4.0))
    ratio = xp.where(rest < 1e-2, series, -log_v / rest)
    return log_v - gamma * xp.log(rest) - xp.log(1.0 + gamma * v * ratio)
