"""A comparison scores patients, or eyes, in place of single images."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, brier_score_loss, roc_auc_score

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.decisions import CostMatrix
from imblearn_bbfl.model_selection import compare_strategies
from imblearn_bbfl.probabilities import combine_groups

RNG = np.random.default_rng(0)
PATIENTS = np.repeat([f"p{i:02d}" for i in range(40)], 5)
EYES = np.array([f"{patient}-{i % 2}" for i, patient in enumerate(PATIENTS)])
Y = np.where(RNG.permuted(np.arange(40) < 12), "sick", "well")[np.arange(200) // 5]
X = (RNG.normal(size=(200, 2)) + (Y == "sick")[:, np.newaxis]).astype("float32")
UNTRAINED = BBFLClassifier(
    lambda rows: rows, head_units=(4,), epochs=0, validation_fraction=None, random_state=0
)
COSTS = CostMatrix({("sick", "well"): 3})


def compare(estimator=UNTRAINED, methods=None, **arguments):
    methods = methods or {"plain": {}}
    settings = {"cv": 3, "n_repeats": 1, "groups": PATIENTS, "verbose": 0}
    settings |= {"score_groups": True, "reference": next(iter(methods))}
    return compare_strategies(estimator, X, Y, strategies=methods, **(settings | arguments))


@pytest.fixture(scope="module")
def by_rows():
    return compare(methods={"plain": {}, "costs": {"thresholding": COSTS}}, score_groups=None)


@pytest.fixture(scope="module")
def by_patients():
    return compare(methods={"plain": {}, "costs": {"thresholding": COSTS}})


def test_each_patient_has_the_combined_probabilities_of_its_rows(by_rows, by_patients):
    for row, patient in zip(by_rows.predictions_, by_patients.predictions_, strict=True):
        for name in ("y_proba", "y_posterior"):
            expected, names = combine_groups(row[name], PATIENTS[row.test])
            np.testing.assert_array_equal(patient[name], expected)
            assert patient.groups.tolist() == names.tolist()
        labels = dict(zip(PATIENTS, Y, strict=True))
        assert patient.y_true.tolist() == [labels[name] for name in patient.groups]


def test_a_patient_is_decided_on_by_the_rule_of_the_method(by_patients):
    for run in by_patients.predictions_:
        rule = COSTS if run.method == "costs" else CostMatrix(1 - np.eye(2))
        expected = rule.fit(np.eye(2), ["sick", "well"]).predict(run.y_proba)
        assert run.y_pred.tolist() == expected.tolist()


def test_all_scores_are_of_patients(by_patients):
    results = by_patients.results_
    for run in by_patients.predictions_:
        is_sick, sick = run.y_true == "sick", run.y_proba[:, 0]
        is_run = (results["method"] == run.method) & (results["split"] == run.split)
        scores = results[is_run].set_index("metric")["value"]
        assert len(run.y_true) < 20
        assert scores["accuracy"] == accuracy_score(run.y_true, run.y_pred)
        assert scores["roc_auc"] == pytest.approx(roc_auc_score(is_sick, sick))
        assert scores["brier_score_raw"] == pytest.approx(brier_score_loss(is_sick, sick))


def test_by_the_largest_probability_it_is_that_of_the_positive_class(by_rows):
    comparison = compare(combine="max")
    plain = [run for run in by_rows.predictions_ if run.method == "plain"]
    for row, patient in zip(plain, comparison.predictions_, strict=True):
        expected, _ = combine_groups(row.y_proba, PATIENTS[row.test], method="max", column=0)
        np.testing.assert_array_equal(patient.y_proba, expected)


def test_eyes_are_scored_where_patients_are_kept_together():
    run = compare(score_groups=EYES).predictions_[0]
    assert set(run.groups) == set(EYES[run.test])
    assert len(run.y_true) == len(run.y_pred) == len(run.y_proba) == len(run.groups)


def test_a_checkpoint_goes_on_with_other_groups_where_the_labels_are_the_most_probable(tmp_path):
    compare(checkpoint=tmp_path, score_groups=None)
    from_rows = compare(checkpoint=tmp_path)
    for run, other in zip(from_rows.predictions_, compare().predictions_, strict=True):
        assert run.y_pred.tolist() == other.y_pred.tolist()


def test_a_checkpoint_that_does_not_know_the_rule_is_refused(tmp_path):
    methods = {"costs": {"thresholding": COSTS}}
    compare(methods=methods, checkpoint=tmp_path)
    again = compare(methods=methods, checkpoint=tmp_path)
    assert all(run.y_pred.tolist() for run in again.predictions_)
    with pytest.raises(ValueError, match="The labels of costs are not the most probable ones"):
        compare(methods=methods, checkpoint=tmp_path, score_groups=EYES)


def test_an_estimator_without_a_method_for_it_decides_by_the_most_probable(estimator):
    run = compare(estimator).predictions_[0]
    assert run.y_pred.tolist() == np.array(["sick", "well"])[run.y_proba.argmax(axis=1)].tolist()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"groups": None}, "score_groups are given without groups"),
        ({"score_groups": "mean"}, "How rows are combined is said by combine"),
        ({"combine": "median"}, "combine='median' is not known. Use 'mean' or 'max'"),
        ({"score_groups": np.arange(200) % 7}, r"several labels: .*Correct the labels, or score"),
        ({"score_groups": Y}, r"several groups: .*\(2 such in all\). Let each"),
        ({"score_groups": EYES[:9]}, "inconsistent numbers of samples"),
    ],
    ids=str,
)
def test_bad_groups_are_refused_before_any_training(estimator, arguments, message):
    with pytest.raises(ValueError, match=message):
        compare(estimator, **arguments)
    assert type(estimator).n_fits == 0
