"""Features of an image are computed once, and results are those of features of one's own."""

import errno
import gc
import io
import os
import tempfile
import threading
import weakref

import cv2
import keras
import numpy as np
import pytest

from imblearn_bbfl import (
    PAPER_STRATEGIES,
    BBFLClassifier,
    clear_shared_features,
    set_shared_features,
)
from imblearn_bbfl._images import ArrayImages, as_images
from imblearn_bbfl.backbones import build_network
from imblearn_bbfl.classifier import _outputs, _phases
from imblearn_bbfl.model_selection import compare_strategies
from imblearn_bbfl.training import FEATURES, _shared_features
from imblearn_bbfl.training._network_key import hash_weights, make_graph_key
from imblearn_bbfl.training._prediction import predict_chunks
from imblearn_bbfl.training._shared_features import FeaturePool
from imblearn_bbfl.training._shared_networks import NetworkPool

rng = np.random.default_rng(0)
X = rng.integers(0, 256, (40, 6, 6, 3), dtype=np.uint8)
Y = np.arange(40) % 2
ROW_BYTES = 4 * 5  # five float32


@keras.saving.register_keras_serializable("tests")
class Doubled(keras.layers.Layer):
    """Does what its configuration says."""

    def call(self, inputs):
        return 2 * inputs


@keras.saving.register_keras_serializable("tests")
class Noisy(keras.layers.Layer):
    """Draws random numbers whenever it is called."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(0)

    def call(self, inputs):
        return inputs + keras.random.normal((5,), seed=self.seed_generator)


class Unknown(Doubled):
    """A layer that Keras cannot make from its configuration."""


def build_tiny(after=None, seed=0):
    inputs = keras.Input((6, 6, 3))
    kernel = keras.initializers.GlorotUniform(seed=seed)
    x = keras.layers.Conv2D(5, 3, kernel_initializer=kernel)(inputs)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, x if after is None else after(x))


def apply_tiny_cnn(pixels):
    """Apply a convolution that starts from the same weights in each fit, as pretrained ones do."""
    kernel = keras.initializers.GlorotUniform(seed=1)
    return keras.layers.Conv2D(4, 3, use_bias=False, kernel_initializer=kernel)(pixels)


def make(**params):
    defaults = {
        "backbone": apply_tiny_cnn,
        "head_units": (4,),
        "head_epochs": 2,
        "epochs": 0,
        "augmentation": None,
        "validation_fraction": 0.25,
        "random_state": 0,
    }
    return BBFLClassifier(**{**defaults, **params})


@pytest.fixture(scope="module")
def network():
    return build_tiny()


@pytest.fixture(scope="module")
def features(network):
    """Return the features of all images, which nothing shared."""
    return predict_chunks(network, as_images(X))


@pytest.fixture
def computed(monkeypatch):
    """Return the images that features are computed of, each as its first pixel."""
    seen = []

    def note(network, images, rows=None, **kwargs):
        seen.extend(images.read(np.arange(len(images)) if rows is None else rows)[:, 0, 0, 0])
        return predict_chunks(network, images, rows, **kwargs)

    monkeypatch.setattr(_shared_features, "predict_chunks", note)
    return seen


@pytest.fixture
def pool(computed):
    """Return an empty pool, whose `computed` is noted."""
    return FeaturePool()


@pytest.fixture
def shared(monkeypatch, computed):
    """Have classifiers use an empty pool, whose `computed` is noted, in place of all others'."""
    empty = FeaturePool()
    for module in (_outputs, _phases):
        monkeypatch.setattr(module, "FEATURES", empty)
    return empty


# ---- the same features, computed once


@pytest.mark.parametrize("rows", [None, [39, 0, 0, 7], range(10, 40)], ids=["all", "few", "most"])
def test_known_features_are_what_they_would_be_and_are_not_computed(
    pool, network, features, computed, rows
):
    pool.compute(network, as_images(X), range(5, 40))
    assert len(computed) == 35
    rows = None if rows is None else np.array(rows)
    found = pool.compute(network, as_images(list(X)), rows)
    np.testing.assert_array_equal(found, features if rows is None else features[rows])
    n_unknown = {None: 5, 4: 1, 30: 0}[rows if rows is None else len(rows)]
    assert len(computed) == 35 + n_unknown


