"""Predictions averaged over mirrored and turned images."""

import copy
import pickle

import numpy as np
import pytest
from sklearn.base import clone

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl._images import list_views
from imblearn_bbfl.coding import widen_logits
from imblearn_bbfl.probabilities import normalize_log, recover_log_posterior

KINDS = ["flips", "flips+turns"]


def with_views(fitted, kind, **params):
    return copy.copy(fitted).set_params(test_time_augmentation=kind, **params)


def average_logits(fitted, X, kind):
    """Return the mean of the logits, computed view by view through the public network."""
    views = list_views(X.astype("float32"), kind)
    return np.mean([fitted.model_.predict(view, verbose=0) for view in views], axis=0)


@pytest.mark.parametrize("kind", KINDS)
def test_probabilities_are_those_of_the_mean_logit_over_the_views(fitted, images, kind):
    expected = np.exp(normalize_log(widen_logits(average_logits(fitted, images.X, kind))))
    proba = with_views(fitted, kind).predict_proba(images.X)
    np.testing.assert_allclose(proba, expected, atol=1e-5)
    assert np.abs(proba - fitted.predict_proba(images.X)).max() > 1e-3


def test_the_class_mix_is_recovered_from_the_mean(fitted, images):
    classifier = with_views(fitted, "flips", target_prior="data")
    logits = widen_logits(average_logits(fitted, images.X, "flips"))
    log_ratio = np.log(fitted.data_prior_ / fitted.seen_prior_)
    expected = np.exp(recover_log_posterior(logits, log_ratio, fitted.gamma))
    np.testing.assert_allclose(classifier.predict_proba(images.X), expected, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_view_of_an_image_has_the_probabilities_of_the_image(fitted, images, kind):
    classifier = with_views(fitted, kind)
    expected = classifier.predict_proba(images.X[:8])
    for view in list_views(images.X[:8], kind):
        np.testing.assert_allclose(classifier.predict_proba(view), expected, atol=1e-6)


def test_labels_and_score_are_of_the_averaged_probabilities(fitted, images):
    classifier = with_views(fitted, "flips+turns")
    labels = classifier.classes_[classifier.predict_proba(images.X).argmax(axis=1)]
    assert classifier.predict(images.X).tolist() == labels.tolist()
    assert classifier.score(images.X, images.y) == np.mean(labels == images.y)


def test_features_are_of_the_image_as_it_is(fitted, images):
    X = images.X[:4]
    features = with_views(fitted, "flips").transform(X)
    np.testing.assert_array_equal(features, fitted.transform(X))


def test_training_and_its_scores_are_the_same_with_views(tiny, images):
    histories = [
        clone(tiny)
        .set_params(test_time_augmentation=kind, validation_fraction=0.2, monitor="loss")
        .fit(*images)
        .history_
        for kind in (None, "flips")
    ]
    assert histories[0] == histories[1]


def test_a_linear_head_decides_on_the_features_that_are_averaged(untrained, images):
    """Which is what a linear model on ``ImageFeatures`` with the same views does."""
    classifier = untrained.set_params(head_units=(), test_time_augmentation="flips").fit(*images)
    logits = classifier.model_.get_layer("logits")
    logits.kernel.assign(np.random.default_rng(0).normal(size=logits.kernel.shape))
    views = list_views(images.X, "flips")
    features = np.mean([classifier.transform(view) for view in views], axis=0)
    weights, bias = logits.get_weights()
    expected = np.exp(normalize_log(widen_logits(features @ weights + bias)))
    np.testing.assert_allclose(classifier.predict_proba(images.X), expected, atol=1e-5)


def test_pickles_and_files_keep_the_views(fitted, images, tmp_path):
    classifier = with_views(fitted, "flips")
    classifier.save(tmp_path / "classifier.keras")
    expected = classifier.predict_proba(images.X)
    for loaded in (
        pickle.loads(pickle.dumps(classifier)),
        BBFLClassifier.load(tmp_path / "classifier.keras"),
    ):
        assert loaded.test_time_augmentation == "flips"
        np.testing.assert_array_equal(loaded.predict_proba(images.X), expected)


# ---- bad input


def test_images_that_are_not_square_are_refused_before_they_are_read(untrained, images, tmp_path):
    classifier = untrained.set_params(test_time_augmentation="flips+turns", image_size=(8, 16))
    with pytest.raises(ValueError, match=r"have 8 x 16 pixels\. Use 'flips', or .* image_size=8"):
        classifier.fit([str(tmp_path / "gone.png")] * len(images.y), images.y)


def test_views_that_do_not_fit_are_refused_when_they_are_set_later(untrained, images):
    classifier = untrained.fit(images.X[:, :8], images.y)
    with pytest.raises(ValueError, match="have 8 x 16 pixels"):
        classifier.set_params(test_time_augmentation="flips+turns").predict(images.X[:, :8])
    with pytest.raises(ValueError, match="'turns' is not known"):
        classifier.set_params(test_time_augmentation="turns").predict(images.X[:, :8])


def test_a_table_is_refused(images):
    classifier = BBFLClassifier("mlp", test_time_augmentation="flips", epochs=0)
    with pytest.raises(ValueError, match=r"X is a 2-D table\. Use test_time_augmentation=None"):
        classifier.fit(images.X[:, 0, :, 0], images.y)
