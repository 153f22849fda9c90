"""The value of white: as given, or as the dtype and the range of the pixels tell."""

from numbers import Real

import numpy as np

from imblearn_bbfl._warnings import warn_user

# How much of the range up to white the brightest pixel of all images has to reach, or there is a
# warning. Brought to 8 bit, images that use half of 16 bit have lost half of their gray levels.
_LEAST_USED = {65535.0: 1 / 2, 255.0: 1 / 8, 1.0: 1 / 8}
_OVERSHOOT = 0.01  # of white: what interpolation of float images adds at most, and is clipped later


def check_pixel_max(pixel_max):
    """Return None or the value of white as a float, or raise ValueError."""
    if pixel_max is None:
        return None
    is_number = isinstance(pixel_max, Real) and not isinstance(pixel_max, bool)
    if not (is_number and 0 < pixel_max < np.inf):
        raise ValueError(
            "pixel_max must be None or a positive number, the value of a white pixel, got "
            f"{pixel_max!r}. Use for example pixel_max=4095 for images of 12 bit."
        )
    return float(pixel_max)


def check_pixels(low, high, dtype, pixel_max):
    """Raise ValueError unless pixels from `low` to `high` fit white, given or that of the dtype."""
    if pixel_max is not None:
        _check_given(low, high, dtype, pixel_max)
    elif dtype.kind != "f" and (low < 0 or high > white_of_dtype(dtype)):
        raise ValueError(
            f"Integer images must be of 0 to 255 (uint16: of 0 to 65535), got {low} to {high} in "
            f"dtype {dtype}. Pass the value of white as pixel_max, such as pixel_max=4095 for "
            "images of 12 bit, or scale the images."
        )


def _check_given(low, high, dtype, pixel_max):
    if dtype.kind != "f" and np.iinfo(dtype).max < pixel_max:
        raise ValueError(
            f"pixel_max={pixel_max:g} is beyond what dtype {dtype} can hold, so these images have "
            "another white. Bring all images to one depth, or use pixel_max=None, which takes "
            "white from the depth of each."
        )
    beyond = _OVERSHOOT * pixel_max if dtype.kind == "f" else 0
    if low < -beyond or high > pixel_max + beyond:
        raise ValueError(
            f"X holds pixels from {low:g} to {high:g}, beyond [0, pixel_max={pixel_max:g}]. Pass "
            "the value of white as pixel_max, or scale the images."
        )


def white_of_dtype(dtype):
    """Return the value of white in integer images; None for floats, whose range has to tell."""
    if dtype.kind == "f":
        return None
    return 65535.0 if is_uint16(dtype) else 255.0


def white_of_range(low, high):
    """Return 1.0 or 255.0 as the value of white in float images, or None if it can be neither."""
    if low < 0 or high > 255:
        return None
    return 1.0 if high <= 1 else 255.0


def is_uint16(dtype):
    """Whether this is uint16 in either byte order."""
    return dtype.newbyteorder("=") == np.uint16


def is_bright(high, white):
    """Whether a brightest pixel of this value makes it plausible that white is as taken."""
    return high >= _LEAST_USED[white] * white


def warn_of_unused_range(images):
    """Warn where the brightest pixel that `verify` saw leaves most of the range unused."""
    for white, high in getattr(images, "brightest", {}).items():
        if high > 0 and not is_bright(high, white):
            warn_user(_say_unused(high, white))


def _say_unused(high, white):
    if white == 65535:
        n_bits = int(high).bit_length()
        return (
            f"The brightest pixel of the 16-bit images is {high}, but white is taken to be 65535, "
            f"and {(int(high) + 128) // 257 + 1} of 256 gray levels are left when they are brought "
            f"to 8 bit. Pass the value of white: pixel_max={2**n_bits - 1} if the images have "
            f"{n_bits} bit, pixel_max=65535 to keep all levels as they are."
        )
    return (
        f"The brightest pixel of the images is {high:.4g}, but white is taken to be {white:g}: the "
        f"range is hardly used. Pass the value of white, such as pixel_max={high:.4g}, or "
        f"pixel_max={white:g} if the images really are that dark."
    )
