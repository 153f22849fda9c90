"""A decision rule as `thresholding`: what it is fitted on, when it holds, and where it is kept."""

import copy
import pickle
import warnings

import keras
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import f1_score, make_scorer

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.classifier import _outputs
from imblearn_bbfl.classifier._export import build_proba_network
from imblearn_bbfl.classifier._outputs import get_temperature, to_proba
from imblearn_bbfl.decisions import (
    CostMatrix,
    Decision,
    FixedThreshold,
    RecallFloor,
    SpecificityFloor,
    TunedThresholds,
)

X = np.random.default_rng(0).standard_normal((200, 4)).astype("float32")
Y = np.array(["healthy", "mild", "sick"])[np.repeat([0, 1, 2], [120, 50, 30])]
COSTS = [[0, 1, 1], [4, 0, 1], [20, 20, 0]]


class Learned(Decision):
    """Multiplies each class by what it learnt, and remembers what it learnt from."""

    needs_rows = True

    def __init__(self, power=1.0):
        self.power = power

    def rank(self, proba):
        return proba * self.factors_

    def _fit(self, proba, y):
        self.n_rows_ = len(y)
        self.factors_ = (1 / proba.mean(axis=0)) ** self.power


@pytest.fixture(scope="module")
def table(small):
    """Return a small classifier of tables, not fitted."""
    return clone(small).set_params(backbone="mlp", validation_fraction=0.25)


@pytest.fixture(scope="module")
def plain(table):
    """Return the classifier, fitted without a rule. Not to be changed."""
    return clone(table).fit(X, Y)


@pytest.fixture(scope="module")
def learned(table):
    """Return the classifier, fitted with a rule that learns from rows. Not to be changed."""
    with pytest.warns(UserWarning, match="is fitted on 38 held-out rows only"):
        return clone(table).set_params(thresholding=Learned()).fit(X, Y)


@pytest.fixture
def parts(monkeypatch):
    """Return the rows of each fit: trained on, validated on, decided by. There is no training."""
    parts = []

    def train(self, train, valid, rng, **kwargs):
        parts.append([train.rows.tolist(), [] if valid is None else valid.rows.tolist()])
        self.model_ = "a network"
        self.history_ = {"loss": [1.0] * len(parts)}

    def learn(self, split, rng, epochs):
        parts[-1].append([] if split.decision is None else split.decision.rows.tolist())

    monkeypatch.setattr(BBFLClassifier, "_train", train)
    monkeypatch.setattr(BBFLClassifier, "_learn", learn)
    return parts


def test_a_rule_learns_from_rows_that_were_neither_trained_on_nor_chose_the_epoch(table, parts):
    patients = np.arange(200) // 2
    clone(table).set_params(thresholding=Learned()).fit(X, Y, groups=patients)
    (trained, validated, decided) = parts[0]
    assert sorted(trained + validated + decided) == list(range(200))
    assert len(decided) > 30
    assert not set(patients[decided]) & set(patients[trained + validated])


