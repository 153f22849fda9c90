"""Predictions that are kept while others are still to come, so that a command can go on."""

import json
import os
from contextlib import suppress
from pathlib import Path

import numpy as np

from imblearn_bbfl._files import name_unwritten
from imblearn_bbfl._version import __version__
from imblearn_bbfl.cli._predictions import hash_file, read_state


class KeptPredictions:
    """A file beside the table that is to be written, with a line for each image that is predicted.

    Lines are only ever appended, and one that is not whole does not count: so nothing but the block
    of images that was being predicted is lost, at whatever moment the process ends or the disk is
    full, and two processes may predict the same at the same time.

    Parameters
    ----------
    path : Path
        Of the file, which is made if it is not there.
    model : path
        The file of the model that predicts.

    Raises
    ------
    ValueError
        If the file has predictions of another model.
    """

    def __init__(self, path, model):
        self.path = Path(path)
        self._origin = {"model": hash_file(model), "version": __version__}
        lines = self._read_lines()
        origins = [line for line in lines if isinstance(line, dict)]
        if not origins:
            self._append([self._origin])
            lines = []
        elif any(origin != self._origin for origin in origins):
            raise ValueError(
                f"{self.path} has predictions of another model, or of another version of this "
                "program, which an earlier command did not finish. Delete that file to start anew, "
                "or name another file by --out."
            )
        known = (line for line in lines if isinstance(line, list) and len(line) == 3)
        self._known = {name: (state, proba) for name, state, proba in known}

    def find(self, paths, proba):
        """Fill in the probabilities of images that are known, and have not changed since.

        Parameters
        ----------
        paths : list of str
            Of the images.
        proba : ndarray of shape (n_samples, n_classes)
            Its rows are filled in.

        Returns
        -------
        is_known : ndarray of bool of shape (n_samples,)
            Which of them were known.
        """
        is_known = np.zeros(len(paths), dtype=bool)
        for row, path in enumerate(paths if self._known else ()):
            state, found = self._known.get(path, (None, None))
            if found is not None and state == read_state(path):
                proba[row], is_known[row] = found, True
        return is_known

    def add(self, paths, states, proba):
        """Keep the predictions of images; one that could not be read is tried again next time."""
        is_read = np.isfinite(proba).all(axis=1)
        self._append(
            [path, state, row.tolist()]
            for path, state, row, read in zip(paths, states, proba, is_read, strict=True)
            if read
        )

    def remove(self):
        """Remove the file, once the table is there."""
        self.path.unlink(missing_ok=True)

    def _read_lines(self):
        """Return what the whole lines hold."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return []
        lines = []
        for line in content.split(b"\n")[:-1]:
            with suppress(ValueError):  # one that was cut off
                lines.append(json.loads(line))
        return lines

    def _append(self, items):
        with name_unwritten(self.path), open(self.path, "ab") as file:
            if file.tell() == 0:  # another process, say, has finished and removed it
                items = [self._origin, *items]
            # Each with an end before it, too: the last line may have been cut off.
            file.write("".join(f"\n{json.dumps(item)}\n" for item in items).encode())
            file.flush()
            os.fsync(file.fileno())
