"""Columns of a table: found by name, without blanks, and checked."""

import os
import re
import unicodedata
from collections.abc import Hashable
from decimal import Decimal

import numpy as np
import pandas as pd

from imblearn_bbfl._groups import count_names_of_none
from imblearn_bbfl._images import is_url
from imblearn_bbfl._names import suggest
from imblearn_bbfl._one_hot import as_labels, warn_of_empty_columns
from imblearn_bbfl._warnings import warn_user

_MAX_LISTED = 20
_BLANKS = " \t\n\r\v\f\xa0\u3000\u200b\ufeff"  # the last two are invisible


def strip(value):
    """Return text without blanks at its ends, and anything else as it is."""
    return value.strip(_BLANKS) if isinstance(value, str) else value


def find_column(frame, argument, name):
    """Return the name of a column as the table has it, or raise ValueError."""
    found = [column for column in frame.columns if column == name] or [
        column for column in frame.columns if strip(column) == strip(name)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise ValueError(
            f"{argument}={name!r} is the name of {len(found)} columns of the table. Give each "
            "column a name of its own."
        )
    names = [str(column) for column in frame.columns]
    hint = suggest(name, names)
    if {strip(part) for part in str(name).split(",")} <= {strip(column) for column in names}:
        hint = " Several columns are a list of their names."
    raise ValueError(
        f"{argument}={name!r} is not a column of the table.{hint} Its columns are: "
        f"{', '.join(names)}."
    )


def check_filled(column, argument):
    """Raise ValueError on empty entries."""
    empty = column.isna() | column.astype(str).map(strip).eq("")
    if empty.any():
        raise ValueError(
            f"Column {column.name!r} ({argument}) must not be empty, but it is in "
            f"{_list_rows(np.flatnonzero(empty))}. Fill in or remove them."
        )


def read_paths(column, folder):
    """Return the paths as an array of str, relative ones from the folder on."""
    folder = "" if folder is None else os.path.expanduser(folder)
    for row, path in enumerate(column):
        if not isinstance(path, (str, os.PathLike)):
            raise ValueError(
                f"Column {column.name!r} (path_column) must hold paths, got {path!r} in row {row}. "
                "Name the column that holds them; if the names of files are numbers, make text of "
                f"them, as in table[{column.name!r}].astype(str)."
            )
    return np.array([_resolve(path, folder) for path in column])


def read_values(column, argument):
    """Return labels, groups or parts: text without blanks at its ends, all else as it is.

    Warns of texts that differ and yet look like the same one.
    """
    are_several = np.array([not isinstance(value, Hashable) for value in column])  # as lists
    if are_several.any():
        row = np.flatnonzero(are_several)[0]
        raise ValueError(
            f"Column {column.name!r} ({argument}) must have one value in each row, but row {row} "
            f"has {column.iloc[row]!r}. For images of several classes, load one column for each "
            "class, which says whether an image is of it."
        )
    is_text = np.array([isinstance(value, str) for value in column])
    if not is_text.any():
        return column
    if not is_text.all():
        text, other = np.flatnonzero(is_text)[0], np.flatnonzero(~is_text)[0]
        raise ValueError(
            f"Column {column.name!r} ({argument}) must not mix text and other values, but row "
            f"{text} has {column.iloc[text]!r} and row {other} {column.iloc[other]!r}. Use "
            f"table[{column.name!r}].astype(str)."
        )
    values = np.array([strip(value) for value in column], dtype=object)
    _warn_of_variants(values, column.name, argument)
    return values


def read_one_hot(columns):
    """Return the label of each row of one-hot columns: the name of the one that holds a 1."""
    marks = columns.apply(lambda column: make_numbers(column.map(_read_mark)))
    marks.columns = [strip(name) for name in columns.columns]
    names = ", ".join(map(str, marks.columns))
    labels = as_labels(
        marks,
        name=f"The table in the columns {names} (label_column)",
        remedy="Name a column for each class, also for images of none of the others, or leave "
        "these rows out. Where an image may be of several classes, load one column at a time, as "
        f"in label_column={marks.columns[0]!r}.",
    )
    warn_of_empty_columns(marks, labels, name="The table")
    return labels


def make_numbers(column):
    """Return texts as numbers if they are all numbers, and anything else as it is."""
    if pd.api.types.is_numeric_dtype(column):
        return column
    try:
        return pd.to_numeric(column.map(strip))
    except (TypeError, ValueError):
        return column


def warn_of_missing(groups, name):
    """Warn of groups whose name says that there is none, such as "nan"."""
    for group, count in count_names_of_none(groups).items():
        warn_user(
            f"Column {name!r} (group_column) has {group!r} in {count} rows, which are taken for "
            "one group. If it stands for an unknown group, give each of these rows a group of its "
            "own, or remove them."
        )


def _read_mark(value):
    """Return what a field of a one-hot column says as something that `make_numbers` can read."""
    if not isinstance(value, str):
        return value
    text = strip(value).lower()
    return {"true": 1, "false": 0}.get(text, text.replace(",", "."))


def _warn_of_variants(values, name, argument):
    if several := describe_variants(values):
        warn_user(
            f"Column {name!r} ({argument}) has values that differ only in the way they are "
            f"written: {several}. They are taken for different ones. If they are the same, write "
            "them alike."
        )


def describe_variants(texts):
    """List texts that differ only in the way they are written, ``'Sick' and 'sick'``, or None."""
    variants: dict = {}
    for text in np.unique(texts).tolist():
        variants.setdefault(_simplify(text), []).append(text)
    several = [alike for alike in variants.values() if len(alike) > 1]
    if not several:
        return None
    listed = "; ".join(" and ".join(map(_show, alike)) for alike in several[:_MAX_LISTED])
    more = len(several) - _MAX_LISTED
    return f"{listed}{f'; and {more} more' if more > 0 else ''}"


def _show(text):
    """Return text in quotes, with accents that are characters of their own as their numbers."""
    return repr(text) if unicodedata.is_normalized("NFC", text) else ascii(text)


def _simplify(text):
    """Return what texts have in common that differ in case, in blanks or as numbers are written."""
    text = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return Decimal(text) if re.fullmatch(r"[+-]?\d+(\.\d*)?", text) else text


def _resolve(path, folder):
    """Return the path from the folder on.

    Blanks at its ends and backslashes, which separate folders in a table written on Windows, stay
    if there is such a file.
    """
    if is_url(path):
        return path
    whole, path = os.path.join(folder, path), os.fspath(path)
    if os.path.sep == "/" and "\\" in path and not os.path.exists(whole):
        whole = os.path.join(folder, path := path.replace("\\", "/"))
    if strip(path) == path or os.path.exists(whole):
        return whole
    return os.path.join(folder, strip(path))


def _list_rows(rows):
    listed = ", ".join(map(str, rows[:_MAX_LISTED]))
    more = f" and {len(rows) - _MAX_LISTED} more" if len(rows) > _MAX_LISTED else ""
    return f"{len(rows)} rows (counted from 0): {listed}{more}"
