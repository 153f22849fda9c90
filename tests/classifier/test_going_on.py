"""Training that goes on: histories stay aligned, changes count, errors cost nothing."""

import keras
import numpy as np
import pytest
from sklearn.base import clone

VALIDATED = {"validation_fraction": 0.25, "patience": None, "learning_rate_patience": None}


@pytest.fixture
def going_on(eager):
    """Return a classifier, not fitted, that goes on with each fit."""
    return clone(eager).set_params(warm_start=True)


def test_epochs_without_validation_have_nan_in_the_history(going_on, images):
    going_on.fit(*images)
    going_on.set_params(**VALIDATED).fit(*images)
    going_on.partial_fit(*images).fit(*images)
    assert {len(values) for values in going_on.history_.values()} == {4}
    assert np.isnan(going_on.history_["val_accuracy"]).tolist() == [True, False, True, False]


def test_changed_costs_and_learning_rate_are_those_that_train(going_on, images):
    going_on.fit(*images)
    going_on.set_params(gamma=0.0, alpha=[1.0, 9.0], learning_rate=1e-4).fit(*images)
    assert going_on.model_.loss.get_config()["gamma"] == 0
    assert float(going_on.model_.optimizer.learning_rate) == pytest.approx(1e-4)
    assert int(going_on.model_.optimizer.iterations) == 8


def test_a_learning_rate_that_was_lowered_stays_so(going_on, images):
    going_on.fit(*images)
    going_on.model_.optimizer.learning_rate = 1e-3
    going_on.fit(*images)
    assert float(going_on.model_.optimizer.learning_rate) == pytest.approx(1e-3)


def test_a_fit_that_fails_at_its_input_leaves_the_one_before(eager, images):
    classifier = clone(eager).fit(*images)
    expected = classifier.predict(images.X)
    with pytest.raises(ValueError, match="cannot hold one image of each"):
        classifier.set_params(batch_size=1).fit(images.X, np.where(images.y == "sick", "x", "y"))
    assert np.array_equal(classifier.predict(images.X), expected)


def test_a_fit_that_is_stopped_has_no_history_of_the_one_before(eager, images):
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise KeyboardInterrupt

    classifier = clone(eager).set_params(**VALIDATED).fit(*images)
    with pytest.raises(KeyboardInterrupt):
        classifier.set_params(callbacks=Stop).fit(*images)
    assert not hasattr(classifier, "history_")
    assert not hasattr(classifier, "best_epoch_")


def test_a_schedule_takes_the_place_of_lowering_on_a_plateau(eager, images):
    schedule = keras.optimizers.schedules.ExponentialDecay(1e-3, 1, 0.5)
    classifier = clone(eager).set_params(**{**VALIDATED, "learning_rate_patience": 1})
    classifier.set_params(optimizer__learning_rate=schedule, epochs=6).fit(*images)
    assert classifier.current_epoch == 6


@pytest.mark.parametrize("workers", [0, 3])
def test_an_epoch_cut_short_goes_on_in_the_next(eager, images, workers):
    def fit(**params):
        return clone(eager).set_params(workers=workers, **params).fit(*images).model_.get_weights()

    cut = fit(epochs=4, fit__steps_per_epoch=2)  # 60 rows are 4 batches of 16
    for one, other in zip(cut, fit(epochs=2), strict=True):
        np.testing.assert_array_equal(one, other)


def test_prior_thresholding_asks_for_all_classes(eager, images):
    classifier = clone(eager).set_params(thresholding="prior", sampling=None)
    classifier.partial_fit(*images, classes=["healthy", "sick", "unknown"])
    with pytest.raises(ValueError, match=r"classes \['unknown'\] have not come yet"):
        classifier.predict(images.X)


def test_class_weights_of_classes_that_a_call_lacks_are_allowed(eager, images):
    classifier = clone(eager).set_params(sampling=None, class_weight={"unknown": 3.0})
    classifier.partial_fit(*images, classes=["healthy", "sick", "unknown"])
    assert classifier.partial_fit(*images).current_epoch == 2
