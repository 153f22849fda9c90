"""Which rows are held out for validation."""

import warnings

import numpy as np
import pytest

from imblearn_bbfl.validation_split import split_folds, split_rows


def split(codes, groups=None, fraction=0.1, seed=0):
    return split_rows(np.asarray(codes), groups, fraction, np.random.RandomState(seed))


def measure_shares(codes, valid):
    """Return the share of each class that is held out."""
    return np.bincount(codes[valid], minlength=codes.max() + 1) / np.bincount(codes)


@pytest.fixture(params=range(5))
def patients(request):
    """Return the classes and the patients of 300 photographs, several of each patient."""
    rng = np.random.default_rng(request.param)
    groups = rng.integers(0, 60, 300)
    severity = rng.integers(0, 8, 60)[groups] + rng.integers(0, 2, 300)  # eyes of one may differ
    return np.digitize(severity, [4, 7]), groups


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


@pytest.mark.parametrize(("n_rows", "counted"), [(1, "1 row"), (3, "3 rows")])
def test_a_class_too_small_stays_in_training_with_a_warning(n_rows, counted):
    codes = np.repeat([0, 1, 2], [100, 40, n_rows])
    warning = rf"1 of 3 classes are too small .* \(at most {counted}\), namely 2: they stay"
    with pytest.warns(UserWarning, match=warning):
        train, valid = split(codes)
    assert np.bincount(codes[valid]).tolist() == [10, 4]
    assert (codes[train] == 2).sum() == n_rows


@pytest.mark.parametrize("fraction", [0.5, 0.9, 0.99])
@pytest.mark.parametrize("groups", [None, np.arange(30)], ids=["rows", "groups"])
def test_a_large_fraction_leaves_each_class_in_training(fraction, groups):
    codes = np.repeat([0, 1, 2], [25, 3, 2])
    train, valid = split(codes, groups, fraction)
    assert set(codes[train]) == set(codes[valid]) == {0, 1, 2}


@pytest.mark.parametrize("groups", [None, np.arange(4) % 2, np.zeros(4)], ids=str)
def test_where_no_row_can_be_held_out_all_stay_in_training_with_a_warning(groups):
    with pytest.warns(UserWarning, match=r"holds no row of any class.*Use a larger fraction"):
        train, valid = split([0, 1, 0, 1], groups)
    assert (len(train), len(valid)) == (4, 0)


@pytest.mark.parametrize("fraction", [0.05, 0.1, 1 / 9, 0.25, 0.4, 0.7, 0.9])
def test_groups_are_held_out_by_about_the_share_asked_for_of_each_class(patients, fraction):
    codes, groups = patients
    train, valid = split(codes, groups, fraction)
    assert not set(groups[train]) & set(groups[valid])
    assert len(valid) == pytest.approx(300 * fraction, abs=6)
    np.testing.assert_allclose(measure_shares(codes, valid), fraction, atol=0.06)


@pytest.mark.parametrize("fraction", [0.1, 0.4, 0.7])
def test_groups_of_equal_size_are_held_out_by_exactly_that_share(fraction):
    groups = np.arange(200) // 5  # 40 groups
    codes = (groups % 4 == 0).astype(int)
    shares = measure_shares(codes, split(codes, groups, fraction)[1])
    np.testing.assert_allclose(shares, fraction)


def test_one_group_of_most_rows_stays_in_training():
    groups = np.r_[np.zeros(60, int), np.arange(1, 41)]
    codes = np.arange(100) % 2
    for seed in range(5):
        _, valid = split(codes, groups, 0.1, seed)
        assert len(valid) == 10


@pytest.mark.slow
def test_each_group_that_fits_is_held_out_for_some_seed_and_none_for_nearly_all():
    sizes = np.array([8] + [6] * 5 + [2] * 24)
    groups, codes = np.repeat(np.arange(30), sizes), np.repeat(np.arange(30) % 3 == 1, sizes)
    held_out = [groups[split(codes, groups, 0.2, seed)[1]] for seed in range(60)]
    share = np.mean([np.isin(np.arange(30), valid) for valid in held_out], axis=0)
    assert share.min() > 0
    assert share.max() < 0.6


