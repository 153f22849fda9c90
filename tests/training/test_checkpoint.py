"""A fit that is killed and called again ends as if nothing had happened."""

import keras
import numpy as np
import pytest
from imblearn.under_sampling import RandomUnderSampler

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.classifier._checkpoint import _describe, open_checkpoint

rng = np.random.default_rng(0)
Y = np.repeat([0, 1], [60, 20])
X = rng.normal(size=(80, 5)).astype("float32") + Y[:, np.newaxis]


class Interrupt(keras.callbacks.Callback):
    """Do what Python does at Ctrl-C, when an epoch begins."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            raise KeyboardInterrupt


class Count(keras.callbacks.Callback):
    """Count the epochs that are trained."""

    n_epochs = 0

    def on_epoch_end(self, epoch, logs=None):
        Count.n_epochs += 1


def make(**params):
    defaults = {
        "head_units": (4,),
        "dropout": 0.3,
        "head_epochs": 2,
        "epochs": 3,
        "retrain_head_epochs": 2,
        "balance_from": 0.5,
        "class_weight": "balanced",
        "batch_size": 20,
        "random_state": 0,
    }
    return BBFLClassifier("mlp", **{**defaults, **params})


def get_state(classifier):
    """Return all that a fit leaves, as one list of arrays."""
    variables = [*classifier.model_.variables, *classifier.model_.optimizer.variables]
    arrays = [keras.ops.convert_to_numpy(variable) for variable in variables]
    history = [np.array(values) for _, values in sorted(classifier.history_.items())]
    return [*arrays, *history, classifier.seen_prior_, classifier.class_prior_]


def interrupt_and_go_on(folder, epoch, **params):
    with pytest.raises(KeyboardInterrupt):
        make(callbacks=Interrupt(epoch), **params).fit(X, Y, checkpoint=folder)
    return make(**params).fit(X, Y, checkpoint=folder)


@pytest.fixture(scope="module")
def whole():
    return make().fit(X, Y)


@pytest.mark.parametrize("epoch", [1, 4])
def test_a_fit_that_goes_on_ends_like_one_in_one_go(whole, epoch, tmp_path):
    resumed = interrupt_and_go_on(tmp_path, epoch)
    for found, expected in zip(get_state(resumed), get_state(whole), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_what_watches_scores_goes_on_as_well(tmp_path):
    watching = {
        "validation_fraction": 0.25,
        "monitor": "accuracy",
        "patience": 2,
        "learning_rate_schedule": "plateau",
        "learning_rate_patience": 1,
        "head_epochs": 0,
        "retrain_head_epochs": 0,
        "balance_from": 0.0,
        "epochs": 6,
        "learning_rate": 1e-2,
    }
    expected = make(**watching).fit(X, Y)
    resumed = interrupt_and_go_on(tmp_path, 2, **watching)
    assert resumed.best_epoch_ == expected.best_epoch_
    for found, wanted in zip(get_state(resumed), get_state(expected), strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_a_finished_fit_is_not_trained_again(tmp_path):
    counts = []
    for _ in range(2):
        Count.n_epochs = 0
        make(epochs=0, retrain_head_epochs=0, callbacks=Count()).fit(X, Y, checkpoint=tmp_path)
        counts.append(Count.n_epochs)
    assert counts == [2, 0]


def test_the_checkpoint_of_another_fit_is_refused(tmp_path):
    make(epochs=0, retrain_head_epochs=0).fit(X, Y, checkpoint=tmp_path)
    with pytest.raises(ValueError, match="belongs to another fit"):
        make(epochs=0, retrain_head_epochs=0, gamma=1.0).fit(X, Y, checkpoint=tmp_path)


def test_a_seed_that_is_no_number_is_refused(tmp_path):
    with pytest.raises(ValueError, match="random_state to be a number, got None"):
        make(random_state=None).fit(X, Y, checkpoint=tmp_path)


@pytest.mark.parametrize(
    ("seed", "goes_on", "message"),
    [
        (0, True, "is for a fit that begins anew, but with warm_start=True"),
        (None, False, "needs random_state to be a number, got None"),
    ],
)
def test_a_checkpoint_is_for_a_fit_that_can_be_made_again(tmp_path, seed, goes_on, message):
    classifier = BBFLClassifier("mlp", random_state=seed)
    with pytest.raises(ValueError, match=message):
        open_checkpoint(classifier, tmp_path, [], [], goes_on=goes_on)
    assert not list(tmp_path.iterdir())


def test_values_are_told_apart_in_another_process_where_they_are_known():
    assert _describe(RandomUnderSampler()) == "RandomUnderSampler()"
    assert _describe((1, "a")) == "(1, 'a')"
    assert _describe(keras.optimizers.SGD) == "SGD"
    assert _describe(object()) == "object"
