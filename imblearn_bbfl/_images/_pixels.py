"""One image or one batch: decode, convert, resize."""

import cv2
import numpy as np

from imblearn_bbfl._files import try_again
from imblearn_bbfl._images._brightness import check_pixels
from imblearn_bbfl._images._contents import describe_content, is_of_known_kind
from imblearn_bbfl._images._jpeg import decode_small, is_jpeg, read_header
from imblearn_bbfl._images._png import has_whole_chunks, is_png
from imblearn_bbfl._images._remote import is_url, read_url
from imblearn_bbfl._images._tiff import PHOTOMETRIC, is_tiff, read_tag


def resize(image, size):
    """Resize an image of shape (h, w, c) to (height, width); the channel axis stays."""
    if image.shape[:2] == size:
        return image
    if image.shape[2] > 4:  # the most that OpenCV resizes at once
        parts = [resize(image[:, :, i : i + 4], size) for i in range(0, image.shape[2], 4)]
        return np.concatenate(parts, axis=2)
    # INTER_AREA averages only where no side grows: shrink first, then enlarge.
    between = min(size[0], image.shape[0]), min(size[1], image.shape[1])
    resized = cv2.resize(image, between[::-1], interpolation=cv2.INTER_AREA)
    if between != size:
        resized = cv2.resize(resized, size[::-1], interpolation=cv2.INTER_LINEAR)
    return resized.reshape(*size, image.shape[2])  # OpenCV drops the axis of a single channel


def to_pixels(values, white=None):
    """Convert images to uint8 where white is 255 of integers, else to float32.

    Integers are brought to 8 bit unless the value of their white is given.
    """
    values = values.astype(values.dtype.newbyteorder("="), copy=False)
    if values.dtype.kind == "f":
        return np.ascontiguousarray(values, dtype=np.float32)
    if values.dtype != np.uint8 or white not in (None, 255):
        check_pixels(values.min(), values.max(), values.dtype, white)
    if white is None and values.dtype == np.uint16:
        return ((values.astype(np.uint32) + 128) // 257).astype(np.uint8, order="C")
    return np.ascontiguousarray(values, dtype=np.uint8 if white in (None, 255) else np.float32)


def decode(path, size=None):
    """Return the image in a file, (h, w, 3) blue-green-red, or raise why it cannot be read.

    It is uint8 or uint16, as the file is. Gray becomes three equal channels, alpha is dropped (in a
    TIFF file OpenCV blends it onto black) and the EXIF orientation applied (in a WebP file by
    OpenCV 5 and later, in an AVIF file not at all).

    Parameters
    ----------
    path : str
        Of the file.
    size : tuple (height, width), default=None
        What the image will be resized to. A large JPEG file is of that size right away, within a
        few gray levels of what `resize` makes of all its pixels. None decodes all of them.
    """
    data = read_bytes(path)
    if is_jpeg(data):
        header = read_header(data)
        if header.is_truncated:
            raise ValueError("truncated")
        small = None if size is None else decode_small(data, header, size)
        if small is not None:
            return small
    if is_png(data) and not has_whole_chunks(data):
        raise ValueError("truncated or damaged")
    image = imdecode(data, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)
    if image is None and not is_of_known_kind(data):
        raise ValueError(describe_content(data))
    if image is None and imdecode(data, cv2.IMREAD_UNCHANGED) is None:
        raise ValueError("truncated or damaged, or of a kind that OpenCV cannot read")
    if image is None or image.dtype not in (np.uint8, np.uint16):
        raise ValueError("neither 8 nor 16 bit")
    if image.dtype == np.uint16 and is_tiff(data) and read_tag(data, PHOTOMETRIC, 1) == 0:
        return ~image  # 0 is white, which OpenCV heeds in 8 bit only
    return image


def to_rgb(image):
    """Return a blue-green-red image (h, w, 3) as red-green-blue."""
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def read_bytes(path):
    """Return the bytes of a file, or raise ValueError with what is wrong in a few words."""
    try:
        data = read_url(path) if is_url(path) else _read_file(path)
    except FileNotFoundError:
        raise ValueError("missing") from None
    except OSError as error:
        raise ValueError(error.strerror or str(error)) from None
    if not data:
        raise ValueError("empty")
    return data


@try_again
def _read_file(path):
    with open(path, "rb") as file:  # OpenCV itself cannot open every Unicode path
        return file.read()


def imdecode(data, flags):
    """Return the image in these bytes as OpenCV decodes it, None where it cannot."""
    try:
        return cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error:
        return None
