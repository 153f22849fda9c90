"""Each batch balanced exactly, no row before all, one seed for everything."""

import copy
import pickle
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sklearn.base import clone

from imblearn_bbfl.sampling import BatchBalancedSampler, _batch_balanced

BATCH_SIZE = 12
CLASS_NUMBERS = range(2, BATCH_SIZE + 1)


def long_tail(n_classes):
    """Labels of classes with 40, 20, 13, ... rows, mixed."""
    y = np.repeat(np.arange(n_classes), [40 // (code + 1) for code in range(n_classes)])
    return np.random.default_rng(0).permutation(y)


def fit(y, batch_size=BATCH_SIZE, **params):
    return BatchBalancedSampler(batch_size, **{"random_state": 0, **params}).fit(y)


def all_batches(plan, n_epochs):
    return [rows for epoch in range(n_epochs) for rows in plan.sample_epoch(epoch)]


def streams(plan, y, n_epochs):
    """Rows of each class in the order of the batches."""
    rows = np.concatenate(all_batches(plan, n_epochs))
    return [rows[y[rows] == label] for label in plan.classes_]


@pytest.mark.parametrize("n_classes", CLASS_NUMBERS)
def test_every_batch_has_equally_many_rows_of_each_class(n_classes):
    y = long_tail(n_classes)
    for rows in all_batches(fit(y), n_epochs=3):
        counts = np.bincount(y[rows], minlength=n_classes)
        assert counts.sum() == BATCH_SIZE
        assert counts.min() == BATCH_SIZE // n_classes
        assert counts.max() == -(-BATCH_SIZE // n_classes)


@pytest.mark.parametrize("n_devices", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("n_classes", CLASS_NUMBERS)
def test_the_share_of_each_device_is_balanced_too(n_classes, n_devices):
    y = long_tail(n_classes)
    share = BATCH_SIZE // n_devices
    for rows in np.reshape(all_batches(fit(y), n_epochs=3), (-1, share)):
        counts = np.bincount(y[rows], minlength=n_classes)
        assert np.ptp(counts) <= (2 if share % n_classes else 0)


@pytest.mark.parametrize("n_classes", CLASS_NUMBERS)
def test_any_n_classes_successive_batches_are_level_even_across_epochs(n_classes):
    y = long_tail(n_classes)
    batches = all_batches(fit(y), n_epochs=5)
    for start in range(len(batches) - n_classes + 1):
        rows = np.concatenate(batches[start : start + n_classes])
        assert np.all(np.bincount(y[rows]) == BATCH_SIZE)


@pytest.mark.parametrize("n_classes", CLASS_NUMBERS)
def test_no_row_comes_again_before_all_rows_of_its_class(n_classes):
    y = long_tail(n_classes)
    times = np.zeros(len(y), dtype=int)
    for rows in all_batches(fit(y), n_epochs=20):
        np.add.at(times, rows, 1)
        for label in range(n_classes):
            assert np.ptp(times[y == label]) <= 1


def test_rows_that_an_epoch_had_no_room_for_come_first_in_the_next():
    y = np.repeat([0, 1], [80, 20])
    plan = fit(y, batch_size=10)
    first, second = (np.concatenate(plan.sample_epoch(epoch)) for epoch in (0, 1))
    left_out = set(np.flatnonzero(y == 0)) - set(first)
    assert len(left_out) == 30
    assert left_out <= set(second)


def test_batches_of_one_row_per_class_show_whole_cycles():
    y = np.repeat([0, 1, 2], [5, 3, 2])
    for label, stream in enumerate(streams(fit(y, batch_size=3), y, n_epochs=30)):
        n_rows = np.sum(y == label)
        cycles = stream[: len(stream) // n_rows * n_rows].reshape(-1, n_rows)
        assert np.all(np.sort(cycles, axis=1) == np.flatnonzero(y == label))


def test_rows_come_in_all_orders_equally_often():
    y = np.repeat([0, 1], 3)
    stream = streams(fit(y, batch_size=2, n_batches=18_000), y, n_epochs=1)[0]
    orders = Counter(map(tuple, stream.reshape(-1, 3)))
    assert len(orders) == 6
    assert all(abs(count - 1000) < 150 for count in orders.values())


def test_classes_stand_at_all_places_of_a_batch():
    y = np.repeat([0, 1], 50)
    labels = y[np.array(fit(y, n_batches=400).sample_epoch(0))]
    assert np.all(np.abs(labels.mean(axis=0) - 0.5) < 0.12)


def test_class_larger_than_a_block_is_still_walked_in_whole_cycles():
    y = np.repeat([0, 1], [6000, 9])
    stream = streams(fit(y, batch_size=40, n_batches=600), y, n_epochs=1)[0]
    first, second = stream.reshape(2, 6000)
    assert np.all(np.sort([first, second], axis=1) == np.arange(6000))
    assert not np.array_equal(first, second)


@pytest.mark.parametrize("n_classes", CLASS_NUMBERS)
def test_batch_is_the_same_alone_and_in_its_epoch(n_classes):
    y = long_tail(n_classes)
    whole, single = fit(y), fit(y)
    for epoch in (3, 0):
        for batch in reversed(range(whole.n_batches_)):
            rows = whole.sample_epoch(epoch)[batch]
            np.testing.assert_array_equal(single.sample_batch(epoch, batch), rows)


@pytest.mark.parametrize("n_classes", [3, 5])
def test_epochs_of_several_blocks_are_their_batches(n_classes, monkeypatch):
    monkeypatch.setattr(_batch_balanced, "_BLOCK", 2 * BATCH_SIZE)
    plan = fit(long_tail(n_classes), n_batches=5)
    batches = [plan.sample_batch(1, batch) for batch in range(5)]
    np.testing.assert_array_equal(plan.sample_epoch(1), batches)


def test_rows_of_a_class_are_kept_in_their_order_and_in_little_memory():
    y = np.random.default_rng(0).integers(0, 2, 5000)  # so many that sorts differ
    plan = fit(y)
    for code in (0, 1):
        np.testing.assert_array_equal(plan._class_rows[code], np.flatnonzero(y == code))
        assert plan._class_rows[code].dtype == np.int32


def test_epochs_and_batches_differ():
    batches = all_batches(fit(long_tail(3)), n_epochs=4)
    assert len({tuple(rows) for rows in batches}) == len(batches)


def test_same_seed_gives_the_same_rows():
    y = long_tail(3)
    for plan in (fit(y, random_state=0), fit(y, random_state=np.random.RandomState(0))):
        np.testing.assert_array_equal(plan.sample_epoch(1), fit(y).sample_epoch(1))


@pytest.mark.parametrize("seeds", [(0, 1), (None, None)])
def test_another_seed_gives_other_rows(seeds):
    one, other = (fit(long_tail(3), random_state=seed).sample_epoch(0) for seed in seeds)
    assert not np.array_equal(one, other)


def test_threads_draw_what_one_thread_draws():
    y = np.repeat([0, 1, 2], [9000, 90, 4])
    plan, expected = fit(y, n_batches=300), fit(y, n_batches=300)
    numbers = np.random.default_rng(0).permutation(1200)
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(lambda number: plan.sample_batch(*divmod(number, 300)), numbers))
    everything = np.concatenate([expected.sample_epoch(epoch) for epoch in range(4)])
    np.testing.assert_array_equal(drawn, everything[numbers])


@pytest.mark.parametrize(
    "duplicate", [lambda plan: pickle.loads(pickle.dumps(plan)), copy.deepcopy]
)
def test_pickled_plan_goes_on_the_same(duplicate):
    plan = fit(long_tail(4), random_state=None)
    plan.sample_epoch(0)
    np.testing.assert_array_equal(duplicate(plan).sample_epoch(1), plan.sample_epoch(1))


def test_used_plan_pickles_as_small_as_a_fresh_one():
    plan = fit(long_tail(4))
    fresh = len(pickle.dumps(plan))
    plan.sample_epoch(0)
    assert len(pickle.dumps(plan)) == fresh


def test_clone_is_unfitted_and_draws_the_same_once_fitted():
    y = long_tail(3)
    plan = fit(y)
    copied = clone(plan)
    assert not hasattr(copied, "n_batches_")
    np.testing.assert_array_equal(copied.fit(y).sample_epoch(0), plan.sample_epoch(0))


@pytest.mark.parametrize(("n_rows", "n_batches"), [(24, 2), (25, 3)])
def test_epoch_has_as_many_batches_as_the_data_unbalanced(n_rows, n_batches):
    plan = fit(np.arange(n_rows) % 2)
    assert plan.n_batches_ == n_batches == len(plan.sample_epoch(0))


def test_n_batches_sets_the_length_of_an_epoch_and_not_its_rows():
    y = long_tail(3)
    long, short = fit(y, n_batches=11), fit(y, n_batches=7)
    assert (long.n_batches_, short.n_batches_) == (11, 7)
    np.testing.assert_array_equal(long.sample_epoch(0)[:7], short.sample_epoch(0))


def test_class_counts_are_equal_shares_of_the_epoch():
    plan = fit(long_tail(5), n_batches=3)
    np.testing.assert_allclose(plan.class_counts_, 36 / 5)


@pytest.mark.parametrize(
    "labels",
    [
        np.array(["b", "a", "c"]),
        np.array(["b", "a", "c"], dtype=object),
        np.array([7, -3, 100]),
        np.array([0.0, 2.0, 5.0]),
        np.array([200, 3, 255], dtype=np.uint8),
    ],
)
def test_labels_of_any_kind_are_balanced(labels):
    y = np.repeat(labels, [10, 4, 2])
    plan = fit(y)
    np.testing.assert_array_equal(plan.classes_, np.unique(labels))
    assert set(Counter(y[plan.sample_batch(0, 0)].tolist()).values()) == {4}


def test_bools_and_lists_are_labels():
    plan = fit([True] * 5 + [False] * 20)
    assert plan.classes_.tolist() == [False, True]
    assert np.sum(plan.sample_batch(0, 0) < 5) == 6


def test_one_hot_rows_are_the_labels_of_their_ones():
    y = long_tail(4)
    plan = fit(np.eye(4, dtype=int)[y])
    np.testing.assert_array_equal(plan.sample_epoch(0), fit(y).sample_epoch(0))


def test_rows_are_intp_whole_batches():
    rows = fit(long_tail(3)).sample_batch(0, 0)
    assert rows.dtype == np.intp
    assert rows.shape == (BATCH_SIZE,)


def test_batch_too_small_for_the_classes_is_an_error_with_remedy():
    message = "batch_size=4 cannot hold one image of each of the 7 classes. Use batch_size >= 7."
    with pytest.raises(ValueError, match=message):
        fit(long_tail(7), batch_size=4)


def test_one_class_is_an_error_that_names_it():
    with pytest.raises(ValueError, match="one class only, 'a'"):
        fit(["a"] * 5)


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"n_batches": 0}, ValueError, "n_batches=0 is too small. Use n_batches >= 1."),
        ({"batch_size": 0}, ValueError, "batch_size=0 is too small"),
        ({"batch_size": 2.5}, TypeError, "batch_size=2.5 is not an integer"),
        ({"batch_size": True}, TypeError, "batch_size=True is not an integer"),
        ({"n_batches": "4"}, TypeError, "n_batches='4' is not an integer"),
    ],
)
def test_bad_parameters_are_errors(params, error, message):
    with pytest.raises(error, match=message):
        fit(long_tail(2), **params)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([], "y is empty"),
        ([0.5, 1.5, 2.0], "continuous"),
        ([0.0, 1.0, np.nan], "NaN"),
        ([[1, 1], [0, 1]], "one-hot"),
        ([[0, 0], [0, 1]], "one-hot"),
        ([[0.2, 0.8], [0, 1]], "one-hot"),
    ],
)
def test_y_without_class_labels_is_an_error(y, message):
    with pytest.raises(ValueError, match=message):
        fit(y)


def test_X_of_another_length_is_an_error():
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        BatchBalancedSampler().fit([0, 1, 0], X=np.zeros((2, 1)))


@pytest.mark.parametrize(
    ("epoch", "batch", "error"),
    [
        (-1, 0, (ValueError, "epoch=-1")),
        (0, -1, (IndexError, "batch=-1")),
        (0, 3, (IndexError, "batch=3")),
        (0.0, 0, (TypeError, "epoch=0.0")),
        (0, 0.0, (TypeError, "batch=0.0")),
    ],
)
def test_epoch_or_batch_out_of_range_is_an_error(epoch, batch, error):
    with pytest.raises(error[0], match=f"^{error[1]} "):
        fit(long_tail(2), n_batches=3).sample_batch(epoch, batch)


def test_sampling_before_fit_is_an_error():
    with pytest.raises(ValueError, match="not fitted"):
        BatchBalancedSampler().sample_epoch(0)
