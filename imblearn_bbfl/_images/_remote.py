"""Files in archives and on object storage, read through fsspec: ``zip://a.png::/data/part-0.zip``.

What fsspec reads is named by a URL, as fsspec has it: ``s3://bucket/a.png``, or a file in an
archive, which may itself be a URL. All else is a path of this machine, and read without fsspec.
"""

import errno
import os
import re
import threading
from functools import lru_cache

from imblearn_bbfl._extras import check_extra

_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_MOST_OPEN = 32  # archives that are open at once


def is_url(path):
    """Whether a path is the URL of a file, rather than that of this machine."""
    return isinstance(path, str) and _URL.match(path) is not None


def read_url(url):
    """Return the bytes of a file that fsspec reads.

    Raises
    ------
    OSError
        If there is no such file, or it cannot be read.
    ImportError
        If fsspec, or what it needs for this protocol, is not installed.
    """
    inner, is_in_archive, outer = url.partition("::")
    try:
        if not is_in_archive:
            files, path = _import_fsspec().core.url_to_fs(url)
            return files.cat_file(path)
        protocol, _, path = inner.partition("://")
        files, lock = _open_archive(protocol, outer, _read_state(outer))
        with lock:  # an archive has one place where it is read
            return files.cat_file(path)
    except (FileNotFoundError, KeyError):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), url) from None
    except (OSError, ImportError):
        raise
    except Exception as error:  # each file system has errors of its own
        raise OSError(errno.EIO, f"{type(error).__name__}: {error}", url) from error


@lru_cache(maxsize=_MOST_OPEN)
def _open_archive(protocol, outer, state):
    """Return the file system in an archive, which reads its list of files, and a lock for it."""
    return _import_fsspec().core.url_to_fs(f"{protocol}://::{outer}")[0], threading.Lock()


def _read_state(path):
    """Return what changes when an archive of this machine is written again."""
    if is_url(path):
        return None
    status = os.stat(path)
    return status.st_size, status.st_mtime_ns


def _import_fsspec():
    check_extra("What reads images in archives and on object storage", ["fsspec"], "remote")
    import fsspec

    return fsspec
