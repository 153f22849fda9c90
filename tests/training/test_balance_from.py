"""Balance that begins late: rows, factors, patience, the epoch kept, and what is recovered."""

import numpy as np
import pytest

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.classifier._phases import defer_balance
from imblearn_bbfl.generators import BatchGenerator
from imblearn_bbfl.probabilities import recover_posterior

RNG = np.random.default_rng(0)
Y = np.repeat([0, 1], [60, 20])
X = RNG.normal(size=(80, 5)).astype("float32") + Y[:, np.newaxis]
DATA, UNIFORM = [0.75, 0.25], [0.5, 0.5]


def make(**params):
    defaults = {
        "head_units": (4,),
        "epochs": 5,
        "batch_size": 20,
        "balance_from": 0.4,
        "gamma": 0.0,
        "validation_fraction": None,
        "random_state": 0,
    }
    return BBFLClassifier("mlp", **{**defaults, **params})


def list_stretches(balance_from, **epochs):
    epochs = {"head": 0, "all": 0, "retrain_head": 0, **epochs}
    return defer_balance(epochs, balance_from)


@pytest.mark.parametrize(
    ("balance_from", "epochs", "n_before"),
    [(0.8, 10, 8), (0.5, 5, 2), (0.29, 100, 29), (0.7, 10, 7), (0.99, 10, 9), (0.57, 100, 57)],
)
def test_balance_begins_at_the_floor_of_its_share_of_the_epochs(balance_from, epochs, n_before):
    before, after = list_stretches(balance_from, all=epochs)
    assert before == ("all", n_before, False, False)
    assert after == ("all", epochs - n_before, True, True)


def test_what_comes_before_the_phase_in_which_balance_begins_is_not_balanced():
    assert list_stretches(0.5, head=3, all=2) == [
        ("head", 3, False, True),
        ("all", 1, False, False),
        ("all", 1, True, True),
    ]


def test_without_epochs_of_all_layers_balance_begins_among_those_of_the_head():
    assert list_stretches(0.5, head=4) == [("head", 2, False, False), ("head", 2, True, True)]


@pytest.mark.parametrize("balance_from", [0, 0.0, 0.05])
def test_an_early_start_is_balance_throughout(balance_from):
    assert list_stretches(balance_from, all=9) == [("all", 9, True, True)]


def test_from_the_start_means_the_head_too_and_never_means_no_phase_but_the_head_anew():
    epochs = {"head": 1, "all": 2, "retrain_head": 3}
    for balance_from, is_balanced in ((0, True), (1, False)):
        stretches = list_stretches(balance_from, **epochs)
        of_others = [("head", 1, is_balanced, True), ("all", 2, is_balanced, True)]
        assert stretches == [*of_others, ("retrain_head", 3, True, True)]


def test_the_head_is_trained_anew_in_balance_wherever_that_began():
    assert list_stretches(0.8, all=5, retrain_head=2)[-1] == ("retrain_head", 2, True, True)


def measure_epochs(monkeypatch, **params):
    """Return the share of each class in the loss of each epoch, by the batches trained on."""
    epochs, read = {}, BatchGenerator.__getitem__

    def note(self, index):
        X_batch, y_batch, weight = read(self, index)
        if self._in_epoch:
            counts = epochs.setdefault(self.epoch, np.zeros(2))
            counts += np.bincount(y_batch[:, 0].astype(int), weights=weight, minlength=2)
        return X_batch, y_batch, weight

    monkeypatch.setattr(BatchGenerator, "__getitem__", note)
    classifier = make(workers=0, **params).fit(X, Y)
    factors = np.array(classifier.model_.loss.class_factors)
    masses = [counts * factors for counts in epochs.values()]
    return [(mass / mass.sum()).round(3).tolist() for mass in masses]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"sampling": "batch"}, [DATA] * 2 + [UNIFORM] * 3),
        ({"sampling": None, "class_weight": "balanced"}, [DATA] * 2 + [UNIFORM] * 3),
        ({"sampling": None, "alpha": [0.25, 0.75], "head_epochs": 1}, [DATA] * 3 + [UNIFORM] * 3),
        ({"balance_from": 1.0, "class_weight": "balanced"}, [DATA] * 5),
    ],
    ids=str,
)
def test_rows_and_factors_are_the_datas_own_until_balance_begins(monkeypatch, params, expected):
    assert measure_epochs(monkeypatch, **params) == expected


