"""Images in an array on disk, such as a data set of h5py or zarr, read when they are asked for."""

import numpy as np

from imblearn_bbfl._images._memory import ArrayImages

CHUNK_ROWS = 32  # that a check holds at a time at most: as many as a batch of `predict`


def is_lazy(X):
    """Whether X has the shape, dtype and rows of an array of images but not its pixels in memory.

    Arrays that have theirs in memory, be it a GPU's, say so by DLPack.
    """
    return (
        isinstance(getattr(X, "dtype", None), np.dtype)
        and len(getattr(X, "shape", ())) > 2
        and hasattr(X, "__getitem__")
        and not isinstance(X, np.ndarray)
        and not hasattr(X, "__dlpack__")
    )


class LazyImages(ArrayImages):
    """Images (n, h, w, c) that are read as they are asked for, and not kept."""

    def source(self, row):
        """Return None: to compare all images would read the whole array once more."""

    def _take(self, rows):
        return read_rows(self._X, rows)

    def _n_rows_per_chunk(self):
        return min(CHUNK_ROWS, super()._n_rows_per_chunk())


class LazyRows:
    """Some rows of an array on disk, as an array on disk: what a split of the data hands on.

    Parameters
    ----------
    X : array on disk, (n_samples, ...)
        Of which rows are read.
    rows : ndarray of int
        Which, in this order.
    """

    def __init__(self, X, rows):
        self._X = X
        self._rows = np.asarray(rows)
        self.shape = (len(self._rows), *X.shape[1:])
        self.dtype = X.dtype
        self.ndim = len(self.shape)

    def __len__(self):
        return len(self._rows)

    def __getitem__(self, key):
        """Read these rows of the rows: a slice or an array of row numbers."""
        return read_rows(self._X, self._rows[key])

    def __array__(self, dtype=None, copy=None):
        """Read all of them, for those who know arrays in memory only."""
        return self[:].astype(dtype or self.dtype, copy=False)


def read_rows(X, rows):
    """Read rows of an array on disk, in any order and also twice, each from disk once.

    By slices, which all such arrays know: h5py refuses rows out of order or twice, and others know
    no lists of rows at all.
    """
    wanted, places = np.unique(rows, return_inverse=True)
    runs = np.split(wanted, np.flatnonzero(np.diff(wanted) > 1) + 1)
    parts = [np.asarray(X[int(run[0]) : int(run[-1]) + 1]) for run in runs]
    return np.concatenate(parts)[places]
