"""Names of image files, without the folders that they have in common."""

import os
from itertools import takewhile
from pathlib import PurePath

import numpy as np

_PATH = (str, bytes, os.PathLike)


def name_files(X):
    """Return what to call each image file, or None where X is not paths.

    Parameters
    ----------
    X : array-like
        Images, a table, or paths.

    Returns
    -------
    names : list of str or None
        Each path from the folder that holds all of them on, with slashes; so nothing is told of
        where on a machine they lie.
    """
    if not _are_paths(X):
        return None
    paths = [PurePath(os.fsdecode(path)).parts for path in X]
    levels = zip(*(parts[:-1] for parts in paths), strict=False)
    n_shared = len(list(takewhile(lambda level: len(set(level)) == 1, levels)))
    return ["/".join(parts[n_shared:]) for parts in paths]


def name_rows(X, rows):
    """Return a name for each of some rows: that of its file, or its number."""
    names = name_files(X)
    return [f"image {row}" if names is None else names[row] for row in np.asarray(rows).tolist()]


def list_folders(X):
    """Return the folders that hold image files, and those above; none where X is not paths."""
    if not _are_paths(X):
        return []
    folders = {PurePath(os.fsdecode(path)).parent for path in X}
    above = {parent for folder in folders for parent in folder.parents}
    return [str(folder) for folder in folders | above if len(folder.parts) > 1]


def _are_paths(X):
    is_list = X is not None and getattr(X, "ndim", 1) == 1 and len(X) > 0
    return is_list and all(isinstance(item, _PATH) for item in X)