@pytest.fixture(scope="module")
def deferred():
    """Return a classifier whose score never gets better, trained with deferred balance."""
    still = {"learning_rate": 1e-30, "patience": 1, "monitor": "loss"}
    return make(**still, epochs=10, validation_fraction=0.25).fit(X, Y)


@pytest.mark.parametrize("class_weight", ["balanced", "effective", {0: 0.1, 1: 7.0}], ids=str)
def test_factors_that_begin_late_leave_the_mean_loss_at_its_scale(class_weight):
    weight = np.where(np.arange(80) % 2, 3.0, 1.0)
    factors = [
        make(epochs=0, class_weight=class_weight, sampling=None, balance_from=share)
        .fit(X, Y, sample_weight=weight)
        .model_.loss.get_config()["alpha"]
        for share in (0.0, 0.4)
    ]
    assert np.average(np.take(factors[1], Y), weights=weight) == pytest.approx(1)
    assert np.divide(*factors[1]) == pytest.approx(np.divide(*factors[0]))


def test_patience_and_the_choice_of_the_epoch_begin_with_balance(deferred):
    assert len(deferred.history_["loss"]) == 6
    assert deferred.best_epoch_ == 5  # of equal losses the later one
    assert deferred.history_["phase"] == ["all"] * 6
    assert np.isfinite(deferred.history_["val_loss"]).all()


def test_class_prior_counts_all_epochs_and_seen_prior_those_since_balance_began(deferred):
    assert deferred.seen_prior_ == pytest.approx(UNIFORM)
    assert deferred.class_prior_ == pytest.approx(np.average([DATA, UNIFORM], 0, [4, 2]), abs=0.01)


def test_the_objective_in_force_at_the_epoch_kept_is_what_is_taken_out(deferred):
    raw = deferred.predict_proba(X)
    recovered = recover_posterior(raw, seen_prior=UNIFORM, target_prior=DATA)
    try:
        proba = deferred.set_params(target_prior="data").predict_proba(X)
    finally:
        deferred.set_params(target_prior=None)
    np.testing.assert_allclose(proba, recovered, atol=1e-6)


@pytest.mark.slow
def test_a_training_without_balance_is_that_of_the_data_as_they_are():
    never = make(balance_from=1, class_weight="balanced", validation_fraction=0.25).fit(X, Y)
    plain = make(balance_from=0, sampling=None, validation_fraction=0.25).fit(X, Y)
    assert never.history_ == plain.history_
    assert never.best_epoch_ == plain.best_epoch_
    np.testing.assert_array_equal(never.predict_proba(X), plain.predict_proba(X))


@pytest.mark.slow
def test_the_optimizer_goes_on_where_balance_begins():
    for params in ({"epochs": 4}, {"epochs": 0, "head_epochs": 4}):
        params = {"sampling": None, "balance_from": 0.5, "dropout": 0.0, **params}
        whole = make(**{**params, "balance_from": 0.0}).fit(X, Y)
        cut = make(**params).fit(X, Y)
        np.testing.assert_allclose(cut.history_["loss"], whole.history_["loss"], rtol=1e-5)


def test_training_that_goes_on_is_balanced_from_its_start():
    classifier = make(epochs=2, balance_from=0.5, compile__run_eagerly=True, warm_start=True)
    classifier.fit(X, Y).partial_fit(X, Y)
    np.testing.assert_allclose(classifier.class_prior_, np.average([DATA, UNIFORM], 0, [1, 2]))
    classifier.set_params(epochs=1, balance_from=1).fit(X, Y)
    np.testing.assert_allclose(classifier.class_prior_, np.average([DATA, UNIFORM], 0, [2, 2]))


@pytest.mark.parametrize("value", [-0.1, 1.1, np.nan, "late", None])
def test_a_share_outside_of_0_and_1_is_refused(value):
    with pytest.raises(ValueError, match="'balance_from' parameter"):
        make(balance_from=value).fit(X, Y)


def test_messages_tell_which_epochs_are_of_which_mix(caplog):
    with caplog.at_level("DEBUG", logger="imblearn_bbfl"):
        make(epochs=2, balance_from=0.5).fit(X, Y)
    told = [message for message in caplog.messages if message.startswith("Epochs")]
    assert told == [
        "Epochs 1 to 1, of 4 steps each: all layers, in the data's own mix",
        "Epochs 2 to 2, of 4 steps each: all layers",
    ]
