"""Images to predict, named on the command line: files, folders, patterns, or lists."""

import glob
import os
import re

import click
import pandas as pd

from imblearn_bbfl._images import is_url
from imblearn_bbfl.datasets._columns import read_paths
from imblearn_bbfl.datasets._csv import read_csv, read_text
from imblearn_bbfl.datasets._endings import add_endings
from imblearn_bbfl.datasets._image_names import (
    IMAGE_EXTENSIONS,
    count_others,
    list_counts,
    list_images,
    warn_of_left_out,
)

_LISTS = (".txt", ".lst", ".csv", ".tsv")


def find_images(words, path_column="file"):
    """Return the paths of the images that words name, each once, in their order.

    Parameters
    ----------
    words : sequence of str
        Each a file or its URL, a folder, whose images at any depth are taken, a pattern
        (``"new/*.png"``, ``**`` for any depth), or a list: a text file with a path in each line, or
        a table with a column of paths. Those start from the folder of the list.
    path_column : str, default="file"
        Of tables.

    Raises
    ------
    ValueError
        If a word names no image.

    Warns
    -----
    UserWarning
        If files in a folder look like images but cannot be read, such as ``.heic``.
    """
    paths = [path for word in words for path in _find(os.path.expanduser(word), path_column)]
    return list(dict.fromkeys(paths))


def _find(word, path_column):
    if is_url(word):
        return [word]
    if os.path.isdir(word):
        found, left_out = list_images(word, IMAGE_EXTENSIONS)
        if not found:
            others = list_counts(count_others([word], IMAGE_EXTENSIONS)) or "nothing"
            raise ValueError(
                f"The folder {word} has no images in it that can be read, at any depth. It holds "
                f"{others}."
            )
        if left_out:
            warn_of_left_out(word, left_out)
        return found
    if word.lower().endswith(_LISTS) and os.path.isfile(word):
        return _read_list(word, path_column)
    if os.path.exists(word):
        return [word]
    found = sorted(path for path in glob.glob(word, recursive=True) if os.path.isfile(path))
    if not found:
        kind = "matches no file" if glob.has_magic(word) else "does not exist"
        raise click.UsageError(f"{word} {kind}. Name files, a folder, a pattern, or a list.")
    return found


def _read_list(path, path_column):
    folder = os.path.dirname(path)
    if path.lower().endswith((".txt", ".lst")):
        lines = re.split(r"[\r\n]+", read_text(path))
        listed = [line.strip() for line in lines if line.strip()]
    else:
        table = read_csv(path, named=[path_column], as_text=[path_column])
        if path_column not in table:
            raise ValueError(
                f"{path} has no column {path_column}, but {', '.join(table.columns)}. Name the one "
                "with the paths by --path-column."
            )
        listed = table[path_column].dropna()
    if len(listed) == 0:
        raise ValueError(f"The list {path} is empty.")
    paths = read_paths(pd.Series(listed, name=path_column).map(os.path.expanduser), folder)
    return add_endings(paths, None, path_column).tolist()
