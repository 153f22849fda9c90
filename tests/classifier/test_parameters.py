"""Parameters: how they are shown, set, copied and routed; and what `random_state` fixes."""

import random
import re
from threading import Thread
from typing import Literal, get_args, get_origin

import keras
import numpy as np
import pytest
from imblearn.under_sampling import RandomUnderSampler
from sklearn.base import clone
from sklearn.utils._param_validation import StrOptions

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.augmentation import ImageAugmenter

ROUTED = {
    "optimizer__beta_1": 0.5,
    "compile__run_eagerly": True,
    "fit__steps_per_epoch": 2,
    "predict__batch_size": 7,
    "callbacks__filename": "log.csv",
    "backbone__alpha": 0.35,
}


class Recorder(keras.callbacks.Callback):
    """Keeps the logs of each epoch."""

    def __init__(self):
        super().__init__()
        self.logs = []

    def on_epoch_end(self, epoch, logs=None):
        """Keep a copy."""
        self.logs.append(dict(logs))


def get_weights(classifier):
    """Return the network's weights, but for the states of random generators."""
    return [np.array(weight) for weight in classifier.model_.weights]


def assert_same_weights(first, second):
    for one, other in zip(get_weights(first), get_weights(second), strict=True):
        np.testing.assert_array_equal(one, other)


def count_updates(classifier):
    return int(classifier.model_.optimizer.iterations)


@pytest.fixture
def augmented(small):
    """Return a small classifier that augments images."""
    return clone(small).set_params(augmentation=ImageAugmenter())


def test_the_base_class_is_scikeras_unless_the_tests_run_without_it(request):
    bases = {cls.__name__ for cls in BBFLClassifier.__mro__}
    assert ("BaseWrapper" in bases) != request.config.getoption("--without-scikeras")


def test_repr_shows_what_differs_from_the_defaults():
    assert repr(BBFLClassifier("mlp", gamma=1.0)) == "BBFLClassifier(backbone='mlp', gamma=1.0)"


def test_repr_shows_routed_parameters():
    assert "optimizer__beta_1=0.5" in repr(BBFLClassifier(optimizer__beta_1=0.5))


def test_html_shows_the_parameters(tiny):
    html = tiny.set_params(backbone="small_cnn")._repr_html_()
    assert "BBFLClassifier" in html
    assert "small_cnn" in html


def test_html_of_a_fitted_classifier_says_so(fitted):
    assert re.search(r"Fitted", fitted._repr_html_())


def test_unknown_constructor_argument_is_a_type_error():
    with pytest.raises(TypeError, match="unexpected parameter 'gama'"):
        BBFLClassifier(gama=2.0)


def test_unknown_prefix_is_a_type_error():
    with pytest.raises(TypeError, match="unexpected parameter 'loss__gamma'"):
        BBFLClassifier(loss__gamma=2.0)


def test_unknown_parameter_cannot_be_set(tiny):
    with pytest.raises(ValueError, match="Invalid parameter 'gama'"):
        tiny.set_params(gama=2.0)


def test_constructor_stores_what_it_gets():
    head_units = [8, 4]
    assert BBFLClassifier(head_units=head_units).head_units is head_units


def test_annotations_name_the_strings_that_are_admitted():
    for name, constraints in BBFLClassifier._parameter_constraints.items():
        options = [each.options for each in constraints if isinstance(each, StrOptions)]
        annotation = BBFLClassifier.__init__.__annotations__[name]
        literals = [
            each for each in (annotation, *get_args(annotation)) if get_origin(each) is Literal
        ]
        assert {option for each in literals for option in get_args(each)} == set().union(*options)


def test_parameters_come_back_as_they_were_set(tiny):
    params = {"gamma": 0.5, "sampling": None, "head_units": (4, 4), **ROUTED}
    got = tiny.set_params(**params).get_params()
    assert {name: got[name] for name in params} == params


def test_clone_keeps_all_parameters(tiny):
    tiny.set_params(**ROUTED, class_weight={"sick": 2.0}, image_size=(12, 12))
    assert clone(tiny).get_params() == tiny.get_params()


def test_clone_of_a_fitted_classifier_is_not_fitted(fitted):
    assert not [name for name in vars(clone(fitted)) if name.endswith("_")]


