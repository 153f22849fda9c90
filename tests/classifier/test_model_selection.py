"""Cross-validation and searches over the settings."""

import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.metrics import average_precision_score, make_scorer
from sklearn.model_selection import (
    GridSearchCV,
    StratifiedShuffleSplit,
    cross_val_predict,
    cross_val_score,
    cross_validate,
)

from imblearn_bbfl import STRATEGIES

SAMPLERS = [None, "batch", RandomOverSampler(), RandomUnderSampler()]


@pytest.fixture(scope="module")
def one_split():
    return StratifiedShuffleSplit(n_splits=1, test_size=0.4, random_state=0)


@pytest.fixture(scope="module")
def results(small, images):
    """Cross-validate on sorted labels 0 and 1, with folds left to scikit-learn."""
    order = np.argsort(images.y)
    return cross_validate(
        small,
        images.X[order],
        (images.y[order] == "sick").astype(int),
        cv=3,
        scoring=["roc_auc", "average_precision", "f1_macro"],
        return_indices=True,
        error_score="raise",
    )


@pytest.fixture(scope="module")
def search(small, images, one_split):
    """Search over samplers, from a learning rate that leaves them unlike."""
    search = GridSearchCV(
        small, {"sampling": SAMPLERS}, cv=one_split, scoring="roc_auc", error_score="raise"
    )
    return search.fit(*images)


def test_scikit_learn_takes_it_for_a_classifier(tiny):
    assert is_classifier(tiny)
    assert not is_regressor(tiny)


def test_folds_of_sorted_labels_are_stratified(results):
    for test_rows in results["indices"]["test"]:
        n_healthy = np.sum(test_rows < 45)  # sorted: 45 healthy, then 15 sick
        assert (n_healthy, len(test_rows) - n_healthy) == (15, 5)


@pytest.mark.parametrize("score", ["test_roc_auc", "test_average_precision", "test_f1_macro"])
def test_cross_validated_score_is_a_fraction(results, score):
    assert np.all((results[score] >= 0) & (results[score] <= 1))


def test_average_precision_takes_string_labels(small, images, one_split):
    scorer = make_scorer(average_precision_score, response_method="predict_proba", pos_label="sick")
    scores = cross_val_score(small, *images, cv=one_split, scoring=scorer, error_score="raise")
    assert 0 <= scores[0] <= 1


def test_roc_auc_of_three_classes_is_cross_validated(small, images_of_three_classes, one_split):
    (score,) = cross_val_score(
        small, *images_of_three_classes, cv=one_split, scoring="roc_auc_ovr", error_score="raise"
    )
    assert 0 <= score <= 1


@pytest.mark.slow
def test_cross_validated_probabilities_are_those_of_the_folds(small, images):
    folds = [(np.arange(30), np.arange(30, 60)), (np.arange(30, 60), np.arange(30))]
    proba = cross_val_predict(small, *images, cv=folds, method="predict_proba")
    classifier = clone(small).fit(images.X[:30], images.y[:30])
    np.testing.assert_allclose(proba[30:], classifier.predict_proba(images.X[30:]), atol=1e-6)


@pytest.mark.slow
def test_search_hands_gamma_to_the_loss(untrained, images, one_split):
    def score_by_gamma(classifier, X, y):
        return classifier.model_.loss.gamma

    gammas = [0.0, 0.5, 2.0, 10.0]
    search = GridSearchCV(untrained, {"gamma": gammas}, cv=one_split, scoring=score_by_gamma)
    search.fit(*images)
    np.testing.assert_array_equal(search.cv_results_["mean_test_score"], gammas)


@pytest.mark.slow
def test_gamma_is_searched_in_two_processes(small, images):
    grid = {"gamma": [0.0, 0.5, 2.0, 10.0]}
    alone = GridSearchCV(small, grid, cv=2, scoring="neg_log_loss", error_score="raise")
    in_two = clone(alone).set_params(n_jobs=2)
    expected, got = (each.fit(*images).cv_results_ for each in (alone, in_two))
    np.testing.assert_allclose(got["mean_test_score"], expected["mean_test_score"], atol=1e-5)


def test_results_of_a_search_show_the_samplers(search):
    shown = search.cv_results_["param_sampling"]
    assert [repr(sampler) for sampler in shown] == [repr(sampler) for sampler in SAMPLERS]


def test_samplers_of_a_search_are_scored(search):
    scores = search.cv_results_["mean_test_score"]
    assert np.all((scores >= 0) & (scores <= 1))


def test_search_refits_the_best_setting_on_all_rows(search, small, images):
    classifier = clone(small).set_params(**clone(search.best_params_, safe=False))
    expected = classifier.fit(*images).predict_proba(images.X)
    np.testing.assert_allclose(search.predict_proba(images.X), expected, atol=1e-6)


@pytest.mark.slow
def test_strategies_are_searched_as_a_list_of_grids(small, images, one_split):
    grids = [{key: [value] for key, value in s.items()} for s in STRATEGIES.values()]
    search = GridSearchCV(small, grids, cv=one_split, refit=False, error_score="raise")
    tried = search.fit(*images).cv_results_
    assert [repr(params) for params in tried["params"]] == [
        repr(dict(sorted(strategy.items()))) for strategy in STRATEGIES.values()
    ]
    assert np.all((tried["mean_test_score"] >= 0) & (tried["mean_test_score"] <= 1))
