"""Where data come from: a folder of images, or a table that lists them, with the options for it."""

import os
import re
from functools import partial
from pathlib import Path
from typing import NamedTuple

import click

DATA = click.Argument(["data"], type=click.Path(exists=True), metavar="DATA")
COLUMNS = [
    click.Option(
        ["--path-column", "--image-column", "path_column"],
        metavar="NAME",
        default="file",
        show_default=True,
        help="Of a table: the column with the paths of the images.",
    ),
    click.Option(
        ["--label-column"],
        metavar="NAME",
        default=("label",),
        show_default=True,
        multiple=True,
        help="Of a table: the column with the classes. Given several times: one-hot columns, one "
        "for each class.",
    ),
    click.Option(
        ["--group-column", "--groups", "group_column"],
        metavar="NAME",
        help="Of a table: the column with what must stay together, such as the patient.",
    ),
    click.Option(
        ["--group-pattern"],
        metavar="REGEX",
        help="The same from the names of the files: what a regular expression finds in a name, or "
        "the first group of it, as '^(p[0-9]+)_' does.",
    ),
    click.Option(
        ["--split-column"],
        metavar="NAME",
        help="Of a table: the column with the part of each image: train, val or test.",
    ),
    click.Option(
        ["--folder"],
        type=click.Path(exists=True, file_okay=False),
        help="Of a table: where relative paths start.  [default: where the table lies]",
    ),
    click.Option(
        ["--extension"],
        metavar="ENDING",
        help="Of a table: what names of images without an ending end in, such as .jpg.  [default: "
        "the ending of the file that is there]",
    ),
    click.Option(
        ["--encoding"],
        metavar="NAME",
        help="Of a table: how it is encoded, such as utf-16.  [default: what it looks like]",
    ),
    click.Option(
        ["--skip-broken"],
        is_flag=True,
        help="Leave out images that are missing or cannot be read, and name them.",
    ),
]
"""Options named as the parameters of the loaders in `imblearn_bbfl.datasets`."""


class Source(NamedTuple):
    """What `load_data` needs."""

    path: str
    path_column: str = "file"
    label_column: str | list[str] = "label"
    group_column: str | None = None
    group_pattern: str | None = None
    split_column: str | None = None
    folder: str | None = None
    extension: str | None = None
    encoding: str | None = None
    skip_broken: bool = False

    @property
    def root(self):
        """The folder that paths of images are told from."""
        path = Path(self.path).expanduser()
        if path.is_dir():
            return path
        return path.parent if self.folder is None else Path(self.folder).expanduser()

    def list_given(self):
        """Return the options that were given, as pairs with their values."""
        named = ((option, getattr(self, option.name)) for option in COLUMNS)
        return [
            (option, value)
            for option, value in named
            if value not in (None, False) and _as_list(value) != _as_list(option.default)
        ]

    def to_words(self):
        """Return what one types to name the same data again."""
        words = [self.path]
        for option, value in self.list_given():
            for one in _as_list(value):
                words += [option.opts[0]] if option.is_flag else [option.opts[0], one]
        return words


def take_source(options):
    """Take what names the data out of the options of a command.

    From then on, errors tell images from the root of the data on.
    """
    names = {"path": "data"}
    taken = {field: options.pop(names.get(field, field)) for field in Source._fields}
    labels = list(taken.pop("label_column"))
    source = Source(**taken, label_column=labels[0] if len(labels) == 1 else labels)
    click.get_current_context().meta["root"] = source.root
    return source


def make_shortener(root):
    """Return a function that takes a folder, or None, off the paths in a text.

    They may start with the folder as it was typed, or in full.
    """
    if root is None:
        return str
    known = {os.path.join(path, "") for path in (root, os.path.abspath(root))}
    listed = "|".join(re.escape(path) for path in sorted(known, key=len, reverse=True))
    # Where a path begins: not in the middle of another one.
    return partial(re.compile(rf"(?<![\w./\\-])(?:{listed})").sub, "")


def _as_list(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]
