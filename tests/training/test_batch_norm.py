"""The statistics of batch normalization: re-estimated over all rows, exactly, or left alone."""

import inspect

import keras
import numpy as np
import pytest

from imblearn_bbfl._images import as_images
from imblearn_bbfl.training._batch_norm import (
    PooledStatistics,
    reestimate_statistics,
    set_batch_norm,
)

KNOWS_RENORM = pytest.mark.skipif(
    "renorm" not in inspect.signature(keras.layers.BatchNormalization).parameters,
    reason="needs a version of Keras that has renorm",
)


def make_table(n_rows, seed=0):
    """Make rows of two columns, sorted by class: the second class lies far from the first."""
    rng = np.random.default_rng(seed)
    centres = np.repeat([[100.0, 0.0], [103.0, -5.0]], [n_rows - n_rows // 4, n_rows // 4], axis=0)
    return (centres + rng.normal(size=(n_rows, 2))).astype("float32")


def make_network(*layers):
    """Make a network that ends in a layer named "features", as those of the package do."""
    inputs = keras.Input((2,))
    outputs = keras.Sequential(list(layers))(inputs)
    return keras.Model(inputs, keras.layers.Identity(name="features")(outputs))


def reestimate(network, table, *, batch_size=32, seed=0):
    images = as_images(table)
    rows = np.arange(len(table))
    reestimate_statistics(network, images, rows, batch_size=batch_size, seed=seed)


def read_statistics(layer):
    return [keras.ops.convert_to_numpy(v) for v in (layer.moving_mean, layer.moving_variance)]


@pytest.mark.parametrize("n_rows", [96, 97])
@pytest.mark.parametrize("params", [{}, pytest.param({"renorm": True}, marks=KNOWS_RENORM)])
def test_statistics_are_mean_and_variance_of_all_rows_whatever_their_order(n_rows, params):
    layer, table = keras.layers.BatchNormalization(**params), make_table(n_rows)
    reestimate(make_network(layer), table)
    mean, variance = read_statistics(layer)
    np.testing.assert_allclose(mean, table.mean(axis=0, dtype="float64"), rtol=1e-6)
    np.testing.assert_allclose(variance, table.var(axis=0, dtype="float64"), rtol=1e-4)


def test_statistics_over_pixels_are_those_of_each_channel():
    images = np.sort(np.random.default_rng(0).integers(0, 256, (40, 4, 4, 3), "uint8"), axis=0)
    inputs = keras.Input((4, 4, 3))
    layer = keras.layers.BatchNormalization(name="features")
    reestimate(keras.Model(inputs, layer(inputs)), images)
    mean, variance = read_statistics(layer)
    np.testing.assert_allclose(mean, images.mean(axis=(0, 1, 2)), rtol=1e-5)
    np.testing.assert_allclose(variance, images.var(axis=(0, 1, 2)), rtol=1e-5)


def test_deeper_statistics_of_sorted_rows_are_near_those_of_their_inputs():
    first, dense, second = (
        keras.layers.BatchNormalization(),
        keras.layers.Dense(3, kernel_initializer=keras.initializers.GlorotUniform(seed=0)),
        keras.layers.BatchNormalization(),
    )
    table = make_table(640)
    reestimate(make_network(first, dense, second), table)
    entering = keras.ops.convert_to_numpy(dense(first(table)))
    _, variance = read_statistics(second)
    np.testing.assert_allclose(variance, entering.var(axis=0), rtol=0.05)


def test_frozen_statistics_and_momenta_stay_as_they_were():
    frozen, layer = keras.layers.BatchNormalization(), keras.layers.BatchNormalization(momentum=0.7)
    frozen.trainable = False
    reestimate(make_network(frozen, layer), make_table(40))
    np.testing.assert_array_equal(read_statistics(frozen), [[0, 0], [1, 1]])
    assert layer.momentum == 0.7


def test_the_seed_decides_deeper_statistics_to_the_bit():
    def deeper(seed):
        layer = keras.layers.BatchNormalization()
        network = make_network(keras.layers.BatchNormalization(), keras.layers.ReLU(), layer)
        reestimate(network, make_table(80), seed=seed)
        return np.array(read_statistics(layer))

    np.testing.assert_array_equal(deeper(0), deeper(0))
    assert (deeper(0) != deeper(1)).any()


def test_pooling_keeps_a_small_spread_around_a_large_mean():
    batches = np.split(1e8 + np.random.default_rng(0).normal(size=(60, 2)), [7, 40])
    pooled = PooledStatistics()
    for batch in batches:
        pooled.add(len(batch), batch.mean(axis=0), batch.var(axis=0))
    np.testing.assert_allclose(pooled.variance, np.concatenate(batches).var(axis=0), rtol=1e-6)


@pytest.fixture(scope="module")
def network():
    return keras.Sequential([keras.Input((3,)), keras.layers.BatchNormalization(momentum=0.7)])


def test_the_momentum_of_the_backbone_is_kept_unless_another_is_given(network):
    set_batch_norm(network, "moving", None)
    assert (network.layers[0].momentum, network.layers[0].trainable) == (0.7, True)
    set_batch_norm(network, "frozen", 0.9)
    assert (network.layers[0].momentum, network.layers[0].trainable) == (0.9, False)


def test_frozen_statistics_are_not_estimated_again(network):
    set_batch_norm(network, "frozen", None)
    before = [w.copy() for w in network.get_weights()]
    reestimate_statistics(network, None, np.arange(4), batch_size=2, seed=0)  # reads no image
    assert all(map(np.array_equal, before, network.get_weights()))
