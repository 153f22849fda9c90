"""Which rows a fit validates on: never one that was trained on, in this fit or one before."""

import pickle
import warnings

import numpy as np
import pytest
from sklearn.base import clone

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.classifier import _held_out

X = np.random.default_rng(0).standard_normal((60, 4)).astype("float32")
Y = np.repeat([0, 1], [40, 20])
PATIENTS = np.arange(60) // 2

FLATTER = "the validation part may hold rows that were trained on"


@pytest.fixture(scope="module")
def table(small):
    """Return a small classifier of tables, not fitted."""
    return clone(small).set_params(backbone="mlp", validation_fraction=0.25)


@pytest.fixture
def parts(monkeypatch):
    """Return the rows of each fit's training and validation part; there is no training."""
    parts = []

    def train(self, train, valid, rng, **kwargs):
        parts.append((train.rows.tolist(), None if valid is None else valid.rows.tolist()))
        self.model_ = "a network"
        self.history_ = {"loss": [1.0] * len(parts)}

    monkeypatch.setattr(BBFLClassifier, "_train", train)
    return parts


def fit(classifier, **params):
    """Fit without any warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        return classifier.set_params(**params).fit(X, Y, groups=PATIENTS)


@pytest.mark.parametrize("random_state", [None, 0, np.random.RandomState(0)], ids=str)
def test_fits_that_go_on_never_validate_on_a_row_that_was_trained_on(table, parts, random_state):
    classifier = clone(table).set_params(warm_start=True, random_state=random_state)
    for _ in range(3):
        fit(classifier)
    trained = {row for train, _ in parts for row in train}
    assert not trained & {row for _, valid in parts for row in valid}
    assert len(trained) < 60


def test_another_seed_does_not_change_the_rows_of_a_fit_that_goes_on(table, parts):
    classifier = fit(clone(table), warm_start=True, random_state=0)
    fit(classifier, random_state=1)
    assert parts[0] == parts[1]


@pytest.mark.filterwarnings("ignore:Training goes on")
def test_a_fit_that_is_refused_forgets_nothing_of_the_rows_held_out(table, parts):
    classifier = fit(clone(table), warm_start=True, random_state=None)
    with pytest.raises(ValueError, match="Training holds no row of class"):
        classifier.fit(X, Y, sample_weight=np.isin(Y, Y[:1]))
    fit(classifier)
    assert parts[0] == parts[1]


def test_a_fit_that_begins_anew_draws_anew(table, parts):
    classifier = fit(clone(table), random_state=0)
    fit(classifier, random_state=1)
    assert parts[0] != parts[1]


def test_a_pickled_classifier_goes_on_with_the_same_rows(table, parts):
    classifier = fit(clone(table), warm_start=True, random_state=None)
    fit(pickle.loads(pickle.dumps(classifier)))
    assert parts[0] == parts[1]


def test_a_saved_classifier_goes_on_without_drawing_rows_anew(table, tmp_path, monkeypatch):
    classifier = fit(clone(table), warm_start=True, random_state=None, epochs=0)
    classifier.save(tmp_path / "saved.keras")
    monkeypatch.setattr(_held_out, "split_rows", lambda *args: pytest.fail("rows are drawn anew"))
    fit(BBFLClassifier.load(tmp_path / "saved.keras"))


@pytest.mark.parametrize(
    "first",
    [
        lambda classifier: classifier.fit(X[:50], Y[:50]),
        lambda classifier: classifier.set_params(validation_fraction=0.5).fit(X, Y),
        lambda classifier: classifier.set_params(validation_fraction=None).fit(X, Y),
        lambda classifier: classifier.fit(X, Y, validation_data=(X, Y)),
        lambda classifier: classifier.fit(X, Y).partial_fit(X, Y),
    ],
    ids=["fewer rows", "another fraction", "no validation part", "validation data", "partial_fit"],
)
def test_where_rows_may_have_been_trained_on_a_warning_says_so_once(table, parts, first):
    classifier = first(clone(table).set_params(warm_start=True))
    with pytest.warns(UserWarning, match=FLATTER) as caught:
        classifier.set_params(validation_fraction=0.25).fit(X, Y)
    assert len(caught) == 1


def test_without_a_row_to_validate_all_are_trained_on_for_all_epochs(table):
    classifier = clone(table).set_params(validation_fraction=0.1, epochs=3, patience=1)
    with pytest.warns(UserWarning, match="there is no validation part: all rows are trained on"):
        classifier.fit(X[36:44], Y[36:44])
    assert set(classifier.history_) == {"loss", "learning_rate", "phase"}
    assert classifier.current_epoch == 3
    assert not hasattr(classifier, "best_epoch_")


def test_groups_without_those_of_the_validation_data_get_a_warning(table, parts):
    with pytest.warns(UserWarning, match=r"Pass validation_data=\(X, y, groups\)"):
        clone(table).fit(X, Y, groups=PATIENTS, validation_data=(X, Y))


def test_validation_data_may_have_groups_of_its_own(table, parts):
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        clone(table).fit(X, Y, groups=PATIENTS, validation_data=(X, Y, PATIENTS + 100))
    assert len(parts[0][1]) == 60


def test_rows_of_weight_zero_may_be_validated_on(table, parts):
    is_valid = PATIENTS < 6
    validation_data = X[is_valid], Y[is_valid], PATIENTS[is_valid]
    clone(table).fit(X, Y, (~is_valid).astype(float), PATIENTS, validation_data)
    assert len(parts[0][0]) == 48
