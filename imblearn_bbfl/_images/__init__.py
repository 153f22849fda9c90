"""Images in memory or on disk behind one face: check, read, resize."""

import os
from numbers import Integral

import numpy as np

from imblearn_bbfl._images._brightness import (
    check_pixel_max,
    warn_of_unused_range,
    white_of_dtype,
)
from imblearn_bbfl._images._copies import describe_copies, find_copies
from imblearn_bbfl._images._digests import digest_file
from imblearn_bbfl._images._files import FileImages
from imblearn_bbfl._images._kinds import inspect_file
from imblearn_bbfl._images._lazy import LazyImages, LazyRows, is_lazy
from imblearn_bbfl._images._memory import ArrayImages, ListImages, is_image
from imblearn_bbfl._images._missing import search_and_advise
from imblearn_bbfl._images._pictures import Pictures, is_gray_array, is_picture
from imblearn_bbfl._images._pixels import resize
from imblearn_bbfl._images._remote import is_url
from imblearn_bbfl._images._rows import count_rows, take_rows
from imblearn_bbfl._images._streams import check_has_rows
from imblearn_bbfl._images._table import Table
from imblearn_bbfl._images._views import average_over_views, check_views, list_views

__all__ = [
    "ArrayImages",
    "FileImages",
    "LazyImages",
    "LazyRows",
    "ListImages",
    "Table",
    "as_images",
    "average_over_views",
    "check_has_rows",
    "check_image_size",
    "check_views",
    "count_rows",
    "describe_copies",
    "digest_file",
    "find_copies",
    "inspect_file",
    "is_lazy",
    "is_url",
    "list_views",
    "resize",
    "search_and_advise",
    "take_rows",
    "warn_of_unused_range",
    "white_of_dtype",
]

_PATH = (str, bytes, os.PathLike)


def as_images(X, *, image_size=None, pixel_max=None, keep_sparse=False, mixed_sizes=False):
    """Put images in memory, image files or a table behind one face, reading none of them.

    Parameters
    ----------
    X : array-like of shape (n_samples, height, width, channels), or n_samples images or paths
        Integer images of 0 to 255 (uint16: of 0 to 65535, scaled to 8 bit) or float images, in
        memory or in what reads them from disk slice by slice, such as a data set of h5py or zarr;
        or a 1-D array, Series, list, tuple, or table of one column, of images, which may differ in
        size, or of paths of image files; or a table of numbers: a 2-D array, a DataFrame or a
        sparse matrix. Images are 3-D arrays, or 2-D ones in gray, or those of Pillow, which are
        read as their files would be: always in red-green-blue.

    image_size : int or (height, width), default=None
        Every image is resized to this as it is read, whatever its aspect ratio. None reads the
        images as they are; all must then be of one size.

    pixel_max : float, default=None
        The value of a white pixel; no pixel may be brighter. Integers are then read as they are,
        as float32 unless this is 255. None takes white from the dtype, the depth of a file, or the
        range of floats.

    keep_sparse : bool, default=False
        Whether the rows of a sparse matrix are read as a sparse matrix.

    mixed_sizes : bool, default=False
        Whether images may differ in size without `image_size`; they can then be read one by one
        only.

    Returns
    -------
    images : ArrayImages, LazyImages, ListImages, FileImages or Table
        `len(images)`; `shape` of one item that `read` returns; `is_table`; `pixel_max`, the value
        of white in what `read` returns, None where it cannot be told; `read(rows)`, an array of
        those rows; `read_one(row)`, one item (not of a table); `take(rows)`, those rows as images
        that another process can be sent (not of a table); `source(row)`, what an image is to be
        compared by, its path or pixels, or None; `digest(rows)`, for each item a hash of all that
        it is read from, or None; `verify(rows=None)`, which raises on all that is wrong with the
        items and returns `images`.

    Raises
    ------
    TypeError
        If X hands out batches, as a ``tf.data.Dataset`` or a generator does.
    ValueError
        If X is none of these or looks like channels first, or if `image_size` or `pixel_max` is
        invalid, missing or used with a table.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl._images import as_images
    >>> images = as_images(np.zeros((5, 32, 48, 3), dtype=np.uint8), image_size=16).verify()
    >>> len(images), images.shape, images.pixel_max
    (5, (16, 16, 3), 255.0)
    >>> images.read([4, 0]).shape
    (2, 16, 16, 3)
    """
    size, white = check_image_size(image_size), check_pixel_max(pixel_max)
    X = _as_array(X)
    n_dimensions = len(X.shape)
    if n_dimensions == 2:
        _check_no_paths(X)
        for name, given in (("image_size", image_size), ("pixel_max", pixel_max)):
            if given is not None:
                raise ValueError(
                    f"{name}={given!r} needs images, but X is a table of shape {X.shape}. Use "
                    f"{name}=None, or images of shape (n_samples, height, width, channels)."
                )
        return Table(X, keep_sparse=keep_sparse)
    if n_dimensions == 4:
        return (LazyImages if is_lazy(X) else ArrayImages)(X, size, white)
    if n_dimensions == 1 and X.dtype.kind in "OSTU" and any(isinstance(i, _PATH) for i in X):
        return FileImages(X, size, mixed_sizes, white)
    if n_dimensions == 1 and X.dtype.kind == "O" and any(map(_is_sample, X)):
        return ListImages(_as_arrays(X), size, mixed_sizes, white)
    raise ValueError(_wrong_dimensions(X))


