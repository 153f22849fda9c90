"""The image sets that the benchmark scripts run on, with their official test parts."""

import os
import sys
from pathlib import Path

import cv2
import numpy as np
from sklearn.utils import Bunch

from imblearn_bbfl.cli._data import load_data
from imblearn_bbfl.cli._source import COLUMNS, Source
from imblearn_bbfl.datasets import fetch_retinamnist, load_image_table, load_imbalanced_digits

IDRID_NOTE = (
    "The copy of IDRiD used here had its files renumbered; the link from image to grade was "
    "rebuilt and checked statistically, so single labels may be wrong. One image is in both parts: "
    "train_IDRiD_118 is test_IDRiD_064, with another grade."
)


def load_digits():
    """Return 8x8 digits, made imbalanced for training; the test part is balanced."""
    parts = [load_imbalanced_digits(subset=name, return_X_y=True) for name in ("train", "test")]
    return _join(parts, [False, True])


def load_retinamnist(folder):
    """Return RetinaMNIST: diabetic retinopathy grade 0 to 4, official training and test part."""
    home = Path(folder) / "retinamnist"
    parts = [
        fetch_retinamnist(data_home=home, subset=subset, return_X_y=True)
        for subset in ("train", "validation", "test")
    ]
    return _join(parts, [False, False, True])


def load_idrid(folder):
    """Return IDRiD in four classes of severity: grades 0 and 1 merged, 2, 3, 4."""
    bunch = _load_idrid_grades(folder)
    bunch.y = np.array(["0-1", "0-1", "2", "3", "4"])[bunch.y]
    return bunch


def load_idrid_binary(folder):
    """Return IDRiD with two classes: 1 is grade 3 or 4, about one image in three."""
    bunch = _load_idrid_grades(folder)
    bunch.y = (bunch.y >= 3).astype(int)
    return bunch


def _join(parts, is_test):
    """Put pairs of images and labels together."""
    X, y = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    is_test = np.repeat(is_test, [len(part[1]) for part in parts])
    return Bunch(X=X, y=y, is_test=is_test, groups=None, note="")


def _load_idrid_grades(folder):
    table = load_image_table(
        Path(folder) / "idrid" / "labels.csv",
        path_column="file",
        label_column="dr_grade",
        split_column="split",
    )
    y = table.target.astype(int)
    return Bunch(X=table.data, y=y, is_test=table.split == "test", groups=None, note=IDRID_NOTE)


def load_cifar10_lt(folder):
    """Return CIFAR-10 with a long tail: 5,000 training images of the first class, 50 of the last.

    The images are from JPEG files, so scores are lower than those published for the original.
    """
    with np.load(Path(folder) / "cifar10_lt" / "cifar10_lt100.npz") as arrays:
        parts = [
            (
                np.stack(
                    [
                        cv2.cvtColor(cv2.imdecode(file, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
                        for file in np.split(arrays[f"{name}_jpeg"], arrays[f"{name}_start"][1:-1])
                    ]
                ),
                arrays[f"{name}_label"],
            )
            for name in ("train", "test")
        ]
    return _join(parts, [False, True])


NAMED = {
    "cifar10-lt": load_cifar10_lt,
    "retinamnist": load_retinamnist,
    "idrid": load_idrid,
    "idrid-binary": load_idrid_binary,
}


def add_arguments(parser, **data):
    """Add ``--data``, with these settings, and what more `load` takes to a command line."""
    parser.add_argument("--data", **data)
    parser.add_argument(
        "--data-home",
        default=os.environ.get("IMBLEARN_BBFL_DATA"),
        help="folder that holds retinamnist and idrid; default: IMBLEARN_BBFL_DATA",
    )
    for option in COLUMNS:
        default = {"default": Source._field_defaults[option.name]}
        how = {"action": "store_true"} if option.is_flag else default
        parser.add_argument(*option.opts, dest=option.name, help=option.help, **how)


def load_from(arguments):
    """Load what the arguments of `add_arguments` name."""
    columns = {option.name: getattr(arguments, option.name) for option in COLUMNS}
    return load(arguments.data, arguments.data_home, **columns)


def load(name, home, /, **columns):
    """Load a data set by name, or a folder or a table as ``imblearn-bbfl`` does.

    Parameters
    ----------
    name : str
        ``"digits"``, a key of `NAMED`, a folder, or a CSV file.
    home : str or None
        Where the named data sets lie.
    **columns
        Of the CSV file: fields of `Source`, such as ``group_column``.

    Returns
    -------
    bunch : Bunch
        `X`, `y`, `is_test` (None without an official test part), `groups` and a `note` that
        belongs wherever results are shown.
    """
    if name == "digits":
        return load_digits()
    if name in NAMED:
        if home is None:
            sys.exit(f"{name} needs --data-home: the folder that holds it.")
        return NAMED[name](home)
    if not Path(name).expanduser().exists():
        sys.exit(
            f"--data {name} is not 'digits', one of {', '.join(NAMED)}, a folder, or a CSV file."
        )
    data = load_data(Source(name, **columns))
    return Bunch(X=data.X, y=data.y, is_test=data.is_test, groups=data.groups, note="")
