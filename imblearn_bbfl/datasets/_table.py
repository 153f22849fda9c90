"""A table that lists image files and their labels."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.utils import Bunch

from imblearn_bbfl.datasets._columns import (
    check_filled,
    find_column,
    make_numbers,
    read_paths,
    read_values,
    strip,
    warn_of_missing,
)
from imblearn_bbfl.datasets._copies import warn_of_contradictions, warn_of_copies


def load_image_table(
    table: str | os.PathLike | pd.DataFrame,
    *,
    path_column: str,
    label_column: str,
    group_column: str | None = None,
    split_column: str | None = None,
    folder: str | os.PathLike | None = None,
    return_X_y: bool = False,
) -> Bunch | tuple:
    """Load paths and labels of images from a CSV file or a DataFrame.

    Pass the paths to `fit`, which reads the images batch by batch. Blanks around the names of
    columns and around paths, labels, groups and parts do not count, unless a file is really named
    so.

    Parameters
    ----------
    table : str, path-like or DataFrame
        CSV file with a header, in UTF-8 and separated by commas, semicolons or tabs, or DataFrame,
        with one row per image. In a CSV file only an empty field counts as missing: `NA` and `None`
        are labels like any other.

    path_column : str
        Column with the path of each image file.

    label_column : str
        Column with the label of each image. In a CSV file labels that are all numbers become
        numbers, so that `01` and `1` are one class; in a DataFrame they stay as they are.

    group_column : str, default=None
        Column with what must not be torn apart by a split, such as the patient. In a CSV file
        groups are text: `0012` and `12` are two, and a warning says so.

    split_column : str, default=None
        Column with the part that each image belongs to, such as "train" or "test".

    folder : str or path-like, default=None
        Folder that relative paths start from. None is the folder of the CSV file; the paths of a
        DataFrame then stay as they are.

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
            The whole table, with labels, groups and parts as above.
        DESCR : str
            Where the data come from.

    Raises
    ------
    ValueError
        If a column does not exist, is there twice, holds empty entries, or mixes text and other
        values, if the table has no rows, or if a CSV file is not in UTF-8 or has rows with more
        fields than its header.

    Warns
    -----
    UserWarning
        If labels, groups or parts look like the same one but are written in several ways (`Sick`
        and `sick`, `12` and `12.0`), if a group is named as if it were missing (`nan`), if a path
        is listed with several labels, or if an image is in several parts of the split. For the last
        one, files of the same size are read.

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
    """
    if isinstance(table, pd.DataFrame):
        frame, source = table.copy(deep=False), "a DataFrame"
    else:
        source = Path(table).expanduser()
        frame = _read_csv(source, text_columns=[path_column, group_column])
        folder = source.parent if folder is None else folder
    columns = {
        "path_column": path_column,
        "label_column": label_column,
        "group_column": group_column,
        "split_column": split_column,
    }
    columns = {
        argument: find_column(frame, argument, name)
        for argument, name in columns.items()
        if name is not None
    }
    if frame.empty:
        raise ValueError("The table has no rows, but at least one image is required.")
    for argument, name in columns.items():
        check_filled(frame[name], argument)
    data = read_paths(frame[columns.pop("path_column")], folder)
    for argument, name in columns.items():
        frame[name] = read_values(frame[name], argument)
    target, groups, split = (
        frame[columns[argument]].to_numpy() if argument in columns else None
        for argument in ("label_column", "group_column", "split_column")
    )
    warn_of_contradictions(data, target)
    if groups is not None:
        warn_of_missing(groups, columns["group_column"])
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
        DESCR=f"Paths of {len(data)} images from {source}, by class: {class_counts}.\n",
    )


def _read_csv(source, text_columns):
    """Return the table in a CSV file, these columns as text."""
    settings = {"skipinitialspace": True, "keep_default_na": False, "na_values": [""]}
    try:
        settings["sep"] = _find_separator(source)
        names = pd.read_csv(source, nrows=0, **settings).columns
        text_columns = {strip(name) for name in text_columns}
        dtype = {name: str for name in names if strip(name) in text_columns}
        frame = pd.read_csv(source, dtype=dtype, **settings)
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{source} is not encoded in UTF-8: {error}. Save it as UTF-8, or read it with pandas "
            "and pass the DataFrame: pd.read_csv(..., encoding=...), with folder= for relative "
            "paths."
        ) from error
    if not isinstance(frame.index, pd.RangeIndex):  # pandas shifts the names to the last columns
        raise ValueError(
            f"Rows of {source} have more fields than its header, which has {frame.shape[1]}: "
            f"{', '.join(frame.columns)}. Name every column, put fields that hold a separator in "
            "quotes, and remove separators at the ends of rows."
        )
    for name in set(names) - set(dtype):
        frame[name] = make_numbers(frame[name])  # a blank has made text of them
    return frame.rename(columns=strip)


def _find_separator(source):
    """Return what separates the names of the columns: a comma, else a semicolon, else a tab."""
    names = pd.read_csv(source, nrows=0, skipinitialspace=True).columns
    # A single column is no table of paths and labels, so there the comma is not the separator.
    found = [mark for mark in ";\t" if len(names) == 1 and mark in names[0]]
    return found[0] if found else ","
