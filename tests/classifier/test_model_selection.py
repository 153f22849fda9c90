"""Cross-validation and searches over the settings."""

import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.metrics import average_precision_score, f1_score, make_scorer, roc_auc_score
from sklearn.model_selection import (
    GridSearchCV,
    StratifiedShuffleSplit,
    cross_val_predict,
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
        return_estimator=True,
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


def test_cross_validated_scores_are_those_of_what_each_fold_predicts(results, images):
    order = np.argsort(images.y)
    X, y = images.X[order], (images.y[order] == "sick").astype(int)
    for fold, classifier in enumerate(results["estimator"]):
        rows = results["indices"]["test"][fold]
        proba = classifier.predict_proba(X[rows])[:, 1]
        expected = {
            "roc_auc": roc_auc_score(y[rows], proba),
            "average_precision": average_precision_score(y[rows], proba),
            "f1_macro": f1_score(y[rows], classifier.predict(X[rows]), average="macro"),
        }
        scores = {name: results[f"test_{name}"][fold] for name in expected}
        assert scores == pytest.approx(expected)


def cross_validate_once(classifier, images, cv, scoring):
    """Return the score, and the labels and probabilities of the test part."""
    returned = {"return_estimator": True, "return_indices": True, "error_score": "raise"}
    results = cross_validate(classifier, *images, cv=cv, scoring=scoring, **returned)
    (fitted,), (rows,) = results["estimator"], results["indices"]["test"]
    return results["test_score"][0], images.y[rows], fitted.predict_proba(images.X[rows])


def test_average_precision_takes_string_labels(small, images, one_split):
    scorer = make_scorer(average_precision_score, response_method="predict_proba", pos_label="sick")
    score, y, proba = cross_validate_once(small, images, one_split, scorer)
    assert score == pytest.approx(average_precision_score(y == "sick", proba[:, 1]))


def test_roc_auc_of_three_classes_is_cross_validated(small, images_of_three_classes, one_split):
    score, y, proba = cross_validate_once(small, images_of_three_classes, one_split, "roc_auc_ovr")
    assert score == pytest.approx(roc_auc_score(y, proba, multi_class="ovr"))


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


def test_samplers_of_a_search_are_unlike_in_their_scores(search):
    scores = search.cv_results_["mean_test_score"]
    assert np.isfinite(scores).all()
    assert len(set(scores)) > 1


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
    assert np.isfinite(tried["mean_test_score"]).all()
    assert len(set(tried["mean_test_score"])) > 1
