"""Paths of the machine, which nobody who gets a report or a log has to know."""

import os
import re
import tempfile
from pathlib import Path

from markupsafe import Markup

# A slash that begins a path, and the folders after it; not those of an address or a fraction.
_FOLDERS = re.compile(r"(?<![\w.:/\\])(?:[A-Za-z]:[\\/]|/|\\\\)(?:[^\s/\\'\"<>|,;:()]+[/\\])+")

# The same in quotation marks, which say where a path with blanks ends.
_QUOTED = re.compile(r"(?<=['\"])(?:[A-Za-z]:[\\/]|/|\\\\)[^'\"\n]*[/\\](?=[^'\"/\\\n]+['\"])")


def make_hider(folders):
    """Return a function that takes the folders of absolute paths out of text.

    Parameters
    ----------
    folders : iterable of str or path
        Folders that are known; with blanks in their names, nothing else tells where a path ends.

    Returns
    -------
    hide : callable
        ``hide(value)``, for what a page is about to show. Markup, which holds no text of the
        user's, and what is no text stay as they are.
    """
    known = [os.getcwd(), Path.home(), tempfile.gettempdir(), *folders]
    known = sorted({str(folder).rstrip("/\\") for folder in known} - {""}, key=len, reverse=True)

    def hide(value):
        if isinstance(value, os.PathLike):
            value = os.fspath(value)
        if not isinstance(value, str) or isinstance(value, Markup):
            return value
        if os.path.isabs(value) and "\n" not in value and os.path.exists(value):
            return Path(value).name
        for folder in known:
            value = value.replace(f"{folder}/", "").replace(f"{folder}\\", "")
        return _FOLDERS.sub("", _QUOTED.sub("", value))

    return hide
