"""Pictures inside the page, as data addresses."""

import base64
import io
from typing import NamedTuple

import cv2
import numpy as np
from markupsafe import Markup

from imblearn_bbfl.inspection._batch import scale_pixels

_SMALL = 64  # pixels, below which an image keeps each pixel, and is shown with sharp ones


class Picture(NamedTuple):
    """What the template shows of a picture."""

    source: Markup  # its address
    alt: str
    caption: str = ""
    is_small: bool = False


def as_picture(figure, alt, caption=""):
    """Return a Matplotlib figure as a drawing."""
    from matplotlib import rc_context

    buffer = io.BytesIO()
    with rc_context({"svg.hashsalt": "imblearn_bbfl"}):  # the same figure gives the same file
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return Picture(_encode("svg+xml", buffer.getvalue()), alt, caption)


def as_photograph(image, alt, pixel_max=None):
    """Return an image of shape (height, width, channels) as a file of its kind."""
    pixels = np.round(255 * scale_pixels(image[np.newaxis], pixel_max)[0]).astype(np.uint8)
    is_small = max(pixels.shape[:2]) < _SMALL
    kind, options = ("png", []) if is_small else ("jpeg", [cv2.IMWRITE_JPEG_QUALITY, 88])
    data = cv2.imencode(f".{kind}", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), options)[1]
    return Picture(_encode(kind, data.tobytes()), alt, is_small=is_small)


def _encode(kind, data):
    return Markup(f"data:image/{kind};base64,{base64.b64encode(data).decode()}")
