"""The rows of each repeat on disk, for a comparison that goes on under other versions.

The same seed may draw other folds in another version of scikit-learn: 1.10 changes those of whole
groups. Rows that a comparison has begun with are therefore read, and never drawn a second time.
"""

import json
from numbers import Integral
from pathlib import Path

from imblearn_bbfl._files import name_damaged, read_arrays, write_arrays
from imblearn_bbfl._warnings import warn_user
from imblearn_bbfl.model_selection._description import describe
from imblearn_bbfl.model_selection._fingerprint import fingerprint_labels


class KeptSplits:
    """A folder with a file for each repeat, which holds the rows of its training and test parts.

    Parameters
    ----------
    folder : str or path
        Made when rows are first written.
    cv : None, int or splitter
        As the user gave it, made a splitter where it was an iterable.
    y : ndarray of shape (n_samples,)
        Labels.
    groups : ndarray of shape (n_samples,) or None
        Rows that stay together.
    seed : int
        That of the comparison.
    """

    def __init__(self, folder, cv, y, groups, seed):
        self._folder = Path(folder)
        # All that rows are drawn from, so that those of other data or another `cv` are not taken.
        self._origin = f"{_describe_cv(cv)} {fingerprint_labels(y, groups)} {seed}"

    def read(self, repeat):
        """Return the (train, test) rows of each split of a repeat; None if they are to be drawn."""
        path, remedy = self._path(repeat), "Remove it, and the rows are drawn again."
        try:
            kept = read_arrays(path, remedy)
        except FileNotFoundError:
            return None
        with name_damaged(path, remedy):
            if json.loads(str(kept["origin"])) != self._origin:
                return None
            return [(kept[f"train{i}"], kept[f"test{i}"]) for i in range(len(kept) // 2)]

    def write(self, splits):
        """Write the rows of all repeats that the folder has not got.

        Warns
        -----
        UserWarning
            If they cannot be written. The comparison works, and can be resumed as long as the same
            rows are drawn again.
        """
        repeats = {}
        for split in splits:
            repeats.setdefault(split.repeat, []).append(split)
        try:
            for repeat, members in repeats.items():
                if self.read(repeat) is None:
                    self._write_repeat(repeat, members)
        except OSError as error:
            warn_user(
                f"The rows of the splits could not be written to {self._folder}: {error}. A call "
                "that resumes has to draw them again, which needs the same version of "
                "scikit-learn."
            )

    def _write_repeat(self, repeat, splits):
        self._folder.mkdir(parents=True, exist_ok=True)
        rows = {f"train{i}": split.train for i, split in enumerate(splits)}
        rows |= {f"test{i}": split.test for i, split in enumerate(splits)}
        write_arrays(self._path(repeat), {"origin": json.dumps(self._origin), **rows})

    def _path(self, repeat):
        return self._folder / f"repeat{repeat}.npz"


def _describe_cv(cv):
    if cv is None or isinstance(cv, Integral):
        return describe(cv)
    # Not by its text, in which NumPy shortens the folds of a PredefinedSplit.
    return describe([type(cv), getattr(cv, "__dict__", cv)])
