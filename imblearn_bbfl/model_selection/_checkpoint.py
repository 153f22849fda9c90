"""Finished runs on disk: each in a file of its own, which is complete or not there at all."""

import json
from pathlib import Path

import numpy as np

from imblearn_bbfl._files import name_damaged, read_arrays, read_json, write_arrays, write_once
from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.model_selection._fingerprint import list_versions

_FORMAT = 4  # raised whenever a comparison gets other fingerprints, or keeps more, than before
_NAMES = {
    "data": "X, y or groups",
    "estimator": "the parameters of the estimator or the method",
    "keras": "the settings of Keras",
    "rows": "the splits (cv, groups, or the estimator's random_state)",
}


class Checkpoint:
    """A folder with one file for each finished run of a comparison.

    A file is written under another name, flushed to disk and then renamed, so a process that is
    killed at any moment leaves whole files only. Each holds fingerprints of what it was made from,
    which must be the same to go on, and the versions of Python and of packages, which should be.
    Reading one runs no code from it.

    Parameters
    ----------
    folder : str or path
        Made if it is not there.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._warned_of = []

    def keep_seed(self, seed):
        """Return the seed that the folder's runs were made with; a new folder keeps `seed`."""
        path = self.folder / "seed.json"
        if not path.exists():
            write_once(path, json.dumps(seed).encode())
        return read_json(path, "Pass another folder, or remove this one.")

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
            If the run was made from something else, or was written by a version of this package
            that took fingerprints in another way or kept less.

        Warns
        -----
        UserWarning
            If the run was made with other versions of Python or of packages; once for each.
        """
        path = self._path(name)
        remedy = "Remove it, and the run is made again."
        try:
            arrays = read_arrays(path, remedy)
        except FileNotFoundError:
            return None
        with name_damaged(path, remedy):
            facts = json.loads(str(arrays.pop("facts")))
        self._check_format(path, facts.pop("format", 1))
        self._check_fingerprints(path, facts.pop("fingerprints"), fingerprints)
        self._compare_versions(path, facts.pop("versions"))
        return {**arrays, **facts}

    def write(self, name, result, fingerprints):
        """Write the result of a run: a dict of arrays, and of values that JSON holds."""
        arrays = {key: value for key, value in result.items() if isinstance(value, np.ndarray)}
        facts = {key: value for key, value in result.items() if key not in arrays}
        origin = {"format": _FORMAT, "fingerprints": fingerprints, "versions": list_versions()}
        write_arrays(self._path(name), {"facts": json.dumps({**facts, **origin}), **arrays})

    def _check_format(self, path, theirs):
        if theirs != _FORMAT:
            raise ValueError(
                f"checkpoint={str(self.folder)!r} was written by another version of imblearn_bbfl: "
                f"{path.name} has format {theirs}, and this version reads format {_FORMAT}. So it "
                "cannot tell whether that run belongs to this comparison, or lacks what would be "
                "measured of it. Pass another folder, or go on with the version that began this "
                "one."
            )

    def _check_fingerprints(self, path, theirs, ours):
        differing = [key for key in ours if theirs.get(key) != ours[key]]
        if differing:
            details = (
                f" ({theirs.get('keras')}; now {ours['keras']})" if "keras" in differing else ""
            )
            raise ValueError(
                f"checkpoint={str(self.folder)!r} belongs to another comparison: {path.name} was "
                f"made with other values of {' and '.join(_NAMES[key] for key in differing)}"
                f"{details}. Pass another folder, or the data and settings that this one was begun "
                "with."
            )

    def _compare_versions(self, path, theirs):
        """Warn of versions that differ, of each once."""
        ours = list_versions()
        differing = [
            f"{name} {theirs.get(name)} (now {ours[name]})"
            for name in ours
            if theirs.get(name) != ours[name]
        ]
        if differing and differing not in self._warned_of:
            self._warned_of.append(differing)
            warn_user(
                f"checkpoint={str(self.folder)!r} has runs that were made with other versions, as "
                f"{path.name}: {', '.join(differing)}. They are kept; runs that are still to come "
                "may differ a little for that reason alone. Pass another folder to make all anew."
            )

    def _path(self, name):
        return self.folder / f"{name}.npz"
