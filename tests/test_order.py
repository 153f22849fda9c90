"""Which order labels have as grades, and when it has to be said."""

import numpy as np
import pytest

from imblearn_bbfl._order import place_grades, place_labels

WORDS = np.array(["mild", "moderate", "none", "severe"])


def test_labels_have_the_places_of_their_order():
    order = ["none", "mild", "moderate", "severe"]
    assert place_grades(WORDS, order).tolist() == [1, 2, 0, 3]


@pytest.mark.parametrize(
    "labels",
    [
        [0, 1, 2],
        [-3.0, 0.5, 2.0],
        ["0-1", "2", "3", "4"],
        ["grade 1", "grade 2", "grade 3"],
        ["A", "B", "C"],
        ["healthy", "sick"],  # whatever is said of two is the same the other way round
    ],
    ids=str,
)
def test_labels_that_are_sorted_by_grade_need_no_order(labels):
    assert place_grades(np.array(labels), None).tolist() == list(range(len(labels)))


@pytest.mark.parametrize(
    "labels",
    [
        WORDS,
        ["1", "10", "2"],
        ["-1", "0", "1"],
        ["m", "n", "s"],
        ["stage 1a", "stage 1b", "stage 2"],
        ["<5", ">10", "5-10"],
        np.array(["mild", "none", "severe"], dtype=object),
    ],
    ids=str,
)
def test_the_alphabet_is_not_taken_for_an_order_of_grades(labels):
    with pytest.raises(ValueError, match=r"class_order=None takes .*=\[lowest, ..., highest\]"):
        place_grades(np.sort(labels), None, "class_order")


@pytest.mark.parametrize(
    ("order", "fault"),
    [
        (["none", "mild", "severe"], r"it leaves out \['moderate'\]\. Use"),
        (["none", "mild", "moderate", "severe", "dead"], r"it has the unknown \['dead'\]\. Use"),
        (["none", "mild", "moderate", "severe", "mild"], r"it repeats \['mild'\]\. Use"),
        (["mild", "mild", 3, "severe"], "leaves out .* and has the unknown .* and repeats"),
    ],
    ids=str,
)
def test_an_order_that_does_not_name_each_label_once_is_refused(order, fault):
    with pytest.raises(ValueError, match=fault):
        place_labels(WORDS, order)