def test_copies_of_an_image_are_computed_once(pool, network, features, computed):
    found = pool.compute(network, as_images(X[[3, 1, 3, 3]]))
    np.testing.assert_array_equal(found, features[[3, 1, 3, 3]])
    assert len(computed) == 2


def test_files_share_with_pixels_only_what_is_the_same_file(pool, network, computed, tmp_path):
    paths = [str(tmp_path / f"{i}.png") for i in range(3)]
    for path, image in zip(paths, X, strict=False):
        cv2.imwrite(path, image)
    for images in (paths, paths[::-1], paths[:1]):
        pool.compute(network, as_images(images))
    assert len(computed) == 3
    cv2.imwrite(paths[0], X[3])
    found = pool.compute(network, as_images(paths))
    assert len(computed) == 4
    np.testing.assert_array_equal(found, predict_chunks(network, as_images(paths)))


def test_pixels_that_were_changed_in_place_have_new_features(pool, network, computed):
    own = X.copy()
    pool.compute(network, as_images(own))
    own[3] = 255 - own[3]
    found = pool.compute(network, as_images(own))
    np.testing.assert_array_equal(found, predict_chunks(network, as_images(own)))
    assert len(computed) == 41


def test_features_that_a_caller_changes_are_not_those_that_are_kept(pool, network, features):
    for _ in range(2):
        found = pool.compute(network, as_images(X))
        np.testing.assert_array_equal(found, features)
        found[:] = 0


def test_an_image_that_is_changed_while_features_are_computed_is_not_kept(
    pool, network, monkeypatch
):
    own = X.copy()

    def change(*args, **kwargs):
        own[3] = 0
        return predict_chunks(*args, **kwargs)

    monkeypatch.setattr(_shared_features, "predict_chunks", change)
    pool.compute(network, as_images(own))
    assert len(pool) == 39


def test_a_file_that_cannot_be_read_is_told_by_name(pool, network, tmp_path):
    path = str(tmp_path / "missing.png")
    with pytest.raises(ValueError, match=r"missing\.png cannot be read \(missing\)"):
        pool.compute(network, as_images([path], image_size=6))


# ---- what features depend on


def test_other_weights_have_other_features(pool, computed):
    network = build_tiny()
    before = network.get_weights()
    for weights in (before, [weight + 1 for weight in before], before):
        network.set_weights(weights)
        found = pool.compute(network, as_images(X))
        np.testing.assert_array_equal(found, predict_chunks(network, as_images(X)))
    assert len(computed) == 80


def test_another_network_of_the_same_layers_and_weights_has_the_same_features(pool, computed):
    for _ in range(2):
        pool.compute(build_tiny(), as_images(X[:5]))
    pool.compute(build_tiny(seed=1), as_images(X[:5]))
    assert len(computed) == 10


def test_whatever_changes_features_changes_the_key():
    def key(*shape, **params):
        network = build_network("small_cnn", shape or (6, 6, 3), 1, head_units=(), **params)
        return make_graph_key(network)

    keys = [
        key(),
        key(6, 7, 3),
        key(preprocessing=None),
        key(pixel_max=1.0),
        key(feature_layers=2),
    ]
    policy = keras.config.dtype_policy()
    try:
        keras.config.set_dtype_policy("mixed_bfloat16")
        keys.append(key())
    finally:
        keras.config.set_dtype_policy(policy)
    assert None not in keys
    assert len(set(keys)) == 6
    assert key(dropout=0.1) == keys[0] == key()


def test_statistics_of_batch_normalization_are_weights():
    network = build_tiny(keras.layers.BatchNormalization())
    before = hash_weights(network)
    network.layers[-1].moving_mean.assign(np.ones(5))
    assert hash_weights(network) != before


@pytest.mark.parametrize(
    "after",
    [
        Unknown(),
        keras.layers.Lambda(lambda x: x),
        Noisy(),
    ],
    ids=["unknown layer", "function", "random numbers"],
)
def test_features_that_are_not_determined_are_not_kept(pool, after, computed):
    network = build_tiny(after)
    for _ in range(2):
        pool.compute(network, as_images(X[:4]))
    assert len(computed) == 8
    assert len(pool) == 0


def test_layers_that_users_registered_are_shared(pool, computed):
    for _ in range(2):
        pool.compute(build_tiny(Doubled()), as_images(X[:4]))
    assert len(computed) == 4


