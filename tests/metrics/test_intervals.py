"""Intervals of shares, and of differences of shares."""

import numpy as np
import pytest
from scipy.stats import binomtest

from imblearn_bbfl.metrics import paired_difference_interval, wilson_interval


@pytest.mark.parametrize(("k", "n"), [(0, 5), (5, 5), (8, 13), (61, 100)])
def test_the_interval_of_a_share_is_that_of_scipy(k, n):
    expected = binomtest(k, n).proportion_ci(0.9, method="wilson")
    assert wilson_interval(k / n, n, confidence=0.9) == pytest.approx(tuple(expected))


@pytest.mark.parametrize("confidence", [0.95, 0.8])
@pytest.mark.parametrize(
    ("e", "f", "g", "h"), [(36, 12, 2, 0), (5, 3, 1, 11), (5, 3, 0, 0), (5, 0, 3, 0), (1, 0, 0, 0)]
)
def test_the_interval_of_a_difference_is_that_of_newcombe(e, f, g, h, confidence):
    """Written from the counts of the paper's table: both, one, the other, none."""
    n = e + f + g + h
    (l1, u1), (l2, u2) = (
        binomtest(k, n).proportion_ci(confidence, method="wilson") for k in (e + f, e + g)
    )
    p1, p2 = (e + f) / n, (e + g) / n
    spread = np.sqrt((e + f) * (g + h) * (e + g) * (f + h))
    phi = (e * h - f * g) / spread if spread else 0
    delta = np.sqrt((p1 - l1) ** 2 - 2 * phi * (p1 - l1) * (u2 - p2) + (u2 - p2) ** 2)
    epsilon = np.sqrt((u1 - p1) ** 2 - 2 * phi * (u1 - p1) * (p2 - l2) + (p2 - l2) ** 2)
    found = paired_difference_interval(
        np.repeat([1, 1, 0, 0], [e, f, g, h]),
        np.repeat([1, 0, 1, 0], [e, f, g, h]),
        confidence=confidence,
    )
    assert found == pytest.approx((p1 - p2 - delta, p1 - p2 + epsilon))


def test_what_all_find_or_none_finds_has_an_interval_all_the_same():
    low, high = paired_difference_interval([1, 1, 1], [1, 1, 1])
    assert low == -high < -0.3


def test_methods_that_go_together_are_told_apart_sooner():
    hits = np.repeat([1, 0], [20, 20])
    same = np.concatenate([np.ones(10), hits[10:]])
    opposed = 1 - same
    widths = [np.ptp(paired_difference_interval(hits, other)) for other in (same, opposed)]
    assert widths[0] < widths[1]


def test_fewer_patients_than_images_make_it_wider():
    hits, others = np.repeat([1, 0], [6, 6]), np.repeat([1, 0], [3, 9])
    few = np.ptp(paired_difference_interval(hits, others, n=4))
    assert few > np.ptp(paired_difference_interval(hits, others))


def test_by_default_the_true_value_is_held_in_95_percent():
    assert wilson_interval(0.5, 9) == wilson_interval(0.5, 9, confidence=0.95)
    hits, others = [1, 1, 0], [1, 0, 1]
    expected = paired_difference_interval(hits, others, confidence=0.95)
    assert paired_difference_interval(hits, others) == expected


def test_hits_may_be_true_or_false():
    hits, others = np.array([1, 1, 0, 1]), np.array([1, 0, 0, 0])
    expected = paired_difference_interval(hits, others)
    assert paired_difference_interval(hits > 0, others > 0) == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"share": 1.2}, "share=1.2 must be from 0 to 1"),
        ({"share": -0.1}, "share=-0.1 must be from 0 to 1"),
        ({"n": 0}, "n=0 must be above 0"),
        ({"confidence": 1}, "confidence=1 must be between 0 and 1"),
        ({"confidence": 0}, "confidence=0 must be between 0 and 1"),
    ],
)
def test_numbers_out_of_range_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        wilson_interval(**{"share": 0.5, "n": 5, **arguments})


@pytest.mark.parametrize(
    ("hits", "others", "shapes"),
    [
        ([1, 0], [1, 0, 1], r"\(2,\) and \(3,\)"),
        ([], [], r"\(0,\) and \(0,\)"),
        ([[1, 0]], [[1, 0]], r"\(1, 2\) and \(1, 2\)"),
    ],
)
def test_different_cases_or_none_are_refused(hits, others, shapes):
    with pytest.raises(ValueError, match=f"shapes {shapes}, but both must be"):
        paired_difference_interval(hits, others)