def check_image_size(image_size):
    """Return None or (height, width), or raise ValueError."""
    if image_size is None:
        return None
    sides = (image_size, image_size) if isinstance(image_size, Integral) else image_size
    if not isinstance(sides, (tuple, list, np.ndarray)) or len(sides) != 2:
        sides = (0, 0)
    if any(isinstance(s, bool) or not isinstance(s, Integral) or s < 1 for s in sides):
        raise ValueError(
            "image_size must be None, a positive integer or (height, width), got "
            f"{image_size!r}. Use for example image_size=224."
        )
    return int(sides[0]), int(sides[1])


def _as_array(X):
    """Return X as something with `ndim` and `shape`, without copying images."""
    if is_picture(X):
        raise ValueError("X is one image, but a list of them is needed. Pass [X].")
    if isinstance(X, _PATH):
        raise ValueError(
            f"X={str(os.fsdecode(X))!r} is a single path, which has 0 dimensions, but images need "
            "4 or are a list of paths. Pass [X] for one image, what load_image_folder lists for a "
            "folder, or what load_image_table reads from a table."
        )
    check_has_rows(X)
    if getattr(X, "ndim", None) == 2:
        return _take_single_column(X)  # a sparse matrix or a DataFrame stays what it is
    if is_lazy(X):
        return X
    if isinstance(X, (list, tuple)) and any(map(_is_sample, X[:1])):
        return np.fromiter(X, dtype=object, count=len(X))
    try:
        X = np.asarray(X)
        return _take_single_column(X) if X.ndim == 2 else X
    except ValueError as error:
        raise ValueError(
            "The items of X differ in shape. Pass a list of images of shape (height, width, "
            "channels), or rows of equal length."
        ) from error


def _is_sample(item):
    """Whether this is one image or the path of one, rather than a row of a table."""
    return isinstance(item, _PATH) or is_image(item) or is_gray_array(item) or is_picture(item)


def _as_arrays(X):
    """Return images of which each is an array of shape (height, width, channels)."""
    # Among others with three dimensions, one with two has lost its channel axis.
    is_gray = any(map(is_gray_array, X)) and not any(map(is_image, X))
    return Pictures(X) if is_gray or any(map(is_picture, X)) else X


def _take_single_column(X):
    """Return the column of a table that has only one, if it holds images or paths of them.

    Such tables are what pipelines of imbalanced-learn pass, whose samplers want two dimensions.
    """
    if hasattr(X, "tocsr") or X.shape[1] != 1 or not X.shape[0]:
        return X
    column = np.asarray(X.iloc[:, 0] if hasattr(X, "iloc") else X[:, 0])
    is_number = isinstance(column[0], _PATH) and _is_number(column[0])
    return column if _is_sample(column[0]) and not is_number else X


def _is_number(text):
    try:
        float(text)
    except (TypeError, ValueError):
        return False
    return True


def _check_no_paths(X):
    """Raise ValueError on a table that begins with text, such as a column of paths."""
    if 0 in X.shape or hasattr(X, "tocsr"):
        return
    first = X.iloc[0, 0] if hasattr(X, "iloc") else X[0, 0]
    if isinstance(first, _PATH) and not _is_number(first):
        raise ValueError(
            f"X of shape {X.shape} has 2 dimensions and holds text, such as "
            f"{str(os.fsdecode(first))!r}, but a table holds numbers. Paths of image files are "
            "passed in 1 dimension or in a single column: X[:, 0] of an array, or X['path'] of a "
            "DataFrame."
        )


def _wrong_dimensions(X):
    n_dimensions = len(X.shape)
    if n_dimensions == 1:
        return (
            f"Expected 2D array, got 1D array instead:\narray={X}.\nReshape your data either using "
            "array.reshape(-1, 1) if your data has a single feature or array.reshape(1, -1) if it "
            "contains a single sample. Images on disk are passed as a 1D array of their paths."
        )
    if n_dimensions == 3:
        return (
            f"X of shape {X.shape} has 3 dimensions, but images need 4: (n_samples, height, width, "
            "channels). Add the channel axis by X[..., np.newaxis], or to a single image the "
            "sample axis by X[np.newaxis]."
        )
    return (
        f"X has {n_dimensions} dimensions, but images need 4: (n_samples, height, width, "
        "channels). Reshape X; image files are passed as a list of paths, a table has 2 dimensions."
    )
