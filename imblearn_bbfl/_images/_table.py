"""Tables of numbers, for networks that take one."""

import numpy as np
from scipy import sparse
from sklearn.utils import assert_all_finite, check_array


class Table:
    """A table of numbers (n, n_features), dense or sparse."""

    is_table = True
    pixel_max = None

    def __init__(self, X, *, keep_sparse=False):
        self._X = check_array(X, accept_sparse="csr", ensure_all_finite=False)
        self.shape = self._X.shape[1:]
        self._keep_sparse = keep_sparse

    def __len__(self):
        return self._X.shape[0]

    def read(self, rows):
        """Return these rows (n, n_features), dense unless they are kept sparse."""
        values = self._X[np.asarray(rows, dtype=np.intp)]
        if sparse.issparse(values):
            return values if self._keep_sparse else values.toarray()
        return values.astype(values.dtype.newbyteorder("="), copy=False)

    def source(self, row):
        """Return None: rows that are equal are nothing to find in a table."""

    def digest(self, rows):
        """Return None for each: what networks make of a row is sooner computed than looked up."""
        return [None] * len(rows)

    def verify(self, rows=None):
        """Raise ValueError on a NaN or infinite value."""
        values = self._X if rows is None else self._X[np.asarray(rows, dtype=np.intp)]
        assert_all_finite(values, input_name="X")
        return self