def test_setting_a_routed_parameter_leaves_a_clone_alone(tiny):
    tiny.set_params(optimizer__beta_1=0.5)
    clone(tiny).set_params(optimizer__beta_1=0.7, optimizer__beta_2=0.9)
    assert tiny.get_params()["optimizer__beta_1"] == 0.5
    assert "optimizer__beta_2" not in tiny.get_params()


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        (RandomUnderSampler(), "sampling__sampling_strategy", 0.8),
        (ImageAugmenter(), "augmentation__blur", 0.0),
    ],
    ids=["sampling", "augmentation"],
)
def test_parameters_of_parts_are_set_through_the_classifier(tiny, part, name, value):
    tiny.set_params(**{name.split("__")[0]: clone(part)}).set_params(**{name: value})
    assert tiny.get_params()[name] == value
    assert clone(tiny).get_params()[name] == value


def test_setting_of_a_sampler_takes_effect(untrained, images):
    untrained.set_params(sampling=RandomUnderSampler(), sampling__sampling_strategy=0.5)
    np.testing.assert_allclose(untrained.fit(*images).class_prior_, [2 / 3, 1 / 3])


@pytest.mark.parametrize("optimizer", ["sgd", "SGD", keras.optimizers.SGD], ids=str)
def test_name_or_class_of_an_optimizer_takes_its_parameters(untrained, images, optimizer):
    untrained.set_params(optimizer=optimizer, optimizer__momentum=0.5, learning_rate=0.25)
    made = untrained.fit(*images).model_.optimizer
    assert isinstance(made, keras.optimizers.SGD)
    assert (made.momentum, float(made.learning_rate)) == (0.5, 0.25)


def test_optimizer_instance_brings_its_learning_rate(untrained, images):
    instance = keras.optimizers.Adam(learning_rate=0.25, beta_1=0.5)
    made = untrained.set_params(optimizer=instance).fit(*images).model_.optimizer
    assert (made.beta_1, float(made.learning_rate)) == (0.5, 0.25)


def test_optimizer_instance_is_copied_for_each_fit(small, images):
    instance = keras.optimizers.Adam(learning_rate=0.01)
    classifier = clone(small).set_params(optimizer=instance)
    first, second = (count_updates(classifier.fit(*images)) for _ in range(2))
    assert first == second == 4  # batches of 16 of 60 rows
    assert int(instance.iterations) == 0


def test_optimizer_instance_takes_no_parameters(untrained, images):
    untrained.set_params(optimizer=keras.optimizers.Adam(), optimizer__beta_1=0.5)
    with pytest.raises(ValueError, match="is an instance, so"):
        untrained.fit(*images)


@pytest.mark.slow
def test_routed_optimizer_parameter_changes_training(small, images):
    default = clone(small).fit(*images)
    slower = clone(small).set_params(optimizer__beta_1=0.0).fit(*images)
    assert not np.array_equal(default.predict_proba(images.X), slower.predict_proba(images.X))


def test_steps_per_epoch_can_be_routed(small, images):
    classifier = clone(small).set_params(epochs=3, fit__steps_per_epoch=2).fit(*images)
    assert count_updates(classifier) == 6


@pytest.mark.slow
@pytest.mark.parametrize(
    ("callbacks", "route"),
    [
        (lambda path: keras.callbacks.CSVLogger(path), None),
        (lambda path: [keras.callbacks.CSVLogger(path)], None),
        (lambda path: {"log": keras.callbacks.CSVLogger(path)}, None),
        (lambda path: keras.callbacks.CSVLogger, "callbacks__filename"),
        (lambda path: [keras.callbacks.CSVLogger], "callbacks__filename"),
        (lambda path: [keras.callbacks.CSVLogger], "callbacks__0__filename"),
        (lambda path: {"log": keras.callbacks.CSVLogger}, "callbacks__log__filename"),
    ],
    ids=["instance", "list", "dict", "class", "classes", "numbered", "named"],
)
def test_callbacks_find_the_validation_scores(small, images, tmp_path, callbacks, route):
    path = str(tmp_path / "log.csv")
    classifier = clone(small).set_params(callbacks=callbacks(path), validation_fraction=0.2)
    classifier.set_params(**{route: path} if route else {}).fit(*images)
    header, row = (tmp_path / "log.csv").read_text().splitlines()
    logged = dict(zip(header.split(","), row.split(","), strict=True))
    for score in ("val_loss", "val_accuracy", "val_balanced_accuracy", "val_f1_macro"):
        assert float(logged[score]) == pytest.approx(classifier.history_[score][0], rel=1e-6)


