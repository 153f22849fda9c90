"""Where data come from: a folder of images, or a table that lists them, with the options for it."""

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
        default="label",
        show_default=True,
        help="Of a table: the column with the classes.",
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
]
"""Options named as the parameters of the loaders in `imblearn_bbfl.datasets`."""


class Source(NamedTuple):
    """What `load_data` needs."""

    path: str
    path_column: str = "file"
    label_column: str = "label"
    group_column: str | None = None
    group_pattern: str | None = None
    split_column: str | None = None
    folder: str | None = None

    def list_given(self):
        """Return the options that were given, as pairs with their values."""
        named = ((option, getattr(self, option.name)) for option in COLUMNS)
        return [(o, value) for o, value in named if value not in (None, o.default)]

    def to_words(self):
        """Return what one types to name the same data again."""
        given = [word for option, value in self.list_given() for word in (option.opts[0], value)]
        return [self.path, *given]


def take_source(options):
    """Take what names the data out of the options of a command."""
    names = {"path": "data"}
    return Source(**{field: options.pop(names.get(field, field)) for field in Source._fields})
