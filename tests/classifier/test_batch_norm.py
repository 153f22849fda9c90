"""Batch normalization is found wherever it is in the network, and frozen where asked for."""

import keras
import pytest


def list_batch_norms(classifier):
    layers = classifier.model_._flatten_layers()
    return [
        layer
        for layer in layers
        if isinstance(layer, keras.layers.BatchNormalization) and layer.name != "standardization"
    ]


def make_inner():
    layers = [keras.layers.Conv2D(4, 3), keras.layers.BatchNormalization(momentum=0.999)]
    return keras.Sequential(layers)


def test_a_layer_that_the_user_froze_stays_frozen(untrained, images):
    def frozen(pixels):
        inner = make_inner()
        inner.trainable = False
        return inner(pixels)

    classifier = untrained.set_params(backbone=frozen, head_units=()).fit(*images)
    assert len(classifier.model_.trainable_variables) == 2  # the logits


@pytest.mark.parametrize("statistics", ["moving", "frozen"])
def test_layers_of_a_network_in_the_network_are_set_too(untrained, images, statistics):
    classifier = untrained.set_params(
        backbone=lambda pixels: make_inner()(pixels), batch_norm_statistics=statistics
    )
    (layer,) = list_batch_norms(classifier.fit(*images))
    assert layer.momentum == 0.9
    assert layer.trainable == (statistics == "moving")
