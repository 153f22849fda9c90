"""How labels become targets and what logits speak for.

This is the only module that knows that a network for two classes has a single logit f: it stands
for the pair (0, f), whose softmax is what the sigmoid of f gives. Everything that is said about one
logit per class holds for two classes by way of that pair.
"""

from types import ModuleType
from typing import Any

import numpy as np

__all__ = [
    "count_logits",
    "decode_shares",
    "encode_ordinal_targets",
    "encode_shares",
    "encode_soft_targets",
    "encode_targets",
    "locate_logits",
    "narrow_logits",
    "widen_logits",
    "widen_weights",
]


def __dir__():
    return __all__


def count_logits(n_classes: int) -> int:
    """Return how many logits a network for so many classes has.

    Parameters
    ----------
    n_classes : int
        Number of classes, at least 2.

    Returns
    -------
    n_logits : int
        1 for two classes, otherwise `n_classes`.

    Examples
    --------
    >>> from imblearn_bbfl.coding import count_logits
    >>> count_logits(2), count_logits(3)
    (1, 3)
    """
    return 1 if n_classes == 2 else n_classes


def encode_targets(codes: np.ndarray, n_classes: int) -> np.ndarray:
    """Turn class numbers into the targets of a loss.

    Parameters
    ----------
    codes : ndarray of int of shape (n_samples,)
        Number of each row's class.
    n_classes : int
        Number of classes.

    Returns
    -------
    targets : ndarray
        For two classes, float32 of shape (n_samples, 1); otherwise int32 of shape (n_samples,).

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.coding import encode_targets
    >>> encode_targets(np.array([0, 1]), 2).tolist()
    [[0.0], [1.0]]
    >>> encode_targets(np.array([0, 2]), 3).tolist()
    [0, 2]
    """
    if count_logits(n_classes) == 1:
        return codes.astype(np.float32)[:, np.newaxis]  # (n,) -> (n, 1), the shape of the logit
    return codes.astype(np.int32)


def encode_shares(shares: np.ndarray) -> np.ndarray:
    """Turn the share of each class in a sample into soft targets.

    Parameters
    ----------
    shares : ndarray of shape (n_samples, n_classes)
        Rows sum to 1, as after mixing two images.

    Returns
    -------
    targets : ndarray of float32
        For two classes, the share of the second, of shape (n_samples, 1); otherwise `shares`.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.coding import encode_shares
    >>> encode_shares(np.array([[0.75, 0.25]])).tolist()
    [[0.25]]
    """
    is_pair = count_logits(shares.shape[1]) == 1
    return (shares[:, 1:] if is_pair else shares).astype(np.float32)


def encode_soft_targets(codes: np.ndarray, n_classes: int) -> np.ndarray:
    """Turn class numbers into soft targets, each of one class alone.

    Parameters
    ----------
    codes : ndarray of int of shape (n_samples,)
        Number of each row's class.
    n_classes : int
        Number of classes.

    Returns
    -------
    targets : ndarray of float32
        For two classes, of shape (n_samples, 1), as from `encode_targets`; otherwise one-hot rows.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.coding import encode_soft_targets
    >>> encode_soft_targets(np.array([0, 2]), 3).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    return encode_shares(codes[:, np.newaxis] == np.arange(n_classes))


def encode_ordinal_targets(codes: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Turn class numbers into soft targets that fall with the distance between grades.

    A row of grade y has the share ``exp(-(k - y)**2)`` of grade k, divided by the sum of all, so
    that a mistake costs the less the nearer it is: about 0.58 of its own grade and 0.21 of each of
    those beside it (SORD, Díaz and Marathe 2019, with the squared distance).

    Parameters
    ----------
    codes : ndarray of int of shape (n_samples,)
        Number of each row's class.
    places : ndarray of int of shape (n_classes,)
        The place of each class among the grades, such as ``np.arange(n_classes)`` where classes are
        numbered from the lowest grade to the highest.

    Returns
    -------
    targets : ndarray of float32
        As from `encode_shares`, whose columns are classes.

    References
    ----------
    Díaz, Marathe 2019, "Soft labels for ordinal regression", CVPR, Eq. (2).

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.coding import encode_ordinal_targets
    >>> encode_ordinal_targets(np.array([0, 1]), places=np.arange(3)).round(2)
    array([[0.72, 0.27, 0.01],
           [0.21, 0.58, 0.21]], dtype=float32)
    """
    affinity = np.exp(-(np.subtract.outer(places, places) ** 2.0))
    return encode_shares((affinity / affinity.sum(axis=1, keepdims=True))[codes])


