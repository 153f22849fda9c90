"""Splits: the paper's 80-10-10, repeats, groups, and what is refused before training."""

import numpy as np
import pytest
from sklearn.model_selection import (
    KFold,
    LeaveOneOut,
    PredefinedSplit,
    StratifiedGroupKFold,
    StratifiedKFold,
)

from imblearn_bbfl.model_selection._splits import make_splits, measure_overlap

Y = np.repeat([0, 1], [70, 30])


def test_a_tenth_of_each_class_is_tested():
    split = make_splits(None, Y, None, 1, seed=0)[0]
    assert np.bincount(Y[split.test]).tolist() == [7, 3]


def test_each_row_is_on_one_side():
    split = make_splits(None, Y, None, 1, seed=0)[0]
    assert sorted([*split.train, *split.test]) == list(range(100))


def test_repeats_draw_other_rows():
    first, second = make_splits(None, Y, None, 2, seed=0)
    assert set(first.test) != set(second.test)


def test_more_repeats_keep_those_before():
    few, many = make_splits(None, Y, None, 2, seed=0), make_splits(None, Y, None, 5, seed=0)
    assert all(np.array_equal(a.test, b.test) for a, b in zip(few, many, strict=False))
    assert [split.seed for split in few] == [split.seed for split in many[:2]]


def test_another_seed_draws_other_rows():
    first, second = (make_splits(None, Y, None, 1, seed=seed)[0] for seed in (0, 1))
    assert set(first.test) != set(second.test)


def test_each_run_has_a_seed_of_its_own():
    splits = make_splits(StratifiedKFold(5), Y, None, 3, seed=0)
    assert len({split.seed for split in splits}) == 15


def test_a_shuffling_splitter_draws_anew_in_each_repeat():
    splits = make_splits(StratifiedKFold(2, shuffle=True), Y, None, 2, seed=0)
    assert not np.array_equal(splits[0].test, splits[2].test)


@pytest.mark.parametrize(
    "cv", [StratifiedKFold(2), StratifiedKFold(2, shuffle=True, random_state=0), 2]
)
def test_other_splitters_keep_their_rows_in_each_repeat(cv):
    splits = make_splits(cv, Y, None, 2, seed=0)
    assert np.array_equal(splits[0].test, splits[2].test)


def test_the_splitter_passed_is_not_changed():
    cv = StratifiedKFold(2, shuffle=True)
    make_splits(cv, Y, None, 1, seed=0)
    assert cv.random_state is None


def test_groups_stay_together_by_default():
    groups = np.arange(100) // 2
    for split in make_splits(None, Y, groups, 5, seed=0):
        assert not set(groups[split.train]) & set(groups[split.test])


def test_each_group_is_tested_in_some_repeat_and_none_in_nearly_all():
    sizes = np.array([12] + [6] * 5 + [2] * 24)
    groups, y = np.repeat(np.arange(30), sizes), np.repeat(np.arange(30) % 4 == 0, sizes)
    splits = make_splits(None, y, groups, 60, seed=0)
    share = np.mean([np.isin(np.arange(30), groups[split.test]) for split in splits], axis=0)
    assert share.min() > 0
    assert share.max() < 0.5


def test_a_splitter_that_tears_groups_is_refused():
    with pytest.raises(ValueError, match=r"in the training and in the test part.*StratifiedGroup"):
        make_splits(StratifiedKFold(5, shuffle=True), Y, np.arange(100) // 2, 1, seed=0)


def test_a_splitter_for_groups_gets_them():
    groups = np.arange(100) // 2
    splits = make_splits(StratifiedGroupKFold(5), Y, groups, 1, seed=0)
    assert len(splits) == 5


@pytest.mark.parametrize("cv", [KFold(2), LeaveOneOut()])
def test_a_part_without_a_class_is_refused(cv):
    with pytest.raises(ValueError, match=r"part of split 0 of repeat 0 has no row of class"):
        make_splits(cv, Y, None, 1, seed=0)


def test_overlap_is_the_ratio_of_test_to_training_rows():
    assert measure_overlap(make_splits(StratifiedKFold(5), Y, None, 1, seed=0)) == 0.25


@pytest.mark.parametrize("convert", [list, lambda rows: np.isin(np.arange(100), rows)])
def test_lists_and_masks_split_as_row_numbers_do(convert):
    folds = list(StratifiedKFold(5).split(Y, Y))
    cv = [[convert(part) for part in fold] for fold in folds]
    splits = make_splits(cv, Y, None, 1, seed=0)
    assert [split.test.tolist() for split in splits] == [test.tolist() for _, test in folds]
    assert measure_overlap(splits) == 0.25


def test_one_split_overlaps_with_nothing():
    assert measure_overlap(make_splits(None, Y, None, 1, seed=0)) == 0.0


def test_the_same_split_with_other_seeds_overlaps():
    cv = PredefinedSplit(np.where(np.arange(100) % 10 == 0, 0, -1))
    assert measure_overlap(make_splits(cv, Y, None, 2, seed=0)) == pytest.approx(1 / 9)
