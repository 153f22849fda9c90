"""What may help where image files are missing."""

import os
import re
import unicodedata
from itertools import islice

from imblearn_bbfl._images._remote import is_url

_AROUND = " \t\r\n\"'"  # what gets around paths by copying them
_WINDOWS_DRIVE = re.compile(r"(^|[/\\])[A-Za-z]:[/\\]")
_HOME = re.compile(r"^~|[/\\]~[/\\]")
_MOST_NAMES = 100_000  # of files that are looked through for one


def advise(broken):
    """Return what may help: where all files are missing, or where what is there is no file.

    Parameters
    ----------
    broken : dict of str to str
        The path of each file that cannot be read, and why.

    Returns
    -------
    advice : str
        Sentences that begin with a blank; empty without advice.
    """
    return _judge_paths(broken) or _judge_names(broken)


def search_and_advise(broken):
    """Return what `advise` does, or the file that may be meant by the first that is missing.

    That may take seconds in a large folder, so it is not for each of many errors.
    """
    return _judge_paths(broken) or _name_other(broken) or _judge_names(broken)


def _judge_paths(broken):
    if any(map(os.path.isdir, broken)):
        return " For the images in a folder, pass what load_image_folder lists, or their paths."
    if not _are_missing(broken):
        return ""
    if any(path.strip(_AROUND) != path and os.path.exists(path.strip(_AROUND)) for path in broken):
        return " Without the blanks or quotes at their ends, there are such files: strip the paths."
    if any(map(_HOME.search, broken)):
        return " A ~ in front is not taken for the home folder: use os.path.expanduser(path)."
    if all(map(_WINDOWS_DRIVE.search, broken)):
        return (
            " They begin with a drive of Windows. Pass paths as they are on this machine, or in a "
            "table paths from one folder on, with folder= of load_image_table."
        )
    return ""


def _name_other(broken):
    if not _are_missing(broken):
        return ""
    path = next(iter(broken))
    return _compare_with_alike(path) or _look_below(path)


def _judge_names(broken):
    if not _are_missing(broken):
        return ""
    if not any(os.path.splitext(path)[1] for path in broken):
        return (
            " None has an ending such as .jpg: load_image_table finds the images of names without "
            "one, or adds it with extension='.jpg'."
        )
    path = next(iter(broken))
    if not os.path.isabs(path) and not is_url(path):
        return f" The first was looked for in {os.path.dirname(os.path.abspath(path))}."
    return ""


def _are_missing(broken):
    return set(broken.values()) == {"missing"}


def _compare_with_alike(path):
    """Tell of a file that is named nearly as a missing one is."""
    found = _find_alike(path, _fold)
    if found is not None and os.path.isfile(found):
        one, other = (unicodedata.normalize("NFC", name) for name in (path, found))
        if one == other:
            return (
                f" There is {found!a}, but not {path!a}: accents are characters of their "
                "own in one of them. Bring the paths to the form of the files, as in "
                f"unicodedata.normalize({_name_form(found)!r}, path)."
            )
        return f" There is {found}. Write the paths as the files are named."
    found = _find_alike(path, lambda name: os.path.splitext(_fold(name))[0])
    if found is not None and os.path.isfile(found):
        return f" There is {found}, with another ending. Write the paths as the files are named."
    return ""


def _find_alike(path, fold):
    """Return the path of the first file, by name, whose name is the same once it is folded."""
    folder, name = os.path.split(path)
    if not name:
        return None
    if not os.path.isdir(folder or os.curdir):
        folder = _find_alike(folder, _fold)
        if folder is None:
            return None
    try:
        names = sorted(os.listdir(folder or os.curdir))
    except OSError:
        return None
    alike = next((other for other in names if fold(other) == fold(name)), None)
    return None if alike is None else os.path.join(folder, alike)


def _fold(name):
    return unicodedata.normalize("NFC", name.strip(_AROUND)).casefold()


def _name_form(text):
    return "NFC" if unicodedata.is_normalized("NFC", text) else "NFD"


def _look_below(path):
    """Tell of a file of the same name in a sub-folder of where it is missing."""
    folder, name = os.path.split(path)
    has_ending = bool(os.path.splitext(name)[1])
    below = (
        (parent, other)
        for parent, _, names in os.walk(folder or os.curdir)
        for other in names or [""]  # a folder without files counts as well
    )
    for parent, other in islice(below, _MOST_NAMES):
        if (other if has_ending else os.path.splitext(other)[0]) == name:
            return (
                f" There is {os.path.join(parent, other)}, in a sub-folder. Look up the path of "
                f"each file by its name: {{path.{'name' if has_ending else 'stem'}: str(path) for "
                f"path in pathlib.Path({folder!r}).rglob('*.*')}}."
            )
    return ""
