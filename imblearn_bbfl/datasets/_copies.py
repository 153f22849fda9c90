"""The same image under several names or labels."""

import hashlib
import os
import warnings

import numpy as np


def warn_of_copies(paths, split):
    """Warn if files in different parts of a split have the same content.

    Only files of the same size in different parts are read. Those that are empty or missing are
    left to `fit`, but for a path that is itself in two parts.
    """
    copies = [
        rows
        for candidates in _group(map(_get_size, paths))
        if _differ(split, candidates)
        for rows in _group((_hash(paths[row]) for row in candidates), candidates)
        if _differ(split, rows)
    ]
    if copies:
        first = copies[0][0]
        other = next(row for row in copies[0] if split[row] != split[first])
        warnings.warn(
            f"Different parts of the split hold the same image: {paths[first]} ({split[first]}) "
            f"and {paths[other]} ({split[other]}){_count_more(copies)}. A score on images that "
            "were trained on is too good. Remove them from one of the parts.",
            UserWarning,
            stacklevel=3,
        )


def warn_of_contradictions(paths, target):
    """Warn if a path has several labels."""
    contradictions = [
        rows
        for rows in _group(os.path.normcase(os.path.abspath(path)) for path in paths)
        if _differ(target, rows)
    ]
    if contradictions:
        rows = contradictions[0]
        labels = " and ".join(map(str, np.unique(target[rows])))
        warnings.warn(
            f"An image should have one label, but {paths[rows[0]]} is listed with {labels}"
            f"{_count_more(contradictions)}. Correct the labels, or remove these rows.",
            UserWarning,
            stacklevel=3,
        )


def _count_more(found):
    return f", and {len(found) - 1} more such images" if len(found) > 1 else ""


def _group(keys, rows=None):
    """Return the rows of each key, as a list of arrays."""
    groups = {}
    for i, key in enumerate(keys):
        groups.setdefault(key, []).append(i if rows is None else rows[i])
    return [np.array(group) for group in groups.values()]


def _differ(values, rows):
    return len(rows) > 1 and (values[rows] != values[rows[0]]).any()


def _get_size(path):
    """Return the size of a file, or its path where there is nothing to compare."""
    try:
        return os.path.getsize(path) or path
    except OSError:
        return path


def _hash(path):
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return path
