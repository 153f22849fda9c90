"""Batches as Keras takes them: what is in them, epoch after epoch, with any number of workers."""

import inspect
import os
import pickle
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

import cv2
import h5py
import keras
import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler
from scipy import sparse

from imblearn_bbfl import BalancedBatchGenerator
from imblearn_bbfl._images import FileImages, as_images
from imblearn_bbfl.augmentation import ImageAugmenter
from imblearn_bbfl.generators import BatchGenerator, SequentialBatches
from imblearn_bbfl.sampling import BatchBalancedSampler, ShuffleSampler

imblearn_keras = pytest.importorskip("imblearn.keras")
imblearn_tests = pytest.importorskip("imblearn.keras.tests.test_generator")

Y = np.repeat([0, 1, 2], [30, 15, 5])
ROWS = np.arange(50, dtype=np.float32)[:, np.newaxis]  # a table whose rows tell their numbers
IMAGES = np.random.default_rng(0).integers(0, 256, (50, 8, 8, 3), dtype=np.uint8)
FLIPS = ImageAugmenter(sharpen=0, blur=0, gaussian_noise=0, salt_pepper=0, shear=0)


def generate(X=IMAGES, y=Y, *, batch_size=8, random_state=0, **params):
    return BalancedBatchGenerator(X, y, batch_size=batch_size, random_state=random_state, **params)


def epoch_rows(batches, epoch=0):
    return np.concatenate(batches.sampler_.sample_epoch(epoch))


@pytest.fixture
def paths(tmp_path):
    for row, image in enumerate(IMAGES):
        cv2.imwrite(str(tmp_path / f"{row:02}.png"), image[..., ::-1])
    return sorted(tmp_path.glob("*.png"))


class Watch(keras.layers.Layer):
    """Hands its input on and remembers it; a dense layer after it gives something to train."""

    def __init__(self):
        super().__init__(name="watch")
        self.seen = []

    def call(self, inputs):
        self.seen.append(inputs)
        return inputs


def make_watched_model(input_shape=(1,)):
    layers = [Watch(), keras.layers.Flatten(), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input(input_shape), *layers])
    model.compile("sgd", "mse", run_eagerly=True)
    return model


def fit_and_watch(batches, epochs=2, **fit_params):
    """Train on a generator of `ROWS`; return the row numbers of each batch of each epoch."""
    model = make_watched_model()
    model.test_on_batch(*batches[0])  # Keras builds the loss here, not in an epoch of its own
    seen = model.get_layer("watch").seen
    seen.clear()
    model.fit(batches, epochs=epochs, verbose=0, **{"shuffle": False, **fit_params})
    numbers = [keras.ops.convert_to_numpy(x)[:, 0].astype(int).tolist() for x in seen]
    return [numbers[i : i + len(batches)] for i in range(0, len(numbers), len(batches))]


data = imblearn_tests.data


@pytest.mark.filterwarnings("ignore:Do not pass an `input_shape`:UserWarning")
class TestImblearnsOwnTests:
    """The tests that imbalanced-learn has for its class, run on ours."""

    test_sampler_without_indices = staticmethod(
        imblearn_tests.test_balanced_batch_generator_class_no_return_indices
    )
    test_fit = staticmethod(pytest.mark.slow(imblearn_tests.test_balanced_batch_generator_class))
    test_sparse = staticmethod(imblearn_tests.test_balanced_batch_generator_class_sparse)

    @pytest.fixture(autouse=True)
    def _our_class(self, monkeypatch):
        monkeypatch.setattr(imblearn_tests, "BalancedBatchGenerator", BalancedBatchGenerator)


def test_takes_the_arguments_of_imblearns_class_with_the_same_defaults():
    ours, theirs = (
        inspect.signature(cls).parameters
        for cls in (BalancedBatchGenerator, imblearn_keras.BalancedBatchGenerator)
    )
    for name, parameter in theirs.items():
        assert ours[name].kind == parameter.kind
        assert ours[name].default == parameter.default


