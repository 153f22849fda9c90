"""Labels that are missing, or not all of one kind, are refused before NumPy makes texts of them."""

import numpy as np
import pandas as pd
import pytest

from imblearn_bbfl._labels import check_labels
from imblearn_bbfl.sampling import ShuffleSampler


@pytest.mark.parametrize(
    "y",
    [
        ["a", np.nan, "b"],
        ["a", None, "b"],
        [1.0, np.nan, 0.0],
        np.array(["a", None, "b"], dtype=object),
        pd.Series(["a", pd.NA, "b"]),
        pd.Series([1, None, 2], dtype="Int64"),
        pd.Categorical(["a", None, "b"]),
        [["a"], [None], ["b"]],
    ],
)
def test_a_missing_label_is_refused_with_its_row(y):
    with pytest.raises(ValueError, match=r"y is missing .* in 1 of 3 rows \(counted from 0: 1\)"):
        check_labels(y)


@pytest.mark.parametrize("y", [["a", 1], [1, "1"], [True, "no"], pd.Series([0.5, "a"])])
def test_text_and_other_labels_are_not_mixed(y):
    with pytest.raises(ValueError, match=r"must not mix text and other labels.*\[str\(label\)"):
        check_labels(y)


@pytest.mark.parametrize(
    "y",
    [
        ["a", "b"],
        [1, 2.0, True],
        np.array([0, 1], np.uint8),
        pd.Series(["a", "b"], index=[7, 3]),
        pd.Categorical(["a", "b"]),
        np.array(["2020-01-01"], "M8[D]"),
        [np.str_("a"), "b"],
    ],
)
def test_labels_of_one_kind_are_let_through(y):
    check_labels(y)


def test_samplers_ask_too():
    with pytest.raises(ValueError, match="is missing"):
        ShuffleSampler().fit(["a", np.nan])
