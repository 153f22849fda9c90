"""The same image under several names or labels."""

import os

from imblearn_bbfl._images import describe_copies
from imblearn_bbfl._warnings import warn_user


def warn_of_copies(paths, split):
    """Warn if files in different parts of a split are the same image."""
    copies = describe_copies(paths, split)
    if copies:
        warn_user(
            f"The same image is in several parts of the split: {copies}. A score on images that "
            "were trained on is too good. Remove them from all parts but one."
        )


def warn_of_contradictions(paths, target):
    """Warn if a path has several labels."""
    labels = {}
    for path, label in zip(paths, target.tolist(), strict=True):
        labels.setdefault(os.path.normcase(os.path.abspath(path)), set()).add(label)
    several = {path: sorted(found) for path, found in labels.items() if len(found) > 1}
    if several:
        path, found = next(iter(several.items()))
        more = f", and {len(several) - 1} more such images" if len(several) > 1 else ""
        warn_user(
            f"The same image has several labels: {path} is listed with "
            f"{' and '.join(map(str, found))}{more}. Correct the labels, or remove "
            "these rows."
        )
