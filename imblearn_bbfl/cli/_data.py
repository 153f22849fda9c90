"""Images, labels, groups and parts, loaded from a folder or a table."""

import os
import re
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np
from sklearn.utils.multiclass import type_of_target

from imblearn_bbfl._images import is_url
from imblearn_bbfl.datasets import load_image_folder, load_image_table

PARTS = ("train", "validation", "test")
_NAMES_OF_PARTS = {
    "train": r"train(ing)?",
    "validation": r"val(id(ate|ation)?)?|dev(elopment)?|tun(e|ing)",
    "test": r"test(ing)?|hold[\W_]?out|eval(uation)?",
}


class Data(NamedTuple):
    """Images of known classes."""

    X: np.ndarray  # (n_samples,), paths
    y: np.ndarray  # (n_samples,), labels
    groups: np.ndarray | None  # (n_samples,), such as patients
    parts: np.ndarray | None  # (n_samples,), each one of `PARTS`
    root: str  # what paths are told from

    def take(self, rows):
        """Return some of the images, given their numbers or a boolean for each."""
        groups, parts = (None if v is None else v[rows] for v in (self.groups, self.parts))
        return Data(self.X[rows], self.y[rows], groups, parts, self.root)

    def take_part(self, part):
        """Return the images of a part, None if there are none."""
        if self.parts is None or part not in self.parts:
            return None
        return self.take(self.parts == part)

    @property
    def is_test(self):
        """Which images are in the test part, of shape (n_samples,); None without such a part."""
        return None if self.take_part("test") is None else self.parts == "test"

    @property
    def names(self):
        """The paths as they are told to others: without where on this machine they lie."""
        return shorten_paths(self.X, self.root)


def load_data(source):
    """Load the images that a `Source` names.

    Raises
    ------
    ValueError, OSError
        As the loaders of `imblearn_bbfl.datasets` do, and if labels are fractions, a part has a
        name that is not known, or a group pattern finds nothing in the name of a file.
    """
    path = Path(source.path).expanduser()
    if path.is_dir():
        _refuse_columns(source)
        loaded = load_image_folder(path, skip_broken=source.skip_broken)
    else:
        of_table = source._asdict()
        for name in ("path", "group_pattern"):
            del of_table[name]
        loaded = load_image_table(path, **of_table)
    if type_of_target(loaded.target).startswith("continuous"):
        raise ValueError(
            f"Labels are whole numbers or text, but column {source.label_column!r} holds others, "
            f"such as {loaded.target[loaded.target % 1 != 0][0]}, as for a regression. Name the "
            "column with the classes by --label-column, or write the classes into one."
        )
    groups = loaded.get("groups")
    if source.group_pattern is not None:
        groups = read_groups(loaded.data, source.group_pattern)
    parts = None if loaded.split is None else name_parts(loaded.split)
    return Data(loaded.data, loaded.target, groups, parts, str(source.root))


def name_parts(values):
    """Return the part that each name of a part stands for, one of `PARTS`.

    Raises
    ------
    ValueError
        If a name could be of none or of several, with all that were found.
    """
    known = {}
    for value in np.unique(values).tolist():
        words = re.split(r"[\W_]+", str(value).strip().lower())
        whole = "".join(words)
        found = {
            part
            for part, pattern in _NAMES_OF_PARTS.items()
            if any(re.fullmatch(pattern, word) for word in (*words, whole))
        }
        if len(found) != 1:
            raise ValueError(
                f"The parts of the data must be named train, val or test, but there is {value!r} "
                f"among {', '.join(map(str, np.unique(values)))}. Rename it, or use another column."
            )
        known[value] = found.pop()
    return np.array([known[value] for value in values])


def read_groups(paths, pattern):
    """Return the group of each image, which a regular expression finds in the name of its file."""
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise click.BadParameter(f"{pattern!r} is no regular expression: {error}.") from None
    names = [os.path.basename(path) for path in paths]
    found = [compiled.search(name) for name in names]
    if None in found:
        raise ValueError(
            f"--group-pattern {pattern!r} finds nothing in {names[found.index(None)]!r} "
            f"({found.count(None)} of {len(names)} files). Each name must hold its group."
        )
    return np.array([match[1 if compiled.groups else 0] for match in found])


def shorten_paths(paths, root=None):
    """Return paths from a folder on, with slashes; where some lie elsewhere, from what all share.

    So a list that is sent to others says nothing of the machine that it was made on.
    """
    if any(map(is_url, paths)):
        return list(paths)
    folders = {folder: _make_absolute(folder) for folder in {os.path.dirname(p) for p in paths}}
    root = None if root is None else _make_absolute(root)
    if root is None or not all(_is_in(folder, root) for folder in folders.values()):
        try:
            root = os.path.commonpath(folders.values())
        except ValueError:  # on several drives of Windows
            return [os.path.basename(path) for path in paths]
    starts = {folder: _start_names(absolute, root) for folder, absolute in folders.items()}
    return [starts[folder] + name for folder, name in map(os.path.split, paths)]


def _make_absolute(folder):
    return os.path.abspath(os.path.expanduser(folder))


def _is_in(folder, root):
    return os.path.join(folder, "").startswith(os.path.join(root, ""))


def _start_names(folder, root):
    """Return what names of files in a folder begin with, seen from another folder."""
    relative = os.path.relpath(folder, root).replace(os.path.sep, "/")
    return "" if relative == os.path.curdir else f"{relative}/"


def _refuse_columns(source):
    """Raise if a folder comes with options of a table, which would change nothing."""
    of_folders = ("group_pattern", "skip_broken")
    given = [o.opts[0] for o, _ in source.list_given() if o.name not in of_folders]
    if given:
        raise click.UsageError(
            f"{', '.join(given)} is for a table, but {source.path} is a folder, whose sub-folders "
            "are the classes. Patients can be read from names of files, by --group-pattern."
        )
