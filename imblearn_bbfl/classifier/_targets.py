"""What the network of a classifier is to return for a row: hard targets, or soft ones."""

from functools import partial

import numpy as np

from imblearn_bbfl._order import place_grades
from imblearn_bbfl.coding import (
    encode_ordinal_targets,
    encode_soft_targets,
    encode_targets,
    narrow_logits,
)
from imblearn_bbfl.training import measure_loss


def check_order(classifier):
    """Raise ValueError, before training, if the order of the classes is wrong.

    Or if ordinal targets need it and it is not known; monitors and rules check for themselves.
    """
    if is_ordinal(classifier) or classifier.class_order is not None:
        place_grades(classifier.classes_, classifier.class_order, "class_order")


def is_ordinal(classifier):
    """Say whether targets fall with the distance between grades; of two classes they do not."""
    return classifier.targets == "ordinal" and len(classifier.classes_) > 2


def name_softening(classifier, *, is_new_head=False):
    """Return the setting that makes targets soft; nothing if none does.

    A head that is trained anew learns from rows as they are, whatever was mixed before.
    """
    if is_ordinal(classifier):
        return f"targets={classifier.targets!r}"
    if classifier.mixup and not is_new_head:
        return f"mixup={classifier.mixup}"
    return ""


def name_neutral(setting):
    """Return what to set in place of a setting that makes targets soft, or of a margin."""
    name = setting.split("=")[0]
    return "targets='nominal'" if name == "targets" else f"{name}=0"


def choose_coding(classifier):
    """Return what turns class numbers into targets."""
    if is_ordinal(classifier):
        places = place_grades(classifier.classes_, classifier.class_order, "class_order")
        return partial(encode_ordinal_targets, places=places)
    encode = encode_soft_targets if classifier.mixup else encode_targets
    return partial(encode, n_classes=len(classifier.classes_))


def check_takes_targets(classifier, loss):
    """Raise ValueError unless a loss takes the targets, and costs less where logits are right."""
    n_classes, setting = len(classifier.classes_), name_softening(classifier)
    codes = np.tile(np.arange(n_classes), 2)  # not as many rows as classes, which could broadcast
    targets = (encode_soft_targets if setting else encode_targets)(codes, n_classes)
    right = narrow_logits(np.eye(n_classes, dtype=np.float32)[codes])
    weight = np.ones(len(codes), dtype=np.float32)
    try:
        of_right, of_wrong = (measure_loss(loss, targets, sign * right, weight) for sign in (1, -1))
    except Exception as error:
        if setting:
            raise ValueError(
                f"{setting} makes soft targets, of shape (n_samples, {targets.shape[1]}), which "
                f"loss={classifier.loss!r} does not take. Use a loss of one-hot rows, such as "
                "losses.CategoricalFocalCrossentropy(from_logits=True), or "
                f"{name_neutral(setting)}."
            ) from error
        raise ValueError(
            f"loss={loss.name!r} does not take what a network for {n_classes} classes has: targets "
            f"of shape {('n_samples', *targets.shape[1:])} and logits of shape "
            f"{('n_samples', *right.shape[1:])}. {_advise_loss(n_classes)}"
        ) from error
    if not of_right < of_wrong:
        raise ValueError(
            f"loss={loss.name!r} costs {of_right:g} where the network is right and {of_wrong:g} "
            f"where it is wrong, so nothing could be learnt. {_advise_loss(n_classes)}"
        )


def _advise_loss(n_classes):
    """Say which loss of Keras is for so many classes."""
    if n_classes == 2:
        return (
            "A network for two classes has a single logit: use a binary loss, such as "
            "keras.losses.BinaryCrossentropy(from_logits=True)."
        )
    return (
        "Use a loss of class numbers, such as "
        "keras.losses.SparseCategoricalCrossentropy(from_logits=True)."
    )
