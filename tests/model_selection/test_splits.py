"""Splits: the paper's 80-10-10, repeats, groups, and what is refused before training."""

import numpy as np
import pytest
import sklearn
from sklearn.model_selection import (
    KFold,
    LeaveOneOut,
    PredefinedSplit,
    RepeatedStratifiedKFold,
    StratifiedGroupKFold,
    StratifiedKFold,
)

from imblearn_bbfl.model_selection._splits import (
    _seed_splitter,
    drop_repeats,
    list_untested,
    make_splits,
    measure_overlap,
    number_test_parts,
)

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


@pytest.mark.parametrize("seed", [0, 1, 2**31 - 1])
def test_each_run_and_each_drawing_of_splits_has_a_seed_of_its_own(monkeypatch, seed):
    seeds = []

    def watch(cv, seed):
        seeds.append(seed)
        return _seed_splitter(cv, seed)

    monkeypatch.setattr("imblearn_bbfl.model_selection._splits._seed_splitter", watch)
    seeds += [split.seed for split in make_splits(3, Y, None, 40, seed=seed)]
    assert len(set(seeds)) == 40 + 3 * 40


def test_a_number_of_folds_is_drawn_anew_in_each_repeat():
    splits = make_splits(5, Y, None, 3, seed=0)
    assert len(set(number_test_parts(splits))) == 15
    for repeat in range(3):
        tests = [split.test for split in splits if split.repeat == repeat]
        assert sorted(np.concatenate(tests)) == list(range(100))
        assert [np.bincount(Y[test]).tolist() for test in tests] == [[14, 6]] * 5


def test_a_number_of_folds_keeps_groups_together():
    groups = np.arange(100) // 2
    splits = make_splits(5, Y, groups, 2, seed=0)
    assert len(set(number_test_parts(splits))) == 10
    assert not any(set(groups[split.train]) & set(groups[split.test]) for split in splits)


def test_a_shuffling_splitter_draws_anew_in_each_repeat():
    splits = make_splits(StratifiedKFold(2, shuffle=True), Y, None, 2, seed=0)
    assert not np.array_equal(splits[0].test, splits[2].test)


