"""JPEG files: what their headers say, and decoding large ones small, which saves most of the time.

A JPEG file holds the cosine transform of each block of 8 x 8 pixels, from which a picture of a
half, a quarter or an eighth of the size comes out without ever making the large one.
"""

from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np
from scipy import sparse

from imblearn_bbfl._images._tiff import ORIENTATION, read_tag

_END, _SCAN, _FILL, _EXIF = b"\xff\xd9", b"\xff\xda", b"\xff\xff", b"\xff\xe1"
_FRAMES = {bytes((0xFF, 0xC0 + i)) for i in range(16)} - {b"\xff\xc4", b"\xff\xc8", b"\xff\xcc"}
_FLAGS = {
    8: cv2.IMREAD_REDUCED_COLOR_8,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    2: cv2.IMREAD_REDUCED_COLOR_2,
}


class Header(NamedTuple):
    """What the segments before the first scan of a JPEG file say."""

    height: int  # as stored; 0 where no segment says it
    width: int
    orientation: int  # of EXIF, 1 to 8; from 5 on, a viewer swaps height and width
    is_truncated: bool  # whether no end of the image follows


def is_jpeg(data):
    """Whether these are the bytes of a JPEG file."""
    return data.startswith(b"\xff\xd8")


def read_header(data):
    """Return the header of a JPEG file, given its bytes."""
    position, size, orientation = 2, (0, 0), 1
    while (marker := data[position : position + 2])[:1] == b"\xff" and marker != _SCAN:
        if marker == _FILL:
            position += 1
            continue
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4], "big")
        segment = data[position + 4 : end]
        if marker in _FRAMES:
            size = int.from_bytes(segment[1:3], "big"), int.from_bytes(segment[3:5], "big")
        elif marker == _EXIF and segment.startswith(b"Exif\0\0"):
            orientation = read_tag(segment[6:], ORIENTATION, 1)
        position = end  # jumps over an EXIF thumbnail's end
    return Header(*size, orientation, data.rfind(_END, position) == -1)


def choose_scale(size, target):
    """Return the largest of 8, 4, 2 and 1 that no side may be divided by to fall below a target.

    Parameters
    ----------
    size, target : tuple (height, width)
        In pixels.
    """
    fits = [s for s in _FLAGS if all(n >= s * t for n, t in zip(size, target, strict=True))]
    return max(fits, default=1)


def decode_small(data, header, size):
    """Decode a JPEG file at the least scale that is not below a size, and resize it to that.

    Parameters
    ----------
    data : bytes
        Of the file.
    header : Header
        Of the file.
    size : tuple (height, width)
        Of the result, the EXIF orientation applied.

    Returns
    -------
    image : ndarray of shape (height, width, 3) or None
        uint8, blue-green-red; None where the file is not twice as large, or cannot be read.
    """
    full = header.height, header.width
    turn = _TURNS.get(header.orientation, _TURNS[1])
    if turn.swaps:
        full = full[::-1]
    scale = choose_scale(full, size)
    if scale == 1:
        return None
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), _FLAGS[scale])
    except cv2.error:
        return None
    if image is None or image.shape[:2] != tuple(-(-side // scale) for side in full):
        return None  # OpenCV has understood the header in another way
    rows, columns = (
        _weigh(image.shape[axis], full[axis] / scale, size[axis], turn.mirrors[axis])
        for axis in (0, 1)
    )
    shrunk = rows @ image.reshape(len(image), -1).astype(np.float32)
    shrunk = shrunk.reshape(size[0], -1, 3).swapaxes(0, 1)  # (w, height, 3)
    shrunk = columns @ np.ascontiguousarray(shrunk).reshape(len(shrunk), -1)
    shrunk = shrunk.reshape(size[1], size[0], 3).swapaxes(0, 1)
    return np.ascontiguousarray(np.rint(shrunk).astype(np.uint8))


class _Turn(NamedTuple):
    """What an EXIF orientation does to the stored pixels."""

    swaps: bool  # height and width
    mirrors: tuple[bool, bool]  # whether the first row, or column, comes last


_TURNS = {
    1: _Turn(False, (False, False)),
    2: _Turn(False, (False, True)),
    3: _Turn(False, (True, True)),
    4: _Turn(False, (True, False)),
    5: _Turn(True, (False, False)),
    6: _Turn(True, (False, True)),
    7: _Turn(True, (True, True)),
    8: _Turn(True, (True, False)),
}


@lru_cache(maxsize=64)  # most data sets have few sizes of files
def _weigh(n_pixels, extent, n_out, is_mirrored):
    """Return the share of each pixel in each pixel of a smaller row: the mean over its area.

    Where the size of a file is no multiple of the scale, the last pixel has less of the image in it
    than the others. OpenCV's INTER_AREA takes whole pixels only, and would shift all others for it.

    Parameters
    ----------
    n_pixels : int
        In the row.
    extent : float
        Pixels that the image fills, more than n_pixels - 1.
    n_out : int
        In the smaller row.
    is_mirrored : bool
        Whether the image does not fill the first pixel, rather than the last.

    Returns
    -------
    shares : sparse array of shape (n_out, n_pixels)
        Each row sums to 1.
    """
    bounds = np.linspace(0, extent, n_out + 1) + (n_pixels - extent) * is_mirrored
    covered = np.clip(bounds[:, np.newaxis] - np.arange(n_pixels), 0, 1)  # of each, up to a bound
    return sparse.csr_array(np.float32(np.diff(covered, axis=0) * (n_out / extent)))
