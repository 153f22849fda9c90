"""Thresholds of all classes, tuned for a score on rows that a classifier was not trained on."""

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, cohen_kappa_score, f1_score, make_scorer

from imblearn_bbfl.decisions import MostProbable, TunedThresholds
from imblearn_bbfl.decisions._tuned_thresholds import _ascend, _list_cuts, _thin
from imblearn_bbfl.metrics import resolve_scoring


def draw_rows(n_classes, n_rows=300, labels=None):
    """Return what a classifier says of rows that it was not trained on, and their labels."""
    X, codes = make_classification(
        2 * n_rows,
        n_classes=n_classes,
        n_informative=5,
        n_clusters_per_class=1,
        weights=[0.8] + [0.2 / (n_classes - 1)] * (n_classes - 1),
        class_sep=0.4,
        random_state=0,
    )
    y = codes if labels is None else np.array(labels)[codes]
    classifier = LogisticRegression().fit(X[:n_rows], y[:n_rows])
    return classifier.predict_proba(X[n_rows:]), y[n_rows:]


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("scoring", ["f1_macro", "balanced_accuracy", "matthews_corrcoef"])
def test_the_score_is_better_than_that_of_the_most_probable_class(n_classes, scoring):
    proba, y = draw_rows(n_classes)
    (metric,) = resolve_scoring(scoring, n_classes).values()
    by_rule = {
        rule: metric.measure(y, rule.fit(proba, y).predict(proba), proba, np.arange(n_classes))
        for rule in (TunedThresholds(scoring), MostProbable())
    }
    tuned, plain = by_rule.values()
    assert tuned > plain


def test_no_single_threshold_of_two_classes_scores_better():
    proba, y = draw_rows(2, labels=["healthy", "sick"])
    counts = dict(zip(*np.unique(y, return_counts=True), strict=True))
    assert counts["sick"] >= 30  # so that nothing is shrunk
    rule = TunedThresholds("f1").fit(proba, y)
    by_threshold = [f1_score(y == "sick", proba[:, 1] > t) for t in np.unique(proba[:, 1])[:-1]]
    assert f1_score(y == "sick", rule.predict(proba) == "sick") == max(by_threshold)
    assert rule.score_ == max(by_threshold)


def test_the_threshold_of_two_classes_is_one_on_the_probability():
    proba, y = draw_rows(2)
    rule = TunedThresholds().fit(proba, y)
    assert rule.thresholds_.sum() == pytest.approx(1)
    assert np.array_equal(rule.predict(proba), proba[:, 1] > rule.thresholds_[1])


def test_the_score_is_that_of_the_rarer_of_two_classes_unless_another_is_named():
    proba, y = draw_rows(2, labels=["sick", "healthy"])  # the second of sorted labels is rarer
    codes = {"sick": proba[:, [1, 0]], "healthy": proba}
    named = TunedThresholds("f1", pos_label="sick").fit(codes["sick"], y)
    rarer = TunedThresholds("f1").fit(codes["sick"], y)
    assert rarer.score_ == f1_score(y, rarer.predict(codes["sick"]), pos_label="healthy")
    assert named.score_ == f1_score(y, named.predict(codes["sick"]), pos_label="sick")


@pytest.mark.parametrize("labels", [[0, 1, 2], [3, 5, 9], ["c", "a", "b"], [2.5, 0.5, 1.5]])
def test_labels_and_the_order_of_the_columns_change_no_decision(labels):
    proba, codes = draw_rows(3, 100)
    expected = np.array(labels)[TunedThresholds().fit(proba, codes).predict(proba)]
    y = np.array(labels)[codes]
    rule = TunedThresholds().fit(proba, y, classes=labels)
    assert rule.predict(proba).tolist() == expected.tolist()
    order = np.argsort(labels)
    rule = TunedThresholds().fit(proba[:, order], y)
    assert rule.predict(proba[:, order]).tolist() == expected.tolist()


def test_a_score_of_errors_is_made_small():
    proba, y = draw_rows(2)
    n_errors = make_scorer(lambda y, y_pred: np.sum(y != y_pred), greater_is_better=False)
    rule = TunedThresholds(n_errors).fit(proba, y)
    assert rule.score_ == -np.sum(rule.predict(proba) != y)
    assert rule.score_ > -np.sum(proba.argmax(axis=1) != y) - 1