def test_the_same_seed_holds_out_the_same_groups(patients):
    one, other = (split(*patients, 0.3, seed=3)[1] for _ in range(2))
    np.testing.assert_array_equal(one, other)


def test_names_of_groups_do_not_matter(patients):
    codes, groups = patients
    renamed = np.array([f"patient {group:02d}" for group in groups])
    np.testing.assert_array_equal(split(codes, groups)[1], split(codes, renamed)[1])


@pytest.mark.parametrize("fraction", [0.1, 0.5, 0.9])
def test_a_class_of_two_groups_has_one_in_each_part(fraction):
    groups = np.repeat(np.arange(10), 10)
    codes = (groups >= 8).astype(int)
    train, valid = split(codes, groups, fraction)
    assert set(codes[train]) == set(codes[valid]) == {0, 1}


@pytest.mark.parametrize("fraction", [0.1, 0.5, 0.9])
def test_a_class_of_one_group_stays_in_training_with_the_same_warning(fraction):
    groups = np.repeat(np.arange(5), 10)
    codes = (groups == 4).astype(int)
    warning = r"1 of 2 classes are too small .* \(at most 10 rows and 1 group\)"
    with pytest.warns(UserWarning, match=warning):
        train, valid = split(codes, groups, fraction)
    assert (codes[train] == 1).sum() == 10
    assert set(codes[valid]) == {0}


def test_a_split_in_which_each_class_is_validated_warns_of_nothing(patients):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        split(*patients, 0.4)


@pytest.mark.parametrize("has_groups", [False, True])
def test_folds_test_each_row_once_and_keep_groups_together(has_groups):
    codes = np.repeat([0, 1, 2], [60, 24, 12])
    groups = np.arange(96) // 3 if has_groups else None
    folds = split_folds(codes, groups, np.random.RandomState(0))
    assert len(folds) == 5
    np.testing.assert_array_equal(np.sort(np.concatenate([test for _, test in folds])), range(96))
    for train, test in folds:
        np.testing.assert_array_equal(np.sort(np.concatenate([train, test])), range(96))
        assert set(codes[train]) == {0, 1, 2}
        if has_groups:
            assert not set(groups[train]) & set(groups[test])
        else:
            assert set(codes[test]) == {0, 1, 2}


@pytest.mark.parametrize(
    "groups", [None, np.r_[np.arange(20), [20, 20, 20]]], ids=["rows", "groups"]
)
def test_a_class_that_cannot_be_spared_is_in_no_fold_with_a_warning(groups):
    codes = np.repeat([0, 1], [20, 1 if groups is None else 3])
    with pytest.warns(UserWarning, match="1 of 2 classes are too small .* they stay in training"):
        folds = split_folds(codes, groups, np.random.RandomState(0))
    tested = np.concatenate([test for _, test in folds])
    assert set(codes[tested]) == {0}
    assert all(1 in codes[train] for train, _ in folds)


@pytest.mark.parametrize(
    "hold_out",
    [
        lambda codes, rng, classes: split_rows(codes, None, 0.1, rng, "validation", classes),
        lambda codes, rng, classes: split_folds(codes, None, rng, classes),
    ],
    ids=["rows", "folds"],
)
def test_classes_that_are_too_small_are_named_by_their_labels(hold_out):
    codes, classes = np.repeat([0, 1, 3], [20, 1, 20]), ["fine", "rare", "absent", "well"]
    with pytest.warns(UserWarning, match=r"namely 'rare': they stay in training") as caught:
        hold_out(codes, np.random.RandomState(0), classes)
    assert [warning.filename for warning in caught] == [__file__]


def test_two_rows_of_a_class_make_two_folds_and_one_of_each_none():
    assert len(split_folds(np.array([0, 0, 1, 1]), None, np.random.RandomState(0))) == 2
    assert split_folds(np.array([0, 1]), None, np.random.RandomState(0)) == []
