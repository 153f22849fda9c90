"""The same image seen in several ways: mirrored, upside down, turned by quarters."""

import numpy as np

_N_VIEWS = {"flips": 4, "flips+turns": 8}
_BLOCK_ROWS = 1024  # images whose views' outputs are held at a time


def check_views(kind, shape):
    """Check that images have the views that are averaged over at prediction.

    Parameters
    ----------
    kind : None, "flips" or "flips+turns"
        What the user passed as `test_time_augmentation`.
    shape : tuple of int
        Of one image, (height, width, channels), or of one row of a table.

    Raises
    ------
    ValueError
        If `kind` is another, or this is a row of a table, or the images are not square where they
        are to be turned.
    """
    if kind is None:
        return
    if kind not in list(_N_VIEWS):
        raise ValueError(
            f"test_time_augmentation={kind!r} is not known. Use None, 'flips' or 'flips+turns'."
        )
    if len(shape) == 1:
        raise ValueError(
            f"test_time_augmentation={kind!r} mirrors images, but X is a 2-D table. Use "
            "test_time_augmentation=None for tables."
        )
    height, width = shape[:2]
    if kind == "flips+turns" and height != width:
        raise ValueError(
            "test_time_augmentation='flips+turns' turns images by a quarter, so they must be "
            f"square, but they have {height} x {width} pixels. Use 'flips', or bring them to a "
            f"square by image_size={min(height, width)}, say."
        )


def average_over_views(predict, images, rows=None, *, kind=None):
    """Return the mean of what is predicted for the views of each image.

    Parameters
    ----------
    predict : callable
        Takes images and row numbers, and returns an array of shape (n_rows, n_outputs).
    images : object returned by ``as_images``
        Where the rows are read.
    rows : ndarray of int, default=None
        Row numbers, in any order. ``None`` takes all.
    kind : None, "flips" or "flips+turns", default=None
        The image alone, its 4 flips, or the 8 that these and quarter turns make.

    Returns
    -------
    outputs : ndarray of shape (n_rows, n_outputs)
        In the order of the rows.
    """
    if kind is None:
        return predict(images, rows)
    rows = np.arange(len(images)) if rows is None else rows
    n_views = _N_VIEWS[kind]
    views = _Views(images, n_views)
    means = []
    for block in np.split(rows, range(_BLOCK_ROWS, len(rows), _BLOCK_ROWS)):
        of_views = (block[:, np.newaxis] * n_views + np.arange(n_views)).ravel()
        outputs = predict(views, of_views)  # (n_rows * n_views, n_outputs)
        means.append(outputs.reshape(len(block), n_views, -1).mean(axis=1, dtype=np.float32))
    return np.concatenate(means)


def list_views(pixels, kind, xp=np):
    """Return the views of a batch of images, each as a batch.

    Parameters
    ----------
    pixels : array of shape (n, height, width, channels)
        Square where they are turned.
    kind : None, "flips" or "flips+turns"
        As in `average_over_views`.
    xp : module, default=numpy
        Where the array's functions are: :mod:`numpy` or :mod:`keras.ops`.

    Returns
    -------
    views : list of arrays of shape (n, height, width, channels)
        The first is the images as they are.
    """
    return [_see(pixels, number, xp) for number in range(1 if kind is None else _N_VIEWS[kind])]


class _Views:
    """Images whose row i * n_views + v is view v of image i."""

    is_table = False

    def __init__(self, images, n_views):
        self._images = images
        self._n_views = n_views

    def __len__(self):
        return self._n_views * len(self._images)

    def read(self, rows):
        """Read views, each image once."""
        numbers, views = np.divmod(rows, self._n_views)
        numbers, places = np.unique(numbers, return_inverse=True)
        pixels = self._images.read(numbers)
        seen = np.empty((len(rows), *pixels.shape[1:]), pixels.dtype)
        for view in np.unique(views):
            seen[views == view] = _see(pixels[places[views == view]], view, np)
        return seen

    def digest(self, rows):
        """Return what tells views from others; the image as it is has its own."""
        numbers, views = np.divmod(rows, self._n_views)
        numbers, places = np.unique(numbers, return_inverse=True)
        digests = self._images.digest(numbers)
        return [
            digests[place] if digests[place] is None or not view else digests[place] + bytes([view])
            for place, view in zip(places, views, strict=True)
        ]


def _see(pixels, number, xp):
    """Return one of the eight symmetries of a square, of which the first four need none."""
    if number & 4:
        pixels = xp.transpose(pixels, (0, 2, 1, 3))
    for axis, bit in ((2, 1), (1, 2)):
        if number & bit:
            pixels = xp.flip(pixels, axis=axis)  # one at a time, as Keras 3.13 needs it
    return pixels
