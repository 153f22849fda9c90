"""The image sets that the benchmark scripts run on, with their official test parts."""

import os
import sys
from pathlib import Path

import cv2
import numpy as np
from sklearn.utils import Bunch

from imblearn_bbfl.datasets import (
    fetch_retinamnist,
    load_image_folder,
    load_image_table,
    load_imbalanced_digits,
)

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
    parser.add_argument("--path-column", default="file", help="of a CSV file")
    parser.add_argument("--label-column", default="label", help="of a CSV file")
    parser.add_argument("--group-column", help="of a CSV file: rows that stay together")
    parser.add_argument("--split-column", help="of a CSV file: 'test' names the test part")


def load_from(arguments):
    """Load what the arguments of `add_arguments` name."""
    return load(
        arguments.data,
        arguments.data_home,
        path_column=arguments.path_column,
        label_column=arguments.label_column,
        group_column=arguments.group_column,
        split_column=arguments.split_column,
    )


def load(
    name,
    folder,
    *,
    path_column="file",
    label_column="label",
    group_column=None,
    split_column=None,
):
    """Load a data set by name, from a folder as `load_image_folder` takes it, or a CSV file.

    Parameters
    ----------
    name : str
        ``"digits"``, a key of `NAMED`, a folder, or a CSV file.
    folder : str or None
        Where the named data sets lie.
    path_column, label_column, group_column, split_column : str
        Columns of the CSV file.

    Returns
    -------
    bunch : Bunch
        `X`, `y`, `is_test` (None without an official test part), `groups` and a `note` that
        belongs wherever results are shown.
    """
    if name == "digits":
        return load_digits()
    if name in NAMED:
        if folder is None:
            sys.exit(f"{name} needs --data-home: the folder that holds it.")
        return NAMED[name](folder)
    path = Path(name).expanduser()
    if path.is_dir():
        bunch = load_image_folder(path)
    elif path.is_file():
        bunch = load_image_table(
            path,
            path_column=path_column,
            label_column=label_column,
            group_column=group_column,
            split_column=split_column,
        )
    else:
        sys.exit(
            f"--data {name} is not 'digits', one of {', '.join(NAMED)}, a folder, or a CSV file."
        )
    return Bunch(
        X=bunch.data,
        y=bunch.target,
        is_test=_find_test_part(bunch.split),
        groups=bunch.get("groups"),
        note="",
    )


def _find_test_part(split):
    """Return which rows are in the part that is named as a test part, or None without one."""
    if split is None:
        return None
    is_test = np.array([str(part).lower() in ("test", "testing") for part in split])
    return is_test if is_test.any() else None
