"""One number that makes probabilities as sure as they turn out to be right."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize_scalar

from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.probabilities._posterior import normalize_log

_TEMPERATURES = (0.05, 20.0)


def fit_temperature(
    log_proba: ArrayLike,
    codes: ArrayLike,
    *,
    log_ratio: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
) -> float:
    r"""Find the temperature that makes probabilities as sure as they turn out to be right.

    The posterior :math:`p_k \propto \exp(\log p_k / T) \, r_k` has the largest likelihood of the
    labels.

    Parameters
    ----------
    log_proba : array-like of shape (n_samples, n_classes)
        Logarithms of probabilities, each row up to a constant, so that logits will do; of rows that
        the classifier was not trained on.
    codes : array-like of int of shape (n_samples,)
        The column of each row's label.
    log_ratio : array-like of shape (n_classes,), default=None
        Logarithm of each class's share in these rows by the share that the probabilities are for.
        ``None`` if they are for the class mix of these rows.
    sample_weight : array-like of shape (n_samples,), default=None
        How much each row counts.

    Returns
    -------
    temperature : float
        From 0.05 to 20. Above 1 if probabilities were too sure.

    Raises
    ------
    ValueError
        If `log_proba` is not finite or holds probabilities, `codes` are not numbers of columns, or
        the shapes do not match.

    Warns
    -----
    UserWarning
        If the likelihood grows up to an end of the range, as where all rows are predicted rightly.

    References
    ----------
    Guo, Pleiss, Sun, Weinberger 2017, "On calibration of modern neural networks", ICML.
    Komisarenko and Kull 2024, "Improving calibration by relating focal loss, temperature scaling,
    and properness", ECAI, arXiv:2408.11598: after the inverse of the focal loss.

    Examples
    --------
    A classifier says .9, and is right in three of four rows: half as sure would be right.

    >>> import numpy as np
    >>> from imblearn_bbfl.probabilities import fit_temperature, normalize_log
    >>> log_proba = np.log([[0.9, 0.1]] * 4)
    >>> temperature = fit_temperature(log_proba, [0, 0, 0, 1])
    >>> round(temperature, 2)
    2.0
    >>> np.exp(normalize_log(log_proba / temperature))[0].round(2)
    array([0.75, 0.25])
    """
    log_proba, codes = np.asarray(log_proba, dtype=np.float64), np.asarray(codes)
    if log_proba.ndim != 2 or codes.shape != log_proba.shape[:1] or not len(codes):
        raise ValueError(
            f"log_proba has shape {log_proba.shape} and codes {codes.shape}. Pass log_proba of "
            "shape (n_samples, n_classes) and the column of the label for each row, of one or more."
        )
    if not np.isfinite(log_proba).all():
        raise ValueError(
            "log_proba must be finite. Pass logits, or the logarithms of probabilities above 0."
        )
    if (log_proba > 0).all() and np.allclose(log_proba.sum(axis=1), 1):
        raise ValueError(
            "log_proba holds probabilities: each row sums to 1. Pass their logarithms, "
            "np.log(proba)."
        )
    n_classes = log_proba.shape[1]
    is_number = codes.dtype.kind in "biu"
    if not is_number or codes.min() < 0 or codes.max() >= n_classes:
        found = f"numbers from {codes.min()} to {codes.max()}" if is_number else codes.dtype
        raise ValueError(
            f"codes must hold the number of a column for each row, from 0 to {n_classes - 1}, but "
            f"holds {found}. For labels, pass np.searchsorted(classes, y)."
        )
    codes = codes.astype(np.intp)
    log_ratio = np.zeros(n_classes) if log_ratio is None else np.asarray(log_ratio)
    rows = np.arange(len(codes))

    def measure_log_loss(log_temperature):
        log_posterior = normalize_log(log_proba / np.exp(log_temperature) + log_ratio)
        return -np.average(log_posterior[rows, codes], weights=sample_weight)

    bounds = np.log(_TEMPERATURES)
    log_temperature = minimize_scalar(measure_log_loss, bounds=bounds, method="bounded").x
    temperature = float(np.exp(log_temperature))
    if np.abs(log_temperature - bounds).min() < 1e-3:
        cause = (
            "their labels are all the most probable ones"
            if temperature < 1
            else "they tell nothing"
        )
        warn_user(
            f"The temperature that fits {len(codes)} rows best is at the end of the range "
            f"{_TEMPERATURES}, for {cause}. Use more rows, or no temperature.",
        )
    return temperature
