"""A threshold for one class against all others, given or learnt from a floor."""

import numpy as np
import pytest

from imblearn_bbfl.decisions import FixedThreshold, RecallFloor, SpecificityFloor

RNG = np.random.default_rng(0)
Y = np.repeat(["healthy", "mild", "sick"], [120, 50, 30])
PROBA = RNG.dirichlet([1, 1, 1], 200) + np.eye(3)[np.repeat([0, 1, 2], [120, 50, 30])]
PROBA /= PROBA.sum(axis=1, keepdims=True)
SICK = Y == "sick"
FLOORS = [0.5, 0.8, 0.9, 0.95, 1.0]


def call(rule):
    """Return which rows a rule calls sick."""
    return rule.fit(PROBA, Y).predict(PROBA) == "sick"


@pytest.mark.parametrize("floor", FLOORS)
def test_a_recall_is_kept_by_the_largest_threshold_that_keeps_it(floor):
    rule = RecallFloor("sick", floor)
    called = call(rule)
    assert called[SICK].mean() >= floor
    assert called[SICK].mean() - 1 / SICK.sum() < floor  # one row fewer would break it
    assert rule.threshold_ == PROBA[called & SICK, 2].min()


@pytest.mark.parametrize("floor", FLOORS)
def test_a_specificity_is_kept_by_a_threshold_that_one_more_row_would_break(floor):
    rule = SpecificityFloor("sick", floor)
    called = call(rule)
    assert (~called)[~SICK].mean() >= floor
    assert (~called)[~SICK].mean() - 1 / (~SICK).sum() < floor
    assert (PROBA[called, 2] > rule.threshold_).all()
    assert (PROBA[~called, 2] < rule.threshold_).all()


@pytest.mark.parametrize("rule", [RecallFloor("sick", 0.9), SpecificityFloor("sick", 0.9)])
def test_a_rule_tells_what_it_does_to_the_rows_of_fit(rule):
    called = call(rule)
    assert rule.recall_ == pytest.approx(called[SICK].mean())
    assert rule.specificity_ == pytest.approx((~called)[~SICK].mean())


@pytest.mark.parametrize("threshold", [0.1, 0.3, 0.7, 1.0])
def test_a_label_is_decided_for_where_it_reaches_the_threshold(threshold):
    rule = FixedThreshold("mild", threshold).fit(PROBA, Y)
    expected = np.where(PROBA[:, 0] >= PROBA[:, 2], "healthy", "sick")
    expected[PROBA[:, 1] >= threshold] = "mild"
    assert rule.predict(PROBA).tolist() == expected.tolist()


@pytest.mark.parametrize("rule", [RecallFloor("sick", 0.9), SpecificityFloor("sick", 0.9)])
def test_single_precision_decides_alike(rule):
    rule.fit(PROBA, Y)
    assert rule.predict(PROBA.astype("float32")).tolist() == rule.predict(PROBA).tolist()


def test_probabilities_that_are_nearly_equal_are_not_torn_apart():
    others = np.array([0.1, 0.5, np.nextafter(0.5, 1), 0.7])
    proba = np.column_stack([1 - others, others])
    rule = SpecificityFloor(1, 0.5).fit(np.vstack([proba, [[0.05, 0.95]]]), [0, 0, 0, 0, 1])
    assert rule.specificity_ == 0.75
    assert (rule.predict(proba) == [0, 0, 0, 1]).all()


@pytest.mark.parametrize(
    ("rule", "sick", "message"),
    [
        (RecallFloor("sick"), [0, 0.5, 0.8], r"1 of its 3 rows .* reached is 0.667. Lower the flo"),
        (RecallFloor("sick"), [], "none of 3 rows has that label"),
    ],
)
def test_a_recall_that_no_threshold_reaches_is_an_error_with_what_can_be_reached(
    rule, sick, message
):
    p = np.array([*sick, 0.1, 0.2, 0.3])
    y = np.repeat(["sick", "healthy"], [len(sick), 3])
    with pytest.raises(ValueError, match=message):
        rule.fit(np.column_stack([1 - p, p]), y, classes=["healthy", "sick"])


@pytest.mark.parametrize(
    ("healthy", "message"),
    [([0.2, 1, 1, 1], r"3 of the 4 rows .* reached is 0.25. Lower"), ([], "each of 1 rows has")],
)
def test_a_specificity_that_no_threshold_reaches_is_an_error_with_what_can_be_reached(
    healthy, message
):
    p = np.array([0.9, *healthy])
    y = np.repeat(["sick", "healthy"], [1, len(healthy)])
    with pytest.raises(ValueError, match=message):
        SpecificityFloor("sick").fit(np.column_stack([1 - p, p]), y, classes=["healthy", "sick"])


def test_a_threshold_above_all_rows_is_midway_to_1():
    p = np.array([0.1, 0.4, 0.4, 0.4])
    proba, y = np.column_stack([1 - p, p]), ["sick", "healthy", "healthy", "healthy"]
    with pytest.warns(UserWarning, match="calling none of the 1 rows of 'sick' so.* is 0"):
        rule = SpecificityFloor("sick").fit(proba, y)
    assert rule.threshold_ == pytest.approx(0.7)


def test_what_no_row_tells_of_a_floor_is_nan():
    rule = RecallFloor("sick").fit([[0.5, 0.5]], ["sick"], classes=["healthy", "sick"])
    assert rule.recall_ == 1
    assert np.isnan(rule.specificity_)


def test_a_label_needs_half_of_the_probability_by_default():
    assert FixedThreshold("sick").threshold == 0.5


def test_a_floor_that_leaves_one_class_only_is_warned_of():
    p = np.array([0.1, 0.8, 0.2, 0.7])
    proba, y = np.column_stack([1 - p, p]), ["sick", "sick", "healthy", "healthy"]
    with pytest.warns(UserWarning, match=r"calling each of 4 rows 'sick'.* is 0.5"):
        rule = RecallFloor("sick").fit(proba, y)
    assert (rule.predict(proba) == "sick").all()
    with pytest.warns(UserWarning, match=r"none of the 2 rows of 'healthy' so.* is 0.5"):
        SpecificityFloor("healthy").fit(proba, y)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (RecallFloor("dead"), r"the label 'dead', but the classes are \['healthy', 'mild', 'sick"),
        (RecallFloor("sick", 1.5), "recall=1.5 must be a number > 0 and <= 1"),
        (RecallFloor("sick", 95), "recall=95 must be a number > 0 and <= 1"),
        (SpecificityFloor("sick", 0.0), "specificity=0.0 must be a number > 0"),
        (FixedThreshold("sick", "0.5"), "threshold='0.5' must be a number"),
    ],
)
def test_bad_parameters_are_told_before_there_are_probabilities(rule, message):
    with pytest.raises(ValueError, match=message):
        rule.check(["healthy", "mild", "sick"])
