"""What is done to the logit of each class before the loss is taken."""

import numpy as np
from numpy.typing import ArrayLike

from imblearn_bbfl.costs._counts import check_counts

COSINE_SCALE = 30.0
"""What cosines are multiplied by to be logits, and margins with them: the scale of LDAM."""


def compute_offsets(counts: ArrayLike, tau: float = 1.0) -> np.ndarray:
    """Return what logit adjustment adds to the logits while training: ``tau * log(shares)``.

    Whoever predicts by the logits without these decides as if all classes were equally frequent
    (for ``tau=1``). Menon et al. 2021, arXiv:2007.07314, Eq. (10); with ``tau=1`` it is the
    balanced softmax of Ren et al. 2020, arXiv:2007.10740.

    Parameters
    ----------
    counts : array-like of shape (n_classes,)
        How many images of each class are trained on, or their shares.
    tau : float, default=1.0
        0 adjusts nothing. The larger, the more the rare classes gain.

    Returns
    -------
    offsets : ndarray of shape (n_classes,)
        A class without images has that of the rarest that has some.

    Raises
    ------
    ValueError
        If counts are negative or not finite, all are 0, or `tau` is not finite or negative.

    Examples
    --------
    >>> from imblearn_bbfl.costs import compute_offsets
    >>> compute_offsets([900, 90, 10]).round(2)
    array([-0.11, -2.41, -4.61])

    As the loss of a network of your own, whose last layer has no activation:

    >>> from imblearn_bbfl.losses import SparseCategoricalFocalCrossentropy
    >>> loss = SparseCategoricalFocalCrossentropy(
    ...     gamma=0.0, logit_offset=compute_offsets([900, 90, 10]), from_logits=True
    ... )
    """
    counts = _fill_in(check_counts(counts))
    return _check_knob("tau", tau) * np.log(counts / counts.sum()) + 0.0  # not -0.0


def compute_scales(counts: ArrayLike, exponent: float = 0.15) -> np.ndarray:
    """Return what the VS loss multiplies logits by while training: ``(n / n_max)**exponent``.

    The logits of rare classes count less, so that training has to make them larger. Kini et al.
    2021, arXiv:2103.01550, where it stands beside the offsets of `compute_offsets`.

    Parameters
    ----------
    counts : array-like of shape (n_classes,)
        How many images of each class are trained on, or their shares.
    exponent : float, default=0.15
        0 scales nothing. The larger, the more the rare classes gain.

    Returns
    -------
    scales : ndarray of shape (n_classes,)
        In (0, 1]. A class without images has that of the rarest that has some.

    Raises
    ------
    ValueError
        If counts are negative or not finite, all are 0, or `exponent` is not finite or negative.

    Notes
    -----
    Of two classes the single logit f stands for the pair (0, f), in which only the scale of the
    second class acts. The paper's loss of two classes is another: it scales f by the true class of
    the sample.

    Examples
    --------
    >>> from imblearn_bbfl.costs import compute_scales
    >>> compute_scales([900, 90, 10]).round(2)
    array([1.  , 0.71, 0.51])
    """
    counts = _fill_in(check_counts(counts))
    return (counts / counts.max()) ** _check_knob("exponent", exponent)


def compute_margins(
    counts: ArrayLike, largest: float = 0.5, scale: float = COSINE_SCALE
) -> np.ndarray:
    """Return the margins of LDAM: ``scale * largest * (n_min / n)**0.25``.

    Each is taken from the logit of a class in its own loss, so that the class has to win by it. The
    logits are `scale` times cosines, see :func:`~imblearn_bbfl.backbones.apply_cosines`. Cao et al.
    2019, arXiv:1906.07413, Eq. (13).

    Parameters
    ----------
    counts : array-like of shape (n_classes,)
        How many images of each class are trained on, or their shares.
    largest : float, default=0.5
        Margin of the rarest class, as a difference of cosines.
    scale : float, default=30.0
        What cosines are multiplied by to be logits.

    Returns
    -------
    margins : ndarray of shape (n_classes,)
        A class without images has that of the rarest that has some.

    Raises
    ------
    ValueError
        If counts are negative or not finite, all are 0, or `largest` is not finite or negative.

    Examples
    --------
    >>> from imblearn_bbfl.costs import compute_margins
    >>> compute_margins([810, 160, 10]).round(1)
    array([ 5. ,  7.5, 15. ])
    """
    counts = _fill_in(check_counts(counts))
    return scale * _check_knob("largest", largest) * (counts.min() / counts) ** 0.25


def _fill_in(counts):
    """Return counts where a class without images counts as the rarest that has some."""
    return np.where(counts > 0, counts, counts[counts > 0].min())


def _check_knob(name, value):
    if not 0 <= value < np.inf:
        raise ValueError(f"{name}={value!r} must be a finite number >= 0. Use 0 for no effect.")
    return value
