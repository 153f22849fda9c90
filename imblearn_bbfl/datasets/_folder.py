"""A folder of image files, one sub-folder per class."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.utils import Bunch

IMAGE_EXTENSIONS = (".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp")


def load_image_folder(
    folder: str | os.PathLike,
    *,
    extensions: str | Sequence[str] = IMAGE_EXTENSIONS,
    return_X_y: bool = False,
) -> Bunch | tuple:
    """Load the paths of images that lie in one sub-folder per class.

    Only names are read: pass the paths to `fit`, which reads the images batch by batch. Images may
    lie at any depth below the folder of their class, also behind symbolic links; a folder that a
    class reaches by several ways is listed once. Hidden files and folders, whose names begin with
    a dot, and files with other extensions are left out.

    Parameters
    ----------
    folder : str or path-like
        Folder with one sub-folder per class, whose name is the label.

    extensions : str or sequence of str, default=(".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", \
".tif", ".tiff", ".webp")
        Endings of the names of image files, in lower or upper case.

    return_X_y : bool, default=False
        Whether to return `(data, target)` instead of a Bunch.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        With the attributes

        data : ndarray of shape (n_samples,), str
            The paths, sorted within each class.
        target : ndarray of shape (n_samples,), str
            The name of the folder of each image's class.
        target_names : list of str
            The classes, sorted.
        class_counts : dict
            Number of images of each class.
        DESCR : str
            Where the data come from.

    Raises
    ------
    FileNotFoundError
        If `folder` does not exist.
    ValueError
        If it has no class folders, if a class folder holds no images, or if images lie beside
        the class folders.

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
    """
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        raise FileNotFoundError(f"folder={str(folder)!r} is not a folder.")
    extensions = [extensions] if isinstance(extensions, str) else extensions
    endings = tuple(extension.lower() for extension in extensions)
    class_folders = _class_folders(folder, endings)
    paths_of_class = {path.name: _image_paths(path, endings) for path in class_folders}
    empty = [name for name, paths in paths_of_class.items() if not paths]
    if empty:
        raise ValueError(
            f"Every class folder must hold images, but {', '.join(empty)} in {folder} has none "
            f"ending in {', '.join(endings)}. Add images, remove the folder, or set extensions=."
        )
    counts = {name: len(paths) for name, paths in paths_of_class.items()}
    data = np.array([path for paths in paths_of_class.values() for path in paths])
    target = np.repeat(list(counts), list(counts.values()))
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        target_names=list(counts),
        class_counts=counts,
        DESCR=f"Paths of {len(data)} images in {folder}, by class: {counts}.\n",
    )


def _class_folders(folder, endings):
    """Return the sub-folders, sorted by name, or raise ValueError if the folder is no such one."""
    visible = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    stray = [p.name for p in visible if p.is_file() and p.name.lower().endswith(endings)]
    if stray:
        raise ValueError(
            f"Images must lie in one sub-folder per class, but {folder} itself holds {len(stray)}, "
            f"such as {stray[0]}. Move them into class folders or elsewhere, or list images and "
            "labels in a table for load_image_table."
        )
    class_folders = [path for path in visible if path.is_dir()]
    if not class_folders:
        raise ValueError(
            f"folder={str(folder)!r} must hold one sub-folder of images per class, but has none."
        )
    return class_folders


def _image_paths(folder, endings):
    """Return the sorted paths of images at any depth below a folder, each folder once."""
    paths, visited = [], set()
    for parent, folders, names in os.walk(folder, followlinks=True):
        target = os.path.realpath(parent)
        if target in visited:  # a link to a folder above would lead on for ever
            folders.clear()
            continue
        visited.add(target)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths += [
            os.path.join(parent, name)
            for name in names
            if name.lower().endswith(endings) and not name.startswith(".")
        ]
    return sorted(paths)
