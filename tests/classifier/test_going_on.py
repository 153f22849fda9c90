"""Training that goes on: histories stay aligned, changes count, errors cost nothing."""

import keras
import numpy as np
import pytest
from sklearn.base import clone

VALIDATED = {"validation_fraction": 0.25, "patience": None}


@pytest.fixture
def going_on(small):
    """Return a classifier, not fitted, that goes on with each fit."""
    # Not traced: a network that is trained on shares no trace with others.
    return clone(small).set_params(warm_start=True, compile__run_eagerly=True)


@pytest.mark.slow
def test_epochs_without_validation_have_nan_in_the_history(going_on, images):
    going_on.fit(*images)
    going_on.set_params(**VALIDATED).fit(*images)
    going_on.partial_fit(*images).fit(*images)
    assert {len(values) for values in going_on.history_.values()} == {4}
    assert np.isnan(going_on.history_["val_accuracy"]).tolist() == [True, False, True, False]


@pytest.mark.slow
def test_changed_costs_and_learning_rate_are_those_that_train(going_on, images):
    going_on.fit(*images)
    going_on.set_params(gamma=0.0, alpha=[1.0, 9.0], learning_rate=1e-4).fit(*images)
    assert going_on.model_.loss.get_config()["gamma"] == 0
    assert float(going_on.model_.optimizer.learning_rate) == pytest.approx(1e-4)
    assert int(going_on.model_.optimizer.iterations) == 8


@pytest.mark.slow
def test_a_learning_rate_that_was_lowered_stays_so(going_on, images):
    going_on.fit(*images)
    going_on.model_.optimizer.learning_rate = 1e-3
    going_on.fit(*images)
    assert float(going_on.model_.optimizer.learning_rate) == pytest.approx(1e-3)


def test_a_fit_that_fails_at_its_input_leaves_the_one_before(small, images):
    classifier = clone(small).fit(*images)
    expected = classifier.predict(images.X)
    with pytest.raises(ValueError, match="cannot hold one image of each"):
        classifier.set_params(batch_size=1).fit(images.X, np.where(images.y == "sick", "x", "y"))
    assert np.array_equal(classifier.predict(images.X), expected)


@pytest.mark.slow
def test_a_fit_that_is_stopped_has_no_history_of_the_one_before(small, images):
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise KeyboardInterrupt

    classifier = clone(small).set_params(**VALIDATED).fit(*images)
    with pytest.raises(KeyboardInterrupt):
        classifier.set_params(callbacks=Stop).fit(*images)
    assert not hasattr(classifier, "history_")
    assert not hasattr(classifier, "best_epoch_")


@pytest.mark.slow
def test_a_schedule_takes_the_place_of_lowering_on_a_plateau(small, images):
    schedule = keras.optimizers.schedules.ExponentialDecay(1e-3, 1, 0.5)
    classifier = clone(small).set_params(**VALIDATED)
    classifier.set_params(learning_rate_schedule="plateau", learning_rate_patience=1)
    classifier.set_params(optimizer__learning_rate=schedule, epochs=6, compile__run_eagerly=True)
    classifier.fit(*images)
    assert classifier.current_epoch == 6


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 3])
def test_an_epoch_cut_short_goes_on_in_the_next(small, images, workers):
    def fit(**params):
        params = {"workers": workers, "learning_rate_schedule": None, **params}
        return clone(small).set_params(**params).fit(*images).model_.get_weights()

    cut = fit(epochs=4, fit__steps_per_epoch=2)  # 60 rows are 4 batches of 16
    for one, other in zip(cut, fit(epochs=2), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.slow
def test_prior_thresholding_asks_for_all_classes(going_on, images):
    classifier = going_on.set_params(thresholding="prior", sampling=None)
    classifier.partial_fit(*images, classes=["healthy", "sick", "unknown"])
    with pytest.raises(ValueError, match=r"classes \['unknown'\] have not come yet"):
        classifier.predict(images.X)


@pytest.mark.slow
def test_class_weights_of_classes_that_a_call_lacks_are_allowed(going_on, images):
    classifier = going_on.set_params(sampling=None, class_weight={"unknown": 3.0})
    classifier.partial_fit(*images, classes=["healthy", "sick", "unknown"])
    assert classifier.partial_fit(*images).current_epoch == 2


def make_table(counts):
    """Make rows that tell their class, and no more."""
    codes = np.repeat(np.arange(len(counts)), counts)
    return codes[:, np.newaxis].astype("float32"), codes


@pytest.fixture
def on_tables(small):
    """Return a classifier of tables, not fitted, that sees all rows once an epoch."""
    return clone(small).set_params(
        backbone="mlp", sampling=None, batch_size=100, compile__run_eagerly=True
    )


class StopEarly(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = True


class TestClassPrior:
    """The shares of the classes are those of all epochs that were trained."""

    @pytest.mark.slow
    def test_each_epoch_counts(self, on_tables):
        classifier = on_tables.set_params(epochs=4).fit(*make_table([90, 10]))
        np.testing.assert_allclose(classifier.class_prior_, [0.9, 0.1])
        classifier.partial_fit(*make_table([50, 50]))
        np.testing.assert_allclose(classifier.class_prior_, [0.82, 0.18])

    def test_epochs_that_were_not_trained_count_nothing(self, on_tables):
        classifier = on_tables.set_params(epochs=20, callbacks=StopEarly, warm_start=True)
        classifier.fit(*make_table([90, 10])).fit(*make_table([50, 50]))
        np.testing.assert_allclose(classifier.class_prior_, [0.7, 0.3])

    @pytest.mark.slow
    def test_an_epoch_counts_the_steps_that_it_has(self, on_tables):
        classifier = on_tables.set_params(batch_size=50, fit__steps_per_epoch=6)
        classifier.fit(*make_table([90, 10]))
        del classifier.fit__steps_per_epoch, classifier._routed[:]
        classifier.partial_fit(*make_table([50, 50]))
        np.testing.assert_allclose(classifier.class_prior_, [0.8, 0.2])

    def test_before_the_first_epoch_it_is_what_that_would_see(self, on_tables):
        classifier = on_tables.set_params(epochs=0, warm_start=True).fit(*make_table([90, 10]))
        np.testing.assert_allclose(classifier.class_prior_, [0.9, 0.1])
        classifier.set_params(epochs=1).fit(*make_table([50, 50]))
        np.testing.assert_allclose(classifier.class_prior_, [0.5, 0.5])

    @pytest.mark.slow
    def test_training_that_goes_on_after_load_counts_what_was_before(self, on_tables, tmp_path):
        on_tables.set_params(epochs=3).fit(*make_table([90, 10])).save(tmp_path / "table.keras")
        loaded = type(on_tables).load(tmp_path / "table.keras").partial_fit(*make_table([50, 50]))
        np.testing.assert_allclose(loaded.class_prior_, [0.8, 0.2])