def test_rows_of_a_table_are_not_kept(pool, computed, monkeypatch):
    inputs = keras.Input((3,))
    network = keras.Model(inputs, keras.layers.Dense(2)(inputs))
    monkeypatch.setattr(_shared_features, "predict_chunks", predict_chunks)
    pool.compute(network, as_images(np.eye(3, dtype="float32")))
    assert len(pool) == 0


# ---- memory and disk


@pytest.fixture
def quick(monkeypatch):
    """Take the first pixels times a weight for features, and return how many rows were computed."""
    n_rows = []

    def multiply(network, images, rows=None, **kwargs):
        n_rows.append(len(rows))
        pixels = images.read(rows).reshape(len(rows), -1)[:, :5].astype("float32")
        return pixels * network.get_weights()[1][0]

    monkeypatch.setattr(_shared_features, "predict_chunks", multiply)
    return n_rows


@pytest.fixture(scope="module")
def networks():
    """Return networks of one graph, each with other weights."""
    networks = [build_tiny() for _ in range(5)]
    for number, network in enumerate(networks):
        network.layers[1].bias.assign(np.full(5, number + 1.0))
    return networks


def multiply_pixels(number, n_rows):
    """Return the `quick` features of a network."""
    return X[:n_rows].reshape(n_rows, -1)[:, :5] * np.float32(number + 1)


def list_on_disk(pool):
    return [rows.is_on_disk for rows in pool._stores.values()]


def test_beyond_the_limit_features_go_to_disk_and_stay_what_they_are(quick, networks):
    pool = FeaturePool(25 * ROW_BYTES, 10**6)
    for network in networks[:3]:
        pool.compute(network, as_images(X[:10]))
    assert list_on_disk(pool) == [True, False, False]
    for number in range(3):
        found = pool.compute(networks[number], as_images(X[: 10 + number]))
        np.testing.assert_array_equal(found, multiply_pixels(number, 10 + number))
    assert quick == [10, 10, 10, 1, 2]


def test_features_of_a_network_that_outgrow_memory_are_added_to_on_disk(quick, networks):
    pool = FeaturePool(15 * ROW_BYTES, 10**6)
    for n_rows in (10, 20, 40, 40):
        found = pool.compute(networks[0], as_images(X[:n_rows]))
        np.testing.assert_array_equal(found, multiply_pixels(0, n_rows))
    assert quick == [10, 10, 20]
    assert list_on_disk(pool) == [True]


def test_features_of_half_precision_go_to_disk_too():
    policy = keras.config.dtype_policy()
    try:
        keras.config.set_dtype_policy("mixed_bfloat16")
        network = build_tiny()
    finally:
        keras.config.set_dtype_policy(policy)
    pool = FeaturePool(1, 10**6)
    for _ in range(2):
        found = pool.compute(network, as_images(X))
        expected = predict_chunks(network, as_images(X))
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found.astype("float32"), expected.astype("float32"))


def test_what_was_used_least_recently_goes_first(quick, networks):
    pool = FeaturePool(20 * ROW_BYTES, 0)
    for number in (0, 1, 0, 2, 0, 1):  # the third takes the place of the second
        pool.compute(networks[number], as_images(X[:10]))
    assert quick == [10, 10, 10, 10]


def test_of_more_images_than_there_is_room_for_those_seen_first_are_kept(quick, networks):
    pool = FeaturePool(25 * ROW_BYTES, 0)
    for _ in range(2):
        pool.compute(networks[0], as_images(X))
    assert len(pool) == 25
    assert quick == [40, 15]


def test_limits_below_the_size_of_one_image_keep_nothing(quick, networks):
    pool = FeaturePool(1, 1)
    for network in networks[:2] * 2:
        pool.compute(network, as_images(X[:10]))
    assert len(pool) == 0
    assert quick == [10] * 4


@pytest.mark.parametrize("most_files", [64, 1])
def test_the_disk_is_no_more_used_than_is_allowed(quick, networks, monkeypatch, most_files):
    monkeypatch.setattr(_shared_features, "_MOST_FILES", most_files)
    pool = FeaturePool(10 * ROW_BYTES, 25 * ROW_BYTES)
    for network in networks:
        pool.compute(network, as_images(X[:10]))
    assert list_on_disk(pool) == [True] * min(most_files, 2) + [False]


