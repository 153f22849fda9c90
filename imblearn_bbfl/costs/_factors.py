"""What multiplies the loss of each class."""

from collections.abc import Hashable
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.class_weight import compute_class_weight

from imblearn_bbfl.costs._counts import check_counts


def compute_factors(
    class_weight: str | dict[Hashable, float] | None,
    codes: np.ndarray,
    classes: np.ndarray,
    effective_beta: float = 0.999,
) -> np.ndarray:
    """Return `class_weight` as one factor per class.

    Parameters
    ----------
    class_weight : None, "balanced", "effective" or dict
        As in scikit-learn; ``"effective"`` is `compute_effective_factors`.
    codes : ndarray of int of shape (n_samples,)
        Class number of each row of the training part, from which the factors that have a name are
        computed.
    classes : ndarray of shape (n_classes,)
        The labels.
    effective_beta : float in [0, 1), default=0.999
        The `beta` of ``"effective"``.

    Returns
    -------
    factors : ndarray of shape (n_classes,)
        By name, 1 for a class that has no rows.

    Raises
    ------
    ValueError
        If a factor is not positive, or of a label that y has not.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.costs import compute_factors
    >>> compute_factors("balanced", np.array([0, 0, 1]), np.array(["healthy", "sick"])).tolist()
    [0.75, 1.5]
    """
    factors = np.ones(len(classes))
    if isinstance(class_weight, dict):
        factors[:] = _look_up("class_weight", class_weight, classes)
        if not (factors > 0).all():
            raise ValueError(
                f"class_weight={class_weight!r} must give each class a positive factor. Leave "
                "the rows of a class out to do without it."
            )
    elif isinstance(class_weight, str) and class_weight == "effective":
        counts = np.bincount(codes, minlength=len(classes))
        factors = compute_effective_factors(counts, effective_beta)
    elif class_weight is not None:
        present, codes = np.unique(codes, return_inverse=True)
        factors[present] = compute_class_weight(class_weight, classes=present, y=present[codes])
    return factors


def compute_effective_factors(counts: ArrayLike, beta: float = 0.999) -> np.ndarray:
    """Return a factor per class by the effective number of its images.

    Images of a class resemble each other, so that each further one adds less than the one before.
    n images count as much as ``(1 - beta**n) / (1 - beta)`` that are all different, and the factor
    of a class is one divided by this number (Cui et al. 2019, arXiv:1901.05555).

    Parameters
    ----------
    counts : array-like of shape (n_classes,)
        How many images each class has.
    beta : float in [0, 1), default=0.999
        0 is no factors at all; the nearer to 1, the nearer to one divided by the number of images,
        which it is for classes of less than about ``0.1 / (1 - beta)`` images.

    Returns
    -------
    factors : ndarray of shape (n_classes,)
        Their mean is 1 over the classes that have images; 1 for a class that has none.

    Raises
    ------
    ValueError
        If counts are negative or not finite, all are 0, or `beta` is out of its range.

    Examples
    --------
    >>> from imblearn_bbfl.costs import compute_effective_factors
    >>> compute_effective_factors([5000, 500, 50], beta=0.999).round(2)
    array([0.13, 0.32, 2.56])
    """
    counts = check_counts(counts)
    if not 0 <= beta < 1:
        raise ValueError(
            f"beta={beta!r} must lie in [0, 1). Use 0.999 or 0.9999; 0 is no factors at all."
        )
    has_images, factors = counts > 0, np.ones(len(counts))
    if beta > 0:
        # 1 - beta**n, which for a beta near 1 would lose its digits if it were written so.
        effective = -np.expm1(counts[has_images] * np.log(beta))
        factors[has_images] = (1 / effective) / np.mean(1 / effective)
    return factors


def resolve_alpha(
    alpha: float | dict[Hashable, float] | ArrayLike | None, classes: np.ndarray
) -> np.ndarray:
    """Return `alpha` as one factor per class.

    Parameters
    ----------
    alpha : None, float, dict or array-like of shape (n_classes,)
        A float is the factor of the second of two classes, one minus it that of the first.
    classes : ndarray of shape (n_classes,)
        The labels.

    Returns
    -------
    factors : ndarray of shape (n_classes,)
        Ones for ``None``.

    Raises
    ------
    ValueError
        If it has not one positive factor per class, or labels that y has not, or is a float where
        y has more than two classes.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.costs import resolve_alpha
    >>> resolve_alpha(0.75, np.array(["healthy", "sick"])).tolist()
    [0.25, 0.75]
    """
    if alpha is None:
        return np.ones(len(classes))
    if isinstance(alpha, dict):
        factors = _look_up("alpha", alpha, classes)
    elif isinstance(alpha, Real):
        if len(classes) > 2:
            raise ValueError(
                f"alpha={alpha} is one number, but y has {len(classes)} classes: it would scale "
                "the loss and balance nothing. Pass one factor per class, in the order of "
                "classes_, or a dict with the factor of each label."
            )
        factors = [1.0 - float(alpha), float(alpha)]
    else:
        factors = np.asarray(alpha).tolist()
    if len(factors) != len(classes):
        raise ValueError(
            f"alpha={alpha!r} has {len(factors)} factors, but y has {len(classes)} classes. Pass "
            "one factor per class, in the order of classes_."
        )
    if not all(factor > 0 for factor in factors):
        raise ValueError(
            f"alpha={alpha!r} must give each class a positive factor. For two classes a float must "
            "lie in (0, 1)."
        )
    return np.array(factors, dtype=np.float64)


def _look_up(name, factors, classes):
    """Return the factor of each class from a dict, 1 where it has none."""
    labels = classes.tolist()
    unknown = [label for label in factors if label not in set(labels)]
    if unknown:
        raise ValueError(
            f"{name} has factors for {unknown}, which are not among the classes {classes}. Use "
            "the labels of y."
        )
    return [factors.get(label, 1.0) for label in labels]