@pytest.mark.parametrize(
    "cv", [StratifiedKFold(2), StratifiedKFold(2, shuffle=True, random_state=0)]
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


@pytest.mark.slow
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


@pytest.mark.parametrize(("version", "is_told"), [("1.6.1", True), ("1.8.0", False)])
def test_a_fold_of_groups_without_a_class_is_told_of_the_versions_that_do_not_stratify(
    monkeypatch, version, is_told
):
    monkeypatch.setattr(sklearn, "__version__", version)
    groups = np.where(Y[-1] == Y, 0, 1 + np.arange(100) // 2)  # one class is one group
    with pytest.raises(ValueError, match="has no row of class") as caught:
        make_splits(3, Y, groups, 1, seed=0)
    assert (f"In scikit-learn {version}, StratifiedGroupKFold does not" in str(caught.value)) == (
        is_told
    )


def test_overlap_is_the_ratio_of_test_to_training_rows():
    assert measure_overlap(make_splits(StratifiedKFold(5), Y, None, 1, seed=0)) == 0.25


@pytest.mark.parametrize("convert", [list, lambda rows: np.isin(np.arange(100), rows)])
def test_lists_and_masks_split_as_row_numbers_do(convert):
    folds = list(StratifiedKFold(5).split(Y, Y))
    cv = [[convert(part) for part in fold] for fold in folds]
    splits = make_splits(cv, Y, None, 1, seed=0)
    assert [split.test.tolist() for split in splits] == [test.tolist() for _, test in folds]
    assert measure_overlap(splits) == 0.25


def test_test_parts_are_told_apart_by_their_rows_not_by_their_order():
    cv = [(np.arange(50), np.arange(50, 100)), (np.arange(50), np.arange(99, 49, -1))]
    other = (np.arange(50), np.arange(50, 99))
    splits = make_splits([*cv, other], np.tile([0, 1], 50), None, 2, seed=0)
    assert number_test_parts(splits) == [0, 0, 1] * 2


@pytest.mark.parametrize(
    "cv", [StratifiedKFold(5), RepeatedStratifiedKFold(n_splits=5, n_repeats=1, random_state=0)]
)
def test_repeats_of_the_same_rows_are_dropped(cv):
    once, often = (make_splits(cv, Y, None, n, seed=0) for n in (1, 3))
    assert [split.seed for split in drop_repeats(often)] == [split.seed for split in once]


def test_halves_that_share_no_rows_do_not_overlap_by_being_repeated():
    y = np.tile([0, 1], 50)
    cv = [(np.arange(25), np.arange(50, 75)), (np.arange(25, 50), np.arange(75, 100))]
    assert measure_overlap(drop_repeats(make_splits(cv, y, None, 3, seed=0))) == 0


def test_one_split_overlaps_with_nothing():
    assert measure_overlap(make_splits(None, Y, None, 1, seed=0)) == 0.0


def test_the_same_split_with_other_seeds_overlaps():
    cv = PredefinedSplit(np.where(np.arange(100) % 10 == 0, 0, -1))
    assert measure_overlap(make_splits(cv, Y, None, 2, seed=0)) == pytest.approx(1 / 9)


RARE = np.repeat(["a", "b", "c", "d", "e"], [60, 9, 3, 2, 1])


def test_each_class_of_three_rows_is_tested_and_a_smaller_one_is_in_training():
    splits = make_splits(None, RARE, None, 10, seed=0)
    assert list_untested(splits, RARE).tolist() == ["d", "e"]
    for split in splits:
        assert sorted(RARE[split.test]) == ["a"] * 6 + ["b", "c"]
        assert sorted([*split.train, *split.test]) == list(range(75))


def test_a_class_in_three_groups_is_tested_and_one_in_fewer_is_in_training():
    groups = np.repeat(np.arange(25), 3)
    y = np.array(["a"] * 75, dtype=object)
    y[groups < 3] = "three groups"
    y[[9, 12]] = "two groups"  # beside rows of "a", which stay in training with them
    y[[30, 31, 32]] = "one group"
    splits = make_splits(None, y, groups, 10, seed=0)
    assert list_untested(splits, y).tolist() == ["one group", "two groups"]
    for split in splits:
        assert set(y[split.test]) == {"a", "three groups"}
        assert set(y[split.train]) == set(y)
        assert not set(groups[split.train]) & set(groups[split.test])
        assert len(split.test) <= 12


def test_many_rare_classes_in_groups_of_their_own_are_all_tested():
    y = np.repeat(np.arange(8), 12)  # the groups of a class are in other folds than those of others
    groups = np.repeat(np.arange(32), 3)
    for split in make_splits(None, y, groups, 5, seed=0):
        assert set(y[split.test]) == set(y[split.train]) == set(range(8))


def test_the_group_that_has_most_of_a_rare_class_stays_in_training():
    y = np.repeat([0, 1], [90, 32])
    groups = np.concatenate([np.arange(90), np.repeat([90, 91, 92], [30, 1, 1])])
    tested = [groups[split.test] for split in make_splits(None, y, groups, 24, seed=0)]
    assert np.mean([90 in part for part in tested]) < 0.5
    assert all({91, 92} & set(part) or 90 in part for part in tested)


def test_a_comparison_needs_two_classes_that_can_be_tested():
    with pytest.raises(ValueError, match=r"can test \[0\] of the classes \[0, 1\] only: .*3 rows"):
        make_splits(None, np.repeat([0, 1], [20, 2]), None, 1, seed=0)
    with pytest.raises(ValueError, match=r"can test \[0\] of .*3 groups.*Use more groups, or pass"):
        make_splits(None, np.repeat([0, 1], [20, 10]), np.arange(30) // 5, 1, seed=0)


def test_groups_that_cannot_serve_all_classes_are_refused():
    # Seven classes, each in three of seven groups, and each two share one: the Fano plane, which
    # cannot be cut in two so that both sides have a group of each class.
    lines = [(0, 1, 2), (0, 3, 4), (0, 5, 6), (1, 3, 5), (1, 4, 6), (2, 3, 6), (2, 4, 5)]
    y, groups = np.repeat(np.arange(7), 3), np.concatenate(lines)
    with pytest.raises(ValueError, match=r"no test part of whole groups.*Pass a splitter"):
        make_splits(None, y, groups, 1, seed=0)
