"""A folder of image files, one sub-folder per class."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.utils import Bunch

from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.datasets._broken import find_broken
from imblearn_bbfl.datasets._columns import describe_variants
from imblearn_bbfl.datasets._copies import warn_of_copies
from imblearn_bbfl.datasets._image_names import (
    IMAGE_EXTENSIONS,
    count_others,
    count_unreadable,
    list_counts,
    list_images,
    warn_of_left_out,
)
from imblearn_bbfl.datasets._layout import find_class_folders, warn_of_one_class
from imblearn_bbfl.datasets._masks import warn_of_masks

_MAX_LISTED = 5  # endings of files that are no images


def load_image_folder(
    folder: str | os.PathLike,
    *,
    extensions: str | Sequence[str] = IMAGE_EXTENSIONS,
    skip_broken: bool = False,
    return_X_y: bool = False,
) -> Bunch | tuple:
    """Load the paths of images that lie in one sub-folder per class.

    Only names are read: pass the paths to `fit`, which reads the images batch by batch. Images may
    lie at any depth below the folder of their class, also behind symbolic links; a folder that a
    class reaches by several ways is listed once.

    The classes may lie in folders for the parts of a split: if all sub-folders are named train,
    training, val, valid, validate, validation, dev, eval, evaluation, holdout, test or testing, in
    lower or upper case and perhaps with a word before or behind (``seg_train``, ``Test set``), and
    the images lie in class folders below them, then `split` has the part of each image. The parts
    may also lie in the class folders.

    Files and folders that are hidden (their names begin with a dot), thumbnails and bins of network
    drives such as ``@eaDir``, ``__MACOSX`` and files that are no images are left out.

    Parameters
    ----------
    folder : str or path-like
        Folder with one sub-folder per class, whose name is the label, or with one sub-folder per
        part of a split, each with one sub-folder per class.

    extensions : str or sequence of str, default=(".apng", ".avif", ".bmp", ".dib", ".gif", \
".j2k", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".pnm", ".ppm", ".ras", \
".sr", ".tif", ".tiff", ".webp")
        Endings of the names of image files, in lower or upper case. The default is what OpenCV can
        read; GIF takes OpenCV 4.11 or later, AVIF and JPEG 2000 depend on how it was built. Of an
        animated image the first frame is read.

    skip_broken : bool, default=False
        Whether to leave out images whose files cannot be read, with a warning that names them. All
        files are decoded for that. If False, `fit` raises an error.

    return_X_y : bool, default=False
        Whether to return `(data, target)` instead of a Bunch; not where there are several parts
        of a split.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        With the attributes

        data : ndarray of shape (n_samples,), str
            The paths, sorted within each class, and within each part of a split.
        target : ndarray of shape (n_samples,), str
            The name of the folder of each image's class.
        target_names : list of str
            The classes, sorted.
        split : ndarray of shape (n_samples,), str, or None
            The name of the folder of each image's part, as it is written; None without a split.
        class_counts : dict
            Number of images of each class.
        broken_files : dict of str to str
            The path of each file that `skip_broken` has left out, and why it cannot be read.
        DESCR : str
            Where the data come from.

    Raises
    ------
    FileNotFoundError
        If `folder` does not exist.
    OSError
        If a folder in it cannot be read.
    BrokenFilesError
        If `skip_broken` would leave no image.
    ValueError
        If it has no class folders, if a class folder holds no images, or none that `skip_broken`
        leaves, if images lie beside the class folders, if only some folders look like the parts of
        a split, if a link leads nowhere, or if `return_X_y=True` would lose a split.

    Warns
    -----
    UserWarning
        If files are left out that look like images, such as ``.heic``; if a part of a split has no
        image of some class, or has copies of images of another part; if classes are named as the
        parts of a split are, or hold sub-folders of the same few names, as parts do; if the names
        of classes differ only in the way they are written (`Sick` and `sick`); if there is one
        class, whose images lie in sub-folders only; if files look like masks of others
        (`1_mask.png` beside `1.png`, or a folder `masks` beside one of `images`); or if
        `skip_broken` leaves images out.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from imblearn_bbfl.datasets import load_image_folder
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("healthy/1.png", "healthy/2.png", "sick/1.png"):
    ...         (Path(folder) / name).parent.mkdir(exist_ok=True)
    ...         (Path(folder) / name).touch()
    ...     paths, labels = load_image_folder(folder, return_X_y=True)
    >>> [Path(path).name for path in paths], labels.tolist()
    (['1.png', '2.png', '1.png'], ['healthy', 'healthy', 'sick'])

    With an official test part:

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("train/healthy/1.png", "train/sick/2.png", "test/healthy/3.png"):
    ...         (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
    ...         (Path(folder) / name).touch()
    ...     (Path(folder) / "test" / "sick").mkdir()
    ...     (Path(folder) / "test" / "sick" / "4.png").touch()
    ...     images = load_image_folder(folder)
    >>> is_test = images.split == "test"
    >>> images.target[~is_test].tolist(), images.target[is_test].tolist()
    (['healthy', 'sick'], ['healthy', 'sick'])
    """
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        raise FileNotFoundError(f"folder={str(folder)!r} is not a folder.")
    extensions = (extensions,) if isinstance(extensions, str) else tuple(extensions)
    endings = tuple(extension.lower() for extension in extensions)
    found = find_class_folders(folder, endings)
    has_split = found[0].part is not None
    parts = sorted({part for part, _, _ in found if has_split})
    if len(parts) > 1 and return_X_y:
        raise ValueError(
            f"return_X_y=True would mix the parts {', '.join(parts)} of {folder}. Leave it out: "
            "data = load_image_folder(...) has them apart, as in "
            f"data.data[data.split == {parts[0]!r}]."
        )
    listed: list[list[str]] = []
    left_out: Counter[str] = Counter()
    for class_folder in found:
        paths, others = list_images(class_folder.path, endings)
        listed.append(paths)
        left_out += others
    for above in {folder, *(class_folder.path.parent for class_folder in found)}:
        left_out += count_unreadable(os.listdir(above), endings)
    broken = find_broken(np.concatenate(listed)) if skip_broken and any(listed) else {}
    listed = [[path for path in paths if path not in broken] for paths in listed]
    counts: Counter[tuple] = Counter()
    for (part, label, _), paths in zip(found, listed, strict=True):
        counts[part, label] += len(paths)
    labels = sorted({label for _, label in counts})
    class_counts = {
        label: sum(n for (_, of), n in counts.items() if of == label) for label in labels
    }
    _check_filled(folder, found, class_counts, endings, len(broken))
    if left_out and extensions == IMAGE_EXTENSIONS:  # otherwise it is what was asked for
        warn_of_left_out(folder, left_out)
    warn_of_one_class(folder, found, endings)
    _warn_of_variants(folder, labels)
    paths = [path for paths in listed for path in paths]
    warn_of_masks(paths, folder)
    data = np.array(paths)
    part, target = (
        np.repeat([class_folder[i] for class_folder in found], [len(paths) for paths in listed])
        for i in (0, 1)
    )
    if has_split:
        _warn_of_missing(folder, counts, labels)
        warn_of_copies(data, part)
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        target_names=labels,
        split=part if has_split else None,
        class_counts=class_counts,
        broken_files=broken,
        DESCR=f"Paths of {len(data)} images in {folder}, by class: {class_counts}.\n",
    )


def _check_filled(folder, found, class_counts, endings, n_broken):
    empty = [label for label, count in class_counts.items() if not count]
    if empty:
        others = count_others([path for _, label, path in found if label in empty], endings)
        left_out = Counter(dict(others.most_common(_MAX_LISTED))) + Counter(broken=n_broken)
        hint = f" Files are left out: {list_counts(left_out)}." if left_out else ""
        raise ValueError(
            f"Every class folder must hold images, but {', '.join(empty)} in {folder} has none "
            f"ending in {', '.join(endings)}. Add images, remove the folder, or set extensions=."
            f"{hint}"
        )


def _warn_of_variants(folder, labels):
    if several := describe_variants(labels):
        warn_user(
            f"Class folders in {folder} have names that differ only in the way they are written: "
            f"{several}. They are taken for different classes. If they are the same, give them "
            "the same name."
        )


def _warn_of_missing(folder, counts, labels):
    """Warn of classes that a part of a split has no images of."""
    parts = sorted({part for part, _ in counts})
    missing = [
        f"{label} in {part}" for part in parts for label in labels if not counts[part, label]
    ]
    if missing:
        warn_user(
            f"Each part of the split in {folder} should hold images of each class, but there are "
            f"none of {', '.join(missing)}. A class that is not in the training part is never "
            "predicted, and one that is not in the test part is not measured."
        )
