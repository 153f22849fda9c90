"""Files that are there whole, or not at all, at whatever moment a process is killed."""

import os
import threading
from contextlib import contextmanager


def write_whole(path, content):
    """Write bytes to a file, in the place of what it held."""
    with _unfinished(path, content) as unfinished:
        os.replace(unfinished, path)


def write_once(path, content):
    """Write a file, whole, unless it is there: also if another process does so at the same time."""
    with _unfinished(path, content) as unfinished:
        try:
            os.link(unfinished, path)
        except FileExistsError:
            return
        except OSError:  # a file system without hard links
            os.replace(unfinished, path)


@contextmanager
def _unfinished(path, content):
    """Yield a file beside `path` that has the content on disk; remove it if it is still there."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.unfinished")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield unfinished
    finally:
        unfinished.unlink(missing_ok=True)
