"""Images that are the same one, byte for byte."""

import os

import numpy as np

from imblearn_bbfl._images._digests import digest_file, digest_pixels


def find_copies(sources, marks):
    """Find images that are the same but are marked as different ones.

    An image is first looked at where it costs little, at the size of its file or at its middle
    line. Only where marks differ among those that agree in it are the files, or all pixels, read.

    Parameters
    ----------
    sources : list of path, ndarray or None
        Images as `source` of what `as_images` returns gives them. None is like no other.
    marks : sequence of length len(sources)
        What copies of one image should have in common, such as the label.

    Returns
    -------
    copies : list of list of int
        Positions in `sources`, those of one image in one list.
    """
    comparable = [i for i, source in enumerate(sources) if source is not None]
    return [
        copies
        for similar in _group(comparable, lambda i: _glance(sources[i]))
        if _differ(similar, marks)
        for copies in _group(similar, lambda i: _digest(sources[i]))
        if _differ(copies, marks)
    ]


def describe_copies(sources, marks, rows=None):
    """Name an image that is marked as different ones, with two of its marks; None without one.

    Parameters
    ----------
    sources, marks
        As in `find_copies`.
    rows : sequence of int, default=None
        What to call images that are in memory. None is their positions.
    """
    copies = find_copies(sources, marks)
    if not copies:
        return None
    first = copies[0][0]
    other = next(position for position in copies[0] if marks[position] != marks[first])
    named = [
        f"{_name(sources[position], position if rows is None else rows[position])} "
        f"({marks[position]})"
        for position in (first, other)
    ]
    more = f", and {len(copies) - 1} more such images" if len(copies) > 1 else ""
    return " and ".join(named) + more


def _name(source, row):
    return f"image {row}" if isinstance(source, np.ndarray) else os.fsdecode(source)


def _group(positions, key):
    groups = {}
    for position in positions:
        groups.setdefault(key(position), []).append(position)
    return list(groups.values())


def _differ(positions, marks):
    return any(marks[position] != marks[positions[0]] for position in positions)


def _glance(source):
    if isinstance(source, np.ndarray):
        return source.shape, source.dtype, source[len(source) // 2].tobytes()
    try:  # empty or missing files are compared by their paths: `verify` says what is wrong
        return os.path.getsize(source) or os.fsdecode(source)
    except OSError:
        return os.fsdecode(source)


def _digest(source):
    if isinstance(source, np.ndarray):
        return digest_pixels(source)
    try:
        return digest_file(source)
    except OSError:
        return os.fsdecode(source)