@pytest.mark.parametrize("random_state", [None, 0, np.random.RandomState(0)], ids=str)
def test_a_rule_never_learns_from_a_row_that_a_fit_before_trained_on(table, parts, random_state):
    classifier = clone(table).set_params(
        thresholding=Learned(), warm_start=True, random_state=random_state
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        for _ in range(3):
            classifier.fit(X, Y)
    assert parts[0] == parts[1] == parts[2]


def test_a_rule_that_comes_to_a_network_trained_on_all_rows_gets_a_warning(table, parts):
    classifier = clone(table).set_params(warm_start=True).fit(X, Y)
    with pytest.warns(UserWarning, match="decision part may hold rows that were trained on"):
        classifier.set_params(thresholding=Learned()).fit(X, Y)


def test_a_class_that_is_too_small_for_a_rule_to_learn_from_is_named(table, parts):
    rows = np.r_[:120, 170:172]
    with pytest.warns(UserWarning, match="1 of 2 classes are too small .* thresholding learns"):
        clone(table).set_params(thresholding=Learned(), validation_fraction=None).fit(
            X[rows], Y[rows]
        )


def test_without_a_row_to_learn_from_there_is_no_training(table, parts):
    rows = np.r_[118:122]
    classifier = clone(table).set_params(thresholding=Learned(), validation_fraction=None)
    with (
        pytest.warns(UserWarning, match="too small"),
        pytest.raises(ValueError, match="of 4 rows none can be held out"),
    ):
        classifier.fit(X[rows], Y[rows])
    assert parts == []


def test_predict_decides_by_the_rule_that_was_fitted(learned):
    proba = learned.predict_proba(X)
    assert learned.decision_.n_rows_ == 38
    expected = learned.classes_[(proba * learned.decision_.factors_).argmax(axis=1)]
    assert learned.predict(X).tolist() == expected.tolist()


def test_a_rule_that_needs_no_rows_takes_effect_when_it_is_set(plain):
    classifier = copy.copy(plain).set_params(thresholding=CostMatrix(COSTS))
    proba = plain.predict_proba(X)
    assert np.array_equal(classifier.predict_proba(X), proba)
    expected = plain.classes_[(proba @ COSTS).argmin(axis=1)]
    assert classifier.predict(X).tolist() == expected.tolist()
    assert set(classifier.predict(X)) != set(plain.predict(X))


@pytest.mark.parametrize("thresholding", [Learned(), "tuned", RecallFloor("sick")], ids=repr)
def test_a_rule_that_needs_rows_is_refused_after_a_fit_that_held_none_out(plain, thresholding):
    classifier = copy.copy(plain).set_params(thresholding=thresholding)
    with pytest.raises(
        ValueError, match=r"learns from rows .* was set after `fit`.* Fit again, or"
    ):
        classifier.predict(X)
    assert np.array_equal(classifier.predict_proba(X), plain.predict_proba(X))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"thresholding": CostMatrix(COSTS)}, CostMatrix(COSTS)),
        ({"thresholding": "tuned"}, TunedThresholds("f1_macro")),
        ({"thresholding": RecallFloor("sick", 0.6)}, RecallFloor("sick", 0.6)),
        ({"thresholding": Learned(2.0)}, Learned(2.0)),
        ({"thresholding": Learned(np.ones(3) + 1e-12)}, Learned(np.ones(3) + 1e-12)),
        ({"target_prior": "uniform"}, Learned()),
        ({"target_prior": {"healthy": 0.2, "mild": 0.1, "sick": 0.7}}, Learned()),
        ({"temperature": "fit"}, Learned()),
    ],
    ids=str,
)
def test_what_is_set_after_fit_takes_effect_at_once_by_the_rows_held_out(learned, changes, rule):
    classifier = copy.copy(learned).set_params(**changes)
    logits, codes, _ = classifier._held_out_outputs
    held_out = to_proba(classifier, logits, get_temperature(classifier))
    expected = rule.fit(held_out, classifier.classes_[codes]).predict(classifier.predict_proba(X))
    assert classifier.predict(X).tolist() == expected.tolist()
    assert (
        learned.predict(X).tolist() == learned.decision_.predict(learned.predict_proba(X)).tolist()
    )


def test_setting_back_what_was_changed_gives_back_the_labels(learned):
    classifier = copy.deepcopy(learned)
    before = classifier.predict(X)
    assert (classifier.set_params(thresholding__power=3.0).predict(X) != before).any()
    assert classifier.set_params(thresholding__power=1.0).predict(X).tolist() == before.tolist()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"thresholding": "best"}, "thresholding='best' is not known. Use None, 'prior', 'tuned'"),
        ({"temperature": 2.0}, "temperature=2.0 must be None or 'fit'"),
        ({"target_prior": [0.5, 0.5, 0.5]}, "sums to 1.5"),
        ({"target_prior": [0.0, 0.5, 0.5]}, "a share between 0 and 1"),
        ({"target_prior": "data", "thresholding": "prior"}, "Use one of the two"),
        ({"thresholding": CostMatrix([[0, 1], [1, 0]])}, "there are 3 classes"),
        ({"thresholding": RecallFloor("dead")}, "label 'dead', but the classes are"),
    ],
    ids=str,
)
def test_what_is_set_wrong_after_fit_is_told_before_images_are_read(
    learned, monkeypatch, changes, message
):
    monkeypatch.setattr(_outputs, "compute_logits", None)
    with pytest.raises(ValueError, match=message):
        copy.copy(learned).set_params(**changes).predict(X)


