"""How many images each class has."""

import numpy as np


def check_counts(counts):
    """Return how many images each class has as an array, or raise ValueError."""
    try:
        counts = np.asarray(counts, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"counts={counts!r} must hold one number >= 0 for each class, in the order of the "
            "classes. Use np.bincount(class_numbers), or list(counts.values()) of a dict in that "
            "order."
        ) from error
    is_right = np.isfinite(counts) & (counts >= 0)
    if counts.ndim != 1 or not is_right.all() or not counts.any():
        raise ValueError(
            f"counts={counts.tolist()} must hold one number >= 0 for each class, of which one is "
            "larger. Use np.bincount(class_numbers)."
        )
    return counts
