"""imbalanced-learn's samplers on row numbers, and which of them that suits."""

import pickle
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.under_sampling import NearMiss, OneSidedSelection, RandomUnderSampler, TomekLinks
from imblearn.utils.testing import all_estimators
from sklearn.base import BaseEstimator

from imblearn_bbfl.sampling import ResamplingSampler

Y = np.repeat(["healthy", "ill"], [60, 20])
X = np.random.default_rng(0).normal(size=(80, 2)) + (Y == "ill")[:, np.newaxis]
RANDOM = [RandomOverSampler(), RandomUnderSampler()]
OTHERS = [
    Sampler
    for name, Sampler in all_estimators("sampler")
    if name not in ("RandomOverSampler", "RandomUnderSampler")
]


def fit(sampler, y=Y, X=None, batch_size=16, random_state=0):
    return ResamplingSampler(sampler, batch_size, random_state=random_state).fit(y, X)


def epoch_rows(plan, epoch):
    return np.concatenate(plan.sample_epoch(epoch))


def make_sampler(Sampler):
    needs_columns = "categorical_features" in Sampler._get_param_names()
    return Sampler(categorical_features=[0]) if needs_columns else Sampler()


class FirstRowsSampler(BaseEstimator):
    """A third party's sampler: chooses by labels alone, has no `random_state`."""

    n_runs = 0

    def fit_resample(self, X, y):
        type(self).n_runs += 1
        n_rows = min(Counter(y).values())
        self.sample_indices_ = np.concatenate(
            [np.flatnonzero(y == label)[:n_rows] for label in np.unique(y)]
        )
        return X[self.sample_indices_], y[self.sample_indices_]


def test_over_sampling_repeats_the_minority_to_the_size_of_the_majority():
    rows = epoch_rows(fit(RandomOverSampler()), 0)
    assert Counter(Y[rows]) == {"healthy": 60, "ill": 60}
    assert set(rows) == set(range(80))


def test_under_sampling_leaves_majority_rows_out():
    rows = epoch_rows(fit(RandomUnderSampler()), 0)
    assert Counter(Y[rows]) == {"healthy": 20, "ill": 20}
    assert len(set(rows)) == 40


def test_under_sampling_draws_other_majority_rows_in_another_epoch():
    plan = fit(RandomUnderSampler())
    majorities = [set(epoch_rows(plan, epoch)) & set(range(60)) for epoch in range(30)]
    assert majorities[0] != majorities[1]
    assert set.union(*majorities) == set(range(60))


@pytest.mark.parametrize("own_seed", [5, np.random.RandomState(5)])
def test_own_seed_of_the_sampler_decides_its_choice_anew_each_epoch(own_seed):
    plans = [fit(RandomUnderSampler(random_state=own_seed), random_state=seed) for seed in (0, 1)]
    chosen = [[set(epoch_rows(plan, epoch)) for epoch in (0, 1)] for plan in plans]
    assert chosen[0] == chosen[1]
    assert chosen[0][0] != chosen[0][1]


@pytest.mark.parametrize("sampler", RANDOM)
def test_batch_is_the_same_alone_and_in_its_epoch(sampler):
    plan, other = fit(sampler), fit(sampler)
    for epoch in (2, 0):
        for batch, rows in enumerate(plan.sample_epoch(epoch)):
            np.testing.assert_array_equal(other.sample_batch(epoch, batch), rows)


def test_seeds_differ():
    first, second = (fit(RandomOverSampler(), random_state=seed) for seed in (0, 1))
    assert not np.array_equal(epoch_rows(first, 0), epoch_rows(second, 0))


def test_classes_are_mixed_within_batches():
    labels = Y[fit(RandomOverSampler()).sample_epoch(0)[0]]
    assert set(labels) == {"healthy", "ill"}


def test_threads_draw_what_one_thread_draws():
    plan, expected = fit(RandomUnderSampler()), fit(RandomUnderSampler())
    n_batches = plan.n_batches_
    numbers = np.random.default_rng(0).permutation(12 * n_batches)
    with ThreadPoolExecutor(8) as pool:
        drawn = list(
            pool.map(lambda number: plan.sample_batch(*divmod(number, n_batches)), numbers)
        )
    for number, rows in zip(numbers, drawn, strict=True):
        np.testing.assert_array_equal(rows, expected.sample_batch(*divmod(number, n_batches)))


@pytest.mark.parametrize("sampler", RANDOM)
def test_pickled_plan_goes_on_the_same(sampler):
    plan = fit(sampler, random_state=None)
    copied = pickle.loads(pickle.dumps(plan))
    np.testing.assert_array_equal(epoch_rows(copied, 3), epoch_rows(plan, 3))


def test_sampler_passed_in_is_left_alone():
    sampler = RandomOverSampler()
    fit(sampler).sample_epoch(1)
    assert not hasattr(sampler, "sample_indices_")
    assert sampler.random_state is None


def test_sampling_strategy_names_the_classes_by_their_labels():
    rows = epoch_rows(fit(RandomUnderSampler(sampling_strategy={"healthy": 30})), 0)
    assert Counter(Y[rows]) == {"healthy": 30, "ill": 20}


