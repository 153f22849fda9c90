"""tau-normalization: which weights are normalized, and what it leaves of a posterior."""

import keras
import numpy as np
import pytest

from imblearn_bbfl import BBFLClassifier

Y = np.repeat([0, 1, 2], [40, 15, 5])
X = np.random.default_rng(0).normal(size=(60, 4)).astype("float32") + Y[:, np.newaxis]


def make(**params):
    defaults = {
        "head_epochs": 1,
        "epochs": 0,
        "sampling": None,
        "batch_size": 60,
        "random_state": 0,
        "compile__run_eagerly": True,  # which is faster here than a trace
    }
    return BBFLClassifier("mlp", **{**defaults, **params})


@pytest.mark.parametrize("n_classes", [2, 3])
def test_logits_are_by_the_weights_of_each_class_over_a_power_of_their_length(n_classes):
    rows = n_classes > Y
    plain = make().fit(X[rows], Y[rows])
    model = plain.model_
    below = keras.Model(model.input, model.get_layer("logits").input)
    weights, bias = model.get_layer("logits").get_weights()
    assert np.abs(bias).min() > 0
    columns = list(weights.T) if n_classes == 3 else [-weights[:, 0] / 2, weights[:, 0] / 2]
    features = below.predict(X, verbose=0)
    exps = [np.exp(features @ w / np.sqrt(w @ w) ** 0.7) for w in columns]
    normalized = make(tau_norm=0.7).fit(X[rows], Y[rows])
    np.testing.assert_allclose(
        normalized.predict_proba(X), np.transpose(exps) / np.sum(exps, axis=0)[:, None], rtol=1e-4
    )
    assert normalized.history_ == plain.history_


def test_a_network_that_has_learnt_nothing_stays_as_it_is():
    proba = make(tau_norm=1.0, head_epochs=0).fit(X, Y).predict_proba(X)
    np.testing.assert_allclose(proba, 1 / 3, rtol=1e-6)


@pytest.mark.parametrize("params", [{"target_prior": "data"}, {"thresholding": "prior"}], ids=str)
def test_a_posterior_is_refused_before_training_and_after_it(params):
    message = r"tau_norm=0.5 leaves none.*temperature='fit' calibrates, or train with tau_norm=0"
    with pytest.raises(ValueError, match=message):
        make(tau_norm=0.5, **params).fit(X, Y)
    classifier = make(tau_norm=0.5, head_epochs=0).fit(X, Y).set_params(tau_norm=0, **params)
    with pytest.raises(ValueError, match=message):
        classifier.predict(X)


@pytest.mark.parametrize(
    ("params", "method", "message"),
    [
        ({"warm_start": True}, "fit", r"no training can go on from it. Use warm_start=False"),
        ({}, "partial_fit", r"`fit` rather than partial_fit"),
        ({"margin": 0.5}, "fit", r"margin=0.5 .* tau_norm=0.5 has nothing to do"),
    ],
    ids=str,
)
def test_what_normalized_weights_make_no_sense_for_is_refused(params, method, message):
    with pytest.raises(ValueError, match=message):
        getattr(make(tau_norm=0.5, **params), method)(X, Y)