def test_keeps_the_arguments_that_imblearns_class_keeps():
    params = {
        "X": pd.DataFrame(ROWS),
        "y": Y.tolist(),
        "sample_weight": np.ones(50).tolist(),
        "sampler": RandomOverSampler(),
        "batch_size": 7,
        "keep_sparse": True,
        "random_state": np.random.RandomState(0),
    }
    kept, theirs = (
        cls(**params) for cls in (BalancedBatchGenerator, imblearn_keras.BalancedBatchGenerator)
    )
    assert all(getattr(kept, name) is getattr(theirs, name) is params[name] for name in params)


def test_images_are_handed_out_as_they_are():
    images, labels = generate()[0]
    rows = generate().indices_[:8]
    np.testing.assert_array_equal(images, IMAGES[rows])
    np.testing.assert_array_equal(labels, Y[rows])
    assert images.dtype == np.uint8


def test_float_images_become_float32():
    images, _ = generate(IMAGES / 255.0)[0]
    assert images.dtype == np.float32
    np.testing.assert_allclose(images, IMAGES[generate().indices_[:8]] / 255, rtol=1e-6)


@pytest.mark.parametrize("kind", [list, tuple, pd.Series, lambda paths: np.array(paths, dtype=str)])
def test_paths_give_the_images_in_the_files(paths, kind):
    np.testing.assert_array_equal(generate(kind(paths))[1][0], generate()[1][0])


def test_a_list_of_images_gives_the_same_as_their_array():
    np.testing.assert_array_equal(generate(list(IMAGES))[1][0], generate()[1][0])


def test_images_of_any_size_are_brought_to_image_size():
    images = [np.zeros((8 + row, 8, 3), dtype=np.uint8) for row in range(50)]
    assert generate(images, image_size=(6, 7))[0][0].shape == (8, 6, 7, 3)


def test_no_more_files_are_read_than_a_batch_holds(paths, monkeypatch):
    batches, read_rows = generate(paths), []
    batches[0]  # the first file tells the size of all, once
    read_one = FileImages.read_one
    monkeypatch.setattr(
        FileImages, "read_one", lambda self, row: read_rows.append(row) or read_one(self, row)
    )
    batches[3]
    assert sorted(read_rows) == sorted(batches.indices_[24:32])


def test_no_image_stays_in_memory(paths):
    batches = generate(paths)
    size = len(pickle.dumps(batches))
    assert [len(images) for images, _ in batches] == [8] * 7
    assert len(pickle.dumps(batches)) < size + 500


@pytest.mark.parametrize("make", [sparse.csr_matrix, sparse.csc_matrix, sparse.coo_array])
@pytest.mark.parametrize("keep_sparse", [True, False])
def test_sparse_rows_stay_sparse_if_kept(make, keep_sparse):
    rows, _ = generate(make(ROWS), keep_sparse=keep_sparse)[0]
    assert sparse.issparse(rows) == keep_sparse
    values = rows.toarray() if keep_sparse else rows
    np.testing.assert_array_equal(values[:, 0], generate().indices_[:8])


@pytest.mark.parametrize("make", [pd.DataFrame, np.ndarray.tolist, lambda rows: rows > 3])
def test_tables_of_any_kind_are_handed_out_as_arrays(make):
    table = make(ROWS)
    rows, _ = generate(table)[0]
    assert isinstance(rows, np.ndarray)
    np.testing.assert_array_equal(rows, np.asarray(table)[generate().indices_[:8]])


@pytest.mark.parametrize("make", [np.asarray, pd.DataFrame, sparse.csr_array, np.ndarray.tolist])
def test_one_hot_rows_are_balanced_and_handed_out_whole(make):
    one_hot = np.eye(3, dtype=np.float32)[Y]
    _, labels = generate(y=make(one_hot), batch_size=9)[2]
    np.testing.assert_array_equal(labels, one_hot[epoch_rows(generate(batch_size=9))[18:27]])
    np.testing.assert_array_equal(labels.sum(axis=0), [3, 3, 3])


