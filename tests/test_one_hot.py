"""One-hot rows of any kind become labels."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from imblearn_bbfl._one_hot import as_labels, warn_of_empty_columns

ROWS = np.eye(3, dtype=int)[[2, 0, 1, 2]]
NAMES = ["c", "a", "b"]


@pytest.mark.parametrize(
    "make",
    [np.array, ROWS.__class__.tolist, sparse.csr_array, lambda r: r.astype(bool), np.float32],
)
def test_labels_are_the_numbers_of_columns_without_names(make):
    assert as_labels(make(ROWS)).tolist() == [2, 0, 1, 2]


def test_labels_are_the_names_of_columns():
    assert as_labels(pd.DataFrame(ROWS, columns=NAMES)).tolist() == ["b", "c", "a", "b"]


@pytest.mark.parametrize("y", [[1, 2], np.array([[1], [0]]), pd.Series(["a"]), [[1, 0], [1]]])
def test_anything_else_stays_as_it_is(y):
    assert as_labels(y) is y


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ([0, 0, 0], "no 1"),
        ([1, 0, 1], r"2 ones \(columns 0, 2\)"),
        ([0.5, 0.5, 0], "0.5"),
        ([np.nan, 1, 0], "nan"),
        ([2, 0, 0], "2"),
        (["1", "0", "0"], "'1'"),
    ],
)
def test_the_first_row_that_is_not_one_hot_is_told(row, says):
    rows = ROWS.astype(object)
    rows[1:3] = row
    with pytest.raises(ValueError, match=f"2 of 4 rows do not. .* row 1 .* has {says}"):
        as_labels(rows)


def test_columns_without_a_1_are_warned_of():
    rows = pd.DataFrame(ROWS, columns=NAMES).assign(d=0)
    with pytest.warns(UserWarning, match="no row with a 1 in the column d"):
        warn_of_empty_columns(rows, as_labels(rows))