def test_a_scorer_of_ones_own_is_tuned_for():
    proba, y = draw_rows(3)
    rule = TunedThresholds(make_scorer(balanced_accuracy_score)).fit(proba, y)
    assert rule.score_ == pytest.approx(balanced_accuracy_score(y, rule.predict(proba)))


def test_a_scorer_sees_the_labels():
    sick = np.linspace(0.1, 0.9, 60)
    proba, y = np.column_stack([1 - sick, sick]), np.repeat(["healthy", "sick"], 30)
    rule = TunedThresholds(make_scorer(f1_score, pos_label="sick")).fit(proba, y)
    assert rule.score_ == f1_score(y, rule.predict(proba), pos_label="sick")


def test_a_threshold_of_a_class_with_few_rows_goes_a_part_of_the_way():
    # All are right with a threshold between 0.3 and 0.45; both starts are outside.
    sick, y = np.repeat([0.3, 0.45, 0.9], [50, 3, 3]), np.repeat([0, 1, 1], [50, 3, 3])
    proba = np.column_stack([1 - sick, sick])
    few = TunedThresholds("accuracy").fit(proba, y)
    many = TunedThresholds("accuracy").fit(proba.repeat(10, axis=0), y.repeat(10))
    assert 0.3 < many.thresholds_[1] < 0.45 < few.thresholds_[1] < 0.5
    middle = np.log([0.7 / 0.3, 0.55 / 0.45]).mean()  # of the factors that are right
    assert few.thresholds_[1] == pytest.approx(1 / (1 + np.exp(middle * 6 / 30)))


@pytest.mark.parametrize("n_sick", [1, 6])
def test_thresholds_begin_at_the_shares_where_these_score_better(n_sick):
    sick, y = np.repeat([0.0, 0.2], [50, n_sick]), np.repeat([0, 1], [50, n_sick])
    rule = TunedThresholds("accuracy").fit(np.column_stack([1 - sick, sick]), y)
    assert rule.thresholds_[1] == pytest.approx(n_sick / (50 + n_sick))
    assert rule.score_ == 1


def test_the_score_of_grades_is_in_their_order():
    grades, rng = ["none", "mild", "severe"], np.random.default_rng(0)
    y = np.array(grades)[np.repeat([0, 1, 2], [20, 12, 8])]
    places = {label: i for i, label in enumerate(grades)}
    for classes in (grades, sorted(grades)):
        proba = rng.dirichlet(np.ones(3), 40) + 0.2 * (y[:, np.newaxis] == classes)
        proba /= proba.sum(axis=1, keepdims=True)
        rule = TunedThresholds("kappa_quadratic", order=grades).fit(proba, y, classes)
        predicted = [places[label] for label in rule.predict(proba)]
        expected = cohen_kappa_score([places[label] for label in y], predicted, weights="quadratic")
        assert rule.score_ == pytest.approx(expected)
        assert expected < 0.9


def test_an_order_that_is_wrong_is_told_where_none_is_needed():
    with pytest.raises(ValueError, match="must name each of the classes"):
        TunedThresholds("f1_macro", order=["a"]).check(["a", "b", "c"])


def test_the_score_is_that_of_the_second_of_two_equally_frequent_classes():
    proba, y = np.array([[0.7, 0.3], [0.6, 0.4], [0.8, 0.2], [0.1, 0.9]]), [0, 1, 1, 0]
    found = {c: TunedThresholds("recall", pos_label=c).fit(proba, y).score_ for c in (0, 1, None)}
    assert found == {0: 0.5, 1: 0.0, None: 0.0}  # so few rows move no threshold far


def test_labels_that_a_score_is_not_defined_for_are_never_the_best():
    sick = np.linspace(0.1, 0.9, 60)
    score = make_scorer(lambda y, y_pred: y_pred @ (1 + y) if y_pred.sum() <= 30 else np.nan)
    proba, y = np.column_stack([1 - sick, sick]), np.repeat([0, 1], 30)
    rule = TunedThresholds(score).fit(proba, y, classes=[0, 1])
    assert rule.score_ == rule.predict(proba) @ (1 + y) == 60


def test_the_score_is_never_below_that_of_the_most_probable_class():
    rng = np.random.default_rng(0)
    for n_rows in (5, 12, 40):
        for _ in range(3):
            proba, y = rng.dirichlet([3, 1, 1], n_rows), np.r_[0:3, rng.choice(3, n_rows - 3)]
            rule = TunedThresholds().fit(proba, y)
            plain = f1_score(y, proba.argmax(axis=1), average="macro")
            assert rule.score_ >= plain
            assert f1_score(y, rule.predict(proba), average="macro") == pytest.approx(rule.score_)


