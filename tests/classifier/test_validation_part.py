"""Which rows are held out for validation."""

import numpy as np
import pytest

from imblearn_bbfl.classifier._validation_part import split_rows


def split(codes, groups=None, fraction=0.1, seed=0):
    return split_rows(np.asarray(codes), groups, fraction, np.random.RandomState(seed))


@pytest.mark.parametrize("seed", range(5))
def test_the_same_share_of_each_class_is_held_out(seed):
    codes = np.repeat([0, 1, 2], [200, 50, 10])
    _, valid = split(codes, seed=seed)
    assert np.bincount(codes[valid]).tolist() == [20, 5, 1]


def test_each_row_is_in_one_part_and_only_one():
    train, valid = split(np.repeat([0, 1], [73, 31]), fraction=0.3)
    assert sorted([*train, *valid]) == list(range(104))


def test_sorted_labels_do_not_put_one_class_into_validation():
    codes = np.sort(np.tile([0, 1], 50))
    assert set(codes[split(codes)[1]]) == {0, 1}


def test_a_class_too_small_stays_in_training_with_a_warning():
    codes = np.repeat([0, 1, 2], [100, 40, 3])
    with pytest.warns(UserWarning, match=r"1 of 3 classes are too small .* \(at most 3 rows\)"):
        train, valid = split(codes)
    assert np.bincount(codes[valid]).tolist() == [10, 4]
    assert (codes[train] == 2).sum() == 3


def test_a_fraction_that_holds_no_row_of_any_class_is_an_error():
    with pytest.raises(ValueError, match="Use a larger fraction"):
        split([0, 0, 1, 1])


@pytest.mark.parametrize("seed", range(5))
def test_groups_never_straddle_the_parts(seed):
    groups = np.random.default_rng(seed).integers(0, 30, 200)
    codes = (groups % 3 == 0).astype(int)
    train, valid = split(codes, groups, seed=seed)
    assert not set(groups[train]) & set(groups[valid])
    assert len(valid) == pytest.approx(20, abs=12)


def test_each_group_is_held_out_for_some_seed_and_none_for_nearly_all():
    sizes = np.array([12] + [6] * 5 + [2] * 24)
    groups, codes = np.repeat(np.arange(30), sizes), np.repeat(np.arange(30) % 4 == 0, sizes)
    held_out = [groups[split(codes, groups, seed=seed)[1]] for seed in range(60)]
    share = np.mean([np.isin(np.arange(30), valid) for valid in held_out], axis=0)
    assert share.min() > 0
    assert share.max() < 0.5


def test_each_class_keeps_a_group_in_training():
    groups = np.repeat(np.arange(10), 10)
    codes = (groups >= 8).astype(int)
    assert set(codes[split(codes, groups)[0]]) == {0, 1}


def test_a_class_of_one_group_stays_in_training():
    groups = np.repeat(np.arange(5), 10)
    codes = (groups == 4).astype(int)
    assert set(codes[split(codes, groups, fraction=0.5)[0]]) == {0, 1}


def test_a_single_group_is_an_error():
    with pytest.raises(ValueError, match="groups hold 1 group"):
        split([0, 1] * 10, np.zeros(20))
