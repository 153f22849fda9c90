"""The order of labels that are grades, from the lowest to the highest."""

import re
from itertools import pairwise
from string import ascii_lowercase

import numpy as np


def place_labels(classes, order, name="order"):
    """Return the place of each class in an order.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        The labels.
    order : array-like of shape (n_classes,) or None
        The labels from the lowest grade to the highest. ``None`` is the order of sorted labels.
    name : str, default="order"
        What the user knows `order` as.

    Returns
    -------
    places : ndarray of int of shape (n_classes,)
        From 0 on.

    Raises
    ------
    ValueError
        If `order` does not name each class once.
    """
    labels = classes.tolist()
    order = sorted(labels) if order is None else list(order)
    faults = {
        "leaves out": [label for label in labels if label not in order],
        "has the unknown": [label for label in order if label not in labels],
        "repeats": [label for i, label in enumerate(order) if label in order[:i]],
    }
    if any(faults.values()):
        listed = " and ".join(f"{verb} {found}" for verb, found in faults.items() if found)
        raise ValueError(
            f"{name}={order} must name each of the classes {labels} once, but it {listed}. Use the "
            "labels of y, of the same type."
        )
    return np.array([order.index(label) for label in labels])


def place_grades(classes, order, name="order"):
    """Return the place of each class, as `place_labels`, where a wrong order would do harm.

    Parameters
    ----------
    classes, order, name
        As `place_labels` takes them.

    Returns
    -------
    places : ndarray of int of shape (n_classes,)
        From 0 on.

    Raises
    ------
    ValueError
        If `order` does not name each class once, or if it is None and three labels or more are text
        whose alphabetical order may not be that of the grades.
    """
    if order is None and len(classes) > 2 and not is_sorted_by_grade(classes):
        raise ValueError(
            f"{name}=None takes the labels in the order {sorted(classes.tolist())}, but the "
            "alphabet says nothing about grades. Pass the labels from the lowest grade to the "
            f"highest: {name}=[lowest, ..., highest]."
        )
    return place_labels(classes, order, name)


def is_sorted_by_grade(classes):
    """Say whether the sorted labels may be taken for grades from the lowest to the highest.

    Numbers may, and letters without a gap, such as "A", "B", "C", and text in which numbers rise,
    such as "0-1", "2", "3". Words may not: sorted, "mild" comes before "none" and "severe".
    """
    labels = sorted(classes.tolist())
    if not any(isinstance(label, str) for label in labels):
        return True
    if "".join(map(str, labels)).lower() in ascii_lowercase:
        return True
    numbers = [tuple(map(int, re.findall(r"\d+", str(label)))) for label in labels]
    return all(numbers) and all(low < high for low, high in pairwise(numbers))
