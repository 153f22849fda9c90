"""All rows once per epoch, in another order each time."""

import pickle

import numpy as np
import pytest

from imblearn_bbfl.sampling import ShuffleSampler

Y = np.repeat(["a", "b"], [20, 3])


def fit(y=Y, batch_size=5, random_state=0):
    return ShuffleSampler(batch_size, random_state=random_state).fit(y)


@pytest.mark.parametrize("batch_size", [1, 4, 23, 24])
def test_every_row_comes_once_per_epoch(batch_size):
    rows = np.concatenate(fit(batch_size=batch_size).sample_epoch(2))
    np.testing.assert_array_equal(np.sort(rows), np.arange(23))


def test_only_the_last_batch_is_shorter():
    assert [len(rows) for rows in fit().sample_epoch(0)] == [5, 5, 5, 5, 3]


def test_batch_is_the_same_alone_and_in_its_epoch():
    plan, other = fit(), fit()
    for epoch in (2, 0):
        for batch, rows in enumerate(plan.sample_epoch(epoch)):
            np.testing.assert_array_equal(other.sample_batch(epoch, batch), rows)


def test_epochs_differ():
    first, second = (np.concatenate(fit().sample_epoch(epoch)) for epoch in (0, 1))
    assert not np.array_equal(first, second)


def test_seeds_differ():
    assert not np.array_equal(fit().sample_batch(0, 0), fit(random_state=1).sample_batch(0, 0))


def test_pickled_plan_goes_on_the_same():
    plan = fit(random_state=None)
    copied = pickle.loads(pickle.dumps(plan))
    np.testing.assert_array_equal(copied.sample_batch(4, 1), plan.sample_batch(4, 1))


def test_class_counts_are_those_of_the_data():
    plan = fit()
    assert plan.class_counts_.tolist() == [20, 3]
    assert plan.classes_.tolist() == ["a", "b"]
    assert plan.n_batches_ == 5


def test_rows_are_intp():
    assert fit().sample_batch(0, 0).dtype == np.intp


def test_changed_batch_leaves_the_plan_alone():
    plan = fit()
    expected = plan.sample_batch(0, 0).copy()
    plan.sample_batch(0, 0)[:] = -1
    np.testing.assert_array_equal(plan.sample_batch(0, 0), expected)