def test_class_counts_and_batches_are_those_of_the_resampled_rows():
    plan = fit(RandomUnderSampler(sampling_strategy=0.5))
    assert plan.class_counts_.tolist() == [40, 20]
    assert [len(rows) for rows in plan.sample_epoch(0)] == [16, 16, 16, 12]
    assert plan.n_batches_ == 4


def test_one_hot_rows_are_the_labels_of_their_ones():
    labels = (Y == "ill").astype(int)
    rows = epoch_rows(fit(RandomOverSampler(), y=np.eye(2)[labels]), 0)
    np.testing.assert_array_equal(rows, epoch_rows(fit(RandomOverSampler(), y=labels), 0))


@pytest.mark.slow
@pytest.mark.parametrize("Sampler", OTHERS, ids=lambda Sampler: Sampler.__name__)
def test_all_but_the_random_samplers_are_refused_on_row_numbers(Sampler):
    with pytest.raises(ValueError, match=r"RandomOverSampler\(\) or RandomUnderSampler\(\)"):
        fit(make_sampler(Sampler), y=(Y == "ill").astype(int))


def test_error_of_the_sampler_itself_says_that_it_ran_on_row_numbers():
    with pytest.raises(ValueError, match="run on row numbers"):
        fit(RandomUnderSampler(sampling_strategy={"dead": 3}))


@pytest.mark.parametrize("sampler", RANDOM)
def test_random_samplers_are_taken_on_row_numbers(sampler):
    assert fit(sampler).n_batches_ > 0


def test_sampler_without_sample_indices_is_an_error():
    with pytest.raises(ValueError, match="needs to have an attribute 'sample_indices_'"):
        fit(SMOTE(), X=X)


def test_the_remedy_is_said_once():
    with pytest.raises(ValueError, match="balance each batch with BatchBalancedSampler") as caught:
        fit(TakesWhatItGets())
    assert not hasattr(caught.value, "__notes__")


def test_sampler_that_makes_points_is_an_error_on_row_numbers():
    with pytest.raises(ValueError, match="makes new points"):
        fit(RandomOverSampler(shrinkage=1.0))


@pytest.mark.parametrize("sampler", [NearMiss(), TomekLinks()])
def test_sampler_that_measures_distance_is_an_error_on_row_numbers(sampler):
    with pytest.raises(ValueError, match="chooses rows by their features"):
        fit(sampler)


@pytest.mark.parametrize("sampler", [NearMiss(), TomekLinks()])
def test_sampler_that_measures_distance_chooses_from_a_table_as_by_itself(sampler):
    rows = epoch_rows(fit(sampler, X=X), 0)
    sampler.fit_resample(X, Y)
    np.testing.assert_array_equal(np.sort(rows), np.sort(sampler.sample_indices_))


def test_sampler_without_random_state_is_run_once_and_shuffled_each_epoch():
    FirstRowsSampler.n_runs = 0
    plan = fit(FirstRowsSampler(), X=X)
    first, second = (epoch_rows(plan, epoch) for epoch in (0, 1))
    assert FirstRowsSampler.n_runs == 1
    assert set(first) == set(second)
    assert not np.array_equal(first, second)


def test_third_party_sampler_that_goes_by_labels_is_taken_on_row_numbers():
    assert set(epoch_rows(fit(FirstRowsSampler()), 0)) == {*range(20), *range(60, 80)}


class TakesWhatItGets(BaseEstimator):
    """A third party's sampler that does not tell which rows it took."""

    def fit_resample(self, X, y):
        return X, y


class NestedSampler(BaseEstimator):
    """A third party's sampler that has another one choose."""

    def __init__(self, inner):
        self.inner = inner

    def fit_resample(self, X, y):
        resampled = self.inner.fit_resample(X, y)
        self.sample_indices_ = self.inner.sample_indices_
        return resampled


def test_a_sampler_within_a_sampler_chooses_anew_each_epoch():
    plan = fit(NestedSampler(RandomUnderSampler()))
    assert set(epoch_rows(plan, 0)) != set(epoch_rows(plan, 1))


def test_epochs_are_as_long_as_the_first_where_the_sampler_chooses_more_or_fewer():
    plan = fit(OneSidedSelection(), X=X)
    draws = [plan._choose(epoch) for epoch in range(10)]
    assert plan.class_counts_.tolist() == np.unique(Y[draws[0]], return_counts=True)[1].tolist()
    assert len({len(rows) for rows in draws}) > 1
    for epoch, chosen in enumerate(draws):
        rows = epoch_rows(plan, epoch)
        assert len(rows) == len(draws[0])
        assert set(rows) <= set(chosen)


@pytest.mark.parametrize("sampler", ["smote", None, BaseEstimator()])
def test_object_that_is_no_sampler_is_an_error(sampler):
    with pytest.raises(TypeError, match="has no method fit_resample"):
        fit(sampler)


def test_class_instead_of_instance_is_an_error():
    with pytest.raises(TypeError, match="instance"):
        fit(RandomOverSampler)
