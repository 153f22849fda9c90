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


def warn_of_repeats(paths, column, target, groups=None, split=None):
    """Warn if a path is listed in several rows, by what they say of it.

    Parameters
    ----------
    paths : ndarray of str
        Of the images.
    column : str
        Where the paths come from.
    target, groups, split : ndarray of len(paths)
        The label, group and part of each. Of parts, `warn_of_copies` warns.
    """
    rows: dict[str, list[int]] = {}
    for row, path in enumerate(paths):
        rows.setdefault(os.path.normcase(os.path.abspath(path)), []).append(row)
    repeats = [listed for listed in rows.values() if len(listed) > 1]
    for name, values in (("labels", target), ("groups", groups)):
        if values is not None:
            repeats = _warn_of_several(repeats, paths, values, name)
    if split is not None:
        repeats = [listed for listed in repeats if len(set(split[listed])) == 1]
    if repeats:
        n_more = sum(map(len, repeats)) - len(repeats)
        warn_user(
            f"The same image is listed several times with the same label: {n_more} of {len(paths)} "
            f"rows repeat an image, such as {paths[repeats[0][0]]}. Each row counts as an image of "
            "its own, so that a split may put one image into training and test. Keep one row of "
            f"each, as in table.drop_duplicates({column!r})."
        )


def _warn_of_several(repeats, paths, values, name):
    """Warn of paths that are listed with several values; return the rows of the others."""
    others, several = [], []
    for listed in repeats:
        (others if len(set(values[listed])) == 1 else several).append(listed)
    if several:
        first = several[0]
        more = f", and {len(several) - 1} more such images" if len(several) > 1 else ""
        warn_user(
            f"The same image has several {name}: {paths[first[0]]} is listed with "
            f"{' and '.join(map(str, sorted(set(values[first]))))}{more}. Correct the {name}, or "
            "remove these rows."
        )
    return others
