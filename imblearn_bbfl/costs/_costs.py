"""Five numbers and vectors, and the loss that they make."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from imblearn_bbfl.coding import count_logits
from imblearn_bbfl.losses import (
    BinaryFocalCrossentropy,
    CategoricalFocalCrossentropy,
    SparseCategoricalFocalCrossentropy,
)


class Costs(NamedTuple):
    """What a mistake costs; see the module.

    Attributes
    ----------
    gamma : float
        Focusing parameter of the focal loss.
    factors, scales, offsets, margins : ndarray of shape (n_classes,)
        One number per class each.

    Examples
    --------
    >>> from imblearn_bbfl.costs import make_costs
    >>> make_costs(2, gamma=2.0).factors.tolist()
    [1.0, 1.0]
    """

    gamma: float
    factors: np.ndarray
    scales: np.ndarray
    offsets: np.ndarray
    margins: np.ndarray


def make_costs(
    n_classes: int,
    *,
    gamma: float = 0.0,
    factors: ArrayLike | None = None,
    scales: ArrayLike | None = None,
    offsets: ArrayLike | None = None,
    margins: ArrayLike | None = None,
) -> Costs:
    """Fill in what changes nothing where a vector is not given.

    Parameters
    ----------
    n_classes : int
        Number of classes.
    gamma : float, default=0.0
        Focusing parameter of the focal loss. 0 is cross-entropy.
    factors, scales : array-like of shape (n_classes,), default=None
        ``None`` is a one per class.
    offsets, margins : array-like of shape (n_classes,), default=None
        ``None`` is a zero per class.

    Returns
    -------
    costs : Costs
        All five.

    Examples
    --------
    Logit adjustment of Menon et al. 2021, for shares of 90 and 10 percent:

    >>> import numpy as np
    >>> from imblearn_bbfl.costs import make_costs
    >>> make_costs(2, offsets=np.log([0.9, 0.1])).offsets.round(2)
    array([-0.11, -2.3 ])
    """
    ones, zeros = np.ones(n_classes), np.zeros(n_classes)
    vectors = [
        np.array(neutral if vector is None else vector, dtype=np.float64)
        for vector, neutral in (
            (factors, ones),
            (scales, ones),
            (offsets, zeros),
            (margins, zeros),
        )
    ]
    return Costs(float(gamma), *vectors)


def make_loss(costs: Costs) -> BinaryFocalCrossentropy | SparseCategoricalFocalCrossentropy:
    """Make the loss of a network whose logits are coded as :mod:`imblearn_bbfl.coding` says.

    Parameters
    ----------
    costs : Costs
        What a mistake costs.

    Returns
    -------
    loss : keras.losses.Loss
        Binary for two classes, which have one logit; else sparse categorical. All vectors are
        given in full, so that the losses of all methods differ in numbers alone.

    Examples
    --------
    >>> from imblearn_bbfl.costs import make_costs, make_loss
    >>> type(make_loss(make_costs(2))).__name__, type(make_loss(make_costs(3))).__name__
    ('BinaryFocalCrossentropy', 'SparseCategoricalFocalCrossentropy')
    """
    return _make_loss(costs, SparseCategoricalFocalCrossentropy)


def make_soft_loss(costs: Costs) -> BinaryFocalCrossentropy | CategoricalFocalCrossentropy:
    """Make the same loss of soft targets, as :func:`imblearn_bbfl.coding.encode_shares` makes them.

    It is the sum over the classes k of the share ``y_k`` times the loss of class k.

    Parameters
    ----------
    costs : Costs
        What a mistake costs.

    Returns
    -------
    loss : keras.losses.Loss
        Binary for two classes, as `make_loss` returns; else categorical.

    Examples
    --------
    >>> from imblearn_bbfl.costs import make_costs, make_soft_loss
    >>> type(make_soft_loss(make_costs(3))).__name__
    'CategoricalFocalCrossentropy'
    """
    return _make_loss(costs, CategoricalFocalCrossentropy)


def _make_loss(costs, multiclass):
    """Return the binary loss for two classes, else that of the class for more of them."""
    is_binary = count_logits(len(costs.factors)) == 1
    return (BinaryFocalCrossentropy if is_binary else multiclass)(
        gamma=costs.gamma,
        alpha=costs.factors.tolist(),
        logit_scale=costs.scales.tolist(),
        logit_offset=costs.offsets.tolist(),
        margin=costs.margins.tolist(),
        from_logits=True,
    )
