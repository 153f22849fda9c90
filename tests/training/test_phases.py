"""A fit in phases: the head alone on features, all layers, the head anew."""

from functools import wraps

import keras
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.utils._param_validation import InvalidParameterError

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl._images import ArrayImages
from imblearn_bbfl.classifier import _outputs
from imblearn_bbfl.classifier._phases import (
    FINE_TUNING_EPOCHS,
    HEAD_EPOCHS,
    TRAINING_EPOCHS,
    plan_epochs,
)
from imblearn_bbfl.probabilities import recover_posterior
from imblearn_bbfl.training import _train
from imblearn_bbfl.training._shared_networks import NetworkPool

rng = np.random.default_rng(0)
Y = np.repeat([0, 1], [60, 20])
X = rng.normal(size=(80, 5)).astype("float32") + Y[:, np.newaxis]
IMAGES = rng.integers(0, 256, (40, 6, 6, 3), dtype=np.uint8)
CODES = np.arange(40) % 2

traced = pytest.mark.skipif(
    keras.backend.backend() == "torch", reason="PyTorch traces nothing, so nothing is shared"
)


class Recorder(keras.callbacks.Callback):
    """Notes what it is called for, and what it finds in its model."""

    calls = []

    def on_train_begin(self, logs=None):
        self.calls.append("begin")

    def on_train_end(self, logs=None):
        self.calls.append("end")

    def on_epoch_begin(self, epoch, logs=None):
        rate = round(float(self.model.optimizer.learning_rate), 6)
        self.calls.append((epoch, rate, self.model.input_shape, self.params["epochs"]))


def make(**params):
    defaults = {
        "head_units": (4,),
        "dropout": 0.3,
        "head_epochs": 2,
        "epochs": 1,
        "batch_size": 20,
        "sampling": None,
        "validation_fraction": None,
        "monitor": "accuracy",
        "learning_rate": 1e-4,
        "learning_rate_schedule": None,
        "random_state": 0,
    }
    return BBFLClassifier("mlp", **{**defaults, **params})


def apply_tiny_cnn(pixels):
    return keras.layers.BatchNormalization()(keras.layers.Conv2D(4, 3, use_bias=False)(pixels))


def make_cnn(**params):
    return make(augmentation=None, **params).set_params(backbone=apply_tiny_cnn)


def split_weights(classifier):
    """Return the weights of the layers below the head, and those of the head."""
    names = ("standardization", "head_dense_0", "logits")
    layers = classifier.model_.layers
    return [
        [w for layer in layers if (layer.name in names) == is_head for w in layer.get_weights()]
        for is_head in (False, True)
    ]


def get_state(classifier):
    """Return all that a fit leaves: weights, seeds, optimizer, history, predictions."""
    variables = [*classifier.model_.variables, *classifier.model_.optimizer.variables]
    arrays = [keras.ops.convert_to_numpy(variable) for variable in variables]
    return [*arrays, *classifier.history_.values(), classifier.predict_proba(X)]


def are_equal(one, other):
    return all(np.array_equal(*pair) for pair in zip(one, other, strict=True))


@pytest.fixture(scope="module")
def fitted():
    """Return a classifier that went through all phases, and the calls of its callback."""
    Recorder.calls = []
    crt = {"sampling": "batch", "balance_from": 1.0, "retrain_head_epochs": 2}
    params = {"validation_fraction": 0.25, "callbacks": Recorder, "patience": None}
    return make(**crt, **params).fit(X, Y), Recorder.calls


def test_the_history_names_the_phase_of_each_epoch(fitted):
    history = fitted[0].history_
    assert history["phase"] == ["head", "head", "all", "retrain_head", "retrain_head"]
    assert {len(values) for values in history.values()} == {5}


def test_callbacks_see_one_training_of_the_whole_network(fitted):
    epochs = [(epoch, 1e-4 if epoch == 2 else 1e-3, (None, 5), 5) for epoch in range(5)]
    assert fitted[1] == ["begin", *epochs, "end"]


def test_the_epoch_kept_is_one_of_the_last_phase(fitted):
    history, best = fitted[0].history_, fitted[0].best_epoch_
    keys = zip(history["val_accuracy"], -np.array(history["val_loss"]), strict=True)
    assert best == max(range(3, 5), key=list(keys).__getitem__)


