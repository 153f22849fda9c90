"""The same image under several names or labels."""

import os
import warnings

from imblearn_bbfl._images import describe_copies


def warn_of_copies(paths, split):
    """Warn if files in different parts of a split are the same image."""
    copies = describe_copies(paths, split)
    if copies:
        warnings.warn(
            f"The same image is in several parts of the split: {copies}. A score on images that "
            "were trained on is too good. Remove them from all parts but one.",
            UserWarning,
            stacklevel=3,
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
        warnings.warn(
            f"The same image has several labels: {path} is listed with "
            f"{' and '.join(map(str, found))}{more}. Correct the labels, or remove "
            "these rows.",
            UserWarning,
            stacklevel=3,
        )