def test_labels_may_be_strings_with_a_warning_that_losses_take_numbers():
    names = np.array(["healthy", "mild", "severe"])[Y]
    with pytest.warns(UserWarning, match=r"y holds text.*np.unique\(y, return_inverse=True\)"):
        batches = generate(y=pd.Series(names), batch_size=9)
    _, labels = batches[0]
    assert Counter(labels.tolist()) == {"healthy": 3, "mild": 3, "severe": 3}


def test_no_labels_are_refused():
    with pytest.raises(ValueError, match="y is None, but batches are balanced by it"):
        generate(y=None)


@pytest.mark.parametrize("make", [np.asarray, pd.Series, list, lambda weight: weight[:, None]])
def test_sample_weight_goes_with_its_rows(make):
    _, _, weight = generate(sample_weight=make(np.arange(50.0)))[1]
    np.testing.assert_array_equal(weight.ravel(), generate().indices_[8:16])


@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf])
@pytest.mark.parametrize("shape", [(50,), (50, 1)])
def test_a_weight_that_is_none_is_refused_with_its_row(weight, shape):
    sample_weight = np.ones(shape)
    sample_weight[3] = weight
    with pytest.raises(ValueError, match=r"row 3 it is .*\. Use 0 to leave a row out of the loss"):
        generate(sample_weight=sample_weight)


@pytest.mark.parametrize(
    "weights", [["1"] * 50, np.full(50, "a", dtype=object), [None] * 50, [1.0, "a"] * 25], ids=str
)
def test_weights_that_are_no_numbers_are_refused_with_their_row(weights):
    with pytest.raises(ValueError, match=r"must hold finite numbers .* in row [01] it is "):
        generate(sample_weight=weights)


@pytest.mark.parametrize("weights", [2.0, "balanced", {0: 1.0, 1: 5.0}], ids=str)
def test_one_weight_for_all_rows_or_for_each_class_is_refused(weights):
    with pytest.raises(ValueError, match=r"one number for each row\..*compute_sample_weight"):
        generate(sample_weight=weights)


def test_weights_may_be_numbers_of_pandas_that_can_be_missing():
    weights = pd.Series(np.arange(50), dtype="Int64")
    np.testing.assert_array_equal(generate(sample_weight=weights)[0][2], generate().indices_[:8])


def test_augmentation_is_off_by_default():
    rows = epoch_rows(generate(), 2)
    batches = generate()
    batches.epoch = 2
    np.testing.assert_array_equal(np.concatenate([X for X, _ in batches]), IMAGES[rows])


def test_augmentation_differs_from_epoch_to_epoch():
    same_image = np.repeat(IMAGES[:1], 50, axis=0)
    batches = generate(same_image, augmentation=FLIPS)
    first = batches[0][0]
    batches.epoch = 1
    assert (first != batches[0][0]).any()


def test_augmentation_differs_from_batch_to_batch():
    batches = generate(np.repeat(IMAGES[:1], 50, axis=0), augmentation=FLIPS)
    assert (batches[0][0] != batches[1][0]).any()


def test_augmented_batches_depend_on_the_seed_alone():
    first, again, other = (generate(augmentation=FLIPS, random_state=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first[5][0], again[5][0])
    assert (first[5][0] != other[5][0]).any()


def test_augmentation_leaves_the_data_alone():
    before = IMAGES.copy()
    list(generate(augmentation=ImageAugmenter(salt_pepper=1, max_salt_pepper=0.5)))
    np.testing.assert_array_equal(IMAGES, before)


@pytest.mark.parametrize("random_state", [None, np.random.RandomState(3)])
def test_two_reads_of_a_batch_agree_whatever_the_random_state(random_state):
    batches = generate(random_state=random_state, augmentation=FLIPS)
    np.testing.assert_array_equal(batches[2][0], batches[2][0])


@pytest.mark.parametrize("remix", [False, True])
def test_mixtures_depend_on_the_seed_the_epoch_and_the_batch_alone(remix):
    one, other = (generate(ROWS, np.eye(3)[Y], mixup=1.0, remix=remix) for _ in range(2))
    for inputs, expected in zip(one[2], other[2], strict=True):
        np.testing.assert_array_equal(inputs, expected)
    (rows, shares), (of_next_batch, _) = one[2], one[3]
    assert shares.shape == (8, 3)
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-6)
    assert (rows % 1 > 0).any()
    one.epoch = 1
    assert not np.array_equal(rows, of_next_batch)
    assert not np.array_equal(rows, one[2][0])


