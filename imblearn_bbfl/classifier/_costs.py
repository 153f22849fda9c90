"""What a mistake costs: the loss, its factors, and what share of it each class has."""

from numbers import Real

import keras
import numpy as np
from scipy.special import expit, softmax
from sklearn.utils.class_weight import compute_class_weight

from imblearn_bbfl.losses import BinaryFocalCrossentropy, SparseCategoricalFocalCrossentropy


def make_loss(gamma, alpha, n_classes):
    """Return the focal loss on logits: binary for two classes, else sparse categorical."""
    if n_classes == 2:
        return BinaryFocalCrossentropy(gamma=gamma, alpha=alpha, from_logits=True)
    return SparseCategoricalFocalCrossentropy(gamma=gamma, alpha=alpha, from_logits=True)


def make_targets(codes, n_classes):
    """Return class numbers as the loss takes them."""
    if n_classes == 2:
        return codes.astype(np.float32)[:, np.newaxis]  # (n,) -> (n, 1), as the one logit
    return codes.astype(np.int32)


def make_proba(logits):
    """Turn logits into probabilities in float64, where they sum to 1."""
    logits = logits.astype(np.float64)
    if logits.shape[1] == 1:
        return np.hstack([expit(-logits), expit(logits)])
    return softmax(logits, axis=1)


def make_alpha(alpha, classes):
    """Return `alpha` as one factor per class, or None.

    Raises
    ------
    ValueError
        If it has not one positive factor per class, or labels that y has not, or is a float where
        y has more than two classes.
    """
    if alpha is None:
        return None
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
    return [float(factor) for factor in factors]


def make_class_factors(class_weight, train, classes):
    """Return `class_weight` as one factor per class.

    ``"balanced"`` is computed from the training part alone; a class that has no rows in it gets 1.

    Raises
    ------
    ValueError
        If a factor is not positive, or of a label that y has not.
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
        present, codes = np.unique(train.codes[train.rows], return_inverse=True)
        factors[present] = compute_class_weight(class_weight, classes=present, y=present[codes])
    return factors


def weigh_rows(part, factors):
    """Return sample weight times class factor of all rows of a part, or None where each is 1."""
    weight = factors[part.codes]
    if part.weight is not None:
        weight = weight * part.weight
    return None if (weight == 1).all() else weight.astype(np.float32)


def measure_loss(loss, codes, logits, weight=None):
    """Return the mean over rows of loss times weight, as Keras reports it for training."""
    targets = make_targets(codes, max(2, logits.shape[1]))
    # Not the loss itself: a strategy of TensorFlow would divide it by the number of devices.
    losses = loss.call(*map(keras.ops.convert_to_tensor, (targets, logits)))
    if weight is not None:
        losses = losses * keras.ops.convert_to_tensor(weight, dtype=losses.dtype)
    return float(keras.ops.mean(losses))


def check_prior(prior, classes):
    """Raise unless training has seen each class, which thresholding divides by."""
    if not (prior > 0).all():
        raise ValueError(
            f"thresholding='prior' divides by the share of each class in training, but classes "
            f"{classes[~(prior > 0)]} have not come yet. Train on rows of them, or use "
            "thresholding=None."
        )


def fold_alpha(weight, alpha, codes):
    """Return the weight of each row times the `alpha` of its class, for a loss without alpha.

    Never None: a step that is traced with weights needs them always.
    """
    weight = np.ones(len(codes)) if weight is None else weight
    factors = 1.0 if alpha is None else np.array(alpha)[codes]
    return (weight * factors).astype(np.float32)


def measure_classes(part, weight, plan, alpha, n_classes):
    """Return how much each class counts in the loss of an epoch: rows x mean weight x alpha.

    The rows are those that the plan says an epoch has of each class. Where epochs differ, that is
    their average, or the first for samplers of imbalanced-learn.
    """
    n_rows_seen = np.zeros(n_classes)
    n_rows_seen[plan.classes_] = plan.class_counts_
    codes = part.codes[part.rows]
    row_weight = np.ones(len(codes)) if weight is None else weight[part.rows]
    total = np.bincount(codes, weights=row_weight, minlength=n_classes)
    mean_weight = total / np.maximum(np.bincount(codes, minlength=n_classes), 1)
    return n_rows_seen * mean_weight * (1.0 if alpha is None else np.array(alpha))


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
