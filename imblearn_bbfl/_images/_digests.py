"""What tells an image from all others: a hash of its pixels, or of its file."""

import hashlib
import os
import time
from contextlib import suppress
from functools import wraps
from threading import Lock

import numpy as np

from imblearn_bbfl._files import try_again
from imblearn_bbfl._images._remote import is_url, read_url

_N_FILES = 2**20  # how many files something is remembered of, at most
# The coarsest clock of a file system, FAT's: two changes within that time may look like one.
_SETTLED_NS = 2 * 10**9


def remember_while_unchanged(function):
    """Have a function of a file return what it returned before, until the file changes.

    A file has changed if its size, its inode or the time of a change is another, be it that of its
    content or, on POSIX, that of its inode, which no one can set back. A file that was written just
    now is looked at each time, for the next change may come within one tick of the clock. An
    error is not remembered, because its cause may be gone the next time.

    Parameters
    ----------
    function : callable
        Of a path and of what is told apart by its `repr`.

    Returns
    -------
    remembering : callable
        Takes the same.
    """
    results, lock = {}, Lock()

    @wraps(function)
    def call(path, *args):
        try:
            status = os.stat(path)
        except (OSError, ValueError):  # the function says what is wrong
            return function(path, *args)
        if time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) < _SETTLED_NS:
            return function(path, *args)
        state = status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
        # Of many files, a hash takes a fifth of the memory that paths and states take.
        key = hashlib.blake2b(repr((path, args, state)).encode(), digest_size=16).digest()
        with suppress(KeyError):
            return results[key]
        result = function(path, *args)
        with lock:
            if len(results) >= _N_FILES:
                del results[next(iter(results))]  # the oldest
            results[key] = result
        return result

    return call


def digest_pixels(image, how=b""):
    """Return a hash of an array, its shape and its dtype.

    Parameters
    ----------
    image : ndarray
        Of any shape.
    how : bytes, default=b""
        What else is to be told apart: how the image is read.

    Returns
    -------
    digest : bytes
        Of 32 bytes.
    """
    digest = hashlib.sha256(f"{image.dtype.str} {image.shape} ".encode() + how)
    digest.update(np.ascontiguousarray(image))
    return digest.digest()


@remember_while_unchanged
@try_again
def digest_file(path):
    """Return a hash of the content of a file, or raise OSError.

    Parameters
    ----------
    path : str, bytes or path
        Of the file.

    Returns
    -------
    digest : bytes
        Of 32 bytes.
    """
    if is_url(path):
        return hashlib.sha256(read_url(path)).digest()
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
