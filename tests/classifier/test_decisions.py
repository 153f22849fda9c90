"""A decision rule as `thresholding`: what it is fitted on, when it holds, and where it is kept."""

import copy
import pickle
import warnings

import keras
import numpy as np
import pytest
from sklearn.base import clone

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.classifier import _classifier
from imblearn_bbfl.decisions import CostMatrix, Decision

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

    def fit_decision(classifier, part):
        parts[-1].append(part.rows.tolist())
        return None, None

    monkeypatch.setattr(BBFLClassifier, "_train", train)
    monkeypatch.setattr(_classifier, "fit_decision", fit_decision)
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


@pytest.mark.parametrize(
    "changed",
    [
        lambda plain, learned: copy.copy(plain).set_params(thresholding=Learned()),
        lambda plain, learned: copy.deepcopy(learned).set_params(thresholding__power=2.0),
    ],
    ids=["another rule", "another parameter"],
)
def test_a_rule_that_needs_rows_cannot_be_set_after_fit(plain, learned, changed):
    with pytest.raises(ValueError, match=r"learns from rows .* was set after `fit`. Fit again, or"):
        changed(plain, learned).predict(X)


def test_a_rule_that_needs_rows_holds_for_the_class_mix_that_it_was_fitted_for(learned):
    classifier = copy.copy(learned).set_params(target_prior="uniform")
    with pytest.raises(ValueError, match="for another class mix than target_prior='uniform'"):
        classifier.predict(X)
    assert len(classifier.predict_proba(X)) == 200


def test_parameters_that_are_long_arrays_are_compared_in_full(table):
    power = np.ones(3) + 1e-12
    classifier = clone(table).set_params(thresholding=Learned(power), epochs=0)
    with pytest.warns(UserWarning, match="held-out rows only"):
        classifier.fit(X, Y)
    classifier.predict(X)
    with pytest.raises(ValueError, match="was set after `fit`"):
        classifier.set_params(thresholding__power=np.ones(3)).predict(X)


def test_partial_fit_refuses_a_rule_that_needs_rows_before_it_trains(table):
    classifier = clone(table).set_params(thresholding=Learned())
    with pytest.raises(ValueError, match=r"partial_fit holds none out. Use `fit`"):
        classifier.partial_fit(X, Y)
    assert not hasattr(classifier, "model_")


def test_a_wrong_cost_matrix_is_refused_before_training(table, parts):
    with pytest.raises(ValueError, match=r"costs has shape \(2, 2\), but there are 3 classes"):
        clone(table).set_params(thresholding=CostMatrix([[0, 1], [1, 0]])).fit(X, Y)
    assert parts == []


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


@pytest.mark.slow
def test_a_saved_classifier_keeps_what_its_rule_has_learnt(table, tmp_path, monkeypatch):
    monkeypatch.setattr(CostMatrix, "needs_rows", True)
    classifier = clone(table).set_params(thresholding=CostMatrix(np.array(COSTS)), epochs=0)
    with pytest.warns(UserWarning, match="held-out rows only"):
        classifier.fit(X, Y)
    classifier.decision_.costs_ += 0.5  # as if learnt
    classifier.save(tmp_path / "saved.keras")
    loaded = BBFLClassifier.load(tmp_path / "saved.keras")
    assert loaded.decision_.classes_.tolist() == ["healthy", "mild", "sick"]
    np.testing.assert_array_equal(loaded.decision_.costs_, classifier.decision_.costs_)
    assert loaded.predict(X).tolist() == classifier.predict(X).tolist()


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
