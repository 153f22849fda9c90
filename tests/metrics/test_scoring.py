import pickle

import numpy as np
import pandas as pd
import pytest
from imblearn.metrics import geometric_mean_score
from sklearn.datasets import make_classification
from sklearn.metrics import (
    balanced_accuracy_score,
    brier_score_loss,
    cohen_kappa_score,
    f1_score,
    get_scorer,
    make_scorer,
    precision_score,
    recall_score,
    roc_auc_score,
)
from sklearn.naive_bayes import GaussianNB

from imblearn_bbfl.metrics import default_metrics, resolve_scoring

KAPPA = make_scorer(cohen_kappa_score, weights="quadratic")
ERRORS = ["brier_score", "expected_calibration_error"]
NO_SCORER = {"geometric_mean", *ERRORS, *(f"{name}_raw" for name in ERRORS)}


def make_fitted(n_classes):
    """Return a classifier that is often wrong and has probabilities only, and its test rows."""
    weights = [0.6] + [0.4 / (n_classes - 1)] * (n_classes - 1)
    X, y = make_classification(
        300, n_informative=4, n_classes=n_classes, weights=weights, random_state=0
    )
    return GaussianNB().fit(X[:150], y[:150]), X[150:], y[150:]


def predict(n_classes, labels=None):
    """Return true labels, predictions, probabilities and classes, as `measure` takes them."""
    classifier, X, y = make_fitted(n_classes)
    labels = np.arange(n_classes) if labels is None else np.array(labels)
    return labels[y], labels[classifier.predict(X)], classifier.predict_proba(X), labels


def measure(name, predictions):
    n_classes = len(predictions[-1])
    return resolve_scoring(name, n_classes)[name].measure(*predictions)


def one_confidence_each(confidence, is_right):
    """Return predictions of the first of two classes, each with a confidence, right or not."""
    confidence = np.array(confidence, dtype=float)
    y_true = np.where(is_right, 0, 1)
    proba = np.column_stack([confidence, 1 - confidence])
    return y_true, np.zeros_like(y_true), proba, np.array([0, 1])


def test_the_defaults_for_two_classes_are_those_of_the_paper_and_more():
    assert {"accuracy", "f1", "roc_auc", "average_precision"} < set(default_metrics(2))
    assert "roc_auc_ovr" not in default_metrics(2)


def test_the_defaults_for_more_classes_are_those_of_the_paper_and_more():
    assert {"accuracy", "balanced_accuracy", "f1_macro", "roc_auc_ovr"} < set(default_metrics(4))
    assert not {"f1", "roc_auc"} & set(default_metrics(4))


@pytest.mark.parametrize("n_classes", [2, 4])
def test_all_defaults_are_measured(n_classes):
    metrics = resolve_scoring(None, n_classes)
    assert list(metrics) == default_metrics(n_classes)
    values = [metric.measure(*predict(n_classes)) for metric in metrics.values()]
    assert all(isinstance(value, float) and 0 < value < 1 for value in values)


