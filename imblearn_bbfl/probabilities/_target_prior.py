"""The class mix that probabilities are to be for."""

from collections.abc import Hashable
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike


def resolve_target_prior(
    target_prior: str | dict[Hashable, float] | ArrayLike,
    classes: np.ndarray,
    data_prior: np.ndarray,
) -> np.ndarray:
    """Turn the argument `target_prior` into the share of each class.

    Parameters
    ----------
    target_prior : "uniform", "data", dict or array-like of shape (n_classes,)
        ``"uniform"`` gives all classes the same share, ``"data"`` those of `data_prior`. A dict has
        a share for each label, an array one for each class in the order of `classes`.
    classes : ndarray of shape (n_classes,)
        The labels.
    data_prior : ndarray of shape (n_classes,)
        Share of each class in the training data.

    Returns
    -------
    prior : ndarray of shape (n_classes,)
        Sums to 1.

    Raises
    ------
    ValueError
        If shares are missing, are not positive or do not sum to 1, are of unknown labels, or are
        not shares at all.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.probabilities import resolve_target_prior
    >>> labels = np.array(["healthy", "sick"])
    >>> resolve_target_prior({"sick": 0.02, "healthy": 0.98}, labels, None).tolist()
    [0.98, 0.02]
    """
    if isinstance(target_prior, str) and target_prior == "uniform":
        return np.full(len(classes), 1 / len(classes))
    if isinstance(target_prior, str) and target_prior == "data":
        prior = np.asarray(data_prior, dtype=np.float64)
        missing = classes[~(prior > 0)]
        if len(missing):
            raise ValueError(
                f"target_prior='data' needs rows of each class, but training has had none of "
                f"{missing.tolist()}. Train on rows of them, or pass the shares as a dict."
            )
        return prior / prior.sum()
    if isinstance(target_prior, dict):
        labels = classes.tolist()
        if set(target_prior) != set(labels):
            raise ValueError(
                f"target_prior has shares for {list(target_prior)}, but the classes are {labels}. "
                "Pass one share for each label of y."
            )
        shares = [target_prior[label] for label in labels]
    elif isinstance(target_prior, str) or np.ndim(target_prior) != 1:
        raise ValueError(
            f"target_prior={target_prior!r} is not known. Use 'uniform', 'data', a dict with the "
            "share of each label, or one share per class in the order of classes_."
        )
    else:
        shares = np.asarray(target_prior).tolist()
    return _check_shares(target_prior, shares, len(classes))


def _check_shares(target_prior, shares, n_classes):
    """Return shares as an array, or raise ValueError."""
    if len(shares) != n_classes:
        raise ValueError(
            f"target_prior={target_prior!r} has {len(shares)} shares, but y has {n_classes} "
            "classes. Pass one share per class, in the order of classes_."
        )
    if not all(isinstance(share, Real) and 0 < share < 1 for share in shares):
        raise ValueError(
            f"target_prior={target_prior!r} must give each class a share between 0 and 1. Give a "
            "class that will hardly come a small share, such as 1e-4."
        )
    if not np.isclose(sum(shares), 1, atol=1e-6):
        raise ValueError(
            f"target_prior={target_prior!r} sums to {sum(shares):g}, but the shares of all classes "
            "must sum to 1. Divide them by their sum."
        )
    prior = np.asarray(shares, dtype=np.float64)
    return prior / prior.sum()