@pytest.mark.slow
def test_callback_sees_every_epoch(small, images):
    recorder = Recorder()
    classifier = clone(small).set_params(epochs=3, validation_fraction=0.2)
    classifier.set_params(callbacks=recorder).fit(*images)
    assert [logs["val_loss"] for logs in recorder.logs] == classifier.history_["val_loss"]


def test_classifier_can_be_cloned_after_its_callback_ran(small, images, tmp_path):
    logger = keras.callbacks.CSVLogger(str(tmp_path / "log.csv"))
    classifier = clone(small).set_params(callbacks=[logger]).fit(*images)
    assert clone(classifier).fit(*images).history_ == classifier.history_


def test_fit_leaves_its_callback_without_a_network(small, images):
    recorder = Recorder()
    clone(small).set_params(callbacks=[recorder]).fit(*images)
    assert recorder.model is None


def test_wrong_callback_is_an_error(untrained, images):
    with pytest.raises((TypeError, ValueError), match="callbacks"):
        untrained.set_params(callbacks=["CSVLogger"]).fit(*images)


@pytest.mark.slow
def test_fit_without_validation_forgets_the_best_epoch(small, images):
    classifier = clone(small).set_params(validation_fraction=0.2).fit(*images)
    classifier.set_params(validation_fraction=None).fit(*images)
    assert not hasattr(classifier, "best_epoch_")


def test_same_random_state_gives_the_same_weights(fitted, images):
    assert_same_weights(clone(fitted).fit(*images), fitted)


def test_same_random_state_gives_the_same_dropout_in_a_backbone_of_the_users_own(images):
    def drop(pixels):
        return keras.layers.Dropout(0.5)(keras.layers.Flatten()(pixels))

    classifier = BBFLClassifier(
        drop,
        head_units=(),
        epochs=1,
        validation_fraction=None,
        augmentation=None,
        compile__run_eagerly=True,
        random_state=0,
    )
    assert_same_weights(*(clone(classifier).fit(*images) for _ in range(2)))


@pytest.mark.slow
def test_other_random_state_gives_other_predictions(small, images):
    one, other = (clone(small).set_params(random_state=seed).fit(*images) for seed in (0, 1))
    assert not np.allclose(one.predict_proba(images.X), other.predict_proba(images.X))


@pytest.mark.slow
def test_random_state_fixes_the_validation_part(small, images):
    one, other = (clone(small).set_params(validation_fraction=0.2).fit(*images) for _ in range(2))
    assert one.history_ == other.history_


@pytest.mark.parametrize("workers", [1, 4])
def test_number_of_workers_does_not_change_the_weights(augmented, images, workers):
    alone = clone(augmented).set_params(workers=0).fit(*images)
    assert_same_weights(clone(augmented).set_params(workers=workers).fit(*images), alone)


@pytest.mark.slow
def test_augmentation_changes_training(augmented, small, images):
    one, other = (clone(each).fit(*images).predict_proba(images.X) for each in (augmented, small))
    assert not np.allclose(one, other)


def test_random_state_instance_is_taken(small, images):
    one, other = (
        clone(small).set_params(random_state=np.random.RandomState(3)).fit(*images)
        for _ in range(2)
    )
    assert_same_weights(one, other)


def test_random_state_instance_moves_on_from_fit_to_fit(untrained, images):
    untrained.set_params(random_state=np.random.RandomState(3))
    first, second = (untrained.fit(*images).predict_proba(images.X) for _ in range(2))
    assert not np.allclose(first, second)


def _draw_globally():
    return random.random(), np.random.rand(), float(keras.random.uniform(()))  # noqa: NPY002


@pytest.mark.slow
def test_fit_leaves_the_global_random_states_alone(augmented, images):
    keras.utils.set_random_seed(5)
    expected = _draw_globally()
    keras.utils.set_random_seed(5)
    augmented.set_params(validation_fraction=0.2).fit(*images).predict(images.X)
    assert _draw_globally() == expected


@pytest.mark.slow
def test_global_seed_does_not_change_fit(small, images):
    keras.utils.set_random_seed(1)
    one = clone(small).fit(*images)
    keras.utils.set_random_seed(2)
    assert_same_weights(clone(small).fit(*images), one)


@pytest.mark.slow
def test_two_threads_fit_as_one_after_the_other(tiny, images):
    alone = [clone(tiny).set_params(random_state=seed).fit(*images) for seed in (0, 1)]
    together = [clone(classifier) for classifier in alone]
    threads = [Thread(target=classifier.fit, args=images) for classifier in together]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one, other in zip(alone, together, strict=True):
        assert_same_weights(one, other)