def test_a_rule_that_is_fitted_already_is_used_as_it_is(plain, learned):
    proba = plain.predict_proba(X)
    rule = Learned().fit(np.tile([0.8, 0.1, 0.1], (3, 1)), plain.classes_)
    expected = rule.predict(proba).tolist()
    for classifier in (copy.copy(plain), copy.copy(learned)):
        classifier.set_params(thresholding=rule)
        assert np.array_equal(classifier.decide(proba), expected)
    assert (learned.decide(proba) != expected).any()


def test_a_rule_that_is_fitted_for_other_classes_is_refused(plain):
    rule = Learned().fit(np.eye(3), [0, 1, 2])
    with pytest.raises(ValueError, match=r"fitted for the classes \[0, 1, 2\], but the classifier"):
        copy.copy(plain).set_params(thresholding=rule).predict(X)


def test_a_floor_that_cannot_be_kept_leaves_the_network_that_was_trained(table, monkeypatch):
    def refuse(self, proba, y):
        raise ValueError("No threshold keeps recall=0.9")

    monkeypatch.setattr(Learned, "_fit", refuse)
    classifier = clone(table).set_params(thresholding=Learned(), epochs=0)
    with (
        pytest.warns(UserWarning, match="held-out rows only"),
        pytest.raises(ValueError, match="No threshold keeps"),
    ):
        classifier.fit(X, Y)
    classifier.set_params(thresholding=RecallFloor("sick", 0.5))
    assert set(classifier.predict(X)) <= {"healthy", "mild", "sick"}


def test_partial_fit_refuses_a_rule_that_needs_rows_before_it_trains(table):
    classifier = clone(table).set_params(thresholding=Learned())
    with pytest.raises(ValueError, match=r"partial_fit holds none out. Use `fit`"):
        classifier.partial_fit(X, Y)
    assert not hasattr(classifier, "model_")


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (CostMatrix([[0, 1], [1, 0]]), r"costs has shape \(2, 2\), but there are 3 classes"),
        (CostMatrix({("sick", "dead"): 2}), r"must name pairs \(true label, decision\)"),
        (RecallFloor("dead"), "label 'dead', but the classes are"),
        (RecallFloor("sick", 90), "recall=90 must be a number > 0 and <= 1"),
        (TunedThresholds("f1"), "is for two classes"),
    ],
    ids=str,
)
def test_a_rule_that_does_not_suit_the_labels_is_refused_before_training(
    table, parts, rule, message
):
    with pytest.raises(ValueError, match=message):
        clone(table).set_params(thresholding=rule).fit(X, Y)
    assert parts == []


def test_partial_fit_refuses_a_rule_that_does_not_suit_the_labels(table, parts):
    with pytest.raises(ValueError, match=r"costs has shape \(2, 2\), but there are 3 classes"):
        clone(table).set_params(thresholding=CostMatrix([[0, 1], [1, 0]])).partial_fit(X, Y)
    assert parts == []


@pytest.mark.parametrize(
    "rule",
    [
        TunedThresholds(),
        RecallFloor("sick", 0.7),
        SpecificityFloor("mild", 0.7),
        FixedThreshold("sick", 0.1),
        CostMatrix("quadratic", order=["healthy", "mild", "sick"]),
    ],
    ids=lambda rule: type(rule).__name__,
)
def test_an_exported_network_decides_as_predict_does(learned, rule):
    classifier = copy.copy(learned).set_params(thresholding=rule, temperature="fit")
    proba, numbers = build_proba_network(classifier).predict(X, verbose=0)
    np.testing.assert_allclose(proba, classifier.predict_proba(X), atol=1e-5)
    assert classifier.classes_[numbers].tolist() == classifier.predict(X).tolist()


def test_an_object_that_only_looks_like_a_rule_is_refused(table):
    class Duck:
        def fit(self, proba, y):
            return self

        def predict(self, proba):
            return proba.argmax(axis=1)

    with pytest.raises(ValueError, match=r"'thresholding' parameter .*\.Decision'"):
        clone(table).set_params(thresholding=Duck()).fit(X, Y)