@pytest.mark.parametrize(
    ("name", "n_classes"),
    [
        (name, n)
        for n in (2, 4)
        for name in sorted({*default_metrics(n), "roc_auc_ovr"} - NO_SCORER)
    ],
)
def test_a_metric_with_the_name_of_a_scorer_is_that_scorer(name, n_classes):
    expected = get_scorer(name)(*make_fitted(n_classes))
    assert measure(name, predict(n_classes)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_the_geometric_mean_is_that_of_imbalanced_learn(n_classes):
    y_true, y_pred, *_ = predictions = predict(n_classes)
    assert measure("geometric_mean", predictions) == geometric_mean_score(y_true, y_pred)


def test_balanced_accuracy_is_the_mean_over_classes_of_the_accuracy_within():
    y_true, y_pred, *_ = predictions = predict(4)
    within = [(y_pred[y_true == label] == label).mean() for label in range(4)]
    assert measure("balanced_accuracy", predictions) == pytest.approx(np.mean(within))


def test_labels_may_be_strings_and_the_second_in_order_is_the_positive_one():
    y_true, y_pred, proba, _ = predictions = predict(2, labels=["healthy", "sick"])
    is_sick = y_true == "sick"
    assert measure("f1", predictions) == f1_score(is_sick, y_pred == "sick")
    assert measure("roc_auc", predictions) == roc_auc_score(is_sick, proba[:, 1])
    assert measure("brier_score", predictions) == pytest.approx(
        brier_score_loss(is_sick, proba[:, 1])
    )


@pytest.mark.parametrize("name", default_metrics(4))
def test_no_default_depends_on_what_labels_are_called(name):
    strings = predict(4, labels=["a", "b", "c", "d"])
    assert measure(name, strings) == pytest.approx(measure(name, predict(4)))


@pytest.mark.parametrize("labels", [[1, 2], ["healthy", "sick"], [False, True]])
@pytest.mark.parametrize("name", ["recall", "precision", "jaccard", "neg_brier_score"])
def test_no_scorer_by_name_depends_on_what_two_labels_are_called(name, labels):
    expected = measure(name, predict(2))
    assert measure(name, predict(2, labels=labels)) == pytest.approx(expected)


def test_a_scorer_of_ones_own_sees_the_labels_as_they_are():
    (metric,) = resolve_scoring(make_scorer(f1_score, pos_label="healthy"), 2).values()
    y_true, y_pred, *_ = predictions = predict(2, labels=["healthy", "sick"])
    assert metric.measure(*predictions) == f1_score(y_true, y_pred, pos_label="healthy")


def test_the_roc_auc_of_two_classes_sees_what_float32_has_near_0_only():
    second = np.array([1e-12, 1e-10, 1e-9, 0.5], dtype=np.float32)
    y_true = np.array([0, 1, 1, 1])
    proba = np.column_stack([1 - second, second])  # The first column is 1 in three rows.
    assert measure("roc_auc", (y_true, y_true, proba, np.array([0, 1]))) == 1


def test_the_brier_score_of_more_classes_is_the_sum_over_one_against_the_rest():
    y_true, _, proba, _ = predictions = predict(4)
    each = [brier_score_loss(y_true == label, proba[:, label]) for label in range(4)]
    assert measure("brier_score", predictions) == pytest.approx(sum(each))


@pytest.mark.parametrize("name", ["brier_score", "expected_calibration_error"])
def test_certain_and_right_is_0_certain_and_wrong_is_1(name):
    assert measure(name, one_confidence_each([1, 1, 1], [True] * 3)) == 0
    assert measure(name, one_confidence_each([1, 1, 1], [False] * 3)) == 1


def test_the_calibration_error_has_the_value_computed_by_hand():
    # Bins of width 1/15: (0.6, 0.667] has 0.61 and 0.65, one right: |0.5 - 0.63| of weight 1/2.
    # 0.95 is wrong and 0.69 is right, alone in their bins: 0.95 and 0.31, of weight 1/4 each.
    predictions = one_confidence_each([0.61, 0.65, 0.95, 0.69], [True, False, False, True])
    by_hand = 0.13 / 2 + 0.95 / 4 + 0.31 / 4
    assert measure("expected_calibration_error", predictions) == pytest.approx(by_hand)


def test_bins_of_the_calibration_error_are_closed_on_the_right():
    # 0.8 = 12/15 ends a bin that 0.79 is in and 0.81 is not: gaps cancel within a bin only.
    def error(other):
        predictions = one_confidence_each([0.8, other], [True, False])
        return measure("expected_calibration_error", predictions)

    assert error(0.79) == pytest.approx((0.79 - 0.2) / 2)
    assert error(0.81) == pytest.approx((0.81 + 0.2) / 2)


def test_calibrated_probabilities_have_nearly_no_calibration_error():
    rng = np.random.default_rng(0)
    proba = rng.dirichlet(np.ones(3), size=20000)
    y_true = (rng.random((20000, 1)) > proba.cumsum(axis=1)).sum(axis=1)
    predictions = (y_true, proba.argmax(axis=1), proba, np.arange(3))
    assert measure("expected_calibration_error", predictions) < 0.02
    sharpened = proba**3 / (proba**3).sum(axis=1, keepdims=True)
    assert measure("expected_calibration_error", (*predictions[:2], sharpened, np.arange(3))) > 0.1


@pytest.mark.parametrize("name", ["neg_log_loss", "matthews_corrcoef", "f1_weighted"])
@pytest.mark.parametrize("n_classes", [2, 4])
def test_any_scorer_of_scikit_learn_is_applied_to_stored_predictions(name, n_classes):
    expected = get_scorer(name)(*make_fitted(n_classes))
    assert measure(name, predict(n_classes)) == pytest.approx(expected, rel=1e-12)
    assert resolve_scoring(name, n_classes)[name].greater_is_better


@pytest.mark.parametrize(
    "scorer",
    [
        KAPPA,
        make_scorer(roc_auc_score, response_method=("decision_function", "predict_proba")),
        lambda estimator, X, y: (estimator.predict(X[y == 0]) == 0).mean(),
        lambda estimator, X, y: estimator.predict_proba(X[y == 0])[:, 0].mean(),
    ],
)
def test_a_scorer_of_ones_own_is_applied_to_stored_predictions(scorer):
    (metric,) = resolve_scoring(scorer, 2).values()
    assert metric.measure(*predict(2)) == pytest.approx(scorer(*make_fitted(2)), rel=1e-12)


@pytest.mark.parametrize("scoring", ["f1", ["f1"], ("f1",), {"f1"}, {"f1": "f1"}])
def test_scoring_may_be_a_name_or_hold_names(scoring):
    assert list(resolve_scoring(scoring, 2)) == ["f1"]


def test_a_dict_names_metrics():
    metrics = resolve_scoring({"calibration": "brier_score", "kappa": KAPPA}, 4)
    assert [metric.name for metric in metrics.values()] == ["calibration", "kappa"]
    assert not metrics["calibration"].greater_is_better


def test_a_scorer_without_a_name_is_named_by_what_it_does():
    (name,) = resolve_scoring(KAPPA, 4)
    assert name.startswith("make_scorer(cohen_kappa_score")


def test_a_set_is_taken_in_the_order_of_names():
    names = {"recall_macro", "accuracy", "precision_macro", "f1_macro"}
    assert list(resolve_scoring(names, 4)) == sorted(names)


@pytest.mark.parametrize("name", [*ERRORS, "neg_log_loss", "neg_brier_score"])
def test_calibration_is_that_of_the_posterior_and_raw_that_of_the_probabilities(name):
    y_true, y_pred, proba, classes = predict(2)
    posterior = proba * [0.9, 0.1] / (proba * [0.9, 0.1]).sum(axis=1, keepdims=True)
    metrics = resolve_scoring([name, f"{name}_raw"], 2)
    of_posterior, raw = (
        metric.measure(y_true, y_pred, proba, classes, y_posterior=posterior)
        for metric in metrics.values()
    )
    assert of_posterior == measure(name, (y_true, y_pred, posterior, classes))
    assert raw == measure(name, (y_true, y_pred, proba, classes)) != of_posterior


@pytest.mark.parametrize("name", ["accuracy", "f1", "roc_auc", "average_precision", "recall"])
def test_other_metrics_are_those_of_the_probabilities_as_they_are(name):
    y_true, y_pred, proba, classes = predict(2)
    (metric,) = resolve_scoring(name, 2).values()
    value = metric.measure(y_true, y_pred, proba, classes, y_posterior=proba[:, ::-1])
    assert value == metric.measure(y_true, y_pred, proba, classes)
    with pytest.raises(ValueError, match=f"'{name}_raw' is not a metric"):
        resolve_scoring(f"{name}_raw", 2)


def test_less_is_better_for_the_two_of_calibration_only():
    metrics = resolve_scoring(None, 4).values()
    less = [metric.name for metric in metrics if not metric.greater_is_better]
    assert less == [
        "brier_score",
        "brier_score_raw",
        "expected_calibration_error",
        "expected_calibration_error_raw",
    ]


def test_metrics_can_be_pickled():
    metrics = resolve_scoring([*default_metrics(4), "neg_log_loss"], 4)
    copies = pickle.loads(pickle.dumps(metrics))
    for name, metric in metrics.items():
        assert copies[name].measure(*predict(4)) == metric.measure(*predict(4))


@pytest.mark.parametrize(
    ("name", "near"),
    [("f1_makro", "f1_macro"), ("geometric_men", "geometric_mean"), ("log_loss", "neg_log_loss")],
)
def test_an_unknown_metric_is_refused_with_the_nearest_name(name, near):
    with pytest.raises(ValueError, match=f"'{name}' is not a metric. Did you mean .*'{near}'"):
        resolve_scoring(["accuracy", name], 4)


def test_a_metric_like_no_other_is_refused_with_some_names_and_where_the_others_are():
    with pytest.raises(ValueError, match=r"'xyz' .*'f1_macro', say, .*get_scorer_names") as error:
        resolve_scoring("xyz", 4)
    assert len(str(error.value)) < 200


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("f1", "f1_macro"),
        ("roc_auc", "roc_auc_ovr"),
        ("precision", "precision_macro"),
        ("recall", "recall_macro"),
        ("jaccard", "jaccard_macro"),
    ],
)
def test_a_metric_of_two_classes_is_refused_for_more(name, instead):
    with pytest.raises(ValueError, match=f"'{name}' is for two.* y has 4. Use '{instead}'"):
        resolve_scoring(name, 4)


