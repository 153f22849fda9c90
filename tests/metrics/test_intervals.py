"""Intervals of shares, and of differences of shares."""

import numpy as np
import pytest
from scipy.stats import binomtest

from imblearn_bbfl.metrics import paired_difference_interval, wilson_interval


@pytest.mark.parametrize(("k", "n"), [(0, 5), (5, 5), (8, 13), (61, 100)])
def test_the_interval_of_a_share_is_that_of_scipy(k, n):
    expected = binomtest(k, n).proportion_ci(0.9, method="wilson")
    assert wilson_interval(k / n, n, confidence=0.9) == pytest.approx(tuple(expected))


@pytest.mark.parametrize(("e", "f", "g", "h"), [(36, 12, 2, 0), (5, 3, 1, 11)])
def test_the_interval_of_a_difference_is_that_of_newcombe(e, f, g, h):
    """Written from the counts of the paper's table: both, one, the other, none."""
    n = e + f + g + h
    (l1, u1), (l2, u2) = (
        binomtest(k, n).proportion_ci(0.95, method="wilson") for k in (e + f, e + g)
    )
    p1, p2 = (e + f) / n, (e + g) / n
    phi = (e * h - f * g) / np.sqrt((e + f) * (g + h) * (e + g) * (f + h))
    delta = np.sqrt((p1 - l1) ** 2 - 2 * phi * (p1 - l1) * (u2 - p2) + (u2 - p2) ** 2)
    epsilon = np.sqrt((u1 - p1) ** 2 - 2 * phi * (u1 - p1) * (p2 - l2) + (p2 - l2) ** 2)
    found = paired_difference_interval(
        np.repeat([1, 1, 0, 0], [e, f, g, h]), np.repeat([1, 0, 1, 0], [e, f, g, h])
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


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((1.2, 5), "share=1.2 must be from 0 to 1"), ((0.5, 0), "n=0 must be above 0")],
)
def test_numbers_out_of_range_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        wilson_interval(*arguments)


def test_different_cases_are_refused():
    with pytest.raises(ValueError, match=r"shapes \(2,\) and \(3,\)"):
        paired_difference_interval([1, 0], [1, 0, 1])
