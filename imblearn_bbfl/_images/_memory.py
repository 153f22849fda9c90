"""Images in memory, in one array or in a list."""

from functools import cached_property

import numpy as np

from imblearn_bbfl._images._pixels import check_integers, resize, to_pixels

_CHUNK_BYTES = 2**24  # of pixels that a check holds at a time


def is_image(item):
    """Whether this is an array of shape (height, width, channels)."""
    return isinstance(item, np.ndarray) and item.ndim == 3


class ArrayImages:
    """Images in one array (n, h, w, c), which is never copied or converted as a whole."""

    is_table = False

    def __init__(self, X, size=None):
        if 0 in X.shape:
            raise ValueError(
                f"Found array with 0 sample(s) or images without pixels (shape={X.shape}) while a "
                "minimum of 1 is required."
            )
        self._X = X
        self._dtypes = _check_dtypes({X.dtype})
        self.shape = (*(size or X.shape[1:3]), X.shape[3])

    def __len__(self):
        return len(self._X)

    def read(self, rows):
        """Return these images (n, h, w, c): uint8 of integer images, float32 of float images."""
        images = to_pixels(self._take(np.asarray(rows, dtype=np.intp)))
        if images.shape[1:] == self.shape:
            return images
        return np.stack([resize(image, self.shape[:2]) for image in images])

    def _take(self, rows):
        # Faster than indexing, but it would first copy an array that is not contiguous as a whole.
        return self._X.take(rows, axis=0) if self._X.flags.c_contiguous else self._X[rows]

    def read_one(self, row):
        """Return one image (h, w, c)."""
        return self.read([row])[0]

    def verify(self, rows=None):
        """Raise ValueError on a NaN or infinite pixel and on an integer out of range."""
        self.pixel_max = _full_brightness(self._verified_range(rows))
        return self

    @cached_property
    def pixel_max(self):
        """255.0 for integers; for floats 1.0, 255.0 or None, as the range of their values tells."""
        return _full_brightness(self._verified_range(None))

    def _verified_range(self, rows):
        if self._dtypes == {np.dtype(np.uint8)}:
            return np.uint8(0), np.uint8(255)
        rows = np.arange(len(self)) if rows is None else np.asarray(rows, dtype=np.intp)
        ranges = []
        for start in range(0, len(rows), self._n_rows_per_chunk()):
            chunk = rows[start : start + self._n_rows_per_chunk()]
            ranges.append(_check_ranges(*self._ranges(chunk), chunk))
        lows, highs = zip(*ranges, strict=True)
        return min(lows), max(highs)

    def _n_rows_per_chunk(self):
        return max(1, _CHUNK_BYTES // (self._X.itemsize * int(np.prod(self._X.shape[1:]))))

    def _ranges(self, rows):
        pixels = self._X[rows].reshape(len(rows), -1)
        return pixels.min(axis=1), pixels.max(axis=1)


class ListImages(ArrayImages):
    """Images (h, w, c) in a list, which may differ in size if they are resized."""

    def __init__(self, X, size=None, mixed_sizes=False):
        for row, image in enumerate(X):
            if not is_image(image) or image.size == 0:
                raise ValueError(
                    f"X[{row}] must be an image of shape (height, width, channels), got "
                    f"{getattr(image, 'shape', image)!r}."
                )
        self._X = X
        self._dtypes = _check_dtypes({image.dtype for image in X})
        row_of_shape = {image.shape: row for row, image in enumerate(X)}
        _check_shapes(row_of_shape, differ=mixed_sizes or size is not None)
        self._size = size
        self.shape = (*(size or X[0].shape[:2]), X[0].shape[2])

    def read(self, rows):
        """Return these images (n, h, w, c): uint8 of integer images, float32 of float images."""
        return np.stack([self.read_one(row) for row in rows])

    def read_one(self, row):
        """Return one image (h, w, c)."""
        image = to_pixels(self._X[row])
        return image if self._size is None else resize(image, self._size)

    def _n_rows_per_chunk(self):
        return 1  # each is checked in its own dtype

    def _ranges(self, rows):
        return tuple(np.array([f(self._X[row]) for row in rows]) for f in (np.min, np.max))


def _check_dtypes(dtypes):
    for dtype in dtypes:
        if dtype.kind not in "uif":
            scale = " * 255" if dtype.kind == "b" else ""
            raise ValueError(
                f"Images must be integers of 0 to 255 or floats, got dtype {dtype}. Use "
                f"X.astype(np.uint8){scale}."
            )
    if len({dtype.kind == "f" for dtype in dtypes}) > 1:
        raise ValueError(
            "Images must all be integers or all be floats, got the dtypes "
            f"{', '.join(sorted(map(str, dtypes)))}. Convert them to one dtype."
        )
    return dtypes


def _check_shapes(row_of_shape, *, differ):
    (shape, row), *others = row_of_shape.items()
    for other, other_row in others:
        if shape[2] != other[2]:
            raise ValueError(
                f"Images must all have the same number of channels, but X[{row}] has {shape[2]} "
                f"and X[{other_row}] has {other[2]}. Convert them to one kind."
            )
        if not differ:
            raise ValueError(
                f"Images must be of one size, but X[{row}] is {shape[0]} x {shape[1]} and "
                f"X[{other_row}] is {other[0]} x {other[1]} pixels (height x width). Use "
                "image_size= to resize them."
            )


def _check_ranges(lows, highs, rows):
    """Check the darkest and brightest pixels of each of these rows, return those of all."""
    if lows.dtype.kind != "f":
        check_integers(lows.min(), highs.max(), lows.dtype)
        return lows.min(), highs.max()
    with np.errstate(over="ignore"):  # a float64 beyond float32 is infinite once it is read
        finite = np.isfinite(np.float32(lows)) & np.isfinite(np.float32(highs))
    if not finite.all():
        raise ValueError(
            f"Input X contains NaN or infinity: image {rows[~finite][0]} has such pixels. Replace "
            "them, for example by np.nan_to_num(X)."
        )
    return lows.min(), highs.max()


def _full_brightness(extremes):
    low, high = extremes
    if low.dtype.kind != "f":
        return 255.0
    if low < 0 or high > 255:
        return None
    return 1.0 if high <= 1 else 255.0