def test_mixtures_carry_the_weights_of_their_rows():
    weight = np.arange(1, 51, dtype=np.float32)
    _, shares, weights = generate(ROWS, Y > 0, sample_weight=weight, mixup=1.0)[0]
    assert shares.shape == weights.shape == (8,)
    assert not np.isin(weights, weight).all()


def test_augmentation_of_a_table_is_refused():
    with pytest.raises(ValueError, match="augmentation is for images, but X is a 2-D table"):
        generate(ROWS, augmentation=FLIPS)


def test_augmentation_of_floats_of_unknown_range_is_refused():
    with pytest.raises(ValueError, match="floats outside"):
        generate(IMAGES - 128.0, augmentation=FLIPS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": Y[:-1]}, "inconsistent numbers of samples"),
        ({"sample_weight": np.ones(49)}, "inconsistent numbers of samples"),
        ({"y": np.zeros(50)}, "y holds one class only, 0"),
        ({"batch_size": 2}, "cannot hold one image of each of the 3 classes. Use batch_size >= 3"),
        ({"batch_size": 0}, "Use batch_size >= 1"),
        ({"sampler": SMOTE(k_neighbors=2)}, "needs to have an attribute"),
        ({"X": IMAGES[0]}, "images need 4"),
        ({"mixup": 1.0}, "y must hold shares of classes .* one-hot rows for more"),
        ({"mixup": -1.0, "y": Y > 0}, "mixup=-1.0 must be a finite number >= 0"),
        ({"mixup": "0.2", "y": Y > 0}, "mixup='0.2' must be a finite number >= 0"),
        ({"mixup": 1.0, "keep_sparse": True}, "mixup needs dense rows. Use keep_sparse=False"),
        ({"X": np.full((50, 2), np.nan)}, "contains NaN"),
        ({"X": np.full((50, 4, 4, 1), np.inf)}, "contains NaN or infinity"),
    ],
)
def test_bad_input_is_refused_before_training(change, message):
    with pytest.raises(ValueError, match=message):
        generate(**change)


def test_all_unreadable_files_are_listed_before_training(paths):
    paths[3].write_bytes(b"")
    paths[7].unlink()
    with pytest.raises(ValueError, match=r"2 of 50 .*03\.png \(empty\).*07\.png \(missing\)"):
        generate(paths)


@pytest.mark.parametrize("shuffle", [True, False])
def test_every_batch_of_a_fit_is_exactly_balanced(shuffle):
    epochs = fit_and_watch(generate(ROWS, batch_size=9), epochs=3, shuffle=shuffle)
    assert np.shape(epochs) == (3, 6, 9)
    assert all(np.bincount(Y[rows]).tolist() == [3, 3, 3] for epoch in epochs for rows in epoch)


@pytest.mark.slow
def test_a_fit_walks_through_the_epochs_of_the_plan():
    batches = generate(ROWS)
    plan = batches.sampler_
    expected = [[rows.tolist() for rows in plan.sample_epoch(epoch)] for epoch in (0, 1, 2)]
    assert fit_and_watch(batches, epochs=3) == expected
    assert batches.epoch == 3