def test_a_pickled_classifier_keeps_its_rule(learned):
    unpickled = pickle.loads(pickle.dumps(learned))
    assert unpickled.predict(X).tolist() == learned.predict(X).tolist()


def test_a_saved_classifier_keeps_its_rule(plain, tmp_path):
    classifier = copy.copy(plain).set_params(thresholding=CostMatrix(COSTS))
    classifier.save(tmp_path / "saved.keras")
    loaded = BBFLClassifier.load(tmp_path / "saved.keras")
    assert loaded.predict(X).tolist() == classifier.predict(X).tolist()


@pytest.mark.parametrize("thresholding", ["tuned", RecallFloor("sick", 0.6)], ids=str)
def test_a_saved_classifier_keeps_what_is_learnt_from_held_out_rows(
    learned, tmp_path, thresholding
):
    classifier = copy.copy(learned)
    classifier.set_params(thresholding=thresholding, temperature="fit")
    classifier.save(tmp_path / "saved.keras")
    loaded = BBFLClassifier.load(tmp_path / "saved.keras")
    assert loaded.temperature_ == classifier.temperature_
    assert loaded.predict(X).tolist() == classifier.predict(X).tolist()
    for changed in (classifier, loaded):
        changed.set_params(thresholding=TunedThresholds("accuracy"), target_prior="uniform")
    assert loaded.predict(X).tolist() == classifier.predict(X).tolist()


def test_a_saved_classifier_keeps_a_rule_that_was_fitted_by_itself(plain, tmp_path):
    rule = RecallFloor("sick").fit(np.eye(3)[[0, 1, 2]] * 0.9 + 0.03, plain.classes_)
    copy.copy(plain).set_params(thresholding=rule).save(tmp_path / "saved.keras")
    loaded = BBFLClassifier.load(tmp_path / "saved.keras")
    assert loaded.decision_.threshold_ == rule.threshold_
    assert loaded.predict(X).tolist() == rule.predict(plain.predict_proba(X)).tolist()


def test_a_rule_whose_scorer_is_an_object_cannot_be_saved(learned, tmp_path):
    # scikit-learn 1.6 looks for the positive label among the classes, whatever the average.
    scorer = make_scorer(f1_score, average="macro", pos_label=None)
    classifier = copy.copy(learned).set_params(thresholding=TunedThresholds(scorer))
    with pytest.raises(ValueError, match=r"has a parameter that the file cannot hold.* Pickle"):
        classifier.save(tmp_path / "saved.keras")
    unpickled = pickle.loads(pickle.dumps(classifier))
    assert unpickled.predict(X).tolist() == classifier.predict(X).tolist()


def test_a_rule_of_ones_own_cannot_be_saved_and_the_error_says_how_to_go_on(learned, tmp_path):
    with pytest.raises(ValueError, match=r"Learned\(\) is a rule of your own.* Pickle"):
        learned.save(tmp_path / "saved.keras")
    copy.copy(learned).set_params(thresholding=None).save(tmp_path / "saved.keras")
    proba = BBFLClassifier.load(tmp_path / "saved.keras").predict_proba(X)
    assert learned.decision_.predict(proba).tolist() == learned.predict(X).tolist()


class OwnLoss(keras.losses.Loss):
    """A loss of a user, of one logit per class."""

    def call(self, y_true, y_pred):
        return keras.ops.sparse_categorical_crossentropy(y_true, y_pred, from_logits=True)


@pytest.mark.slow
def test_a_loss_that_keras_does_not_know_cannot_be_saved_until_it_is_registered(table, tmp_path):
    classifier = clone(table).set_params(loss=OwnLoss(name="own"), epochs=0).fit(X, Y)
    with pytest.raises(ValueError, match=r"Register it, as in keras\.saving\.regist"):
        classifier.save(tmp_path / "saved.keras")
    keras.saving.register_keras_serializable("tests")(OwnLoss)
    classifier.save(tmp_path / "saved.keras")
    loaded = BBFLClassifier.load(tmp_path / "saved.keras")
    assert isinstance(loaded.loss, OwnLoss)
    assert loaded.loss.name == "own"
    loaded.set_params(warm_start=True, epochs=1).fit(X, Y)
