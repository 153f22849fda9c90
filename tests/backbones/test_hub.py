"""Presets of KerasHub by name, with a stand-in for the package, which fetches what it loads."""

import sys
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from imblearn_bbfl.backbones import build_network, is_pretrained

SHAPE = (8, 8, 3)
PIXELS = np.random.default_rng(0).integers(0, 256, (2, *SHAPE)).astype(np.float32)


class Backbone:
    """What KerasHub calls so."""

    presets = {"tiny_on_nothing": {}}
    made = []

    @classmethod
    def from_preset(cls, name, load_weights=True, filters=2):
        if name.startswith("hf://"):
            raise ConnectionError("no network")
        images = keras.Input(SHAPE, name="images")
        model = keras.Model({"images": images}, keras.layers.Conv2D(filters, 3)(images))
        cls.made.append((model, load_weights))
        return model


@pytest.fixture
def hub(monkeypatch):
    """Return the stand-in, in the place of the package."""

    def make_converter(name):
        if name.startswith("hf://"):
            raise ConnectionError("no network")
        return SimpleNamespace(scale=[0.1, 0.2, 0.3], offset=[1.0, 2.0, 3.0])

    layers = SimpleNamespace(ImageConverter=SimpleNamespace(from_preset=make_converter))
    hub = SimpleNamespace(models=SimpleNamespace(Backbone=Backbone), layers=layers)
    monkeypatch.setitem(sys.modules, "keras_hub", hub)


@pytest.mark.filterwarnings("ignore:The structure of `inputs`")
def test_a_preset_is_loaded_and_scaled_as_its_authors_did(hub):
    network = build_network("tiny_on_nothing", SHAPE, 1, weights="auto", filters=4)
    model, load_weights = Backbone.made[-1]
    features = keras.Model(network.input, network.get_layer("features").output)(PIXELS)
    scaled = (PIXELS * [0.1, 0.2, 0.3] + [1.0, 2.0, 3.0]).astype(np.float32)
    expected = keras.ops.convert_to_numpy(model({"images": scaled})).mean(axis=(1, 2))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(features), expected, rtol=1e-4, atol=1e-3)
    assert load_weights
    assert expected.shape[1] == 4
    assert is_pretrained("tiny_on_nothing", "auto")


def test_random_weights_are_not_loaded(hub):
    build_network("tiny_on_nothing", SHAPE, 1, weights=None)
    assert not Backbone.made[-1][1]


def test_a_preset_that_cannot_be_fetched_is_an_error_that_says_what_to_pass(hub):
    with pytest.raises(
        OSError,
        match=r"someone/model' could not be fetched.*the model itself",
    ):
        build_network("hf://someone/model", SHAPE, 1, weights="auto")


def test_an_unknown_name_is_answered_with_the_extra_where_there_is_no_kerashub(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras_hub", None)
    with pytest.raises(ValueError, match=r"not known.*KerasHub.*\[hub\].*pip install keras-hub"):
        build_network("resnet_50_imagenet", SHAPE, 1)
