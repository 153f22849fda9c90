"""mixup and Remix: which rows are mixed, what mixtures cost, and what they leave of a posterior."""

import keras
import numpy as np
import pytest

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.classifier import _preparation
from imblearn_bbfl.losses import BinaryFocalCrossentropy, SparseCategoricalFocalCrossentropy
from imblearn_bbfl.probabilities import normalize_log

RNG = np.random.default_rng(0)
Y = np.repeat([0, 1, 2], [40, 15, 5])
X = RNG.normal(size=(60, 4)).astype("float32") + Y[:, np.newaxis]
WEIGHT = RNG.uniform(0.5, 2, 60)


def make(**params):
    defaults = {
        "head_epochs": 0,
        "epochs": 1,
        "mixup": 0.4,
        "sampling": None,
        "random_state": 0,
        "compile__run_eagerly": True,  # which is faster here than a trace
    }
    return BBFLClassifier("mlp", **{**defaults, **params})


@pytest.fixture
def mixed(monkeypatch):
    """Return a list that gets each batch that is mixed: as it was, and what became of it."""
    batches, mix_batch = [], _preparation.mix_batch

    def note(X, *args, **params):
        batches.append((X, mix_batch(X, *args, **params)))
        return batches[-1][1]

    monkeypatch.setattr(_preparation, "mix_batch", note)
    return batches


@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_mixture_costs_what_its_rows_cost_by_their_shares_factors_and_weights(n_classes, mixed):
    rows = n_classes > Y
    params = {"gamma": 1.5, "tau": 0.5, "class_weight": "balanced", "batch_size": 60}
    classifier = make(remix=n_classes == 3, **params)
    classifier.fit(X[rows], Y[rows], sample_weight=WEIGHT[rows])
    start = make(epochs=0, **params).fit(X[rows], Y[rows], sample_weight=WEIGHT[rows])
    inputs, targets, weight = mixed[0][1]
    logits = start.model_.predict(inputs, verbose=0).astype(float)
    if n_classes == 2:
        logits, targets = np.hstack([0 * logits, logits]), np.hstack([1 - targets, targets])
    loss = start.model_.loss.get_config()
    log_p = normalize_log(logits + loss["logit_offset"])
    costs = -np.array(loss["alpha"]) * (1 - np.exp(log_p)) ** 1.5 * log_p
    expected = np.mean(weight * np.sum(targets * costs, axis=1))
    assert classifier.history_["loss"] == pytest.approx([expected], rel=1e-4)


def test_rows_are_mixed_and_in_the_head_phase_their_features_but_not_for_a_new_head(mixed):
    classifier = make(head_epochs=1).fit(X, Y)
    n_features = classifier.transform(X[:1]).shape[1]
    widths = [before.shape[1] for before, _ in mixed]
    assert widths == sorted(widths, reverse=True)
    assert set(widths) == {n_features, 4}
    mixed.clear()
    make(epochs=0, retrain_head_epochs=1).fit(X, Y)
    assert mixed == []


def test_the_validation_part_is_not_mixed():
    classifier = make(gamma=0.0).fit(X, Y, validation_data=(X, Y))
    log_p = np.log(classifier.predict_proba(X)[np.arange(60), Y])
    assert classifier.history_["val_loss"] == pytest.approx([-log_p.mean()], rel=1e-4)


def test_remix_counts_the_rows_of_the_training_part_by_weight(monkeypatch):
    seen = []
    monkeypatch.setattr(
        _preparation, "mix_batch", lambda *args, **params: seen.append(params) or args
    )
    make(remix=True, epochs=0).fit(X, Y, sample_weight=WEIGHT)
    counts = seen[0]["class_counts"]
    np.testing.assert_allclose(counts, np.bincount(Y, weights=WEIGHT), rtol=1e-6)


MESSAGE = r"target_prior='.*' needs a way back .* mixup=0.4 leaves none.*temperature='fit'"


@pytest.mark.parametrize("params", [{"target_prior": "data"}, {"thresholding": "prior"}], ids=str)
def test_a_posterior_is_refused_before_training_and_after_it(params, tmp_path):
    with pytest.raises(ValueError, match=MESSAGE):
        make(**params).fit(X, Y)
    classifier = make(warm_start=True).fit(X, Y)
    classifier.save(tmp_path / "mixed.keras")
    loaded = BBFLClassifier.load(tmp_path / "mixed.keras")
    for fitted in (classifier, loaded):
        fitted.set_params(**params, mixup=0.0)
        for use, args in (
            (fitted.predict_proba, (X,)),
            (fitted.predict, (X,)),
            (fitted.fit, (X, Y)),
        ):
            with pytest.raises(ValueError, match=MESSAGE):
                use(*args)


def test_a_posterior_is_refused_before_training_with_a_loss_that_smooths_labels():
    loss = BinaryFocalCrossentropy(label_smoothing=0.1, from_logits=True)
    classifier = make(loss=loss, mixup=0.0, target_prior="data")
    with pytest.raises(
        ValueError, match=r"no way leads from .*target_prior=None.*temperature='fit'"
    ):
        classifier.fit(X[:55], Y[:55])
    assert not hasattr(classifier, "model_")


def test_a_head_that_is_trained_anew_has_its_posterior():
    classifier = make(target_prior="uniform", balance_from=1.0, retrain_head_epochs=1)
    classifier.fit(X, Y, validation_data=(X, Y))
    uniform = classifier.predict_proba(X)
    classifier.set_params(target_prior=None)
    logits = classifier.model_.predict(X, verbose=0)
    expected = classifier.model_.loss.recover_log_posterior(
        logits, np.log(1 / 3 / classifier.seen_prior_)
    )
    np.testing.assert_allclose(uniform, np.exp(expected), rtol=1e-5)


@pytest.mark.filterwarnings("ignore:temperature='fit' is fitted", "ignore:The temperature that")
@pytest.mark.filterwarnings("ignore:1 of 3 classes are too small")
def test_a_temperature_divides_the_outputs_as_they_are():
    classifier = make(gamma=2.0, temperature="fit").fit(X, Y)
    logits = classifier.model_.predict(X, verbose=0)
    expected = np.exp(normalize_log(logits / classifier.temperature_))
    np.testing.assert_allclose(classifier.predict_proba(X), expected, rtol=1e-4)


@pytest.mark.parametrize(
    "loss", [keras.losses.SparseCategoricalCrossentropy, SparseCategoricalFocalCrossentropy]
)
def test_a_loss_of_ones_own_that_takes_no_soft_targets_is_refused(loss):
    with pytest.raises(ValueError, match=r"makes soft targets.*Use a loss of one-hot rows"):
        make(loss=loss(from_logits=True)).fit(X, Y)


def test_a_loss_of_ones_own_of_one_hot_rows_is_taken():
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    assert np.isfinite(make(loss=loss).fit(X, Y).history_["loss"]).all()


def test_a_batch_of_one_row_cannot_be_mixed():
    with pytest.raises(ValueError, match=r"batch_size=1 leaves a row alone. Use batch_size >= 2"):
        make(batch_size=1).fit(X, Y)
