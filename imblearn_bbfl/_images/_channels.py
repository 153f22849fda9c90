"""Which axis has the channels: the last, or the data are refused."""

from imblearn_bbfl._warnings import warn_user


def check_channels_last(shape, name, remedy):
    """Raise ValueError if an image of this shape looks like (channels, height, width).

    Up to four channels leave no doubt: images so low that have so many channels are unheard of.
    Where there are more, only a square after them tells, and there is a warning.

    Parameters
    ----------
    shape : tuple of int
        Of one image, (height, width, channels) if all is well.
    name : str
        What the image is called in the message, with its shape.
    remedy : str
        The expression that brings the channels last.
    """
    first, second, third = shape
    if first >= min(second, third) or min(second, third) <= 4:
        return
    if first > 4 and second != third:
        return
    message = (
        f"{name} looks like channels first: {first} channel{'s' * (first > 1)} of {second} x "
        f"{third} pixels. Bring the channels last: {remedy}."
    )
    if first > 4:
        warn_user(message)
        return
    raise ValueError(
        f"{message} If these are images of {first} x {second} pixels with {third} channels after "
        "all, swap height and width."
    )
