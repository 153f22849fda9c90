"""Seeds of layers: those asked for, whatever other threads draw."""

import random
import threading

import keras
import numpy as np
import pytest

from imblearn_bbfl.training._seeding import seed_dropout, seed_layers, seed_torch


def build_dense():
    layer = keras.layers.Dense(4)
    layer.build((None, 3))
    return np.asarray(layer.kernel)


def draw_weights(seed):
    with seed_layers(seed):
        return build_dense()


def test_the_same_seed_gives_the_same_weights():
    assert np.array_equal(draw_weights(0), draw_weights(0))
    assert not np.array_equal(draw_weights(0), draw_weights(1))


@pytest.mark.parametrize(
    "make",
    [
        keras.initializers.HeNormal,
        lambda: keras.layers.GaussianNoise(1.0).seed_generator,
        lambda: keras.layers.RandomRotation(0.5).generator,
    ],
    ids=["initializer", "noise", "augmentation"],
)
def test_all_that_draws_in_layers_is_seeded(make):
    def draw(seed):
        with seed_layers(seed):
            made = make()
        values = made.next() if isinstance(made, keras.random.SeedGenerator) else made((9,))
        return keras.ops.convert_to_numpy(values).tolist()

    assert draw(0) == draw(0) != draw(1)


def test_pythons_generator_goes_on_where_it_was():
    random.seed(0)
    expected = [random.random(), random.randint(0, 99)]
    random.seed(0)
    drawn = [random.random()]
    draw_weights(0)
    assert [*drawn, random.randint(0, 99)] == expected


def test_another_thread_that_draws_changes_nothing():
    expected = draw_weights(0)
    with seed_layers(0):
        thread = threading.Thread(target=random.randint, args=(0, 99))
        thread.start()
        thread.join()
        weights = build_dense()
    assert np.array_equal(weights, expected)


def test_another_thread_draws_as_if_nothing_was_seeded():
    random.seed(0)
    expected, drawn = random.randint(0, 10**9), []
    random.seed(0)
    with seed_layers(5):
        thread = threading.Thread(target=lambda: drawn.append(random.randint(0, 10**9)))
        thread.start()
        thread.join()
    assert drawn == [expected]


def test_dropout_of_networks_in_the_network_is_seeded_by_seed_and_epoch():
    inner = keras.Sequential([keras.Input((64,)), keras.layers.Dropout(0.5, seed=1)])
    network = keras.Sequential([keras.Input((64,)), inner, keras.layers.Dropout(0.5, seed=1)])

    def draw(seed, epoch):
        seed_dropout(network, seed, epoch)
        return keras.ops.convert_to_numpy(network(np.ones((1, 64)), training=True))

    assert np.array_equal(draw(0, 3), draw(0, 3))
    assert not np.array_equal(draw(0, 3), draw(1, 3))
    assert not np.array_equal(draw(0, 3), draw(0, 4))


@pytest.mark.skipif(keras.backend.backend() != "torch", reason="other backends seed each layer")
def test_dropout_without_a_seed_is_seeded_on_pytorch_by_seed_and_epoch():
    import torch

    dropout = keras.layers.Dropout(0.5)

    def draw(seed, epoch):
        with seed_torch(seed, epoch):
            return keras.ops.convert_to_numpy(dropout(np.ones((1, 64)), training=True))

    before = torch.random.get_rng_state()
    assert np.array_equal(draw(0, 3), draw(0, 3))
    assert not np.array_equal(draw(0, 3), draw(1, 3))
    assert not np.array_equal(draw(0, 3), draw(0, 4))
    assert torch.equal(torch.random.get_rng_state(), before)
