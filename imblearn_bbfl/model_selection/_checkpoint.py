"""Finished runs on disk: each in a file of its own, which is complete or not there at all."""

import hashlib
import io
import json
import os
import re
from pathlib import Path

import joblib
import numpy as np
from sklearn.base import BaseEstimator

# Parameters that a run's result does not depend on, or that each run sets.
_IRRELEVANT = ("random_state", "verbose", "workers")
_NAMES = {
    "data": "X, y or groups",
    "estimator": "the parameters of the estimator or the method",
    "rows": "the splits (cv, groups, or the estimator's random_state)",
}


class Checkpoint:
    """A folder with one file for each finished run of a comparison.

    A file is written under another name, flushed to disk and then renamed, so a process that is
    killed at any moment leaves whole files only. Each holds fingerprints of what it was made from.
    Reading one runs no code from it.

    Parameters
    ----------
    folder : str or path
        Made if it is not there.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def keep_seed(self, seed):
        """Return the seed that the folder's runs were made with; a new folder keeps `seed`."""
        path = self.folder / "seed.json"
        if not path.exists():
            _write(path, json.dumps(seed).encode())
        return json.loads(path.read_text())

    def read(self, name, fingerprints):
        """Return the result of a finished run, or None.

        Parameters
        ----------
        name : str
            Of the run.
        fingerprints : dict of str to str
            Of what the run would be made from now.

        Returns
        -------
        result : dict or None
            What `write` was given.

        Raises
        ------
        ValueError
            If the run was made from something else.
        """
        path = self._path(name)
        if not path.exists():
            return None
        with np.load(path, allow_pickle=False) as file:
            arrays = {key: file[key] for key in file.files}
        facts = json.loads(str(arrays.pop("facts")))
        theirs = facts.pop("fingerprints")
        differing = [_NAMES[key] for key in fingerprints if theirs[key] != fingerprints[key]]
        if differing:
            raise ValueError(
                f"checkpoint={str(self.folder)!r} belongs to another comparison: {path.name} was "
                f"made with other values of {' and '.join(differing)}. Pass another folder, or the "
                "data and settings that this one was begun with."
            )
        return {**arrays, **facts}

    def write(self, name, result, fingerprints):
        """Write the result of a run: a dict of arrays, and of values that JSON holds."""
        arrays = {key: value for key, value in result.items() if isinstance(value, np.ndarray)}
        facts = {key: value for key, value in result.items() if key not in arrays}
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer, facts=json.dumps({**facts, "fingerprints": fingerprints}), **arrays
        )
        _write(self._path(name), buffer.getvalue())

    def _path(self, name):
        return self.folder / f"{name}.npz"


def fingerprint_data(X, y, groups):
    """Return a fingerprint of the data: of pixels in memory, or of paths and sizes of files."""
    if all(isinstance(path, (str, os.PathLike)) for path in X):
        X = [(os.fspath(path), os.path.getsize(path)) for path in X]
    elif isinstance(X, np.ndarray):
        X = np.ascontiguousarray(X)
    return joblib.hash([X, y, groups])


def fingerprint_settings(params):
    """Return a fingerprint of parameters, without those that change no result."""
    relevant = {
        name: value for name, value in params.items() if name.rpartition("__")[2] not in _IRRELEVANT
    }
    return _hash(*(f"{name}={_describe(value)}" for name, value in sorted(relevant.items())))


def fingerprint_rows(split):
    """Return a fingerprint of the rows and the seed of a run."""
    return joblib.hash([np.asarray(split.train), np.asarray(split.test), split.seed])


def _describe(value):
    """Say what a value is, alike in every process: without addresses in memory."""
    if isinstance(value, BaseEstimator):
        return f"{type(value).__qualname__}({fingerprint_settings(value.get_params())})"
    if isinstance(value, np.ndarray):
        return joblib.hash(value)
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))


def _hash(*texts):
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def _write(path, content):
    """Write a file so that it is there whole or not at all."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.unfinished")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
