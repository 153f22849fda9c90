"""One image or one batch: decode, convert, resize."""

import cv2
import numpy as np

from imblearn_bbfl._images._brightness import check_pixels

_SIGNATURES = (b"\xff\xd8", b"\x89PNG", b"BM", b"II*\0", b"MM\0*", b"RIFF", b"GIF8")
_END_OF_JPEG, _SCAN_OF_JPEG, _FILL = b"\xff\xd9", b"\xff\xda", b"\xff\xff"


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


def decode(path):
    """Return the image in a file, (h, w, 3) red-green-blue, or raise why it cannot be read.

    It is uint8 or uint16, as the file is. Gray becomes three equal channels, alpha is dropped (in a
    TIFF file OpenCV blends it onto black) and the EXIF orientation applied (in a WebP file by
    OpenCV 5 and later).
    """
    data = _read_bytes(path)
    if data.startswith(b"\xff\xd8") and _jpeg_is_truncated(data):
        raise ValueError("truncated")
    image = _imdecode(data, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)
    if image is None and not data.startswith(_SIGNATURES):
        raise ValueError("not an image")
    if image is None and _imdecode(data, cv2.IMREAD_UNCHANGED) is None:
        raise ValueError("truncated or damaged, or of a kind that OpenCV cannot read")
    if image is None or image.dtype not in (np.uint8, np.uint16):
        raise ValueError("neither 8 nor 16 bit")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def _read_bytes(path):
    try:
        with open(path, "rb") as file:  # OpenCV itself cannot open every Unicode path
            data = file.read()
    except FileNotFoundError:
        raise ValueError("missing") from None
    except OSError as error:
        raise ValueError(error.strerror) from None
    if not data:
        raise ValueError("empty")
    return data


def _imdecode(data, flags):
    try:
        return cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error:
        return None


def _jpeg_is_truncated(data):
    """Whether no end-of-image marker follows the first scan: OpenCV 4.10 fills the rest in gray."""
    position = 2
    while (marker := data[position : position + 2])[:1] == b"\xff" and marker != _SCAN_OF_JPEG:
        length = int.from_bytes(data[position + 2 : position + 4], "big")
        position += 1 if marker == _FILL else 2 + length  # jumps over an EXIF thumbnail's end
    return data.find(_END_OF_JPEG, position) == -1
