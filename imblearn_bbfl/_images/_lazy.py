"""Images in an array on disk, such as a data set of h5py or zarr, read when they are asked for."""

import numpy as np

from imblearn_bbfl._images._memory import ArrayImages

_CHUNK_ROWS = 32  # that a check holds at a time at most: as many as a batch of `predict`


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
    """Images (n, h, w, c) of which a slice is read at a time, and nothing is kept."""

    def _take(self, rows):
        # By slices, which all such arrays know: h5py refuses rows out of order or twice, and others
        # know no lists of rows at all.
        wanted, places = np.unique(rows, return_inverse=True)
        runs = np.split(wanted, np.flatnonzero(np.diff(wanted) > 1) + 1)
        parts = [np.asarray(self._X[int(run[0]) : int(run[-1]) + 1]) for run in runs]
        return np.concatenate(parts)[places]

    def _n_rows_per_chunk(self):
        return min(_CHUNK_ROWS, super()._n_rows_per_chunk())