def test_a_second_fit_goes_on_with_the_next_epoch():
    batches = generate(ROWS)
    fit_and_watch(batches, epochs=2)
    assert np.concatenate(fit_and_watch(batches, epochs=1)[0]).tolist() == (
        epoch_rows(batches, 2).tolist()
    )


@pytest.mark.slow
@pytest.mark.parametrize("sampler", [None, RandomOverSampler()])
@pytest.mark.parametrize("workers", [0, 4])
def test_the_number_of_workers_does_not_change_the_batches(sampler, workers):
    one, other = (generate(ROWS, sampler=sampler, workers=n) for n in (1, workers))
    assert fit_and_watch(other) == fit_and_watch(one)


def test_workers_train_on_images_from_files(paths):
    model = make_watched_model((8, 8, 3))
    batches = generate(paths, augmentation=FLIPS, workers=4)
    model.test_on_batch(*batches[0])
    model.get_layer("watch").seen.clear()
    model.fit(batches, epochs=1, shuffle=False, verbose=0)
    seen = [keras.ops.convert_to_numpy(images) for images in model.get_layer("watch").seen]
    expected = [images for images, _ in generate(paths, augmentation=FLIPS)]
    np.testing.assert_array_equal(np.concatenate(seen), np.concatenate(expected))


def test_a_pickled_generator_gives_the_same_batches(paths):
    batches = generate(paths, augmentation=FLIPS, sampler=RandomOverSampler())
    batches.epoch = 2
    copy = pickle.loads(pickle.dumps(batches))
    np.testing.assert_array_equal(copy[3][0], batches[3][0])


_PREDICT_IN_PROCESSES = """
import keras, numpy as np
from imblearn_bbfl import BalancedBatchGenerator

rows, y = np.arange(50, dtype="float32")[:, None], np.repeat([0, 1, 2], [30, 15, 5])
inputs = keras.Input((1,))
model = keras.Model(inputs, keras.layers.Identity()(inputs))
for workers, use_multiprocessing in [(1, False), (2, True)]:
    batches = BalancedBatchGenerator(
        rows, y, batch_size=8, random_state=0,
        workers=workers, use_multiprocessing=use_multiprocessing,
    )
    print([model.predict(batches, verbose=0)[:, 0].tolist() for epoch in range(2)])
"""


@pytest.mark.slow
def test_worker_processes_give_the_same_batches():
    command = [sys.executable, "-W", "ignore", "-c", _PREDICT_IN_PROCESSES]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=True, env=environment
    )
    alone, in_processes = done.stdout.splitlines()
    assert alone == in_processes


@pytest.mark.parametrize("sampler", [RandomOverSampler(), RandomUnderSampler()])
def test_samplers_of_imblearn_draw_anew_each_epoch(sampler):
    epochs = [np.concatenate(epoch) for epoch in fit_and_watch(generate(ROWS, sampler=sampler))]
    assert all(len(set(np.bincount(Y[rows]))) == 1 for rows in epochs)
    first, second = (Counter(rows.tolist()) for rows in epochs)
    assert first != second


def test_under_sampling_loses_no_row_for_good():
    batches = generate(ROWS, sampler=RandomUnderSampler())
    seen = np.concatenate([epoch_rows(batches, epoch) for epoch in range(40)])
    assert set(seen) == set(range(50))


def test_no_tail_of_rows_is_dropped():
    epoch = fit_and_watch(generate(ROWS, sampler=RandomOverSampler(), batch_size=16), epochs=1)[0]
    assert [len(rows) for rows in epoch] == [16] * 5 + [10]
    assert set(np.concatenate(epoch)) == set(range(50))


def test_a_row_plan_gets_batch_size_and_seed_of_the_generator():
    plan = BatchBalancedSampler(batch_size=30, n_batches=4, random_state=9)
    batches = generate(sampler=plan)
    assert (len(batches), len(batches[0][0])) == (4, 8)
    np.testing.assert_array_equal(
        batches.indices_, epoch_rows(generate(sampler=BatchBalancedSampler(n_batches=4)))
    )
    assert plan.batch_size == 30


