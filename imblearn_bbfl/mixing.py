"""Mixtures of the rows of a batch: mixup, and Remix, which leaves them to the rarer class.

Each row becomes a mixture of itself and another row of its batch, and its target the shares of
their classes. The loss of such a target is the sum over the classes k of its share ``y_k`` times
the loss of class k, as in the losses of :mod:`imblearn_bbfl.losses`.
"""

from functools import partial
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_consistent_length

from imblearn_bbfl._weights import check_weights
from imblearn_bbfl.coding import decode_shares

__all__ = ["favor_rare", "mix_batch"]


def __dir__():
    return __all__


# Chou et al. 2020, section 4.1
_LEAST_RATIO = 3.0
_LEAST_SHARE = 0.5


def mix_batch(
    X: ArrayLike,
    y: ArrayLike,
    sample_weight: ArrayLike | None = None,
    *,
    alpha: float,
    class_counts: ArrayLike | None = None,
    random_state: int | np.random.Generator | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Mix each row of a batch with another one, by mixup or Remix.

    Row i becomes ``share * X[i] + (1 - share) * X[j]``. Each share is drawn from the distribution
    Beta(alpha, alpha), and the partners j are a permutation of the rows, so that each row is used
    twice.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        Images, or rows of a table. They are left as they are.
    y : array-like of shape (n_samples,), (n_samples, 1) or (n_samples, n_classes)
        Of two classes, 0 and 1 or the share of the second; otherwise one-hot rows, or the share of
        each class.
    sample_weight : array-like of shape (n_samples,), default=None
        Factor of each row's loss, >= 0.
    alpha : float
        Parameter of the distribution of shares, > 0. The smaller, the nearer most mixtures are to
        one of their two rows; 1 is any share alike.
    class_counts : array-like of shape (n_classes,), default=None
        How many images each class has, > 0, for Remix. ``None`` is mixup.
    random_state : int, numpy.random.Generator or None, default=None
        What to draw from. Equal ints, or generators in the same state, give equal mixtures.

    Returns
    -------
    X : ndarray of shape (n_samples, ...)
        The mixtures, of the dtype of X. Images of dtype uint8 are rounded; other integers become
        float32.
    y : ndarray of float32, of the shape of `y`
        Their targets.
    sample_weight : ndarray of shape (n_samples,) or None
        Their weights; None where none were given. A row of weight w counts w times its share, so
        that target times weight is ``share * w[i] * y[i] + (1 - share) * w[j] * y[j]``.

    Raises
    ------
    ValueError
        If `alpha` is not a finite number > 0, `y` does not hold shares, `X`, `y` and
        `sample_weight` differ in length, a weight is negative or no number, or `class_counts` is
        not one positive number per class.

    References
    ----------
    Zhang, Cisse, Dauphin, Lopez-Paz 2018, "mixup: beyond empirical risk minimization", ICLR,
    arXiv:1710.09412.
    Chou, Chang, Pan, Wei, Juan 2020, "Remix: rebalanced mixup", ECCV workshops, arXiv:2007.03943.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.mixing import mix_batch
    >>> X, y = np.float32([[0], [10]]), np.array([0, 1])
    >>> mixed, targets, _ = mix_batch(X, y, alpha=1.0, random_state=3)
    >>> mixed.ravel().round(1), targets.round(2)
    (array([1.4, 4.7], dtype=float32), array([0.14, 0.47], dtype=float32))
    """
    if not is_alpha(alpha):
        raise ValueError(f"alpha={alpha!r} must be a finite number > 0. Use 0.2, or 1.")
    X, y = np.asarray(X), _check_shares(y)
    weight = np.ones(len(X)) if sample_weight is None else check_weights(sample_weight)
    check_consistent_length(X, y, weight)
    rng = np.random.default_rng(random_state)
    partners = rng.permutation(len(X))
    shares = rng.beta(alpha, alpha, size=len(X))
    if class_counts is None:
        shares_of_target = shares
    else:
        # Of the class with most of a target, for ordinal ones have some of each.
        counts = _check_counts(class_counts, y)[decode_shares(y).argmax(axis=1)]
        shares_of_target = favor_rare(shares, counts, counts[partners])
    own, other = shares_of_target * weight, (1 - shares_of_target) * weight[partners]
    total = own + other
    targets = _add(own, y, other, y[partners])
    targets = (targets.T / np.where(total > 0, total, 1)).T
    if sample_weight is not None:
        sample_weight = total.astype(weight.dtype if weight.dtype.kind == "f" else np.float32)
    return _mix_inputs(X, partners, shares), targets.astype(np.float32), sample_weight


def is_alpha(value):
    """Say whether a value may be the parameter of the distribution of shares."""
    return isinstance(value, Real) and 0 < value < np.inf


def favor_rare(shares: ArrayLike, counts: ArrayLike, other_counts: ArrayLike) -> np.ndarray:
    """Return what Remix makes of the shares that two rows have in the target of their mixture.

    All of the target goes to the rarer class where the other has at least three times as many
    images, and less than half of the mixture.

    Parameters
    ----------
    shares : array-like of shape (n_samples,)
        Share of the first row in each mixture, in [0, 1].
    counts, other_counts : array-like of shape (n_samples,)
        How many images the class of the first row has, and that of the second.

    Returns
    -------
    shares : ndarray of shape (n_samples,)
        Share of the first row in the target: 0, 1 or as it was.

    References
    ----------
    Chou, Chang, Pan, Wei, Juan 2020, "Remix: rebalanced mixup", ECCV workshops, arXiv:2007.03943,
    Eq. (6), with its kappa of 3 and tau of 0.5.

    Examples
    --------
    >>> from imblearn_bbfl.mixing import favor_rare
    >>> favor_rare([0.4, 0.6], counts=[900, 900], other_counts=[100, 100]).tolist()
    [0.0, 0.6]
    """
    shares = np.asarray(shares, dtype=np.float64)
    ratio = np.asarray(counts) / np.asarray(other_counts)
    goes_to_other = (ratio >= _LEAST_RATIO) & (shares < _LEAST_SHARE)
    goes_to_own = (ratio <= 1 / _LEAST_RATIO) & (1 - shares < _LEAST_SHARE)
    return np.select([goes_to_other, goes_to_own], [0.0, 1.0], shares)


def make_mixing(y, alpha, *, remix):
    """Return what mixes batches of these targets, or raise ValueError, as `mix_batch` would.

    Parameters
    ----------
    y : ndarray of shape (n_samples,), (n_samples, 1) or (n_samples, n_classes)
        All targets.
    alpha : float
        As `mix_batch` takes it.
    remix : bool
        Whether to mix by Remix rather than by mixup.
    """
    counts = decode_shares(_check_shares(y)).sum(axis=0) if remix else None
    mix = partial(mix_batch, alpha=alpha, class_counts=counts)
    mix(np.zeros(len(y)), y)  # what cannot be mixed is told now
    return mix


def _mix_inputs(X, partners, shares):
    """Return the mixtures of rows of images or of a table."""
    is_image = X.dtype == np.uint8 and X.ndim > 2
    precise = X.astype(X.dtype if X.dtype.kind == "f" else np.float32, copy=False)
    shares = shares.astype(precise.dtype)
    mixed = _add(shares, precise, 1 - shares, precise[partners])
    return np.rint(mixed).astype(np.uint8) if is_image else mixed


def _add(factors, rows, other_factors, other_rows):
    """Return factor times row plus other factor times other row, for rows of any shape."""
    return (factors * rows.T + other_factors * other_rows.T).T


def _check_shares(y):
    """Return targets as floats, or raise ValueError if they are not shares of classes."""
    y = np.asarray(y)
    is_right = y.ndim in (1, 2) and y.dtype.kind in "biuf" and ((y >= 0) & (y <= 1)).all()
    if not is_right:
        raise ValueError(
            f"y must hold shares of classes to be mixed, but has dtype {y.dtype} and shape "
            f"{y.shape}, such as {y.ravel()[:3].tolist()}. Use 0 and 1 for two classes, and "
            "one-hot rows for more, as keras.utils.to_categorical makes them."
        )
    return y.astype(np.float64)


def _check_counts(class_counts, y):
    """Return one count per class, or raise ValueError."""
    counts = np.asarray(class_counts, dtype=np.float64)
    n_classes = decode_shares(y[:1]).shape[1]
    if counts.shape != (n_classes,) or not (np.isfinite(counts) & (counts > 0)).all():
        raise ValueError(
            f"class_counts={counts.tolist()} must hold one number > 0 for each of the {n_classes} "
            "classes. Use np.bincount(class_numbers)."
        )
    return counts
