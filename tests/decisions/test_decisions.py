"""Decision rules turn the probabilities of any classifier into labels."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from imblearn_bbfl.decisions import (
    CostMatrix,
    Decision,
    FixedThreshold,
    MostProbable,
    RecallFloor,
    SpecificityFloor,
    TunedThresholds,
)

PROBA = np.array([[0.7, 0.2, 0.1], [0.3, 0.6, 0.1], [0.1, 0.2, 0.7]])
WHOLE = [[0, 1, 2], [3, 0, 1], [4, 1, 0]]
LABELS = ["mild", "none", "severe"]


class Shifted(Decision):
    """Adds to each class what its parameter says: a rule that a user may write."""

    def __init__(self, shift=0.0):
        self.shift = shift

    def rank(self, proba):
        return proba + np.asarray(self.shift)


class Flat(Decision):
    """Forgets that there is more than one class."""

    def rank(self, proba):
        return proba[:, 0]


RULES = [
    MostProbable(),
    CostMatrix(1 - np.eye(3)),
    CostMatrix("linear", order=["none", "mild", "severe"]),
    CostMatrix({("severe", "none"): 9}),
    TunedThresholds(),
    FixedThreshold("severe", 0.1),
    RecallFloor("none", 1.0),
    SpecificityFloor("none", 1.0),
    Shifted([0.0, 0.1, 0.2]),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
def test_a_rule_is_cloned_and_pickled_as_other_estimators_are(rule):
    fitted = clone(rule).fit(PROBA, LABELS)
    copy = pickle.loads(pickle.dumps(fitted))
    assert copy.predict(PROBA).tolist() == fitted.predict(PROBA).tolist()
    with pytest.raises(NotFittedError):
        clone(fitted).predict(PROBA)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
def test_the_order_of_the_columns_is_that_of_the_classes(rule):
    backwards = ["severe", "none", "mild"]
    if not isinstance(rule, Shifted):  # whose shifts are in the order of the columns
        fitted = clone(rule).fit(PROBA[:, ::-1], LABELS, classes=backwards)
        expected = clone(rule).fit(PROBA, LABELS).predict(PROBA)
        assert fitted.predict(PROBA[:, ::-1]).tolist() == expected.tolist()
    assert clone(rule).fit(PROBA, LABELS).classes_.tolist() == LABELS


@pytest.mark.parametrize("labels", [[3, 5, 9], [False, True], ["b", "a"], [1.5, 0.5, 2.5]])
def test_labels_of_any_kind_come_back_as_they_are(labels):
    proba = np.eye(len(labels))
    predicted = MostProbable().fit(proba, labels).predict(proba)
    assert predicted.tolist() == sorted(labels)
    assert predicted.dtype == np.asarray(labels).dtype


def test_of_equal_ranks_the_first_class_is_decided_for():
    rule = CostMatrix([[0, 1], [1, 0]]).fit([[0.5, 0.5], [0.5, 0.5]], [0, 1])
    assert rule.predict([[0.5, 0.5]]).tolist() == [0]


def test_a_class_without_rows_may_be_decided_for():
    rule = MostProbable().fit(PROBA[:2], LABELS[:2], classes=LABELS)
    assert rule.predict(PROBA).tolist() == LABELS


@pytest.mark.parametrize(
    ("proba", "y", "classes", "message"),
    [
        (PROBA, ["mild", "none", "none"], None, "3 columns, but there are 2 classes"),
        (PROBA, LABELS, LABELS[:2], "3 columns, but there are 2 classes"),
        (PROBA, ["mild", "none", "dead"], LABELS, r"not among the classes .*\['dead'\]"),
        (PROBA, LABELS, ["mild", "none", "none"], "names a class twice"),
        (PROBA, LABELS[:2], LABELS, "inconsistent numbers of samples"),
        (10 * PROBA - 5, LABELS, None, r"probabilities lie in \[0, 1\]. If these are logits"),
        (PROBA + 0.5, LABELS, None, "proba holds numbers from 0.6 to 1.2"),
        (PROBA * np.nan, LABELS, None, "Input proba contains NaN"),
        (PROBA[:, 0], LABELS, None, "2D array"),
    ],
)
def test_fit_refuses(proba, y, classes, message):
    with pytest.raises(ValueError, match=message):
        MostProbable().fit(proba, y, classes)


@pytest.mark.parametrize(
    ("proba", "message"),
    [
        (PROBA[:, :2], "2 columns, but the rule was fitted on 3 classes"),
        (PROBA - 1, r"lie in \[0, 1\]"),
        (PROBA[0], "2D array"),
    ],
)
def test_predict_refuses(proba, message):
    with pytest.raises(ValueError, match=message):
        MostProbable().fit(PROBA, LABELS).predict(proba)


def test_ranks_of_another_shape_are_refused_with_the_name_of_the_rule():
    with pytest.raises(ValueError, match=r"Flat.rank returned the shape \(3,\)"):
        Flat().fit(PROBA, LABELS).predict(PROBA)


def test_equal_costs_decide_for_the_most_probable_class():
    proba = np.random.default_rng(0).dirichlet(np.ones(3), 50)
    rules = [rule.fit(PROBA, LABELS) for rule in (CostMatrix(1 - np.eye(3)), MostProbable())]
    assert np.array_equal(*(rule.predict(proba) for rule in rules))


@pytest.mark.filterwarnings("ignore:costs says that")
def test_no_other_decision_costs_less_than_that_of_a_cost_matrix():
    rng = np.random.default_rng(0)
    proba, costs = rng.dirichlet(np.ones(3), 50), rng.uniform(0, 9, (3, 3))
    decided = CostMatrix(costs).fit(np.eye(3), range(3)).predict(proba)
    expected = np.array([[p @ costs[:, k] for k in range(3)] for p in proba])
    assert np.array_equal(expected.min(axis=1), expected[np.arange(50), decided])


@pytest.mark.parametrize(
    ("costs", "message"),
    [
        ([[0, 1], [1, 0]], r"shape \(2, 2\), but there are 3 classes"),
        ([0, 1, 1], r"shape \(3,\)"),
        ([[0, 1, 1], [1, 0]], "must be a matrix of numbers. Pass a row for each true class"),
        ([["a", "b", "c"]] * 3, "must be a matrix of numbers"),
        (-np.eye(3), "must be finite and not negative. Add a constant to a row"),
        (np.full((3, 3), np.inf), "must be finite"),
        ("cubic", "costs='cubic' is not known. Use 'linear', 'quadratic'"),
        ({("severe", "dead"): 3}, r"for \('severe', 'dead'\), but must name pairs"),
        ({7: 3}, "for 7, but must name pairs"),
        ({"severe": 3}, r"for 'severe', but must name pairs \(true label, decision\)"),
        ({("severe", "none"): -1}, "must be finite and not negative"),
        (pd.DataFrame(np.eye(3)), r"rows of costs are named \[0, 1, 2\], but the classes are"),
        (pd.DataFrame(np.eye(3), LABELS), r"The columns of costs are named \[0, 1, 2\]"),
    ],
)
def test_a_cost_matrix_refuses(costs, message):
    with pytest.raises(ValueError, match=message):
        CostMatrix(costs).fit(PROBA, LABELS)


@pytest.mark.parametrize("costs", [np.eye(3), {("severe", "severe"): 2}], ids=["gains", "dict"])
def test_a_mistake_that_costs_less_than_the_right_decision_is_warned_of(costs):
    with pytest.warns(UserWarning, match=r"'mild' where '(none|severe)' is true|'none' where"):
        CostMatrix(costs).check(LABELS)


@pytest.mark.filterwarnings("error")
def test_a_right_decision_that_costs_no_more_than_any_mistake_is_not_warned_of():
    CostMatrix([[1, 1, 2], [3, 2, 3], [1, 1, 1]]).check(LABELS)


@pytest.mark.filterwarnings("ignore:costs says that")
def test_constants_added_to_the_row_of_a_true_class_change_no_decision():
    rng = np.random.default_rng(0)
    proba, costs = rng.dirichlet(np.ones(3), 50), rng.uniform(0, 9, (3, 3))
    shifted = CostMatrix(costs + np.array([[1], [0], [5]])).fit(PROBA, LABELS)
    assert np.array_equal(
        shifted.predict(proba), CostMatrix(costs).fit(PROBA, LABELS).predict(proba)
    )


@pytest.mark.parametrize("order", [["none", "severe"], ["none", "mild", "dead"], ["a"] * 3])
def test_an_order_that_is_not_that_of_the_labels_is_refused(order):
    with pytest.raises(ValueError, match="must name each of the classes"):
        CostMatrix("linear", order=order).check(LABELS)


@pytest.mark.parametrize(("costs", "power"), [("linear", 1), ("quadratic", 2)])
def test_the_costs_of_grades_are_the_distance_between_them(costs, power):
    distance = np.array([[0, 1, 2], [1, 0, 1], [2, 1, 0]]) ** power
    assert np.array_equal(CostMatrix(costs).fit(PROBA, [3, 5, 9]).costs_, distance)
    rule = CostMatrix(costs, order=["none", "mild", "severe"]).fit(PROBA, LABELS)
    in_order = [1, 0, 2]  # of the sorted labels
    assert np.array_equal(rule.costs_, distance[np.ix_(in_order, in_order)])


def test_linear_costs_decide_for_the_median_grade():
    proba = np.random.default_rng(0).dirichlet(np.ones(5), 50)
    decided = CostMatrix("linear").fit(np.eye(5), range(5)).predict(proba)
    assert np.array_equal(decided, (proba.cumsum(axis=1) >= 0.5).argmax(axis=1))


def test_text_grades_without_an_order_are_warned_of():
    with pytest.warns(UserWarning, match="alphabetical order, from 'mild' to 'severe'"):
        CostMatrix("quadratic").check(LABELS)


@pytest.mark.filterwarnings("error")
def test_grades_that_are_in_order_are_not_warned_of():
    CostMatrix("quadratic").check([0, 1, 2])
    CostMatrix("quadratic", order=["none", "mild", "severe"]).check(LABELS)


def test_a_text_of_two_letters_is_no_pair_of_labels():
    with pytest.raises(ValueError, match="for 'ab', but must name pairs"):
        CostMatrix({"ab": 3}).check(["a", "b"])


@pytest.mark.parametrize("costs", ["linear", WHOLE, pd.DataFrame(WHOLE, LABELS, LABELS)])
def test_whole_numbers_become_floats(costs):
    rule = CostMatrix(costs, order=["none", "mild", "severe"]).fit(PROBA, LABELS)
    assert rule.costs_.dtype == np.float64


def test_costs_by_the_names_of_labels_are_those_of_the_matrix():
    named = {("none", "severe"): 7, ("severe", "none"): 9, ("mild", "mild"): 0.5}
    matrix = [[0.5, 1, 1], [1, 0, 7], [1, 9, 0]]
    assert CostMatrix(named).fit(PROBA, LABELS).costs_.tolist() == matrix
    frame = pd.DataFrame(matrix, LABELS, LABELS).iloc[::-1, [1, 0, 2]]
    assert CostMatrix(frame).fit(PROBA, LABELS).costs_.tolist() == matrix
    backwards = CostMatrix(np.array(matrix)[::-1, ::-1], order=LABELS[::-1])
    assert backwards.fit(PROBA, LABELS).costs_.tolist() == matrix