def test_each_phase_has_an_optimizer_of_its_own(fitted):
    assert int(fitted[0].model_.optimizer.iterations) == 3  # of 60 rows, in one epoch


def test_class_prior_is_that_of_all_epochs_and_seen_prior_that_of_the_present_head(fitted):
    np.testing.assert_allclose(fitted[0].class_prior_, [0.65, 0.35])  # 3 of .75, 2 of .5
    np.testing.assert_allclose(fitted[0].seen_prior_, [0.5, 0.5])
    np.testing.assert_allclose(fitted[0].data_prior_, [0.75, 0.25])


def test_probabilities_are_recovered_from_what_the_present_head_has_seen(fitted, tmp_path):
    classifier = fitted[0]
    classifier.save(tmp_path / "table.keras")
    loaded = BBFLClassifier.load(tmp_path / "table.keras")
    recovered = recover_posterior(
        classifier.predict_proba(X), seen_prior=[1, 1], target_prior=[0.75, 0.25], gamma=2.0
    )
    proba = loaded.set_params(target_prior="data").predict_proba(X)
    np.testing.assert_allclose(proba, recovered, atol=1e-6)


@pytest.mark.slow
def test_training_on_after_the_head_was_trained_anew_counts_from_there(fitted, tmp_path):
    fitted[0].save(tmp_path / "table.keras")
    loaded = BBFLClassifier.load(tmp_path / "table.keras").set_params(compile__run_eagerly=True)
    loaded.partial_fit(X, Y)
    assert loaded.history_["phase"][5:] == ["all"]
    # 2 epochs of 60 balanced rows, and one of all 80
    np.testing.assert_allclose(loaded.seen_prior_, [0.6, 0.4])


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["head_epochs", "retrain_head_epochs"])
def test_only_the_head_is_trained_on_features(phase):
    before = split_weights(make_cnn(head_epochs=0, epochs=0).fit(IMAGES, CODES))
    params = {"head_epochs": 0, "epochs": 0, phase: 1, "batch_norm_statistics": "reestimated"}
    after = split_weights(make_cnn(**params).fit(IMAGES, CODES))
    assert are_equal(before[0], after[0])
    assert not any(map(np.array_equal, before[1][::2], after[1][::2]))  # without zeros of biases


@pytest.mark.slow
def test_statistics_are_those_that_the_head_was_trained_anew_on():
    params = {"head_epochs": 0, "batch_norm_statistics": "reestimated"}
    before = split_weights(make_cnn(**params).fit(IMAGES, CODES))
    after = split_weights(make_cnn(**params, retrain_head_epochs=1).fit(IMAGES, CODES))
    assert are_equal(before[0], after[0])


@pytest.mark.slow
def test_the_head_starts_anew_whatever_it_had_learnt():
    params = {"head_epochs": 0, "retrain_head_epochs": 1, "head_learning_rate": 1e-30}
    one, other = (split_weights(make(**params, gamma=g).fit(X, Y)) for g in (0.0, 5.0))
    assert not are_equal(one[0], other[0])
    for array, expected in zip(one[1][2:], other[1][2:], strict=True):  # without statistics
        np.testing.assert_allclose(array, expected, atol=1e-20)
    assert not are_equal(one[1], split_weights(make(epochs=0, head_epochs=0).fit(X, Y))[1])


@pytest.mark.slow
def test_a_phase_that_comes_after_changes_nothing_of_those_before():
    alone, followed = make(epochs=0).fit(X, Y), make(retrain_head_epochs=1).fit(X, Y)
    assert alone.history_["loss"] == followed.history_["loss"][:2]


@pytest.fixture
def n_rows(monkeypatch):
    """Return a list that gets the number of rows of each read of images."""
    n_rows, read = [], ArrayImages.read
    monkeypatch.setattr(
        ArrayImages, "read", lambda self, rows: (n_rows.append(len(rows)), read(self, rows))[1]
    )
    return n_rows


def test_a_monitor_that_is_none_is_told_before_features_are_computed(n_rows):
    with pytest.raises(ValueError, match="accuarcy"):
        make_cnn(monitor="accuarcy", validation_fraction=0.25).fit(IMAGES, CODES)
    assert sum(n_rows) == 1


