"""Masks among the images: segmentations that lie beside what they outline."""

import os
import re
from pathlib import Path

from imblearn_bbfl._warnings import warn_user

_MASK = r"(mask|seg|segmentation|annotation|label|contour|gt|ground[\W_]?truth)s?"
_MASK_FOLDER = re.compile(rf"(.*[\W_])?{_MASK}", re.IGNORECASE)  # also "lung masks"
_IMAGE_FOLDER = re.compile(r"(.*[\W_])?(image|img|photo|picture|original|raw)s?", re.IGNORECASE)
# Of a million names, nearly all are seen at once not to need the whole expression.
_MAY_NAME_MASK = re.compile(r"mask|seg|annot|label|contour|gt|truth", re.IGNORECASE).search
_MASK_STEM = re.compile(rf"(?P<image>.+?)[ _.-]+{_MASK}([ _.-]*\d+)?", re.IGNORECASE)


def list_mask_folders(names):
    """Return the names of folders that are named as masks, where others are named as images.

    By itself such a name says nothing: "mask" may be a class of faces.
    """
    masks = sorted(filter(_MASK_FOLDER.fullmatch, names))
    return masks if any(map(_IMAGE_FOLDER.fullmatch, names)) else []


def warn_of_masks(paths, folder):
    """Warn of files in a folder that look like masks of others.

    These are named as another file in the same folder, with a word such as "mask" behind, or lie in
    a folder of masks beside one of images.

    Parameters
    ----------
    paths : list of str
        Of all images, any number of folders below `folder`.
    folder : Path
        Where the classes lie.
    """
    masks, doubtful = [], {}
    of_masks = _find_folders_of_masks({path.rpartition(os.sep)[0] for path in paths}, folder)
    for path in paths:
        parent, _, name = path.rpartition(os.sep)
        if parent in of_masks:
            masks.append(path)
        elif _MAY_NAME_MASK(name) and (named := _MASK_STEM.fullmatch(os.path.splitext(name)[0])):
            doubtful.setdefault(os.path.join(parent, named["image"]), []).append(path)
    if doubtful:
        stems = (os.path.splitext(path)[0] for path in paths)
        there = {stem for stem in stems if stem in doubtful}
        masks += [path for image in sorted(there) for path in doubtful[image]]
    if masks:
        warn_user(
            f"{len(masks)} of {len(paths)} files in {folder} look like masks of others, such as "
            f"{masks[0]}, but are taken for images of their class. If they are masks, move them "
            "to another folder."
        )


def _find_folders_of_masks(parents, root):
    """Return those of the folders that are folders of masks, or lie in one."""
    above = {parent: _list_steps(Path(parent).relative_to(root).parts) for parent in parents}
    inside: dict[tuple, set[str]] = {}
    for steps in above.values():
        for outer, name in steps:
            inside.setdefault(outer, set()).add(name)
    masks = {outer: list_mask_folders(names) for outer, names in inside.items()}
    return {
        parent
        for parent, steps in above.items()
        if any(name in masks[outer] for outer, name in steps)
    }


def _list_steps(names):
    """Return each folder on the way down, as those above it and its name."""
    return [(names[:depth], name) for depth, name in enumerate(names)]
