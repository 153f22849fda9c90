"""Which files are images, and what cameras, systems and network drives leave beside them."""

import os
from collections import Counter

from imblearn_bbfl._warnings import warn_user

IMAGE_EXTENSIONS = (
    ".apng",
    ".avif",
    ".bmp",
    ".dib",
    ".gif",
    ".j2k",
    ".jfif",
    ".jp2",
    ".jpe",
    ".jpeg",
    ".jpg",
    ".pbm",
    ".pgm",
    ".png",
    ".pnm",
    ".ppm",
    ".ras",
    ".sr",
    ".tif",
    ".tiff",
    ".webp",
)
"""Endings of files that OpenCV reads as 8 or 16 bit images."""

# Images that OpenCV cannot read, or reads as floats.
_UNREADABLE = (
    *(".arw", ".cr2", ".cr3", ".dng", ".nef", ".orf", ".raf", ".rw2"),  # raw files of cameras
    *(".czi", ".dcm", ".dicom", ".mrxs", ".ndpi", ".nii", ".nii.gz", ".scn", ".svs"),
    *(".eps", ".exr", ".hdr", ".heic", ".heif", ".ico", ".jpf", ".jpx", ".jxl", ".jxr"),
    *(".pcx", ".pfm", ".psd", ".svg", ".tga", ".xcf"),
)
# Thumbnails and bins of network drives, and what archives and systems add.
_LITTER = {
    *("@eadir", "@__thumb", "@recycle", "@recently-snapshot", "#recycle", "#snapshot"),
    *("__macosx", "__pycache__", "$recycle.bin", "system volume information", "lost+found"),
}


def is_visible(name):
    """Whether a file or folder is neither hidden nor left there by a system."""
    return not name.startswith(".") and name.lower() not in _LITTER


def has_ending(name, endings):
    """Whether a name ends in one of these, in lower or upper case."""
    return name.lower().endswith(endings)


def list_images(folder, endings):
    """List the images at any depth below a folder, each folder once.

    Returns
    -------
    paths : list of str
        Sorted.
    left_out : Counter
        As of `count_unreadable`.

    Raises
    ------
    OSError
        If a folder cannot be read.
    ValueError
        If a link leads nowhere, unless it ends as an image does, which `fit` will find missing.
    """
    paths, left_out, visited = [], Counter(), set()
    for parent, folders, names in os.walk(folder, followlinks=True, onerror=_raise):
        target = os.path.realpath(parent)
        if target in visited:  # a link to a folder above would lead on for ever
            folders.clear()
            continue
        visited.add(target)
        folders[:] = sorted(filter(is_visible, folders))
        for name in filter(is_visible, names):
            path = os.path.join(parent, name)
            if has_ending(name, endings):
                paths.append(path)
            else:
                check_link(path)
        left_out += count_unreadable(names, endings)
    return sorted(paths), left_out


def count_unreadable(names, endings):
    """Count the names of images that OpenCV cannot read and `endings` do not have, by ending."""
    return Counter(
        next(ending for ending in _UNREADABLE if has_ending(name, ending))
        for name in names
        if is_visible(name) and has_ending(name, _UNREADABLE) and not has_ending(name, endings)
    )


def count_others(folders, endings):
    """Count the files at any depth below folders that are no images, by ending."""
    return Counter(
        os.path.splitext(name)[1].lower() or "without an ending"
        for folder in folders
        for _, _, names in os.walk(folder)
        for name in names
        if is_visible(name) and not has_ending(name, endings)
    )


def warn_of_left_out(folder, left_out):
    """Warn of files that look like images, given the number of each ending."""
    warn_user(
        f"Some files in {folder} look like images but are left out, because OpenCV cannot read "
        f"them as images of 8 or 16 bit: {list_counts(left_out)}. Convert them to PNG or JPEG, or, "
        "if your OpenCV can read them, add their endings to extensions=."
    )


def list_counts(counter):
    """Return counts in words: ``2 .heic, 1 .svg``."""
    return ", ".join(f"{count} {ending}" for ending, count in sorted(counter.items()))


def check_link(path):
    """Raise ValueError on a link to a file or folder that is gone."""
    if os.path.islink(path) and not os.path.exists(path):
        raise ValueError(
            f"{path} is a link to {os.readlink(path)}, which does not exist. Mend or remove it."
        )


def _raise(error):
    raise error