def test_indices_are_the_rows_of_the_present_epoch():
    batches = generate(ROWS)
    batches.epoch = 1
    assert np.concatenate([rows[:, 0] for rows, _ in batches]).tolist() == (
        batches.indices_.tolist()
    )
    assert batches.indices_.tolist() != generate(ROWS).indices_.tolist()


def test_a_loop_of_ones_own_moves_on_by_on_epoch_end():
    batches = generate(ROWS)
    for epoch in range(3):
        seen = np.concatenate([rows[:, 0] for rows, _ in batches])
        assert seen.tolist() == epoch_rows(batches, epoch).tolist()
        batches.on_epoch_end()


def loop_by_index(batches, indices=None):
    """Read batches by index and end the epoch; return the row numbers."""
    seen = [batches[i][0][:, 0] for i in (range(len(batches)) if indices is None else indices)]
    batches.on_epoch_end()
    return np.concatenate(seen).tolist()


@pytest.mark.parametrize("workers", [0, 1, 4])
@pytest.mark.parametrize("batch_size", [8, 25, 50])
def test_a_loop_by_index_moves_on_by_on_epoch_end(workers, batch_size):
    batches = generate(ROWS, workers=workers, batch_size=batch_size)
    for epoch in range(3):
        assert batches.epoch == epoch
        assert loop_by_index(batches) == epoch_rows(batches, epoch).tolist()
        assert batches.indices_.tolist() == epoch_rows(batches, epoch + 1).tolist()


@pytest.mark.parametrize("indices", [[3], [0, 1], [6, 2, 2, 0]])
def test_a_loop_over_some_batches_in_any_order_moves_on_too(indices):
    batches = generate(ROWS)
    first, second = (loop_by_index(batches, indices) for epoch in range(2))
    assert first == np.concatenate([batches.sampler_.sample_batch(0, i) for i in indices]).tolist()
    assert second == np.concatenate([batches.sampler_.sample_batch(1, i) for i in indices]).tolist()


def test_loops_by_index_and_by_iteration_take_turns():
    batches = generate(ROWS)
    assert loop_by_index(batches) == epoch_rows(batches, 0).tolist()
    assert np.concatenate([rows[:, 0] for rows, _ in batches]).tolist() == (
        epoch_rows(batches, 1).tolist()
    )
    batches.on_epoch_end()
    assert loop_by_index(batches) == epoch_rows(batches, 2).tolist()


def test_threads_of_ones_own_read_the_next_epoch_too():
    batches = generate(ROWS)
    with ThreadPoolExecutor(4) as pool:
        for epoch in range(3):
            seen = [rows[:, 0] for rows, _ in pool.map(batches.__getitem__, range(len(batches)))]
            assert np.concatenate(seen).tolist() == epoch_rows(batches, epoch).tolist()
            batches.on_epoch_end()


def test_to_end_an_epoch_twice_moves_on_once():
    batches = generate(ROWS)
    loop_by_index(batches)
    batches.on_epoch_end()
    assert batches.epoch == 1
    assert loop_by_index(batches) == epoch_rows(batches, 1).tolist()


def test_an_epoch_that_is_set_is_the_one_that_is_read():
    batches = generate(ROWS)
    loop_by_index(batches)
    batches.epoch = 5
    assert loop_by_index(batches) == epoch_rows(batches, 5).tolist()


