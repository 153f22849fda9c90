"""What a mistake costs: a number for each class in each of four vectors, and a loss made of them.

Every loss here is one formula: ``w_y FL_gamma(s * f + a, less m_y at the true class y)``, of logits
f. gamma is the focusing parameter of the focal loss; w are factors, s scales, a offsets and m
margins, a number per class each. The functions of this module compute them from the labels.
"""

from numbers import Real
from typing import NamedTuple

import numpy as np
from sklearn.utils.class_weight import compute_class_weight

from imblearn_bbfl.coding import count_logits
from imblearn_bbfl.losses import BinaryFocalCrossentropy, SparseCategoricalFocalCrossentropy

__all__ = ["Costs", "compute_factors", "make_costs", "make_loss", "resolve_alpha"]


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


def make_costs(n_classes, *, gamma=0.0, factors=None, scales=None, offsets=None, margins=None):
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


def make_loss(costs):
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
    is_binary = count_logits(len(costs.factors)) == 1
    cls = BinaryFocalCrossentropy if is_binary else SparseCategoricalFocalCrossentropy
    return cls(
        gamma=costs.gamma,
        alpha=costs.factors.tolist(),
        logit_scale=costs.scales.tolist(),
        logit_offset=costs.offsets.tolist(),
        margin=costs.margins.tolist(),
        from_logits=True,
    )


def compute_factors(class_weight, codes, classes):
    """Return `class_weight` as one factor per class.

    Parameters
    ----------
    class_weight : None, "balanced" or dict
        As in scikit-learn.
    codes : ndarray of int of shape (n_samples,)
        Class number of each row of the training part, from which ``"balanced"`` is computed.
    classes : ndarray of shape (n_classes,)
        The labels.

    Returns
    -------
    factors : ndarray of shape (n_classes,)
        With ``"balanced"``, 1 for a class that has no rows.

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
    elif class_weight is not None:
        present, codes = np.unique(codes, return_inverse=True)
        factors[present] = compute_class_weight(class_weight, classes=present, y=present[codes])
    return factors


def resolve_alpha(alpha, classes):
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
        factors = [1.0 - alpha, alpha]
    else:
        factors = list(alpha)
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