@pytest.mark.parametrize("function", [balanced_accuracy_score, geometric_mean_score])
def test_a_metric_function_is_refused_where_a_scorer_is_needed(function):
    with pytest.raises(ValueError, match=rf"Use sklearn.metrics.make_scorer\({function.__name__}"):
        resolve_scoring(function, 4)


def test_a_metric_cannot_have_the_name_of_the_time():
    with pytest.raises(ValueError, match="named 'seconds', which is the column of the time"):
        resolve_scoring({"seconds": "accuracy"}, 2)


def test_two_metrics_of_one_name_are_refused():
    with pytest.raises(ValueError, match=r"two metrics named 'f1'. Leave one out, or pass a dict"):
        resolve_scoring(["f1", "f1"], 2)


@pytest.mark.parametrize(
    ("scoring", "message"),
    [
        (3, "scoring=3 must be None, the name"),
        ([3], "3 in scoring is neither the name of a metric nor a scorer. Pass"),
        ([], r"scoring=\[\] names no metric. Pass one, or None"),
    ],
)
def test_scoring_of_another_kind_is_refused(scoring, message):
    with pytest.raises(ValueError, match=message):
        resolve_scoring(scoring, 2)


Y, PROBA = np.array([0, 1, 2, 0]), np.eye(3)[[0, 1, 2, 1]]


