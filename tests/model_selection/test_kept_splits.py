"""The rows of splits on disk: taken for the same comparison, and for no other."""

import numpy as np
import pytest
from sklearn.model_selection import PredefinedSplit, StratifiedKFold

from imblearn_bbfl.model_selection._kept_splits import KeptSplits
from imblearn_bbfl.model_selection._splits import make_splits

Y = np.repeat([0, 1], [1500, 500])
GROUPS = np.arange(2000) // 2
FOLDS = np.arange(2000) % 2
SWAPPED = np.concatenate([FOLDS[:900], 1 - FOLDS[900:1100], FOLDS[1100:]])


def test_rows_are_read_as_they_were_drawn(tmp_path):
    splits = make_splits(3, Y, None, 2, seed=0)
    KeptSplits(tmp_path / "splits", 3, Y, None, seed=0).write(splits)
    kept = KeptSplits(tmp_path / "splits", 3, list(Y), None, seed=0)
    again = make_splits(None, Y, None, 2, 1, kept)  # which would draw others
    for one, other in zip(splits, again, strict=True):
        np.testing.assert_array_equal(one.train, other.train)
        np.testing.assert_array_equal(one.test, other.test)


@pytest.mark.parametrize(
    "other",
    [
        {"cv": PredefinedSplit(SWAPPED)},  # differs where its text is shortened
        {"cv": 2},
        {"cv": None},
        {"cv": StratifiedKFold(2)},
        {"y": Y[::-1]},
        {"y": Y[:-1]},
        {"groups": GROUPS},
        {"seed": 1},
    ],
)
def test_those_of_another_comparison_are_not_taken(tmp_path, other):
    origin = {"cv": PredefinedSplit(FOLDS), "y": Y, "groups": None, "seed": 0}
    splits = make_splits(PredefinedSplit(FOLDS), Y, None, 1, seed=0)
    KeptSplits(tmp_path, **origin).write(splits)
    assert KeptSplits(tmp_path, **origin).read(0) is not None
    assert KeptSplits(tmp_path, **{**origin, **other}).read(0) is None


def test_a_repeat_that_was_not_drawn_yet_is_not_there(tmp_path):
    kept = KeptSplits(tmp_path, 2, Y, None, seed=0)
    kept.write(make_splits(2, Y, None, 1, seed=0))
    assert kept.read(1) is None
