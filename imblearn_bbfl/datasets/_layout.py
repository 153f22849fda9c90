"""What the folders in a folder stand for: classes, or the parts of a split."""

import os
import re
from pathlib import Path
from typing import NamedTuple

from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.datasets._image_names import check_link, has_ending, is_visible
from imblearn_bbfl.datasets._masks import list_mask_folders

# "train", but also "Test set", "valid_images" and "seg_train".
_PART = re.compile(
    r"(.*[\W_])?"
    r"(train|training|val|valid|validate|validation|dev|eval|evaluation|test|testing|hold[\W_]?out)"
    r"([\W_]*(set|split|data|dataset|images?|imgs?))?",
    re.IGNORECASE,
)
_MAX_LISTED = 20


class ClassFolder(NamedTuple):
    """A folder with the images of one class, or those of them in one part of a split."""

    part: str | None
    label: str
    path: Path


def find_class_folders(folder, endings):
    """Find the folder of each class, and of each part where there is a split.

    A split has one folder per part with one folder per class in it, or the other way round.

    Parameters
    ----------
    folder : Path
        Where to look.
    endings : tuple of str
        Endings of the names of image files, in lower case.

    Returns
    -------
    found : list of ClassFolder
        Sorted by part, then by label.

    Raises
    ------
    ValueError
        If images lie right in `folder`, if it has no sub-folders, or if some of them look like the
        parts of a split and others do not.

    Warns
    -----
    UserWarning
        If all classes are named as parts of a split are, or if they hold sub-folders of the same
        few names, as parts do.
    """
    folders = _list_folders(folder)
    _check_folder(folder, folders, endings)
    parts = [path for path in folders if _is_part(path)]
    below = {path: _list_folders(path) for path in folders}
    if parts:
        if _are_parts(folder, parts, below, endings):
            return [ClassFolder(p.name, c.name, c) for p in parts for c in below[p]]
    elif any(sum(map(_is_part, inside)) > 1 for inside in below.values()):
        _check_parts_of_classes(folder, below, endings)
        return sorted(ClassFolder(p.name, c.name, p) for c in folders for p in below[c])
    _warn_of_same_sub_folders(folder, below, endings)
    return [ClassFolder(None, path.name, path) for path in folders]


def _is_part(path):
    return _PART.fullmatch(path.name) is not None


def _list_folders(folder):
    """Return the sub-folders that are not hidden, sorted by name."""
    with os.scandir(folder) as entries:  # looks no file up that is not a link
        visible = [entry for entry in entries if is_visible(entry.name)]
    for entry in visible:
        if entry.is_symlink():
            check_link(entry.path)
    return sorted(Path(entry.path) for entry in visible if entry.is_dir())


def _list_stray(folder, endings):
    """Return the names of images right in a folder."""
    with os.scandir(folder) as entries:
        return sorted(
            entry.name
            for entry in entries
            if is_visible(entry.name) and has_ending(entry.name, endings) and not entry.is_dir()
        )


def _check_folder(folder, folders, endings):
    stray = _list_stray(folder, endings)
    if stray:
        raise ValueError(
            f"Images must lie in one sub-folder per class, but {folder} itself holds {len(stray)}, "
            f"such as {stray[0]}. Move them into class folders or elsewhere, or list images and "
            "labels in a table for load_image_table."
        )
    if not folders:
        raise ValueError(
            f"folder={str(folder)!r} must hold one sub-folder of images per class, but has none."
        )


def _are_parts(folder, parts, below, endings):
    """Whether folders with names of parts are parts, not classes; raise if it cannot be told."""
    others = [path.name for path in below if path not in parts]
    with_images = [path.name for path in parts if _list_stray(path, endings)]
    empty = [path.name for path in parts if not below[path] and path.name not in with_images]
    labels = [{path.name for path in below[part]} for part in parts]
    sets = [set(others), *labels]  # a name that is in two of them is that of a class
    repeats = len(set.union(*sets)) < sum(map(len, sets))
    if not others and not with_images:
        if empty:
            _refuse(folder, parts, f"{empty[0]} has no class folders")
        if len(parts) > 1 and not repeats:
            _refuse(folder, parts, "no two of them have a class in common")
        return True
    reason = f"{others[0]} lies beside them" if others else f"images lie right in {with_images[0]}"
    if repeats or (not others and len(with_images) < len(parts)):
        _refuse(folder, parts, reason)
    if len(parts) > 1:
        warn_user(
            f"The folders {_join(parts)} in {folder} are named as the parts of a split are, but "
            f"are taken for classes, because {reason}. If they are parts, give each of them one "
            "sub-folder of images per class, and move everything else elsewhere."
        )
    return False


def _check_parts_of_classes(folder, below, endings):
    """Raise ValueError unless each class folder holds the parts of a split, and nothing else."""
    named = {path.name.lower(): path for inside in below.values() for path in inside}
    parts = [path for _, path in sorted(named.items()) if _is_part(path)]
    for path, inside in below.items():
        if not inside or not all(map(_is_part, inside)) or _list_stray(path, endings):
            _refuse(path.parent, parts, f"{path.name} does not hold such folders only")


def _warn_of_same_sub_folders(folder, below, endings):
    """Warn where folders hold sub-folders of the same few names, and nothing else.

    These may be the classes, and the folders the parts of a split, or patients.
    """
    names = sorted({path.name for inside in below.values() for path in inside})
    sizes = {len(inside) for inside in below.values()}
    are_few = len(names) < len(below) or sizes == {len(names)}
    if min(len(below), len(names)) < 2 or 0 in sizes or not are_few:
        return
    if list_mask_folders(names):  # `warn_of_masks` says so
        return
    if any(_list_stray(path, endings) for path in below):
        return
    warn_user(
        f"All folders in {folder} ({_join(below)}) hold sub-folders of the same names, "
        f"{_list(names)}, and are taken for classes. If the sub-folders are the classes: name the "
        "folders train, val and test if they are the parts of a split; if they are patients, say, "
        "list images, labels and patients in a table for load_image_table."
    )


def warn_of_one_class(folder, found, endings):
    """Warn where all images are of one class, but lie in sub-folders that may be the classes."""
    inside = sorted({path.name for of_class in found for path in _list_folders(of_class.path)})
    labels = {of_class.label for of_class in found}
    if len(labels) > 1 or not inside or any(_list_stray(c.path, endings) for c in found):
        return
    part, label, path = found[0]
    holding = path.parent if path.name == part else path  # the parts may lie in the class
    warn_user(
        f"All images in {folder} are of one class, {label}, but lie in sub-folders of it, "
        f"{_list(inside)}. If those are the classes, pass the folder that holds them: "
        f"{holding}."
    )


def _refuse(folder, parts, reason):
    raise ValueError(
        f"The folders {_join(parts)} in {folder} look like the parts of a split, but {reason}. "
        "Either each part of a split holds one sub-folder of images per class, and nothing lies "
        "beside the parts, or there are no such folders. Move images and folders, rename classes "
        "that are named as parts, or list images, labels and parts in a table for load_image_table."
    )


def _join(paths):
    return _list([path.name for path in paths])


def _list(names):
    more = len(names) - _MAX_LISTED
    return ", ".join(names[:_MAX_LISTED]) + (f" and {more} more" if more > 0 else "")
