"""Names of images without an ending: the one file of that name."""

import os
from functools import cache

import numpy as np

from imblearn_bbfl._images import is_url
from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.datasets._image_names import IMAGE_EXTENSIONS, has_ending


def check_extension(extension):
    """Return an ending with its dot, or None; raise ValueError if it is none."""
    if extension is None:
        return None
    if not isinstance(extension, str) or not extension.strip("."):
        raise ValueError(
            f"extension={extension!r} is not an ending of a file. Use for example extension='.jpg'."
        )
    return "." + extension.lstrip(".")


def add_endings(paths, extension, column):
    """Complete the paths of files whose names lack their ending.

    Parameters
    ----------
    paths : ndarray of str
        Those that end as an image does, and those of files that exist, stay as they are.
    extension : str or None
        The ending, which is added where there is no other file. ``None`` is any of an image.
    column : str
        Where they come from.

    Returns
    -------
    paths : ndarray of str
        Complete, as far as there are such files.

    Raises
    ------
    ValueError
        If several images have the name, and `extension` does not tell.

    Warns
    -----
    UserWarning
        If no path has an ending, and there are no such files.
    """
    endings = IMAGE_EXTENSIONS if extension is None else (extension.lower(),)
    list_stems = cache(lambda folder: _list_stems(folder, endings))
    is_whole = [is_url(path) or has_ending(path, (*IMAGE_EXTENSIONS, *endings)) for path in paths]
    completed = [
        path if whole else _complete(path, extension, list_stems)
        for path, whole in zip(paths, is_whole, strict=True)
    ]
    is_lost = extension is None and not any(is_whole) and completed == list(paths)
    if is_lost and not any(map(os.path.exists, paths)):
        warn_user(
            f"No path in column {column!r} ends as an image does, and there is no file of that "
            f"name, such as {paths[0]}, with an ending or without. Pass the folder that the images "
            "lie in as folder=, or the ending of their names, as in extension='.jpg'."
        )
    return np.array(completed)


def _complete(path, extension, list_stems):
    if os.path.isfile(path):
        return path
    folder, stem = os.path.split(path)
    found = list_stems(folder).get(stem, [])
    if extension is not None and (len(found) != 1 or stem + extension in found):
        return path + extension
    if len(found) > 1:
        raise ValueError(
            f"Several images could be {path}: {', '.join(found)}. Pass the ending of those that "
            "are meant, as in extension='.jpg', or write it into the table."
        )
    return os.path.join(folder, found[0]) if found else path


def _list_stems(folder, endings):
    """Return the names of the images in a folder by what stands before their ending."""
    stems = {}
    try:
        names = sorted(os.listdir(folder or os.curdir))
    except OSError:  # the folder is not there
        return stems
    for name in names:
        ending = next((ending for ending in endings if name.lower().endswith(ending)), None)
        if ending is not None:
            stems.setdefault(name[: -len(ending)], []).append(name)
    return stems