def test_reading_ahead_of_keras_epoch_is_no_epoch():
    batches, seen = generate(ROWS, workers=2), []
    batches[0], batches[1]  # Keras looks at two batches,
    batches.on_epoch_end()  # ends what has not begun,
    worker = Thread(target=lambda: seen.append(batches[0]))  # and its workers read already
    worker.start()
    worker.join()
    batches.on_epoch_begin()
    np.testing.assert_array_equal(seen[0][0], batches[0][0])
    assert batches[0][0][:, 0].tolist() == epoch_rows(batches, 0)[:8].tolist()
    batches.on_epoch_end()
    assert batches.epoch == 1


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 4])
def test_looking_at_batches_is_no_epoch_for_keras(workers):
    # On TensorFlow, Keras itself looks at the first two batches, here all that there are.
    batches = generate(ROWS, batch_size=25, workers=workers)
    batches[0], batches[1]
    plan = batches.sampler_
    for expected in [(0, 1), (2, 3)]:
        epochs = [[rows.tolist() for rows in plan.sample_epoch(epoch)] for epoch in expected]
        assert fit_and_watch(batches, epochs=2) == epochs
    assert batches.epoch == 4


def test_the_end_of_an_epoch_that_never_began_changes_nothing():
    batches = generate()
    batches.on_epoch_end()
    assert batches.epoch == 0


def test_a_batch_out_of_range_is_an_error():
    with pytest.raises(IndexError, match="an epoch has 7 batches"):
        generate()[7]


def test_rows_restrict_a_generator_to_a_part_of_the_data():
    part = np.flatnonzero(np.arange(50) % 2)
    plan = ShuffleSampler(batch_size=8, random_state=0).fit(Y[part])
    batches = BatchGenerator(as_images(ROWS), Y, plan, rows=part, sample_weight=np.arange(50))
    rows, labels, weight = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    assert sorted(rows[:, 0]) == part.tolist()
    np.testing.assert_array_equal(labels, Y[rows[:, 0].astype(int)])
    np.testing.assert_array_equal(weight, rows[:, 0])


def test_sequential_batches_hold_all_rows_in_order():
    batches = [rows[:, 0] for (rows,) in SequentialBatches(as_images(ROWS), batch_size=16)]
    assert [len(rows) for rows in batches] == [16, 16, 16, 2]
    np.testing.assert_array_equal(np.concatenate(batches), np.arange(50))


def test_sequential_batches_hold_chosen_rows_in_their_order():
    batches = SequentialBatches(as_images(ROWS), batch_size=2, rows=np.array([7, 3, 7]))
    assert [rows[:, 0].tolist() for (rows,) in batches] == [[7, 3], [7]]


def test_predict_takes_sequential_batches():
    inputs = keras.Input((1,))
    model = keras.Model(inputs, keras.layers.Identity()(inputs))
    predicted = model.predict(SequentialBatches(as_images(ROWS), batch_size=16), verbose=0)
    np.testing.assert_array_equal(predicted, ROWS)


def test_images_of_12_bit_are_handed_out_with_all_their_levels():
    X = IMAGES.astype(np.uint16) * 16 + 7
    batches = generate(X, pixel_max=4095)
    images, _ = batches[0]
    assert images.dtype == np.float32
    np.testing.assert_array_equal(images, X[batches.indices_[:8]])


def test_augmented_images_of_12_bit_use_the_range_up_to_their_white():
    X = np.full((50, 8, 8, 3), 4095, dtype=np.uint16)
    salted = ImageAugmenter(salt_pepper=1, max_salt_pepper=1, gaussian_noise=1)
    images, _ = generate(X, pixel_max=4095, augmentation=salted)[0]
    assert images.max() == 4095
    assert images.min() == 0


def test_a_generator_warns_of_images_that_leave_most_of_the_range_unused():
    with pytest.warns(UserWarning, match="pixel_max=4095 if the images have 12 bit"):
        generate(IMAGES.astype(np.uint16) * 16)


def test_a_generator_reads_a_data_set_of_h5py_batch_by_batch(tmp_path, monkeypatch):
    with h5py.File(tmp_path / "images.h5", "w") as file:
        X = file.create_dataset("X", data=IMAGES)
        monkeypatch.setattr(h5py.Dataset, "__array__", None)  # what reads it as a whole
        batches = generate(X)
        np.testing.assert_array_equal(batches[3][0], IMAGES[batches.indices_[24:32]])
