"""What a monitored score is called in `history_`."""

from functools import partial

import pytest
from sklearn.metrics import accuracy_score, cohen_kappa_score, make_scorer

from imblearn_bbfl.training import resolve_monitor


def recall_of_the_rare(estimator, X, y):
    """Stand for a scorer of a user."""
    return accuracy_score(y, estimator.predict(X))


@pytest.mark.parametrize(
    ("monitor", "name"),
    [
        ("loss", "loss"),
        ("roc_auc", "roc_auc"),
        ("matthews_corrcoef", "matthews_corrcoef"),
        (recall_of_the_rare, "recall_of_the_rare"),
        (make_scorer(cohen_kappa_score, weights="quadratic"), "score"),
        (partial(recall_of_the_rare), "score"),
        (lambda estimator, X, y: 1.0, "score"),
    ],
    ids=["loss", "own name", "name", "function", "object", "partial", "lambda"],
)
def test_a_score_has_the_name_that_one_would_look_for(monitor, name):
    found, metrics = resolve_monitor(monitor, 2)
    assert found == name
    assert (name in metrics) == (name != "loss")
