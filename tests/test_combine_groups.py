"""Several images of one patient have one answer together."""

import numpy as np
import pytest

from imblearn_bbfl.probabilities import combine_groups

PROBA = np.array([[0.2, 0.8], [0.9, 0.1], [0.5, 0.5], [0.6, 0.4], [0.4, 0.6]])
GROUPS = ["b", "a", "b", "c", "b"]


def test_the_mean_is_that_of_logarithms():
    proba, names = combine_groups(PROBA, GROUPS)
    of_b = np.prod(PROBA[[0, 2, 4]], axis=0) ** (1 / 3)
    np.testing.assert_allclose(proba, [[0.9, 0.1], of_b / of_b.sum(), [0.6, 0.4]])
    assert names.tolist() == ["a", "b", "c"]


def test_of_one_class_the_row_in_which_it_is_most_probable_speaks_for_the_group():
    proba, _ = combine_groups(PROBA, GROUPS, method="max", column=1)
    assert proba.tolist() == PROBA[[1, 0, 3]].tolist()
    proba, _ = combine_groups(PROBA, GROUPS, method="max", column=0)
    assert proba.tolist() == PROBA[[1, 2, 3]].tolist()


def test_without_a_class_the_largest_probability_of_each_counts():
    proba, _ = combine_groups(PROBA, GROUPS, method="max")
    np.testing.assert_allclose(proba, [[0.9, 0.1], [0.5 / 1.3, 0.8 / 1.3], [0.6, 0.4]])


@pytest.mark.parametrize(
    "settings", [{}, {"method": "max"}, {"method": "max", "column": 2}], ids=str
)
def test_groups_of_one_row_and_of_equal_rows_stay_as_they_are(settings):
    proba = np.random.default_rng(0).dirichlet(np.ones(3), 20)
    combined, names = combine_groups(np.vstack([proba, proba]), np.tile(np.arange(20), 2))
    np.testing.assert_allclose(combined, proba)
    combined, names = combine_groups(proba, np.arange(20)[::-1], **settings)
    np.testing.assert_allclose(combined, proba[::-1])
    assert names.tolist() == list(range(20))
    assert names.dtype.kind == "i"


def test_probabilities_of_0_leave_a_mean():
    proba, _ = combine_groups([[0.0, 1.0], [1.0, 0.0]], [1, 1])
    np.testing.assert_allclose(proba, [[0.5, 0.5]])


@pytest.mark.parametrize(
    ("proba", "groups", "settings", "message"),
    [
        (PROBA, GROUPS, {"method": "median"}, r"not known. Use one of \['mean', 'max'\]"),
        (PROBA, GROUPS, {"column": 1}, "is for method='max'"),
        (PROBA, GROUPS, {"method": "max", "column": 2}, "not the number of a column"),
        (PROBA, GROUPS[:2], {}, "inconsistent numbers of samples"),
        (PROBA, ["a", None, "b", "b", "b"], {}, "groups are missing in 1 of 5 rows"),
        (PROBA - 1, GROUPS, {}, "of numbers from 0 to 1"),
        (PROBA + 0.5, GROUPS, {}, "of numbers from 0 to 1"),
        (PROBA[0], GROUPS, {}, "a row for each image"),
    ],
)
def test_bad_input_is_refused(proba, groups, settings, message):
    with pytest.raises(ValueError, match=message):
        combine_groups(proba, groups, **settings)
