"""The cosine head: its logits do not depend on any length, and lengths slow what turns weights."""

import keras
import numpy as np
import pytest

from imblearn_bbfl.backbones import apply_cosines

FEATURES = np.random.default_rng(0).normal(size=(7, 4)).astype("float32")
LABELS = np.array([0, 1, 2, 0, 1, 2, 0])


def make_network(n_outputs=3, **params):
    inputs = keras.Input((4,))
    return keras.Model(inputs, apply_cosines(inputs, n_outputs, **params))


def get_weights(network):
    return network.get_layer("cosines").get_weights()[0]


@pytest.mark.parametrize("n_outputs", [1, 3])
def test_no_length_of_features_or_of_weights_changes_a_logit(n_outputs):
    network = make_network(n_outputs)
    logits = network.predict(FEATURES, verbose=0)
    weights = get_weights(network)
    lengths = np.linspace(0.5, 20, weights.shape[1])[:, np.newaxis]
    network.get_layer("cosines").set_weights([weights * lengths])
    longer = network.predict(100 * FEATURES, verbose=0)
    np.testing.assert_allclose(longer, logits, rtol=1e-4, atol=1e-4)


def test_logits_are_bounded_and_reach_their_bounds():
    network = make_network(scale=7.0)
    rows = np.concatenate([get_weights(network)[0], -get_weights(network)[0]])
    logits = network.predict(rows, verbose=0)
    np.testing.assert_allclose(np.diag(logits[:3]), 7, rtol=1e-5)
    np.testing.assert_allclose(np.diag(logits[3:]), -7, rtol=1e-5)


def test_a_sample_without_features_leaves_finite_weights():
    network = make_network()
    network.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    network.fit(0 * FEATURES, LABELS, verbose=0)
    assert np.isfinite(get_weights(network)).all()


def test_steps_are_at_right_angles_to_weights_and_turn_long_ones_less():
    def step(length):
        keras.utils.set_random_seed(0)
        network = make_network()
        before = get_weights(network)
        before *= length / np.linalg.norm(before, axis=-1, keepdims=True)
        network.get_layer("cosines").set_weights([before])
        rate = keras.optimizers.SGD(0.1)
        network.compile(rate, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        network.fit(FEATURES, LABELS, verbose=0, shuffle=False)
        return before, get_weights(network) - before

    short, change = step(1)
    np.testing.assert_allclose((short * change).sum(axis=-1), 0, atol=1e-5)
    assert np.abs(change).max() > 1e-2
    _, change_of_long = step(10)
    np.testing.assert_allclose(10 * change_of_long, change, rtol=1e-3, atol=1e-5)
