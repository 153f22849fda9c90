"""Tables in text files: in any usual encoding, separated by commas, semicolons or tabs."""

import bz2
import codecs
import gzip
import io
import lzma
import zipfile
from pathlib import Path

import pandas as pd

from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.datasets._columns import make_numbers, strip
from imblearn_bbfl.datasets._image_names import is_visible

_SEPARATORS = ",;\t|"
_DECOMPRESS = {".bz2": bz2.decompress, ".gz": gzip.decompress, ".xz": lzma.decompress}
# What a text file may begin with; that of UTF-32 begins with that of UTF-16.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    codecs.BOM_UTF8: "utf-8-sig",
}
_MAX_SHOWN = 30  # characters of a line
_MAX_LISTED = 5  # files in an archive


def read_csv(source, *, named=(), as_text=(), encoding=None):
    """Return the table in a text file.

    Parameters
    ----------
    source : path
        Of the file, which may be compressed.
    named : sequence of str, default=()
        Columns that it should have, by which the separator is found.
    as_text : sequence of str, default=()
        Columns that stay text where all that they hold is numbers.
    encoding : str, default=None
        Of the file. ``None`` is the one that its first bytes say, UTF-8, or else Windows-1252.

    Returns
    -------
    frame : DataFrame
        The names of its columns are without blanks at their ends.

    Raises
    ------
    ValueError
        If it is no text file, not in `encoding`, or an archive of several files, or if rows have
        more fields than its header.

    Warns
    -----
    UserWarning
        If the file is read as Windows-1252.
    """
    text = read_text(source, encoding)
    settings = {"skipinitialspace": True, "keep_default_na": False, "na_values": [""]}
    header, _, below = text.partition("\n")
    if header.startswith("sep=") and len(header.strip()) == 5:  # for Excel, which hides the line
        settings["sep"], text = header[4], below
    else:
        settings["sep"] = _find_separator(text, {strip(name) for name in named}, settings)
    names = pd.read_csv(io.StringIO(text), nrows=0, **settings).columns
    _check_once(source, text, settings, {strip(name) for name in named})
    as_text = {strip(name) for name in as_text}
    dtype = {name: str for name in names if strip(name) in as_text}
    frame = pd.read_csv(io.StringIO(text), dtype=dtype, **settings)
    if not isinstance(frame.index, pd.RangeIndex):  # pandas shifts the names to the last columns
        raise ValueError(
            f"Rows of {source} have more fields than its header, which has {frame.shape[1]}: "
            f"{', '.join(frame.columns)}. Name every column, put fields that hold a separator in "
            "quotes, and remove separators at the ends of rows."
        )
    for name in set(names) - set(dtype):
        frame[name] = make_numbers(frame[name])  # a blank has made text of them
    return frame.rename(columns=strip)


def _check_once(source, text, settings, named):
    """Raise ValueError if a column that is asked for is there twice, which pandas renames."""
    header = pd.read_csv(io.StringIO(text), nrows=1, header=None, dtype=str, **settings)
    found = [strip(name) for name in header.iloc[0]]
    for name in sorted(named):
        if found.count(name) > 1:
            raise ValueError(
                f"{source} has {found.count(name)} columns named {name!r}. Give each column a name "
                "of its own."
            )


def _find_separator(text, named, settings):
    """Return what separates columns: what gives those asked for, else what gives the most."""
    n_columns = {}
    for mark in _SEPARATORS:
        try:
            columns = pd.read_csv(io.StringIO(text), nrows=0, sep=mark, **settings).columns
        except pd.errors.ParserError:  # such as a quoted field that goes on behind the quote
            continue
        if named <= set(map(strip, columns)):
            return mark
        n_columns[mark] = len(columns)
    return max(n_columns, key=n_columns.get, default=",")


def read_text(source, encoding=None):
    """Return what a text file holds, whatever encoding it is in; see `read_csv`."""
    data = _read_bytes(source)
    encoding = encoding or _find_encoding(source, data)
    try:
        return data.decode(encoding).removeprefix("\ufeff").replace("\r\n", "\n")
    except (UnicodeError, LookupError) as error:
        raise ValueError(
            f"{source} cannot be read with encoding={encoding!r}: {error}. Pass the encoding that "
            "it was written in, such as 'utf-8', 'utf-16' or 'cp1252'."
        ) from error


def _read_bytes(source):
    if Path(source).is_dir():
        raise IsADirectoryError(
            f"{source} is a folder, not a table. Pass a file in it, or use load_image_folder."
        )
    if not Path(source).exists():
        raise FileNotFoundError(
            f"There is no table {source}. Relative paths begin in {Path.cwd()}."
        )
    data, ending = Path(source).read_bytes(), Path(source).suffix.lower()
    if not data.strip():
        raise ValueError(f"{source} is empty. Pass a table with a row of names of columns.")
    if ending == ".zip":
        return _read_zipped(source)
    return _DECOMPRESS.get(ending, bytes)(data)


def _read_zipped(source):
    """Return the one file in a zip archive, apart from what systems leave there."""
    with zipfile.ZipFile(source) as archive:
        names = [
            name
            for name in archive.namelist()
            if not name.endswith("/") and all(map(is_visible, name.split("/")))
        ]
        if len(names) != 1:
            found = f"{len(names)} files: {', '.join(names[:_MAX_LISTED])}" if names else "no file"
            raise ValueError(
                f"{source} must hold a table and nothing else, but holds {found}. Unpack it, and "
                "pass the table."
            )
        return archive.read(names[0])


def _find_encoding(source, data):
    """Return the encoding of a text file: the one it is marked with, UTF-8, or Windows-1252."""
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return encoding
    if b"\0" in data[:2] and len(data) > 2:  # one of the two bytes of an ASCII character
        return "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
    if b"\0" in data:
        raise ValueError(
            f"{source} is no text file, so no table in CSV. Export it as CSV, or read it with "
            "pandas, as in pd.read_excel or pd.read_parquet, and pass the DataFrame, with folder= "
            "for relative paths."
        )
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _guess_encoding(source, data, error.start)
    return "utf-8"


def _guess_encoding(source, data, place):
    """Return the likely encoding of text that is not in UTF-8 at this place, and say so.

    Nothing in a file tells encodings with a byte for each character from each other. Windows-1252
    is the one that spreadsheets write in western Europe and America, and has all that Latin-1 can
    print.
    """
    try:
        data.decode(guess := "cp1252")
    except UnicodeDecodeError:
        guess = "latin-1"
    before, after = data[max(0, place - _MAX_SHOWN) : place], data[place : place + _MAX_SHOWN]
    shown = (before.splitlines() or [b""])[-1] + after.splitlines()[0]
    warn_user(
        f"{source} is not encoded in UTF-8 and is read with encoding={guess!r}, which makes "
        f"{shown.decode(guess)!r} of one line. If that is what was written there, pass this "
        "encoding, or save the file as UTF-8; else pass the right one.",
    )
    return guess
