"""Channels last, whatever Keras' setting: that is how images come, and what networks are built for.

Layers note the setting when they are made, so a network stays with what it was built for.
"""

from contextlib import contextmanager
from threading import RLock

import keras

_LOCK = RLock()  # the setting is the whole process'


@contextmanager
def channels_last():
    """Make layers for channels last in this context."""
    with _LOCK:
        setting = keras.config.image_data_format()
        keras.config.set_image_data_format("channels_last")
        try:
            yield
        finally:
            keras.config.set_image_data_format(setting)
