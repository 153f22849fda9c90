"""Images in memory, in one array or in a list."""

from copy import copy
from functools import cached_property

import numpy as np

from imblearn_bbfl._images._brightness import (
    check_pixels,
    is_bright,
    white_of_dtype,
    white_of_range,
)
from imblearn_bbfl._images._channels import check_channels_last
from imblearn_bbfl._images._digests import digest_pixels
from imblearn_bbfl._images._pixels import resize, to_pixels

_CHUNK_BYTES = 2**24  # of pixels that a check holds at a time


def is_image(item):
    """Whether this is an array of shape (height, width, channels)."""
    return isinstance(item, np.ndarray) and item.ndim == 3


class ArrayImages:
    """Images in one array (n, h, w, c), which is never copied or converted as a whole."""

    is_table = False

    def __init__(self, X, size=None, pixel_max=None):
        if 0 in X.shape:
            raise ValueError(
                f"Found array with 0 sample(s) or images without pixels (shape={X.shape}) while a "
                "minimum of 1 is required."
            )
        check_channels_last(X.shape[1:], f"X of shape {X.shape}", "X.transpose(0, 2, 3, 1)")
        self._X = X
        self._white = pixel_max
        _check_dtypes({X.dtype})
        self.shape = (*(size or X.shape[1:3]), X.shape[3])

    def __len__(self):
        return self._X.shape[0]

    def read(self, rows):
        """Return these images (n, h, w, c): uint8 where white is 255 of integers, else float32."""
        images = to_pixels(self._take(np.asarray(rows, dtype=np.intp)), self._white)
        if images.shape[1:] == self.shape:
            return images
        return np.stack([resize(image, self.shape[:2]) for image in images])

    def _take(self, rows):
        # Faster than indexing, but it would first copy an array that is not contiguous as a whole.
        return self._X.take(rows, axis=0) if self._X.flags.c_contiguous else self._X[rows]

    def take(self, rows):
        """Return the images of these rows, in memory and read in the same way, to be sent away."""
        taken = copy(self)
        taken._X = self._take(rows)
        return taken

    def read_one(self, row):
        """Return one image (h, w, c)."""
        return self.read([row])[0]

    def source(self, row):
        """Return one image as it was given."""
        return self._X[row]

    def digest(self, rows):
        """Return what tells each of these images from others: its pixels, and how it is read."""
        rows, size = np.asarray(rows, dtype=np.intp), self._n_rows_per_chunk()
        chunks = (rows[start : start + size] for start in range(0, len(rows), size))
        how = repr((self.shape, self._white)).encode()
        return [digest_pixels(image, how) for chunk in chunks for image in self._take(chunk)]

    def verify(self, rows=None):
        """Raise ValueError on a NaN or infinite pixel and on one out of range; see how bright.

        `brightest` has the brightest pixel by the value that white is taken to have. It is looked
        for until it is bright enough where no pixel can be wrong, and not at all where white is
        given.
        """
        rows = np.arange(len(self)) if rows is None else np.asarray(rows, dtype=np.intp)
        darkest, brightest = np.inf, {}
        for start in range(0, len(rows), self._n_rows_per_chunk()):
            chunk = rows[start : start + self._n_rows_per_chunk()]
            dtype = self._dtype_of(chunk)
            white = white_of_dtype(dtype)
            fits = dtype.kind == "u" and np.iinfo(dtype).max == (self._white or white)
            if fits and (self._white is not None or is_bright(brightest.get(white, 0), white)):
                continue  # every value that the dtype holds is in range
            lows, highs = self._ranges(chunk)
            _check_finite(lows, highs, chunk)
            check_pixels(lows.min(), highs.max(), dtype, self._white)
            darkest = min(darkest, lows.min())
            brightest[white] = max(brightest.get(white, -np.inf), highs.max())
        if self._white is not None:
            self.pixel_max, self.brightest = self._white, {}
        elif None in brightest:  # floats: their range tells
            self.pixel_max = white_of_range(darkest, brightest[None])
            self.brightest = {self.pixel_max: brightest[None]} if self.pixel_max else {}
        else:
            self.pixel_max, self.brightest = 255.0, brightest
        return self

    @cached_property
    def pixel_max(self):
        """The value of white in what `read` returns; None where it cannot be told."""
        return self.verify().pixel_max

    def _dtype_of(self, rows):
        return self._X.dtype

    def _n_rows_per_chunk(self):
        return max(1, _CHUNK_BYTES // (self._X.dtype.itemsize * int(np.prod(self._X.shape[1:]))))

    def _ranges(self, rows):
        pixels = self._take(rows).reshape(len(rows), -1)
        return pixels.min(axis=1), pixels.max(axis=1)


class ListImages(ArrayImages):
    """Images (h, w, c) in a list, which may differ in size if they are resized."""

    def __init__(self, X, size=None, mixed_sizes=False, pixel_max=None):
        dtypes, row_of_shape = set(), {}
        for row in range(len(X)):
            image = X[row]
            if not is_image(image) or image.size == 0:
                raise ValueError(
                    f"X[{row}] must be an image of shape (height, width, channels), got "
                    f"{getattr(image, 'shape', image)!r}."
                )
            dtypes.add(image.dtype)
            row_of_shape[image.shape] = row
        self._X = X
        self._white = pixel_max
        _check_dtypes(dtypes)
        for shape, row in row_of_shape.items():
            remedy = "[image.transpose(1, 2, 0) for image in X]"
            check_channels_last(shape, f"X[{row}] of shape {shape}", remedy)
        _check_shapes(row_of_shape, differ=mixed_sizes or size is not None)
        self._size = size
        first = next(iter(row_of_shape))
        self.shape = (*(size or first[:2]), first[2])

    def __len__(self):
        return len(self._X)

    def read(self, rows):
        """Return these images (n, h, w, c): uint8 where white is 255 of integers, else float32."""
        return np.stack([self.read_one(row) for row in rows])

    def read_one(self, row):
        """Return one image (h, w, c)."""
        image = to_pixels(self._X[row], self._white)
        return image if self._size is None else resize(image, self._size)

    def _take(self, rows):
        return [self._X[row] for row in rows]

    def _dtype_of(self, rows):
        return self._X[rows[0]].dtype

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


def _check_finite(lows, highs, rows):
    """Raise ValueError if the darkest or brightest pixel of one of these rows is not finite."""
    if lows.dtype.kind != "f":
        return
    with np.errstate(over="ignore"):  # a float64 beyond float32 is infinite once it is read
        finite = np.isfinite(np.float32(lows)) & np.isfinite(np.float32(highs))
    if not finite.all():
        raise ValueError(
            f"Input X contains NaN or infinity: image {rows[~finite][0]} has such pixels. Replace "
            "them, for example by np.nan_to_num(X)."
        )
