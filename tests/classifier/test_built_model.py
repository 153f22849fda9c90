"""A built model as the backbone of the classifier and of the features."""

import pickle

import keras
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from imblearn_bbfl import BBFLClassifier, ImageFeatures


@pytest.fixture(scope="module")
def model():
    """Return a small model with the weights of a training elsewhere. Not to be changed."""
    layers = [keras.layers.Conv2D(4, 3, strides=2), keras.layers.BatchNormalization()]
    return keras.Sequential([keras.Input((16, 16, 3)), *layers, keras.layers.ReLU()], name="mine")


@pytest.fixture(scope="module")
def fitted(model, images):
    """Return a classifier on the model, all of whose layers were trained. Not to be changed."""
    return BBFLClassifier(model, head_epochs=1, epochs=1, random_state=0).fit(*images)


def test_each_fit_begins_with_the_weights_of_the_model(fitted, model, images):
    kernel = model.layers[0].get_weights()[0]
    assert (fitted.model_.layers[2].get_weights()[0] != kernel).any()  # it was trained
    again = clone(fitted).fit(*images)
    np.testing.assert_array_equal(again.predict_proba(images.X), fitted.predict_proba(images.X))
    probe = clone(fitted).set_params(epochs=0).fit(*images)
    np.testing.assert_array_equal(probe.model_.layers[2].get_weights()[0], kernel)


def test_clones_share_the_model(fitted, model):
    assert clone(fitted).backbone is clone(ImageFeatures(model)).backbone is model


@pytest.mark.slow
def test_a_search_shares_the_model(fitted, model, images):
    probe = clone(fitted).set_params(epochs=0)
    search = GridSearchCV(probe, {"gamma": [0, 2]}, cv=2)
    assert search.fit(*images).best_estimator_.backbone is model


@pytest.mark.parametrize("kind", ["pickle", "file"])
def test_a_copy_predicts_the_same_and_can_be_fitted_again(fitted, images, tmp_path, kind, recwarn):
    if kind == "pickle":
        copied = pickle.loads(pickle.dumps(fitted))
    else:
        fitted.save(tmp_path / "c.keras")
        copied = BBFLClassifier.load(tmp_path / "c.keras")
        keras.saving.load_model(tmp_path / "c.keras")
        assert not [w for w in recwarn if "cannot be written" in str(w.message)]
    expected = fitted.predict_proba(images.X)
    np.testing.assert_array_equal(copied.predict_proba(images.X), expected)
    np.testing.assert_array_equal(copied.fit(*images).predict_proba(images.X), expected)


def test_features_are_those_of_the_weights_that_the_model_has_now(model, images):
    changing = keras.models.clone_model(model)
    features = ImageFeatures(changing)
    before = features.fit_transform(images.X)
    assert features.get_feature_names_out().tolist() == [f"mine_{i}" for i in range(4)]
    changing.layers[0].set_weights([2 * w for w in changing.layers[0].get_weights()])
    after = features.transform(images.X)
    assert (before != after).any()
    expected = keras.ops.convert_to_numpy(changing(images.X / np.float32(255))).mean(axis=(1, 2))
    np.testing.assert_allclose(after, expected, rtol=1e-4)
