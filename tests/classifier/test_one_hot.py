"""Labels in one-hot rows: the classes are the names of the columns."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from imblearn_bbfl import BBFLClassifier

NAMES = ["NV", "MEL", "BCC"]
CODES = np.arange(30) % 3
X = np.eye(3)[CODES]
ROWS = pd.DataFrame(np.eye(3)[CODES], columns=NAMES)
MLP = BBFLClassifier("mlp", epochs=1, learning_rate=0.1, random_state=0)


@pytest.fixture(scope="module")
def fitted():
    """Return a classifier fitted on one-hot rows with names. Not to be changed."""
    return clone(MLP).fit(X, ROWS, validation_data=(X[:6], ROWS[:6][["BCC", "NV", "MEL"]]))


def test_one_hot_rows_train_as_the_names_of_their_columns_do(fitted):
    labels = np.array(NAMES)[CODES]
    same = clone(MLP).fit(X, labels, validation_data=(X[:6], labels[:6]))
    assert fitted.classes_.tolist() == sorted(NAMES)
    np.testing.assert_array_equal(fitted.predict_proba(X), same.predict_proba(X))


def test_the_score_takes_one_hot_rows_as_it_takes_labels(fitted):
    is_right = fitted.predict(X) == np.array(NAMES)[CODES]
    weight = np.arange(30)
    assert fitted.score(X, ROWS, weight) == np.average(is_right, weights=weight)


def test_one_hot_rows_without_names_have_numbers_as_labels():
    y = np.eye(4)[CODES + 1]
    with pytest.warns(UserWarning, match="no row with a 1 in the column 0"):
        assert clone(MLP).set_params(epochs=0).fit(X, y).classes_.tolist() == [1, 2, 3]


@pytest.mark.parametrize("row", [[1, 1, 0], [0, 0, 0]])
def test_targets_with_several_labels_are_refused_with_the_ways(row):
    y = ROWS.to_numpy().copy()
    y[3] = row
    with pytest.raises(ValueError, match=r"multi-label .*MultiOutputClassifier.*balance_by"):
        clone(MLP).fit(X, y)
