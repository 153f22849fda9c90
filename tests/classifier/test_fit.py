"""What `fit` does with labels, weights, groups and the validation part."""

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.metrics import log_loss

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.classifier import _held_out


def make_images(n_per_class, seed=0):
    """Make 16 x 16 images whose class shows in how bright the upper half is."""
    codes = np.repeat(np.arange(len(n_per_class)), n_per_class)
    images = np.random.default_rng(seed).integers(0, 100, (len(codes), 16, 16, 3), dtype=np.uint8)
    images[:, :8] += (50 * codes).astype(np.uint8)[:, None, None, None]
    return images, codes


def apply_tiny_cnn(pixels):
    """Apply what the classifier `tiny` has, so that the tests share its traces."""
    x = keras.layers.Conv2D(8, 3, strides=2, use_bias=False)(pixels)
    return keras.layers.ReLU()(keras.layers.BatchNormalization()(x))


def make_classifier(**params):
    return BBFLClassifier(
        **{
            "backbone": apply_tiny_cnn,
            "head_units": (8,),
            "dropout": 0.2,
            "learning_rate": 1e-2,
            "epochs": 1,
            "augmentation": None,
            "validation_fraction": None,
            "random_state": 0,
        }
        | params
    )


@pytest.fixture(scope="module")
def fitted():
    """Return a classifier of three classes with its data and a validation part."""
    X, y = make_images([60, 30, 15])
    classifier = make_classifier(
        epochs=4,
        batch_norm_momentum=0.5,  # for 24 steps
        validation_fraction=0.2,
        monitor="f1_macro",
    )
    return classifier.fit(X, y), X, y


@pytest.mark.parametrize(
    "labels",
    [["cat", "dog"], [False, True], [-5, 70], [1.0, 2.0], np.array(["a", "b"], dtype=object)],
    ids=str,
)
def test_labels_come_back_as_they_went_in(labels):
    X, codes = make_images([20, 10])
    classifier = make_classifier(epochs=0).fit(X, np.asarray(labels)[codes])
    assert classifier.classes_.tolist() == list(labels)
    assert set(classifier.predict(X).tolist()) <= set(labels)


@pytest.mark.slow
def test_pandas_labels_with_a_shuffled_index_go_by_position():
    X, codes = make_images([20, 10])
    y = pd.Series(np.array(["x", "y"])[codes], index=np.random.default_rng(0).permutation(30))
    by_series = make_classifier().fit(X, y).predict_proba(X)
    by_array = make_classifier().fit(X, y.to_numpy()).predict_proba(X)
    np.testing.assert_array_equal(by_series, by_array)


def test_it_learns(fitted):
    classifier, X, y = fitted
    assert classifier.score(X, y) > 0.8


def test_probabilities_sum_to_one_in_float64(fitted):
    proba = fitted[0].predict_proba(fitted[1])
    assert proba.dtype == np.float64
    np.testing.assert_allclose(proba.sum(axis=1), 1.0, atol=1e-12)


def test_transform_gives_the_pooled_features(fitted):
    classifier, X, _ = fitted
    features = classifier.transform(X[:5])
    assert features.shape == (5, 8)
    assert np.isfinite(features).all()


def test_history_has_each_epoch_of_each_score(fitted):
    history = fitted[0].history_
    scores = {"loss", "val_loss", "val_accuracy", "val_balanced_accuracy", "val_f1_macro"}
    assert scores <= set(history)
    assert {len(values) for values in history.values()} == {4}


def test_the_weights_of_the_best_epoch_are_kept():
    X, y = make_images([60, 30])
    X_valid, y_valid = make_images([30, 30], seed=1)
    classifier = make_classifier(epochs=6, learning_rate=0.05, gamma=0.0, monitor="loss")
    classifier.fit(X, y, validation_data=(X_valid, y_valid))
    losses = classifier.history_["val_loss"]
    assert classifier.best_epoch_ == np.argmin(losses)
    kept = log_loss(y_valid, classifier.predict_proba(X_valid))
    assert kept == pytest.approx(min(losses), rel=1e-3)


TABLE = np.linspace(-1, 1, 60, dtype="float32")[:, np.newaxis]
SIGNS = (TABLE[:, 0] > 0).astype(int)


def watch(y_valid, **params):
    """Return a classifier of signs that was validated on these labels, and its history."""
    watched = {"monitor": "loss", "backbone": "mlp", "dropout": 0.0, "gamma": 0.0}
    classifier = make_classifier(**watched | params)
    classifier.fit(TABLE, SIGNS, validation_data=(TABLE, y_valid))
    return classifier, classifier.history_


