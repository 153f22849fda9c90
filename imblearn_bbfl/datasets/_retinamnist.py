"""RetinaMNIST: small fundus photographs graded for diabetic retinopathy."""

import hashlib
import os
from pathlib import Path
from typing import Literal
from urllib.error import URLError

import numpy as np
from sklearn.datasets import fetch_file, get_data_home
from sklearn.utils import Bunch

from imblearn_bbfl._files import name_damaged

_FILE_NAME = "retinamnist.npz"
_URL = "https://zenodo.org/records/10519652/files/retinamnist.npz?download=1"
_SHA256 = "254915f5f0a2074665c4676356824cf4ef4a3bcab233894b4bafcaf48962bd69"
_SUBSETS = {"train": "train", "validation": "val", "test": "test"}  # names here and in the file
_GRADES = ["no retinopathy", "mild", "moderate", "severe", "proliferative"]

_DESCR = """\
RetinaMNIST
===========
Color fundus photographs graded for diabetic retinopathy, 28 x 28 pixels, red-green-blue, 0 to 255.

Images: 1080 for training, 120 for validation, 400 for testing (the official split).
Classes: 0 no retinopathy, 1 mild, 2 moderate, 3 severe, 4 proliferative; they are ordered.
Images per class for training: 486, 128, 206, 194, 66.
Licence: CC BY 4.0.

Part of MedMNIST v2: J. Yang, R. Shi, D. Wei, Z. Liu, L. Zhao, B. Ke, H. Pfister, B. Ni, "MedMNIST
v2 - A large-scale lightweight benchmark for 2D and 3D biomedical image classification", Scientific
Data 10, 41 (2023), doi 10.1038/s41597-022-01795-z.
Made from DeepDRiD: R. Liu et al., "DeepDRiD: Diabetic retinopathy - grading and image quality
estimation challenge", Patterns 3(6), 100512 (2022), doi 10.1016/j.patter.2022.100512.
"""


def fetch_retinamnist(
    *,
    data_home: str | os.PathLike | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    subset: Literal["train", "validation", "test", "all"] = "train",
) -> Bunch | tuple:
    """Load RetinaMNIST, 1600 small fundus photographs in 5 imbalanced grades; fetch it if needed.

    Parameters
    ----------
    data_home : str or path-like, default=None
        Folder that holds `retinamnist.npz` or that it is downloaded to (3.3 MB). None is
        scikit-learn's data folder, `~/scikit_learn_data`.

    download_if_missing : bool, default=True
        Whether to download the file if it is not there; if False, raise OSError.

    return_X_y : bool, default=False
        Whether to return `(data, target)` instead of a Bunch.

    subset : {"train", "validation", "test", "all"}, default="train"
        Part of the official split: 1080, 120 or 400 images, or all of them in this order.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        With the attributes

        data, images : ndarray of shape (n_samples, 28, 28, 3), uint8
            The images.
        target : ndarray of shape (n_samples,), int
            The grades, 0 to 4.
        target_names : list of str
            The names of the five grades.
        split : ndarray of shape (n_samples,), str
            The part of the official split that each image belongs to.
        class_counts : dict
            Number of images of each grade.
        DESCR : str
            What the data are, their licence and what to cite.

    Raises
    ------
    OSError
        If the file is missing and not to be downloaded, if that fails, or if its SHA-256
        checksum is wrong.

    References
    ----------
    .. [1] Yang et al., "MedMNIST v2 - A large-scale lightweight benchmark for 2D and 3D biomedical
       image classification", Scientific Data 10, 41, 2023. doi 10.1038/s41597-022-01795-z

    Examples
    --------
    >>> from imblearn_bbfl.datasets import fetch_retinamnist
    >>> retina = fetch_retinamnist(subset="test")  # doctest: +SKIP
    >>> retina.images.shape  # doctest: +SKIP
    (400, 28, 28, 3)
    """
    if subset != "all" and subset not in _SUBSETS:
        names = ", ".join(map(repr, [*_SUBSETS, "all"]))
        raise ValueError(f"subset must be one of {names}, got {subset!r}.")
    parts = _SUBSETS if subset == "all" else {subset: _SUBSETS[subset]}
    path = _locate(data_home, download_if_missing)
    remedy = "Remove it, and it is downloaded again."
    with name_damaged(path, remedy), np.load(path) as arrays:
        images = np.concatenate([arrays[f"{part}_images"] for part in parts.values()])
        targets = [arrays[f"{part}_labels"].ravel() for part in parts.values()]
    target = np.concatenate(targets).astype(np.int64)
    if return_X_y:
        return images, target
    grades, counts = np.unique(target, return_counts=True)
    return Bunch(
        data=images,
        images=images,
        target=target,
        target_names=list(_GRADES),
        split=np.repeat(list(parts), [len(part) for part in targets]),
        class_counts=dict(zip(grades.tolist(), counts.tolist(), strict=True)),
        DESCR=_DESCR,
    )


def _locate(data_home, download_if_missing):
    """Return the path of the file with the right checksum, downloading it if it is missing."""
    path = Path(get_data_home(data_home)) / _FILE_NAME
    if path.exists():
        _check_sha256(path)
        return path
    if not download_if_missing:
        raise OSError(
            f"Data not found: {path} does not exist and download_if_missing is False. Set it to "
            "True, or data_home to the folder that holds the file."
        )
    try:
        return fetch_file(_URL, folder=path.parent, local_filename=_FILE_NAME, sha256=_SHA256)
    except URLError as error:
        raise OSError(
            f"{_URL} cannot be downloaded ({error.reason}). Download it by other means and save it "
            f"as {path}."
        ) from error


def _check_sha256(path):
    with open(path, "rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != _SHA256:
        raise OSError(
            f"{path} is damaged or another file: its SHA-256 checksum is {found}, but must be "
            f"{_SHA256}. Remove it to download it anew, or replace it."
        )