@pytest.mark.slow
def test_images_are_read_once_for_all_epochs_of_the_head(n_rows):
    make_cnn(head_epochs=3, epochs=0, retrain_head_epochs=2).fit(IMAGES, CODES)
    assert n_rows == [1, 16, 16, 16]  # one for its dtype, and 40 in batches that are filled up


def test_a_table_is_predicted_without_what_reads_images_ahead(monkeypatch):
    monkeypatch.setattr(keras.Model, "predict", None)
    classifier = make(head_epochs=1, epochs=0, validation_fraction=0.25).fit(X, Y)
    assert classifier.predict_proba(X).shape == (80, 2)


def test_images_are_not_augmented_for_the_head():
    class Augmenter:
        def augment(self, images, random_state, pixel_max):
            pytest.fail("augmented")

    make_cnn(epochs=0).set_params(augmentation=Augmenter()).fit(IMAGES, CODES)


@pytest.mark.slow
@traced
def test_fits_that_differ_in_numbers_trace_each_phase_once_and_equal_fits_alone(monkeypatch):
    pool, n_calls, call = NetworkPool(), [], keras.layers.Dropout.call

    @wraps(call)
    def count(self, *args, **kwargs):
        n_calls.append(self.name)
        return call(self, *args, **kwargs)

    def fit(**params):
        n_calls.clear()
        return get_state(make(retrain_head_epochs=1, **params).fit(X, Y)), len(n_calls)

    for module in (_outputs, _train):
        monkeypatch.setattr(module, "POOL", pool)
    monkeypatch.setattr(keras.layers.Dropout, "call", count)
    params = {"gamma": 1.0, "random_state": 3}
    alone, _ = fit(**params)
    pool.clear()
    _, n_of_first = fit(sampling="batch", head_learning_rate=1e-2)
    after, n_of_later = fit(**params)
    assert are_equal(alone, after)
    assert len(pool) == 2
    assert (n_of_first > 0, n_of_later) == (True, 0)


@pytest.mark.slow
def test_workers_change_nothing():
    one, other = (get_state(make(workers=n, retrain_head_epochs=1).fit(X, Y)) for n in (0, 3))
    assert are_equal(one, other)


@pytest.mark.slow
def test_patience_ends_a_phase_and_the_next_one_begins():
    still = {"learning_rate": 1e-30, "head_learning_rate": 1e-30, "patience": 1}
    classifier = make(**still, head_epochs=5, epochs=5, validation_fraction=0.25).fit(X, Y)
    assert classifier.history_["phase"] == ["head", "head", "all", "all"]
    assert classifier.best_epoch_ == 3  # of equal losses the later one


class StopAtOnce(Recorder):
    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = True


@pytest.mark.slow
def test_a_callback_that_stops_the_training_stops_all_phases():
    Recorder.calls = []
    classifier = make(callbacks=StopAtOnce, retrain_head_epochs=1).fit(X, Y)
    assert classifier.history_["phase"] == ["head"]
    assert [call for call in Recorder.calls if isinstance(call, str)] == ["begin", "end"]


class Empty(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.set_weights([0 * weight for weight in self.model.get_weights()])


def test_weights_that_a_callback_sets_are_those_of_the_head():
    classifier = make(callbacks=Empty, epochs=0).fit(X, Y)
    assert not any(weight.any() for weight in classifier.model_.get_weights()[:-1])


def test_a_file_that_is_written_while_the_head_is_trained_holds_the_whole_network(tmp_path):
    path = tmp_path / "network.keras"
    classifier = make(callbacks=keras.callbacks.ModelCheckpoint(path), epochs=0).fit(X, Y)
    written = keras.saving.load_model(path)
    assert are_equal(written.get_weights(), classifier.model_.get_weights())


@pytest.mark.slow
def test_training_that_goes_on_trains_no_head_alone():
    classifier = make(warm_start=True, compile__run_eagerly=True).fit(X, Y).fit(X, Y)
    classifier.partial_fit(X, Y)
    assert classifier.history_["phase"] == ["head", "head", "all", "all", "all"]


@pytest.mark.slow
def test_a_loss_that_is_no_number_ends_all_phases():
    classifier = make(optimizer="sgd", head_learning_rate=1e38, retrain_head_epochs=1)
    with pytest.raises(FloatingPointError, match="training diverged"):
        classifier.fit(X, Y)
    assert set(classifier.history_["phase"]) == {"head"}


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"backbone": "mobilenetv2"}, HEAD_EPOCHS),
        ({"backbone": "mobilenetv2", "weights": "mine.weights.h5"}, HEAD_EPOCHS),
        ({"backbone": "mobilenetv2", "weights": None}, 0),
        ({"backbone": "small_cnn"}, 0),
    ],
)
def test_auto_trains_the_head_of_pretrained_networks_alone(params, expected):
    classifier = BBFLClassifier(head_epochs="auto", **params)
    assert plan_epochs(classifier, goes_on=False)["head"] == expected