@pytest.mark.parametrize("name", ["f1_macro", "roc_auc_ovr", "brier_score", "neg_log_loss"])
@pytest.mark.parametrize(
    ("predictions", "told"),
    [
        (([0, 1, 7, 0], Y, PROBA, [0, 1, 2]), "y_true holds the label 7, .* Leave out rows"),
        ((Y, [0, 1, 2, -1], PROBA, [0, 1, 2]), "y_pred holds the label -1"),
        ((["0", "1", "2", "0"], Y, PROBA, [0, 1, 2]), "y_true holds the label '0'"),
        ((Y, Y, PROBA, [2, 0, 1]), r"classes=\[2, 0, 1\] must be sorted"),
        ((Y, Y, PROBA, [0, 0, 1]), "each named once"),
        ((Y, Y, PROBA[:, :2], [0, 1, 2]), r"y_proba \(4, 2\), but there are 3 classes"),
        ((Y, Y, PROBA[:3], [0, 1, 2]), r"y_proba \(3, 3\)"),
        ((Y, Y[:3], PROBA, [0, 1, 2]), r"y_pred \(3,\)"),
        ((Y, Y, PROBA[:, 0], [0, 1, 2]), r"y_proba \(4,\)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_predictions_that_do_not_go_together_are_refused(name, predictions, told):
    with pytest.raises(ValueError, match=told):
        measure(name, predictions)


@pytest.mark.parametrize("name", ["f1_macro", "roc_auc_ovr", "brier_score"])
def test_predictions_may_be_lists_and_data_of_pandas(name):
    y_true, y_pred, proba, classes = predict(3)
    expected = measure(name, (y_true, y_pred, proba, classes))
    lists = (y_true.tolist(), y_pred.tolist(), proba.tolist(), classes.tolist())
    frames = (pd.Series(y_true, range(9, 159)), pd.Series(y_pred), pd.DataFrame(proba), classes)
    assert [measure(name, lists), measure(name, frames)] == [expected, expected]


@pytest.mark.parametrize("name", default_metrics(4)[1:6])
def test_a_class_that_the_test_part_lacks_is_said_not_nan(name):
    y_true, y_pred, proba, classes = predict(4)
    rows = y_true != 3
    with pytest.raises(ValueError, match=r"rows of each class.* none of \[3\]. Use a stratified"):
        measure(name, (y_true[rows], y_pred[rows], proba[rows], classes))


WITHOUT_LAST = [
    "accuracy",
    "balanced_accuracy",
    "f1_macro",
    "precision_macro",
    "recall_macro",
    "jaccard_macro",
    "f1_weighted",
    "roc_auc_ovr",
    "roc_auc_ovo",
    "average_precision",
    "geometric_mean",
    "neg_log_loss",
    "brier_score",
    "expected_calibration_error",
    make_scorer(roc_auc_score, multi_class="ovr", response_method="predict_proba"),
]


@pytest.mark.parametrize("scoring", WITHOUT_LAST)
@pytest.mark.filterwarnings("error")
def test_a_class_left_out_changes_no_score_if_it_is_never_predicted(scoring):
    y_true, y_pred, proba, classes = predict(3)
    (metric,) = resolve_scoring(scoring, 3).values()
    more = np.column_stack([proba, np.zeros(len(proba))])
    value = metric.measure(y_true, y_pred, more, np.arange(4), labels=classes)
    assert value == pytest.approx(metric.measure(y_true, y_pred, proba, classes))


@pytest.mark.parametrize(
    ("name", "score"),
    [("f1_macro", f1_score), ("precision_macro", precision_score), ("recall_macro", recall_score)],
)
def test_a_class_left_out_counts_as_a_mistake_where_it_is_predicted(name, score):
    y_true, y_pred, proba, _ = predict(4)
    rows = y_true != 3
    assert (y_pred[rows] == 3).any()
    predictions = (y_true[rows], y_pred[rows], proba[rows], np.arange(4))
    value = resolve_scoring(name, 4)[name].measure(*predictions, labels=[0, 1, 2])
    each = [score(y_true[rows] == k, y_pred[rows] == k) for k in range(3)]
    assert value == pytest.approx(np.mean(each))


@pytest.mark.parametrize("labels", [["a", "b", "c"], [3, 5, 8]])
@pytest.mark.parametrize("name", ["neg_log_loss", "neg_brier_score", "roc_auc_ovo"])
def test_two_classes_that_are_left_are_scored_whatever_they_are_called(name, labels):
    y_true, _, proba, _ = predict(3)
    rows = y_true != 1
    y_true = np.array(labels)[y_true[rows]]
    (metric,) = resolve_scoring(name, 3).values()
    value = metric.measure(
        y_true, y_true, proba[rows], np.array(labels), labels=[labels[0], labels[2]]
    )
    rest = proba[rows][:, [0, 2]] / proba[rows][:, [0, 2]].sum(axis=1, keepdims=True)
    y_true = (y_true == labels[2]).astype(int)
    instead = name.removesuffix("_ovo")
    assert value == pytest.approx(measure(instead, (y_true, y_true, rest, np.arange(2))))


def test_a_class_left_out_makes_no_geometric_mean_0():
    y_true, y_pred, proba, _ = predict(4)
    rows = y_true != 3
    recalls = [(y_pred[y_true == k] == k).mean() for k in range(3)]
    (metric,) = resolve_scoring("geometric_mean", 4).values()
    value = metric.measure(y_true[rows], y_pred[rows], proba[rows], np.arange(4), labels=[0, 1, 2])
    assert value == pytest.approx(np.prod(recalls) ** (1 / 3))


def test_the_auc_of_the_other_classes_is_that_of_their_own_probabilities():
    y_true, y_pred, proba, _ = predict(4)
    rows = y_true != 3
    (metric,) = resolve_scoring("roc_auc_ovr", 4).values()
    predictions = (y_true[rows], y_pred[rows], proba[rows], np.arange(4))
    each = [roc_auc_score(y_true[rows] == k, proba[rows, k]) for k in range(3)]
    assert metric.measure(*predictions, labels=[0, 1, 2]) == pytest.approx(np.mean(each))


@pytest.mark.parametrize(
    "name", ["f1", "precision", "recall", "jaccard", "average_precision", "roc_auc"]
)
@pytest.mark.parametrize("labels", [["healthy", "sick"], [0, 1]])
def test_scores_by_name_are_of_the_positive_label(name, labels):
    y_true, y_pred, proba, classes = predict(2, labels=labels)
    (metric,) = resolve_scoring(name, 2).values()
    assert metric.has_pos_label
    flipped = (1 - np.searchsorted(classes, part) for part in (y_true, y_pred))
    expected = measure(name, (*flipped, proba[:, ::-1], np.arange(2)))
    value = metric.measure(y_true, y_pred, proba, classes, pos_label=labels[0])
    assert value == pytest.approx(expected, rel=1e-12)
    assert value != pytest.approx(measure(name, (y_true, y_pred, proba, classes))) or (
        name == "roc_auc"
    )


@pytest.mark.parametrize("name", ["accuracy", "f1_macro", "brier_score", "neg_log_loss"])
def test_scores_of_both_classes_do_not_depend_on_the_positive_label(name):
    (metric,) = resolve_scoring(name, 2).values()
    assert not metric.has_pos_label
    first, second = (metric.measure(*predict(2), pos_label=label) for label in (0, 1))
    assert first == pytest.approx(second)


def test_a_scorer_of_ones_own_sees_columns_in_order_whatever_is_positive():
    (metric,) = resolve_scoring(
        lambda estimator, X, y: estimator.predict_proba(X)[0, 1], 2
    ).values()
    y_true, y_pred, proba, classes = predict(2)
    assert metric.measure(y_true, y_pred, proba, classes, pos_label=0) == proba[0, 1]


@pytest.mark.parametrize("name", ["accuracy", "brier_score", "expected_calibration_error"])
def test_metrics_that_need_not_have_each_class_do_without(name):
    predictions = predict(4)
    rows = predictions[0] != 3
    assert 0 < measure(name, (*(part[rows] for part in predictions[:3]), predictions[3])) < 1


@pytest.mark.parametrize("name", ["roc_auc", "brier_score", "expected_calibration_error"])
def test_probabilities_of_a_training_that_diverged_are_refused(name):
    y_true, y_pred, proba, classes = predict(2)
    proba[3] = np.nan
    with pytest.raises(ValueError, match=r"NaN|not finite in 1 of 150 rows: training diverged"):
        measure(name, (y_true, y_pred, proba, classes))


@pytest.mark.parametrize("n_classes", [2, 4])
def test_the_quadratic_kappa_is_that_of_scikit_learn(n_classes):
    y_true, y_pred, *_ = predictions = predict(n_classes, labels=list(range(3, 3 + n_classes)))
    expected = cohen_kappa_score(y_true, y_pred, weights="quadratic")
    assert measure("kappa_quadratic", predictions) == pytest.approx(expected)


def test_the_quadratic_kappa_counts_grades_in_the_order_that_is_given():
    order = np.array(["none", "mild", "moderate", "severe"])
    y_true, y_pred, proba, _ = predict(4)
    (metric,) = resolve_scoring("kappa_quadratic", 4, order).values()
    found = metric.measure(order[y_true], order[y_pred], proba, np.sort(order))
    assert found == pytest.approx(cohen_kappa_score(y_true, y_pred, weights="quadratic"))


def test_the_quadratic_kappa_of_words_needs_their_order():
    predictions = predict(4, labels=["mild", "moderate", "none", "severe"])
    with pytest.raises(ValueError, match=r"Pass .*class_order=\[lowest, ..., highest\]"):
        measure("kappa_quadratic", predictions)


def test_the_quadratic_kappa_of_one_label_has_no_value():
    y = np.zeros(5, dtype=int)
    with pytest.raises(ValueError, match="kappa needs rows of two classes or more"):
        measure("kappa_quadratic", (y, y, np.full((5, 3), 1 / 3), np.arange(3)))
