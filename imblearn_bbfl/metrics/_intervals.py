"""Intervals of a share, such as a recall, and of the difference of two shares."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm


def wilson_interval(share: float, n: float, *, confidence: float = 0.95) -> tuple[float, float]:
    """Return Wilson's score interval of a share, such as the recall of a class.

    It stays within [0, 1], and has a width even where all or none of few cases were found.

    Parameters
    ----------
    share : float in [0, 1]
        What share was found. It need not be a whole number of cases: the mean over several runs
        will do.
    n : float
        Number of different cases, such as the test images of the class. Images of one patient are
        not independent, so count patients there. Above 0.
    confidence : float in (0, 1), default=0.95
        How often the interval is to hold the true share.

    Returns
    -------
    low, high : float
        Ends of the interval.

    Raises
    ------
    ValueError
        If a number is out of its range.

    References
    ----------
    Wilson 1927, "Probable inference, the law of succession, and statistical inference", J. Am.
    Stat. Assoc. 22.

    Examples
    --------
    >>> from imblearn_bbfl.metrics import wilson_interval
    >>> low, high = wilson_interval(8 / 13, 13)
    >>> round(low, 2), round(high, 2)
    (0.36, 0.82)
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share={share} must be from 0 to 1, such as 8 / 13.")
    if not n > 0:
        raise ValueError(f"n={n} must be above 0: a share of no cases has no interval.")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence={confidence} must be between 0 and 1, such as 0.95.")
    z = norm.ppf((1 + confidence) / 2)
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + (z / (2 * n)) ** 2)
    return float(max(middle - half, 0)), float(min(middle + half, 1))


def paired_difference_interval(
    shares: ArrayLike, others: ArrayLike, *, n: float | None = None, confidence: float = 0.95
) -> tuple[float, float]:
    """Return Newcombe's interval of the difference of two shares that were found in the same cases.

    Parameters
    ----------
    shares, others : array-like of shape (n_cases,)
        For each case whether one and the other method found it: 1 or 0, or a number between them,
        the share of several runs.
    n : float, default=None
        Number of independent cases, where it is less than that of the shares: of patients, say,
        with several images each.
    confidence : float in (0, 1), default=0.95
        How often the interval is to hold the true difference.

    Returns
    -------
    low, high : float
        Ends of the interval of the mean of `shares` less the mean of `others`.

    Raises
    ------
    ValueError
        If there are no cases, or not the same number of both.

    References
    ----------
    Newcombe 1998, "Improved confidence intervals for the difference between binomial proportions
    based on paired data", Statistics in Medicine 17, method 8, without a continuity correction.

    Examples
    --------
    >>> from imblearn_bbfl.metrics import paired_difference_interval
    >>> low, high = paired_difference_interval([1, 1, 1, 0, 1, 1], [1, 0, 1, 0, 0, 1])
    >>> low < 0 < high
    True
    """
    shares, others = np.asarray(shares, dtype=float), np.asarray(others, dtype=float)
    if shares.shape != others.shape or shares.ndim != 1 or len(shares) == 0:
        raise ValueError(
            f"shares and others have shapes {shares.shape} and {others.shape}, but both must be "
            "(n_cases,), with at least one case. Pass what each method found of the same cases."
        )
    n = len(shares) if n is None else n
    p, q = shares.mean(), others.mean()
    p_low, p_high = wilson_interval(p, n, confidence=confidence)
    q_low, q_high = wilson_interval(q, n, confidence=confidence)
    varies = np.ptp(shares) > 0 and np.ptp(others) > 0
    r = np.corrcoef(shares, others)[0, 1] if varies else 0.0
    return (
        float(p - q - _combine(p - p_low, q_high - q, r)),
        float(p - q + _combine(p_high - p, q - q_low, r)),
    )


def _combine(width, other, r):
    """Return the width of a difference from those of its two parts, which go together by `r`."""
    return np.sqrt(max(width**2 + other**2 - 2 * r * width * other, 0))
