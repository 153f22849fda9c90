"""A head that sees several layers of the backbone."""

import pickle

import keras
import numpy as np
import pytest
from sklearn.base import clone

from imblearn_bbfl import BBFLClassifier


def apply_two_layers(pixels):
    x = keras.layers.Conv2D(4, 3, strides=2, activation="relu", name="early")(pixels)
    return keras.layers.Conv2D(6, 3, strides=2, activation="relu", name="late")(x)


@pytest.fixture(scope="module")
def of_two_stages(small, images):
    """Return a classifier that was trained in all phases, on two stages."""
    classifier = clone(small).set_params(backbone=apply_two_layers, feature_layers=2)
    return classifier.set_params(head_epochs=1, retrain_head_epochs=1).fit(*images)


def test_features_are_the_means_of_the_maps_as_they_are_after_training(of_two_stages, images):
    network = of_two_stages.model_
    maps = [network.get_layer(name).output for name in ("early", "late")]
    early, late = keras.Model(network.input, maps).predict(images.X, verbose=0)
    expected = np.concatenate([early.mean(axis=(1, 2)), late.mean(axis=(1, 2))], axis=1)
    features = of_two_stages.transform(images.X)
    assert features.shape == (60, 10) == (60, len(of_two_stages.get_feature_names_out()))
    np.testing.assert_allclose(features, expected, rtol=1e-4, atol=1e-5)


def test_a_number_of_stages_and_the_names_of_their_layers_train_the_same(of_two_stages, images):
    named = clone(of_two_stages).set_params(feature_layers=["early", "late"]).fit(*images)
    np.testing.assert_array_equal(
        named.predict_proba(images.X), of_two_stages.predict_proba(images.X)
    )


@pytest.mark.filterwarnings("ignore:.*will be None after load")
def test_pickles_and_files_predict_the_same(of_two_stages, images, tmp_path):
    of_two_stages.save(tmp_path / "classifier.keras")
    loaded = BBFLClassifier.load(tmp_path / "classifier.keras")
    unpickled = pickle.loads(pickle.dumps(of_two_stages))
    expected = of_two_stages.predict_proba(images.X)
    for copy in (loaded, unpickled):
        assert copy.feature_layers == 2
        np.testing.assert_array_equal(copy.predict_proba(images.X), expected)


@pytest.mark.parametrize(
    ("feature_layers", "message"),
    [(3, r"has 2 stages .*Use feature_layers <= 2"), (["latest"], "Did you mean 'late'")],
)
def test_layers_that_are_not_there_are_refused_before_training(
    untrained, images, feature_layers, message
):
    classifier = untrained.set_params(backbone=apply_two_layers, feature_layers=feature_layers)
    with pytest.raises(ValueError, match=message):
        classifier.fit(*images)
    assert not hasattr(classifier, "model_")


def test_a_table_has_no_stages():
    classifier = BBFLClassifier("mlp", feature_layers=2, epochs=0, validation_fraction=None)
    with pytest.raises(ValueError, match=r"a table has none of\. Use feature_layers='last'"):
        classifier.fit(np.zeros((8, 3)), np.arange(8) % 2)