def decode_shares(targets: np.ndarray) -> np.ndarray:
    """Turn soft targets back into the share of each class, as `encode_shares` took them.

    Parameters
    ----------
    targets : ndarray of shape (n_samples,), (n_samples, 1) or (n_samples, n_classes)
        For two classes, the share of the second.

    Returns
    -------
    shares : ndarray of shape (n_samples, n_classes)
        Rows sum to 1.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.coding import decode_shares
    >>> decode_shares(np.array([[0.25]])).tolist()
    [[0.75, 0.25]]
    """
    if targets.ndim == 2 and targets.shape[1] > 1:
        return targets
    of_second = targets.reshape(-1, 1)
    return np.concatenate([1 - of_second, of_second], axis=1)


def widen_logits(logits: Any, xp: ModuleType = np) -> Any:
    """Return one logit per class, also where two classes have one.

    Parameters
    ----------
    logits : array of shape (n_samples, n_logits)
        What a network returns.
    xp : module, default=numpy
        Where the array's functions are: :mod:`numpy` or :mod:`keras.ops`.

    Returns
    -------
    logits : array of shape (n_samples, n_classes)
        (0, f) for a single logit f.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.coding import widen_logits
    >>> widen_logits(np.array([[2.0]])).tolist()
    [[0.0, 2.0]]
    """
    if logits.shape[-1] > 1:
        return logits
    return xp.concatenate([xp.zeros_like(logits), logits], axis=-1)


def narrow_logits(logits: Any) -> Any:
    """Return the logits that a network for so many classes has, from one per class.

    The opposite of `widen_logits`: two logits say as much as their difference.

    Parameters
    ----------
    logits : array of shape (n_samples, n_classes)
        Of any backend, or a symbolic tensor of Keras.

    Returns
    -------
    logits : array of shape (n_samples, n_logits)
        For two classes, the second less the first; otherwise `logits`.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.coding import narrow_logits
    >>> narrow_logits(np.array([[1.0, 3.0]])).tolist()
    [[2.0]]
    """
    if count_logits(logits.shape[-1]) > 1:
        return logits
    return logits[:, 1:] - logits[:, :1]


def widen_weights(weights: np.ndarray) -> np.ndarray:
    """Return the weights of each class, also where two classes have one logit.

    A single logit is the difference of two that have half its weights each, of opposite sign: what
    a network with two logits learns from weights of zero. `narrow_logits` turns these back.

    Parameters
    ----------
    weights : ndarray of shape (n_features, n_logits)
        Of the layer that returns the logits.

    Returns
    -------
    weights : ndarray of shape (n_features, n_classes)
        ``(-w / 2, w / 2)`` for a single logit with the weights w.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.coding import widen_weights
    >>> widen_weights(np.array([[1.0], [4.0]])).tolist()
    [[-0.5, 0.5], [-2.0, 2.0]]
    """
    if weights.shape[-1] > 1:
        return weights
    return np.concatenate([-weights / 2, weights / 2], axis=-1)


def locate_logits(codes: np.ndarray, n_logits: int) -> tuple[np.ndarray, np.ndarray]:
    """Say which logit speaks for a class, and with which sign.

    Parameters
    ----------
    codes : ndarray of int of shape (n_samples,)
        Class numbers.
    n_logits : int
        How many logits the network has.

    Returns
    -------
    columns : ndarray of int of shape (n_samples,)
        The logit.
    signs : ndarray of int of shape (n_samples,)
        -1 for the first of two classes, which the single logit speaks against; otherwise 1.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.coding import locate_logits
    >>> columns, signs = locate_logits(np.array([0, 1]), 1)
    >>> columns.tolist(), signs.tolist()
    ([0, 0], [-1, 1])
    """
    if n_logits > 1:
        return codes, np.ones_like(codes)
    return np.zeros_like(codes), np.where(codes == 1, 1, -1)