@pytest.mark.slow
@pytest.mark.parametrize("monitor", ["accuracy", "balanced_accuracy", "f1_macro"])
def test_training_stops_when_the_monitored_score_stalls(monitor):
    _, history = watch(SIGNS, epochs=30, patience=2, monitor=monitor)
    scores = history[f"val_{monitor}"]
    assert len(scores) == np.argmax(scores) + 1 + 2 < 30


@pytest.mark.slow
def test_training_goes_on_while_the_loss_falls_and_stops_when_it_rises():
    assert len(watch(SIGNS, epochs=6, patience=2)[1]["loss"]) == 6
    assert len(watch(1 - SIGNS, epochs=6, patience=2)[1]["loss"]) == 3


@pytest.mark.slow
def test_the_learning_rate_stays_while_the_loss_falls_and_falls_when_it_rises():
    plateau = {"learning_rate_schedule": "plateau", "learning_rate_patience": 1}
    settings = {**plateau, "learning_rate_factor": 0.1, "epochs": 4}
    assert watch(SIGNS, **settings)[1]["learning_rate"] == pytest.approx([1e-2] * 4)
    rates = watch(1 - SIGNS, **settings)[1]["learning_rate"]
    assert rates == pytest.approx([1e-2, 1e-2, 1e-3, 1e-4])


def test_validation_rows_are_not_trained_on(monkeypatch):
    parts = []
    split = _held_out.split_rows
    monkeypatch.setattr(
        _held_out, "split_rows", lambda *args: parts.append(split(*args)) or parts[-1]
    )
    X, y = make_images([40, 20])
    classifier = make_classifier(validation_fraction=0.25)
    weights = classifier.fit(X, y).model_.get_weights()
    train, valid = parts[0]
    assert np.bincount(y[valid]).tolist() == [10, 5]
    for rows, is_same in ((valid, True), (train, False)):
        changed = X.copy()
        changed[rows] = 255 - changed[rows]
        after = classifier.fit(changed, y).model_.get_weights()
        assert all(map(np.array_equal, weights, after)) == is_same


def test_rows_of_weight_zero_are_left_out():
    X, y = make_images([30, 15])
    weight = np.r_[np.ones(25), np.zeros(5), np.ones(15)]
    with_zeros = make_classifier().fit(X, y, sample_weight=weight)
    without = make_classifier().fit(X[weight > 0], y[weight > 0])
    np.testing.assert_array_equal(with_zeros.predict_proba(X), without.predict_proba(X))


UNTRACED = {"compile__run_eagerly": True}  # a network that is trained on shares no trace


def test_partial_fit_goes_on_from_where_it_was():
    X, y = make_images([30, 15])
    classifier = make_classifier(**UNTRACED).partial_fit(X, y, classes=[0, 1, 2])
    before = classifier.model_.get_weights()[0].copy()
    classifier.partial_fit(X, y)
    assert classifier.predict_proba(X).shape == (45, 3)
    assert len(classifier.history_["loss"]) == 2
    assert not np.array_equal(before, classifier.model_.get_weights()[0])


@pytest.mark.slow
def test_warm_start_goes_on_and_a_cold_start_begins_anew():
    X, y = make_images([30, 15])
    classifier = make_classifier(warm_start=True, **UNTRACED).fit(X, y)
    network = classifier.model_
    assert len(classifier.fit(X, y).history_["loss"]) == 2
    assert classifier.model_ is network
    assert len(classifier.set_params(warm_start=False).fit(X, y).history_["loss"]) == 1


def batch_norm_layers(classifier):
    layers = classifier.model_.layers
    return [layer for layer in layers if isinstance(layer, keras.layers.BatchNormalization)]


@pytest.mark.slow
def test_frozen_statistics_stay_as_they_were():
    classifier = make_classifier(batch_norm_statistics="frozen").fit(*make_images([30, 15]))
    for layer in batch_norm_layers(classifier):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(layer.moving_mean), 0.0)


def test_batch_norm_has_the_momentum_that_was_asked_for():
    classifier = make_classifier(batch_norm_momentum=0.8, epochs=0).fit(*make_images([30, 15]))
    assert {layer.momentum for layer in batch_norm_layers(classifier)} == {0.8}


def test_reestimated_statistics_are_those_of_the_training_rows():
    X, y = make_images([40, 20])
    classifier = make_classifier(batch_norm_statistics="reestimated").fit(X, y)
    layer = batch_norm_layers(classifier)[0]
    entering = keras.Model(classifier.model_.input, layer.input).predict(X, verbose=0)
    moving_mean = keras.ops.convert_to_numpy(layer.moving_mean)
    np.testing.assert_allclose(moving_mean, entering.mean(axis=(0, 1, 2)), atol=1e-4)


def test_predict_before_fit_is_an_error():
    with pytest.raises(NotFittedError):
        make_classifier().predict(make_images([2, 2])[0])
