"""A table that lists image files and their labels."""

import os
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.utils import Bunch

_MAX_LISTED = 20


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

    No image is read: pass the paths to `fit`, which reads the images batch by batch.

    Parameters
    ----------
    table : str, path-like or DataFrame
        CSV file with a header, or DataFrame, with one row per image. In a CSV file only an empty
        field counts as missing: `NA` and `None` are labels like any other.

    path_column : str
        Column with the path of each image file.

    label_column : str
        Column with the label of each image. In a CSV file labels that are all numbers become
        numbers, so that `01` and `1` are one class; in a DataFrame they stay as they are.

    group_column : str, default=None
        Column with what must not be torn apart by a split, such as the patient. In a CSV file
        groups are text: `0012` and `12` are two.

    split_column : str, default=None
        Column with the part that each image belongs to, such as "train" or "test".

    folder : str or path-like, default=None
        Folder that relative paths start from. None is the folder of the CSV file; the paths of a
        DataFrame then stay as they are.

    return_X_y : bool, default=False
        Whether to return `(data, target)` instead of a Bunch.

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
            The whole table.
        DESCR : str
            Where the data come from.

    Raises
    ------
    ValueError
        If a column does not exist or holds empty entries, if the table has no rows, or if rows of
        a CSV file have more fields than its header.

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
    columns = {
        "path_column": path_column,
        "label_column": label_column,
        "group_column": group_column,
        "split_column": split_column,
    }
    columns = {argument: name for argument, name in columns.items() if name is not None}
    if isinstance(table, pd.DataFrame):
        frame, source = table, "a DataFrame"
    else:
        source = Path(table).expanduser()
        frame = _read_csv(source, text_columns=[path_column, group_column])
        folder = source.parent if folder is None else folder
    _check_columns(frame, columns)
    data = _resolve_paths(frame[path_column], folder)
    target = frame[label_column].to_numpy()
    if return_X_y:
        return data, target
    classes, counts = np.unique(target, return_counts=True)
    class_counts = dict(zip(classes.tolist(), counts.tolist(), strict=True))
    return Bunch(
        data=data,
        target=target,
        target_names=[str(label) for label in class_counts],
        groups=None if group_column is None else frame[group_column].to_numpy(),
        split=None if split_column is None else frame[split_column].to_numpy(),
        class_counts=class_counts,
        frame=frame,
        DESCR=f"Paths of {len(data)} images from {source}, by class: {class_counts}.\n",
    )


def _read_csv(source, text_columns):
    """Return the table in a CSV file, these columns as text."""
    dtype = dict.fromkeys(text_columns, str)
    frame = pd.read_csv(source, dtype=dtype, keep_default_na=False, na_values=[""])
    if not isinstance(frame.index, pd.RangeIndex):  # pandas shifts the names to the last columns
        raise ValueError(
            f"Rows of {source} have more fields than its header, which has {frame.shape[1]}: "
            f"{', '.join(frame.columns)}. Name every column, put fields that hold a comma in "
            "quotes, and remove commas at the ends of rows."
        )
    return frame


def _check_columns(frame, columns):
    """Raise ValueError on a column that is missing or has empty entries, or without rows."""
    for argument, name in columns.items():
        if name not in frame.columns:
            names = [str(column) for column in frame.columns]
            near = get_close_matches(str(name), names, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise ValueError(
                f"{argument}={name!r} is not a column of the table.{hint} Its columns are: "
                f"{', '.join(names)}."
            )
    if frame.empty:
        raise ValueError("The table has no rows, but at least one image is required.")
    for argument, name in columns.items():
        column = frame[name]
        empty = column.isna() | column.astype(str).str.strip().eq("")
        if empty.any():
            raise ValueError(
                f"Column {name!r} ({argument}) must not be empty, but it is in "
                f"{_list_rows(np.flatnonzero(empty))}. Fill in or remove them."
            )


def _list_rows(rows):
    listed = ", ".join(map(str, rows[:_MAX_LISTED]))
    more = f" and {len(rows) - _MAX_LISTED} more" if len(rows) > _MAX_LISTED else ""
    return f"{len(rows)} rows (counted from 0): {listed}{more}"


def _resolve_paths(column, folder):
    """Return the paths as an array of str, relative ones from the folder on."""
    folder = "" if folder is None else Path(folder).expanduser()
    for row, path in enumerate(column):
        if not isinstance(path, (str, os.PathLike)):
            raise ValueError(
                f"Column {column.name!r} (path_column) must hold paths, got {path!r} in row {row}. "
                "Name the column that holds them."
            )
    return np.array([os.path.join(folder, path) for path in column])
