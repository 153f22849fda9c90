"""Where only the head is trained, rules and temperatures learn from all rows, by cross-fitting."""

import keras
import numpy as np
import pytest

from imblearn_bbfl import BBFLClassifier, validation_split
from imblearn_bbfl.decisions import TunedThresholds
from imblearn_bbfl.validation_split import split_folds

RNG = np.random.default_rng(0)
Y = np.repeat(["a", "b", "c"], [60, 27, 9])
GROUPS = np.arange(96) // 3
WEIGHT = RNG.uniform(0.5, 2, 96)
X = RNG.normal(size=(96, 4)).astype("float32") + (np.arange(96)[:, np.newaxis] // 30)


def make(**params):
    defaults = {
        "head_epochs": 2,
        "epochs": 0,
        "batch_size": 60,
        "head_learning_rate": 0.05,
        "random_state": 0,
        "compile__run_eagerly": True,  # which is faster here than a trace
    }
    return BBFLClassifier("mlp", **{**defaults, **params})


class Note(keras.callbacks.Callback):
    """Notes each training that begins."""

    begun = []

    def on_train_begin(self, logs=None):
        self.begun.append(self)


@pytest.fixture(scope="module")
def plain():
    return make().fit(X, Y, groups=GROUPS, sample_weight=WEIGHT)


@pytest.fixture(scope="module")
def tuned():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(validation_split, "_N_FOLDS", 2)  # each costs a fit
        Note.begun.clear()
        classifier = make(thresholding="tuned", callbacks=Note)
        return classifier.fit(X, Y, groups=GROUPS, sample_weight=WEIGHT)


def test_the_network_is_that_of_all_rows_as_without_a_rule(plain, tuned):
    np.testing.assert_array_equal(tuned.predict_proba(X), plain.predict_proba(X))
    assert tuned.history_ == plain.history_


def test_the_rule_learns_from_rows_that_their_head_was_not_trained_on(tuned, monkeypatch):
    monkeypatch.setattr(validation_split, "_N_FOLDS", 2)
    codes = np.unique(Y, return_inverse=True)[1]
    folds = split_folds(codes, GROUPS, np.random.RandomState(0))
    labels, proba = [], []
    for train, test in folds:
        assert not set(GROUPS[train]) & set(GROUPS[test])
        head = make().fit(X[train], Y[train], sample_weight=WEIGHT[train])
        labels.append(Y[test])
        proba.append(head.predict_proba(X[test]))
    labels, proba = np.concatenate(labels), np.concatenate(proba)
    assert len(labels) == 96
    rule = TunedThresholds().fit(proba, labels, tuned.classes_)
    np.testing.assert_allclose(tuned.decision_.thresholds_, rule.thresholds_, rtol=1e-5)


def test_callbacks_see_one_training(tuned):
    assert len(Note.begun) == 1


def test_a_temperature_that_is_set_afterwards_learns_from_the_same_rows(tuned):
    assert not hasattr(tuned, "temperature_")
    tuned.set_params(temperature="fit").predict(X)
    assert tuned.temperature_ > 0


@pytest.mark.parametrize(
    "params",
    [{"validation_fraction": 0.5}, {"epochs": 1}, {"head_epochs": 0}],
    ids=str,
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_otherwise_rows_are_held_out(params):
    classifier = make(temperature="fit", **params).fit(X, Y)
    assert "decision" in classifier._held_out