def test_a_full_disk_costs_no_result(quick, networks, monkeypatch):
    class Full(io.BytesIO):
        def write(self, data):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(_shared_features.tempfile, "TemporaryFile", Full)
    pool = FeaturePool(1, 10**6)
    for _ in range(2):
        found = pool.compute(networks[0], as_images(X))
        np.testing.assert_array_equal(found, multiply_pixels(0, 40))
    assert len(pool) == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows shows files that are open by their names")
def test_files_have_no_names_so_that_nothing_stays(quick, networks, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    pool = FeaturePool(1, 10**6)
    pool.compute(networks[0], as_images(X))
    assert list_on_disk(pool) == [True]
    assert os.listdir(tmp_path) == []


def test_with_0_nothing_is_kept_nor_looked_up(network, computed, monkeypatch):
    monkeypatch.setattr(ArrayImages, "digest", None)
    pool = FeaturePool(0)
    for _ in range(2):
        pool.compute(network, as_images(X))
    assert len(pool) == 0
    assert len(computed) == 80


def test_limits_are_set_and_memory_is_freed_in_public(network):
    clear_shared_features()
    FEATURES.compute(network, as_images(X))
    assert len(FEATURES) == 40
    clear_shared_features()
    assert len(FEATURES) == 0
    FEATURES.compute(network, as_images(X))
    set_shared_features(0)
    assert len(FEATURES) == 0
    set_shared_features(2**28)


@pytest.mark.parametrize("number", [-1, 1.5, "many", True, None])
def test_a_limit_that_is_no_number_of_bytes_is_refused(number):
    with pytest.raises(ValueError, match=r"max_bytes=.* must be a whole number >= 0"):
        set_shared_features(number)
    with pytest.raises(ValueError, match=r"max_disk_bytes=.* must be a whole number >= 0"):
        set_shared_features(1, number)


# ---- in classifiers


def predict_all(classifier):
    return [classifier.predict_proba(X), classifier.predict(X), classifier.transform(X)]


def test_a_search_and_its_predictions_make_one_pass_over_the_images(shared, computed):
    for gamma in (0.0, 2.0):
        classifier = make(gamma=gamma).fit(X, Y)
        predict_all(classifier)
        classifier.score(X, Y)
    assert len(computed) == 40


def test_results_are_those_of_features_of_ones_own(shared):
    make(gamma=0.5).fit(X[::-3], Y[::-3])  # some rows, in other places
    with_others = predict_all(make().fit(X, Y))
    shared.resize(0, 0)
    alone = predict_all(make().fit(X, Y))
    for one, other in zip(with_others, alone, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.slow
def test_only_features_of_layers_that_are_never_trained_are_kept(shared, computed):
    classifier = make(epochs=1, retrain_head_epochs=1).fit(X, Y)
    assert len(computed) == 40  # of the head phase before
    predict_all(classifier)
    assert len(computed) == 40
    assert len(shared) == 40


@pytest.mark.slow
def test_a_probe_predicts_the_same_once_it_was_saved_and_loaded(shared, computed, tmp_path):
    classifier = make(backbone="small_cnn").fit(X, Y)
    classifier.save(tmp_path / "probe.keras")
    loaded = BBFLClassifier.load(tmp_path / "probe.keras")
    np.testing.assert_array_equal(loaded.predict_proba(X), classifier.predict_proba(X))
    assert len(computed) == 40


def test_the_parts_of_a_network_are_made_once_and_go_with_it():
    pool, network = NetworkPool(), build_network("mlp", (3,), 1)
    parts = []
    for _ in range(2):
        with pool.lend_for_prediction(network) as lent:
            parts.append((lent.features, lent.head))
    assert parts[0] == parts[1]
    reference = weakref.ref(network)
    del network, lent
    gc.collect()
    assert reference() is None


@pytest.mark.slow
def test_eight_methods_and_two_repeats_make_one_pass_over_the_images(shared, computed):
    classifier = make(head_epochs=1, validation_fraction=None)
    cv = [(np.arange(30), np.arange(30, 40))]
    comparison = compare_strategies(
        classifier, X, Y, strategies=PAPER_STRATEGIES, cv=cv, n_repeats=2, verbose=0
    )
    assert comparison.failures_ == {}
    assert len(computed) == 40


def test_threads_that_compute_at_once_get_the_same_features(pool, network, features):
    found = {}

    def compute(number):
        found[number] = pool.compute(network, as_images(X[number:]))

    threads = [threading.Thread(target=compute, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, values in found.items():
        np.testing.assert_array_equal(values, features[number:])
