"""Files that are there whole, or not at all, at whatever moment a process is killed."""

import os
import threading
import zipfile
import zlib
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


_OF_OTHER_FILES = "allow_pickle"  # what NumPy takes any file for that is not one of its own


@contextmanager
def name_damaged(path, remedy):
    """Raise ValueError with the name of a file that turns out in this block to be damaged."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError) as error:
        if isinstance(error, ValueError) and _OF_OTHER_FILES not in str(error):
            raise
        reason = f"{type(error).__name__}: {error}".rstrip(": ")
        raise ValueError(
            f"{os.fspath(path)!r} is damaged, or no file of that kind ({reason}). {remedy}"
        ) from error


def check_folder(path):
    """Raise FileNotFoundError unless the folder is there that a file is to be written to."""
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise FileNotFoundError(
            f"There is no folder {folder!r} to write {os.path.basename(path)!r} to. Make it first: "
            f"os.makedirs({folder!r})."
        )


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
