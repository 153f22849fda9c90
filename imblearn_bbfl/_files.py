"""Files that are there whole, or not at all, at whatever moment a process is killed."""

import errno
import io
import json
import math
import os
import time
import uuid
import zipfile
import zlib
from contextlib import contextmanager, suppress
from functools import wraps
from pathlib import Path

import numpy as np

# What a network file system may say once, as when another machine replaced the file.
_PASSING = [errno.ESTALE, errno.EIO, errno.EAGAIN, errno.ETIMEDOUT]
if os.name == "nt":
    _PASSING.append(errno.EACCES)  # Windows replaces no file that another process is reading
_PAUSE = 0.5  # seconds
_NO_MORE = 60.0  # seconds
_REMEDIES = {
    errno.ENOSPC: "make room on that disk, or use another",
    errno.EDQUOT: "make room within your quota, or use another disk",
    errno.EFBIG: "raise the limit on the size of files (ulimit -f), or use another disk",
}


def try_again(function):
    """Have a function called once more if a network file system fails for the moment.

    Where that did not help, nothing is tried again for a minute: a file system that is gone is told
    at once, and not after a pause for each of a million files.
    """
    gave_up_at = -math.inf

    @wraps(function)
    def call(*args, **kwargs):
        nonlocal gave_up_at
        try:
            return function(*args, **kwargs)
        except OSError as error:
            if error.errno not in _PASSING or time.monotonic() - gave_up_at < _NO_MORE:
                raise
        time.sleep(_PAUSE)
        try:
            return function(*args, **kwargs)
        except OSError:
            gave_up_at = time.monotonic()
            raise

    return call


@try_again
def write_whole(path, content):
    """Write bytes to a file, in the place of what it held."""
    with replace_when_done(path) as unfinished:
        unfinished.write_bytes(content)


@try_again
def write_once(path, content):
    """Write a file, whole, unless it is there: also if another process does so at the same time."""
    with _name_unfinished(path) as unfinished:
        unfinished.write_bytes(content)
        _flush(unfinished)
        try:
            os.link(unfinished, path)
        except FileExistsError:
            return
        except OSError:  # a file system without hard links
            os.replace(unfinished, path)


@contextmanager
def replace_when_done(path):
    """Yield the name of a file to be written, which then takes the place of `path`.

    The name lies beside `path`, has the same ending, and no other process, thread or machine uses
    it. If the block raises, the file is removed, and `path` stays as it was.

    Raises
    ------
    OSError
        If it cannot be written: with the name of `path`, and what can be done about a full disk.
    """
    with _name_unfinished(path) as unfinished:
        yield unfinished
        _flush(unfinished)
        os.replace(unfinished, path)


def is_unfinished(path):
    """Say whether a file is one that a killed process has left, or that is being written."""
    return ".unfinished" in Path(path).name


def write_arrays(path, arrays, *, is_compressed=True):
    """Write arrays to a file that `read_arrays` and `numpy.load` read.

    Its members are dated 1980, since the clock of a machine may stand before that, which
    `numpy.savez` refuses.

    Parameters
    ----------
    path : path
        Of the file, which is replaced.
    arrays : dict of str to array-like
        None of objects.
    is_compressed : bool, default=True
        Whether to take time to have a smaller file.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            member = zipfile.ZipInfo(f"{name}.npy")
            member.compress_type = zipfile.ZIP_DEFLATED if is_compressed else zipfile.ZIP_STORED
            with archive.open(member, "w", force_zip64=True) as file:
                np.lib.format.write_array(file, np.asanyarray(array), allow_pickle=False)
    # Released at once: in the traceback of an error, the view would end early versions of Python
    # 3.12 when garbage is collected (CPython's issue 111049).
    with buffer.getbuffer() as content:
        write_whole(path, content)


def read_arrays(path, remedy):
    """Return the arrays of a file by their names. No code in it is run.

    Parameters
    ----------
    path : path
        Of the file.
    remedy : str
        What to do if it is damaged.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is damaged, or no file of that kind; with its name.
    """
    try:
        return _read_arrays(path)
    except MemoryError:
        raise
    except Exception as error:  # of zipfile, zlib or NumPy, each of which has several
        if isinstance(error, OSError) and error.errno != errno.EINVAL:  # a place before its start
            raise
        raise _describe_damage(path, error, remedy) from error


def read_json(path, remedy):
    """Return what a JSON file holds.

    Parameters
    ----------
    path : path
        Of the file.
    remedy : str
        What to do if it is damaged.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is damaged; with its name.
    """
    content = try_again(Path(path).read_bytes)()
    try:
        return json.loads(content)
    except ValueError as error:
        raise _describe_damage(path, error, remedy) from error


@try_again
def _read_arrays(path):
    with zipfile.ZipFile(path) as archive:
        arrays = {}
        for name in archive.namelist():
            with archive.open(name) as file:
                arrays[name.removesuffix(".npy")] = np.lib.format.read_array(
                    file, allow_pickle=False
                )
        return arrays


_OF_OTHER_FILES = "allow_pickle"  # what NumPy takes any file for that is not one of its own


@contextmanager
def name_damaged(path, remedy):
    """Raise ValueError with the name of a file that turns out in this block to be damaged."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError) as error:
        if isinstance(error, ValueError) and _OF_OTHER_FILES not in str(error):
            raise
        raise _describe_damage(path, error, remedy) from error


def _describe_damage(path, error, remedy):
    reason = f"{type(error).__name__}: {error}".rstrip(": ")
    return ValueError(
        f"{os.fspath(path)!r} is damaged, or no file of that kind ({reason}). {remedy}"
    )


def check_clock(path):
    """Raise ValueError where the clock stands before 1980, for an archive that has to be dated."""
    if time.localtime(time.time()).tm_year < 1980:
        raise ValueError(
            f"The clock of this machine stands at {time.ctime(time.time())}, but the parts of "
            f"{os.fspath(path)!r} cannot be dated before 1980. Set the clock, and write the file "
            "again."
        )


def check_folder(path):
    """Raise FileNotFoundError unless the folder is there that a file is to be written to."""
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise FileNotFoundError(
            f"There is no folder {folder!r} to write {os.path.basename(path)!r} to. Make it first: "
            f"os.makedirs({folder!r})."
        )


@contextmanager
def name_unwritten(path):
    """Have an OSError that names no file tell this one, and what can be done about a full disk."""
    try:
        yield
    except OSError as error:
        is_named = error.filename is not None and not is_unfinished(os.fsdecode(error.filename))
        if error.errno is None or is_named:
            raise
        reason = os.strerror(error.errno)
        if error.errno in _REMEDIES:
            reason += f" ({_REMEDIES[error.errno]})"
        raise OSError(error.errno, reason, os.fspath(path)) from error


@contextmanager
def _name_unfinished(path):
    """Yield a name of its own for a file beside `path`, which is removed if it is still there."""
    path = Path(path)
    name = f"{path.stem}.{uuid.uuid4().hex[:12]}.unfinished{path.suffix}"
    unfinished = path.with_name(name)
    try:
        with name_unwritten(path):
            yield unfinished
    finally:
        with suppress(OSError):  # or it would take the place of what went wrong
            unfinished.unlink(missing_ok=True)


def _flush(path):
    """Have the content of a file on disk, so that its name cannot be there before it."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())
