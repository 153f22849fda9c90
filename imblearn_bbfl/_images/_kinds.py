"""What kind of image a file holds: its size, its colors, its depth."""

import os
from typing import NamedTuple

import cv2

from imblearn_bbfl._images._jpeg import is_jpeg, read_header
from imblearn_bbfl._images._pixels import decode, imdecode, read_bytes
from imblearn_bbfl._images._tiff import PHOTOMETRIC, is_tiff, read_tag

_GLANCE = (8, 8)  # pixels that tell gray from color in a large JPEG file
_SIDEWAYS = 5  # from this EXIF orientation on, a viewer swaps height and width

_CMYK = 5  # of a TIFF file's photometric interpretation


class FileKind(NamedTuple):
    """What a file holds."""

    height: int  # as a viewer shows it
    width: int
    is_gray: bool  # also where three channels are alike
    has_alpha: bool
    bits: int  # of a channel

    def describe_mode(self):
        """Return how pixels are stored, in words: ``color, 8 bit``."""
        alpha = " with transparency" if self.has_alpha else ""
        return f"{'gray' if self.is_gray else 'color'}{alpha}, {self.bits} bit"


def inspect_file(path):
    """Decode an image file, a large JPEG file at an eighth of its size.

    Parameters
    ----------
    path : str or path
        Of the file.

    Returns
    -------
    kind : FileKind
        What it holds.

    Raises
    ------
    ValueError
        If it cannot be read, with the reason in a few words.
    """
    data = read_bytes(path)
    header = read_header(data) if is_jpeg(data) else None
    if header is not None and header.height and not header.is_truncated:
        size = (header.height, header.width)
        if header.orientation >= _SIDEWAYS:
            size = size[::-1]
        return FileKind(*size, _is_gray(decode(os.fspath(path), _GLANCE)), False, 8)
    image = decode(os.fspath(path))  # which says what is wrong
    stored = imdecode(data, cv2.IMREAD_UNCHANGED)
    n_channels = 1 if stored is None or stored.ndim == 2 else stored.shape[2]
    is_cmyk = is_tiff(data) and read_tag(data, PHOTOMETRIC, 1) == _CMYK
    has_alpha = n_channels in (2, 4) and not is_cmyk
    return FileKind(*image.shape[:2], _is_gray(image), has_alpha, 8 * image.dtype.itemsize)


def _is_gray(image):
    return bool((image[..., :1] == image).all())