def score_recall(codes):
    """Return the function that measures the mean recall of the classes."""
    return lambda predicted: np.mean(
        [(predicted == c)[codes == c].mean() for c in np.unique(codes)]
    )


@pytest.mark.parametrize("seed", range(6))
def test_no_single_change_of_a_factor_scores_better(seed):
    rng = np.random.default_rng(seed)
    codes = np.repeat([0, 1, 2], [24, 10, 6])  # and no row of class 3
    log_proba = np.log(rng.dirichlet(np.ones(4), 40) + 0.3 * np.eye(4)[codes])
    counts, score = np.bincount(codes, minlength=4), score_recall(codes)
    start = np.array([0.0, 0.9, 1.4, -3.0])
    factors = _ascend(log_proba, codes, counts, start, score)
    best = score((log_proba + factors).argmax(axis=1))
    assert best > score((log_proba + start).argmax(axis=1))
    assert factors[[0, 3]].tolist() == [0.0, -3.0]
    for code in (1, 2):
        for change in np.linspace(-4, 4, 200):
            changed = factors + change * (np.arange(4) == code)
            assert score((log_proba + changed).argmax(axis=1)) <= best


@pytest.mark.parametrize(("start", "expected"), [(0.0, 2.5), (3.7, 3.7), (10.0, 4.5)])
def test_of_equally_good_factors_the_nearest_is_taken(start, expected):
    log_proba = np.column_stack([np.zeros(6), -np.arange(6.0)])  # called where the factor exceeds
    factors = _ascend(
        log_proba,
        np.zeros(6, dtype=int),
        np.array([7, 5]),
        np.array([0.0, start]),
        lambda predicted: 3 <= predicted.sum() <= 5,
    )
    assert factors.tolist() == [0.0, expected]


def test_a_cut_just_above_a_row_of_the_class_is_found_among_many():
    needed, codes = np.arange(1000.0), np.isin(np.arange(1000), [5, 500, 997]).astype(int)
    factors = _ascend(
        np.column_stack([np.zeros(1000), -needed]),
        codes,
        np.bincount(codes),
        np.zeros(2),
        lambda predicted: -abs(predicted.sum() - 6),
    )
    assert factors.tolist() == [0.0, 5.5]


def test_all_cuts_above_rows_of_the_class_are_tried_and_others_thinned_out():
    needed, is_own = np.arange(1000.0), np.isin(np.arange(1000), [5, 500, 997])
    cuts = _list_cuts(needed, is_own)
    assert {5.5, 500.5, 997.5} <= set(cuts)
    assert len(cuts) <= 33
    assert (cuts[0], cuts[-1]) == (0.5, 998.5)


def test_values_are_thinned_out_evenly_with_both_ends():
    assert _thin(np.arange(101), 11).tolist() == list(range(0, 101, 10))
    assert _thin(np.arange(5), 11).tolist() == [0, 1, 2, 3, 4]


def test_a_class_without_rows_keeps_a_threshold():
    proba, y = draw_rows(3)
    rows = y < 2
    rule = TunedThresholds().fit(proba[rows], y[rows], classes=[0, 1, 2])
    assert np.isfinite(rule.thresholds_).all()
    assert (rule.thresholds_ > 0).all()


def test_probabilities_of_0_and_1_are_no_obstacle():
    proba = np.eye(3)[[0, 0, 1, 1, 2, 0]]
    rule = TunedThresholds().fit(proba, [0, 0, 1, 2, 2, 0])
    assert np.isfinite(rule.rank(proba)).all()
    assert rule.predict(proba).tolist() == [0, 0, 1, 1, 2, 0]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (TunedThresholds("f1_marco"), "is not a metric. Did you mean 'f1_macro'"),
        (TunedThresholds("roc_auc_ovr"), "the same whatever labels are predicted"),
        (TunedThresholds("f1"), "is for two classes, but y has 3"),
        (TunedThresholds(["f1_macro"]), "must be one score"),
        (TunedThresholds(f1_score), "takes an estimator, X and y"),
        (TunedThresholds(pos_label=7), r"the label 7, but the classes are \[0, 1, 2\]"),
        (TunedThresholds(pos_label=1), "pos_label=1 is for two classes"),
    ],
)
def test_what_cannot_be_tuned_for_is_told_before_there_are_probabilities(rule, message):
    with pytest.raises(ValueError, match=message):
        rule.check([0, 1, 2])