@pytest.mark.parametrize(
    "params",
    [
        {"head_epochs": -1},
        {"head_epochs": "automatic"},
        {"head_epochs": 1.5},
        {"retrain_head_epochs": -1},
        {"retrain_head_epochs": "auto"},
        {"head_learning_rate": 0.0},
    ],
    ids=str,
)
def test_phases_that_cannot_be_are_refused(params):
    with pytest.raises(InvalidParameterError, match=next(iter(params))):
        make(**params).fit(X, Y)


def test_batches_that_cannot_be_balanced_are_found_before_any_training():
    crt = {"sampling": "batch", "balance_from": 1.0, "retrain_head_epochs": 1}
    classifier = make(batch_size=1, **crt, callbacks=StopAtOnce)
    with pytest.raises(ValueError, match="cannot hold one image of each"):
        classifier.fit(X, Y)


def test_the_learning_rate_falls_to_nothing_in_each_phase_and_is_back_afterwards():
    classifier = make(epochs=3, learning_rate_schedule="cosine").fit(X, Y)
    rates = classifier.history_["learning_rate"]
    expected = [1e-3, 0.5e-3, 0.1e-4, 1e-4, 0.5e-4]  # the third is the one that warms up
    np.testing.assert_allclose(rates, expected, rtol=1e-5)
    np.testing.assert_allclose(float(classifier.model_.optimizer.learning_rate), 1e-4, rtol=1e-5)


def test_the_head_sees_standardized_features():
    classifier = make(epochs=0).fit(X, Y)
    layer = classifier.model_.get_layer("standardization")
    features = classifier.transform(X)
    standardized = keras.ops.convert_to_numpy(layer(features))
    np.testing.assert_allclose(standardized.mean(axis=0), 0, atol=1e-4)
    deviation = standardized.std(axis=0)
    assert ((deviation > 0.5) & (deviation < 1)).all()  # a bit less than 1, by the floor


def test_the_head_without_units_is_the_regression_of_scikit_learn():
    """The objective is that of LogisticRegression with C = 1 / (decay * n_features)."""
    # By gradient descent on all rows at once, for which a few steps with momentum are enough.
    classifier = make(
        head_units=(),
        gamma=0.0,
        head_epochs=35,
        epochs=0,
        optimizer="sgd",
        optimizer__momentum=0.5,
        head_learning_rate=0.5,
        head_weight_decay=2.0,
        batch_size=80,
    ).fit(X, Y)
    layer = classifier.model_.get_layer("standardization")
    features = keras.ops.convert_to_numpy(layer(classifier.transform(X)))
    peer = LogisticRegression(C=1 / (2.0 * features.shape[1]), tol=1e-8).fit(features, Y)
    proba, expected = classifier.predict_proba(X), peer.predict_proba(features)
    np.testing.assert_allclose(proba, expected, atol=1e-3)


def test_epochs_auto_are_few_on_pretrained_layers_and_many_on_random_ones():
    n_epochs = {
        name: plan_epochs(BBFLClassifier(name), goes_on=False)["all"]
        for name in ("mobilenetv2", "small_cnn")
    }
    assert n_epochs == {"mobilenetv2": FINE_TUNING_EPOCHS, "small_cnn": TRAINING_EPOCHS}


def test_a_handful_of_rows_that_choose_the_epoch_is_warned_of():
    with pytest.warns(UserWarning, match="20 validation rows choose the epoch"):
        make(validation_fraction=0.25).fit(X, Y)
