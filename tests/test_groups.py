"""Groups are known for each row, and comparable."""

import numpy as np
import pandas as pd
import pytest

from imblearn_bbfl._groups import check_disjoint, check_groups


@pytest.mark.parametrize(
    "groups",
    [
        ["a", "b", "a"],
        [1, 2, 1],
        pd.Series(["a", "b", "a"], index=[5, 6, 7], dtype="category"),
        np.array([["a"], ["b"], ["a"]]),
    ],
    ids=repr,
)
def test_groups_come_back_one_for_each_row(groups):
    checked = check_groups(groups, 3)
    assert checked.shape == (3,)
    assert checked[0] == checked[2] != checked[1]


@pytest.mark.parametrize(
    "groups",
    [
        [1.0, np.nan, 2.0],
        ["a", np.nan, "b"],
        ["a", None, "b"],
        pd.Series(["a", pd.NA, "b"], dtype="string"),
        pd.Series([1, None, 2], dtype="Int64"),
        pd.Series(["a", None, "b"], dtype="category"),
        pd.to_datetime(["2020-01-01", None, "2020-01-02"]),
        np.array(["2020-01-01", "NaT", "2020-01-02"], dtype="datetime64[D]"),
    ],
    ids=repr,
)
def test_a_missing_group_is_an_error_with_its_row_and_the_remedy(groups):
    with pytest.raises(ValueError, match=r"1 of 3 rows .*: 1\).*Give each of these rows an id of"):
        check_groups(groups, 3)


def test_many_missing_groups_are_counted_and_not_all_listed():
    with pytest.raises(ValueError, match=r"500 of 1000 rows .* 0: 0, 2, .*18, \.\.\.\)"):
        check_groups([None, "a"] * 500, 1000)


@pytest.mark.parametrize("name", ["nan", "None", "", " ", "<NA>", "NaT"])
def test_text_that_says_that_there_is_no_group_is_warned_of(name):
    with pytest.warns(UserWarning, match=f"groups have {name!r} in 2 rows") as caught:
        check_groups(np.array([name, "p1", name, "p2"]), 4)
    assert len(caught) == 1


def test_a_single_row_with_an_odd_name_is_taken_without_a_word(recwarn):
    check_groups(["nan", "p1", "p2"], 3)
    assert not recwarn.list


def test_text_and_numbers_are_not_mixed():
    with pytest.raises(ValueError, match=r"'12' and 12 would be two groups"):
        check_groups([12, "12", 13], 3)


def test_two_columns_are_an_error():
    with pytest.raises(ValueError, match=r"shape \(3, 2\), but must be 1-D"):
        check_groups(np.zeros((3, 2)), 3)


def test_another_length_is_an_error():
    with pytest.raises(ValueError, match=r"\[4, 3\]. Pass one group for each row of X"):
        check_groups([1, 2, 3], 4)


def test_a_group_on_both_sides_is_an_error():
    with pytest.raises(ValueError, match=r"Group 2(.0)? is in X and in .* \(2 in all\)"):
        check_disjoint(check_groups([1, 2, 2, 3], 4), check_groups([2.0, 3.0, 4.0], 3))


def test_text_on_one_side_and_numbers_on_the_other_cannot_be_compared():
    with pytest.raises(ValueError, match="mix text and numbers"):
        check_disjoint(check_groups(["1", "2"], 2), check_groups([3, 4], 2))


def test_groups_that_are_on_one_side_each_are_fine():
    check_disjoint(check_groups([1, 2], 2), check_groups([3, 4], 2))
