"""Images of Pillow, and arrays without a channel axis, as arrays (height, width, channels)."""

import sys

import numpy as np

from imblearn_bbfl._images._tiff import PHOTOMETRIC


class Pictures:
    """A sequence of images, each made an array when it is asked for.

    Parameters
    ----------
    items : sequence
        Images of Pillow, or arrays of shape (height, width).
    """

    def __init__(self, items):
        self._items = items

    def __len__(self):
        return len(self._items)

    def __getitem__(self, row):
        try:
            return to_array(self._items[row])
        except OSError as error:  # Pillow reads a file no sooner than its pixels are asked for
            raise ValueError(f"X[{row}] cannot be read ({error}). Remove or replace it.") from None


def is_picture(item):
    """Whether this is an image of Pillow. Loads nothing."""
    pillow = sys.modules.get("PIL.Image")
    return pillow is not None and isinstance(item, pillow.Image)


def is_gray_array(item):
    """Whether this is an array of shape (height, width)."""
    return isinstance(item, np.ndarray) and item.ndim == 2


def to_array(item):
    """Return an image as an array of shape (height, width, channels).

    One of Pillow is read as its file would be: red-green-blue whatever its mode, without alpha, and
    upright as EXIF says. An array of shape (height, width) gets one channel.
    """
    if not is_picture(item):
        return item[..., np.newaxis] if is_gray_array(item) else item
    from PIL import ImageOps

    is_white_zero = getattr(item, "tag_v2", {}).get(PHOTOMETRIC) == 0
    item = ImageOps.exif_transpose(item)
    if item.mode != "F" and not item.mode.startswith("I"):
        return np.asarray(item.convert("RGB"))
    gray = np.asarray(item)  # floats, or integers of more than 8 bit
    if gray.dtype.kind == "i" and gray.min() >= 0 and gray.max() <= 65535:
        gray = gray.astype(np.uint16)  # what Pillow holds in 32 bit is that of a file of 16
    if gray.dtype.kind == "u" and is_white_zero:
        gray = ~gray  # as `decode` does; in 8 bit Pillow does so itself
    return np.repeat(gray[..., np.newaxis], 3, axis=2)
