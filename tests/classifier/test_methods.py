"""Logit adjustment, scales, margins and effective numbers, as parameters of the estimator."""

import keras
import numpy as np
import pytest
from imblearn.under_sampling import RandomUnderSampler

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.costs import (
    compute_effective_factors,
    compute_margins,
    compute_offsets,
    compute_scales,
)
from imblearn_bbfl.losses import SparseCategoricalFocalCrossentropy

RNG = np.random.default_rng(0)
COUNTS = np.array([40, 15, 5])
Y = np.repeat([0, 1, 2], COUNTS)
X = RNG.normal(size=(60, 5)).astype("float32") + Y[:, np.newaxis]
WEIGHT = RNG.uniform(0.5, 2, 60)
METHODS = {"tau": 1.5, "logit_scale": 0.2, "margin": 0.4, "class_weight": "effective"}


def make(**params):
    defaults = {
        "head_units": (4,),
        "epochs": 0,
        "sampling": None,
        "validation_fraction": None,
        "random_state": 0,
    }
    return BBFLClassifier("mlp", **{**defaults, **params})


def get_vectors(classifier):
    config = classifier.model_.loss.get_config()
    return [config[name] for name in ("alpha", "logit_scale", "logit_offset", "margin")]


def get_cosines(classifier):
    """Return the cosines between what the head decides on and the weights of each class."""
    model = classifier.model_
    weights = model.get_layer("cosines").get_weights()[0][0].T
    below = keras.Model(model.input, model.get_layer("head_dropout_0").output)
    features = below.predict(X, verbose=0)
    lengths = np.linalg.norm(features, axis=1, keepdims=True) * np.linalg.norm(weights, axis=0)
    return (features @ weights) / np.maximum(lengths, 1e-3)


@pytest.mark.parametrize("sampling", [None, "batch", RandomUnderSampler()], ids=str)
@pytest.mark.filterwarnings("ignore:tau=1.5 makes up")
def test_the_loss_is_made_of_the_rows_of_the_training_part_before_sampling(sampling):
    classifier = make(**METHODS, sampling=sampling, effective_beta=0.9, gamma=1.0)
    classifier.fit(X, Y, sample_weight=WEIGHT)
    weighted = np.bincount(Y, weights=WEIGHT)
    expected = [
        compute_effective_factors(COUNTS, 0.9),
        compute_scales(weighted, 0.2),
        compute_offsets(weighted, 1.5),
        compute_margins(weighted, 0.4),
    ]
    np.testing.assert_allclose(get_vectors(classifier), expected)
    assert classifier.model_.loss.gamma == 1.0


def test_the_training_part_alone_counts():
    classifier = make(tau=1.0).fit(X[5:], Y[5:], validation_data=(X[:5], Y[:5]))
    np.testing.assert_allclose(get_vectors(classifier)[2], compute_offsets([35, 15, 5]))


def test_at_the_defaults_none_of_them_does_anything():
    assert get_vectors(make().fit(X, Y)) == [[1] * 3, [1] * 3, [0] * 3, [0] * 3]


def test_a_class_that_has_not_come_yet_counts_as_the_rarest_that_has():
    classifier = make(tau=1.0, compile__run_eagerly=True)
    classifier.partial_fit(X[20:55], Y[20:55], classes=[0, 1, 2])
    np.testing.assert_allclose(get_vectors(classifier)[2], compute_offsets([20, 15, 0]))


@pytest.mark.parametrize("n_classes", [2, 3])
def test_with_a_margin_logits_are_thirty_times_cosines(n_classes):
    rows = n_classes > Y
    classifier = make(margin=0.5, epochs=1, learning_rate=0.1, retrain_head_epochs=n_classes - 2)
    classifier.set_params(compile__run_eagerly=True)  # which is faster here than a trace
    classifier.fit(X[rows], Y[rows])
    logits = classifier.model_.predict(X, verbose=0)
    cosines = get_cosines(classifier)
    assert cosines.shape == (60, n_classes)
    if n_classes == 2:  # one logit, the difference of those of both classes
        cosines = cosines[:, 1:] - cosines[:, :1]
    np.testing.assert_allclose(logits, 30 * cosines, atol=1e-2)


def test_a_network_for_margins_can_be_read_by_keras_alone_and_by_load(tmp_path):
    classifier = make(margin=0.5, head_units=()).fit(X, Y)
    classifier.save(tmp_path / "ldam.keras")
    loaded = BBFLClassifier.load(tmp_path / "ldam.keras")
    np.testing.assert_array_equal(loaded.predict_proba(X), classifier.predict_proba(X))
    network = keras.saving.load_model(tmp_path / "ldam.keras")
    config = str(network.get_config())
    assert "imblearn_bbfl" not in config


def test_a_margin_is_refused_where_the_network_that_goes_on_has_no_cosines():
    classifier = make(warm_start=True).fit(X, Y).set_params(margin=0.5)
    with pytest.raises(ValueError, match=r"margin=0.5 is for logits that are cosines.*warm_start="):
        classifier.fit(X, Y)


@pytest.mark.parametrize("name", ["tau", "logit_scale", "margin"])
def test_what_belongs_to_the_focal_loss_is_refused_beside_a_loss_of_ones_own(name):
    loss = SparseCategoricalFocalCrossentropy(from_logits=True)
    with pytest.raises(ValueError, match=rf"{name}=0.5 would be part .*, and leave {name} out"):
        make(loss=loss, **{name: 0.5}).fit(X, Y)


@pytest.mark.parametrize("params", [{"target_prior": "data"}, {"thresholding": "prior"}], ids=str)
def test_a_posterior_is_refused_before_training_where_there_are_margins(params):
    message = r"margin=0.5 leaves none. Use target_prior=None .*temperature='fit' calibrates"
    with pytest.raises(ValueError, match=message):
        make(margin=0.5, epochs=1, **params).fit(X, Y)


@pytest.mark.parametrize(
    ("params", "warns"),
    [
        ({"sampling": "batch"}, True),
        ({"sampling": "batch", "target_prior": "data"}, False),
        ({}, False),
    ],
    ids=str,
)
def test_rare_classes_that_gain_twice_are_warned_of(params, warns, recwarn):
    make(tau=1.0, **params).fit(X, Y)
    messages = [str(warning.message) for warning in recwarn]
    assert any("predictions favour rare classes twice" in text for text in messages) == warns
