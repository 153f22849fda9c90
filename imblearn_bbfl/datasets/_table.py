"""A table that lists image files and their labels."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.utils import Bunch

from imblearn_bbfl.datasets._broken import find_broken
from imblearn_bbfl.datasets._columns import (
    check_filled,
    find_column,
    read_one_hot,
    read_paths,
    read_values,
    warn_of_missing,
)
from imblearn_bbfl.datasets._copies import warn_of_copies, warn_of_repeats
from imblearn_bbfl.datasets._csv import read_csv
from imblearn_bbfl.datasets._endings import add_endings, check_extension


def load_image_table(
    table: str | os.PathLike | pd.DataFrame,
    *,
    path_column: str,
    label_column: str | Sequence[str],
    group_column: str | None = None,
    split_column: str | None = None,
    folder: str | os.PathLike | None = None,
    extension: str | None = None,
    encoding: str | None = None,
    skip_broken: bool = False,
    return_X_y: bool = False,
) -> Bunch | tuple:
    """Load paths and labels of images from a CSV file or a DataFrame.

    Pass the paths to `fit`, which reads the images batch by batch. Blanks around the names of
    columns and around paths, labels, groups and parts do not count, unless a file is really named
    so.

    Parameters
    ----------
    table : str, path-like or DataFrame
        CSV file with a header, separated by commas, semicolons, tabs or ``|``, or DataFrame, with
        one row per image. In a CSV file only an empty field counts as missing: `NA` and `None` are
        labels like any other.

    path_column : str
        Column with the path of each image file. Backslashes separate folders, as in paths that
        were written on Windows, unless a file is really named so. A name without ending stands for
        the one image in its folder that is called so, whatever its ending.

    label_column : str or sequence of str
        Column with the label of each image. In a CSV file labels that are all numbers become
        numbers, so that `01` and `1` are one class; in a DataFrame they stay as they are. Or
        several one-hot columns, one for each class, which have a 1 in the rows of that class and 0
        in all others, such as ``["MEL", "NV", "BCC"]``; their names are then the labels.

    group_column : str, default=None
        Column with what must not be torn apart by a split, such as the patient. In a CSV file
        groups are text: `0012` and `12` are two, and a warning says so.

    split_column : str, default=None
        Column with the part that each image belongs to, such as "train" or "test".

    folder : str or path-like, default=None
        Folder that relative paths start from. None is the folder of the CSV file; the paths of a
        DataFrame then stay as they are.

    extension : str, default=None
        Ending that is added to names without one, such as ``".jpg"``, where there are images of
        the same name with several endings, or no images yet.

    encoding : str, default=None
        How a CSV file is encoded, such as ``"utf-16"`` or ``"latin-1"``. None finds out whether it
        is in UTF-8 or UTF-16, and else takes it for Windows-1252, with a warning.

    skip_broken : bool, default=False
        Whether to leave out images whose files are missing or cannot be read, with a warning that
        names them. All files are decoded for that. If False, `fit` raises an error.

    return_X_y : bool, default=False
        Whether to return a tuple instead of a Bunch: `(data, target)`, followed by `groups` if
        there is a `group_column`, and by `split` if there is a `split_column`.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        With the attributes

        data : ndarray of shape (n_samples,), str
            The paths, in the order of the table.
        target : ndarray of shape (n_samples,)
            The labels.
        target_names : list of str
            The classes, sorted.
        groups : ndarray of shape (n_samples,) or None
            The groups.
        split : ndarray of shape (n_samples,) or None
            The part of each image.
        class_counts : dict
            Number of images of each class.
        frame : DataFrame
            The whole table, with labels, groups and parts as above; without the rows left out.
        broken_files : dict of str to str
            The path of each file that `skip_broken` has left out, and why it cannot be read.
        DESCR : str
            Where the data come from.

    Raises
    ------
    ValueError
        If a column does not exist, is there twice, holds empty entries, or mixes text and other
        values; if one-hot columns have no 1 in some row, or several; if the table has no rows; if a
        CSV file is not in `encoding`, is no text file, or has rows with more fields than its
        header; or if several images have a name that has no ending in the table.
    BrokenFilesError
        If `skip_broken` would leave no image.

    Warns
    -----
    UserWarning
        If labels, groups or parts look like the same one but are written in several ways (`Sick`
        and `sick`, `12` and `12.0`), if a group is named as if it were missing (`nan`), if a path
        is listed in several rows, with the same label, as in tables with a row for each finding, or
        with several labels or groups; if an image is in several parts of the split (for which
        files of the same size are read); if a CSV file is taken to be in Windows-1252; if a one-hot
        column has no 1; if no path has the ending of an image, and none names a file; or if
        `skip_broken` leaves images out.

    Examples
    --------
    >>> import pandas as pd
    >>> from imblearn_bbfl.datasets import load_image_table
    >>> table = pd.DataFrame({"file": ["a.jpg", "b.jpg"], "grade": [0, 3], "eye_of": ["p1", "p2"]})
    >>> eyes = load_image_table(
    ...     table, path_column="file", label_column="grade", group_column="eye_of"
    ... )
    >>> eyes.data.tolist(), eyes.target.tolist(), eyes.groups.tolist()
    (['a.jpg', 'b.jpg'], [0, 3], ['p1', 'p2'])

    One-hot columns and names without ending, as in the tables of ISIC:

    >>> table = pd.DataFrame({"image": ["ISIC_1", "ISIC_2"], "MEL": [0.0, 1.0], "NV": [1.0, 0.0]})
    >>> paths, labels = load_image_table(
    ...     table,
    ...     path_column="image",
    ...     label_column=["MEL", "NV"],
    ...     extension=".jpg",
    ...     return_X_y=True,
    ... )
    >>> paths.tolist(), labels.tolist()
    (['ISIC_1.jpg', 'ISIC_2.jpg'], ['NV', 'MEL'])
    """
    extension = check_extension(extension)
    labels = [label_column] if isinstance(label_column, str) else list(label_column)
    named: dict[str, list] = {
        "path_column": [path_column],
        "label_column": labels,
        "group_column": [group_column],
        "split_column": [split_column],
    }
    named = {argument: names for argument, names in named.items() if names != [None]}
    if isinstance(table, pd.DataFrame):
        frame, source = table.copy(deep=False), "a DataFrame"
    else:
        source = Path(table).expanduser()
        frame = read_csv(
            source,
            named=[name for names in named.values() for name in names],
            as_text=[path_column, group_column],
            encoding=encoding,
        )
        folder = source.parent if folder is None else folder
    columns = {
        argument: [find_column(frame, argument, name) for name in names]
        for argument, names in named.items()
    }
    if frame.empty:
        raise ValueError("The table has no rows, but at least one image is required.")
    for argument, names in columns.items():
        for name in names:
            check_filled(frame[name], argument)
    (column,) = columns.pop("path_column")
    data = add_endings(read_paths(frame[column], folder), extension, column)
    broken = find_broken(data) if skip_broken else {}
    if broken:
        kept = ~np.isin(data, list(broken))
        data, frame = data[kept], frame[kept]
    found: dict[str, np.ndarray] = {}
    for argument, names in columns.items():
        if len(names) > 1:
            found[argument] = read_one_hot(frame[names])
        else:
            frame[names[0]] = found[argument] = read_values(frame[names[0]], argument)
    target = np.asarray(found["label_column"])
    groups, split = (
        np.asarray(found[argument]) if argument in found else None
        for argument in ("group_column", "split_column")
    )
    warn_of_repeats(data, column, target, groups, split)
    if groups is not None:
        warn_of_missing(groups, *columns["group_column"])
    if split is not None:
        warn_of_copies(data, split)
    if return_X_y:
        return data, target, *(values for values in (groups, split) if values is not None)
    classes, counts = np.unique(target, return_counts=True)
    class_counts = dict(zip(classes.tolist(), counts.tolist(), strict=True))
    return Bunch(
        data=data,
        target=target,
        target_names=[str(label) for label in class_counts],
        groups=groups,
        split=split,
        class_counts=class_counts,
        frame=frame,
        broken_files=broken,
        DESCR=f"Paths of {len(data)} images from {source}, by class: {class_counts}.\n",
    )
