"""Networks are traced once for each graph, and fits that share one do not share results."""

import pickle
import threading

import keras
import numpy as np
import pytest

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.classifier._network_pool import POOL, NetworkPool, make_key

traces_networks = pytest.mark.skipif(
    keras.backend.backend() == "torch", reason="PyTorch traces nothing, so nothing is shared"
)

X = np.random.default_rng(0).integers(0, 256, (60, 8, 8, 3), dtype=np.uint8)
Y = np.arange(60) % 3


@pytest.fixture(autouse=True)
def _empty_pool():
    POOL.clear()
    yield
    POOL.clear()


class CountedDense(keras.layers.Dense):
    """Counts how often its computation is written down."""

    n_calls = 0

    def call(self, inputs, training=None):
        CountedDense.n_calls += 1
        return super().call(inputs)


def counted_backbone(x):
    return CountedDense(4, activation="relu")(keras.layers.Flatten()(x))


def make(**parameters):
    defaults = {"augmentation": None, "epochs": 2, "validation_fraction": 0.2, "random_state": 0}
    return BBFLClassifier(parameters.pop("backbone", "small_cnn"), **{**defaults, **parameters})


def fit_alone(**parameters):
    """Fit with a network that no other fit has used."""
    POOL.clear()
    return make(**parameters).fit(X, Y).predict_proba(X)


ALIKE = [
    {"gamma": 0.0, "alpha": [1.0, 2.0, 3.0], "random_state": 7},
    {"class_weight": "balanced", "sampling": None, "thresholding": "prior"},
    {"learning_rate": 1e-2, "batch_size": 8, "epochs": 3},
]


@traces_networks
@pytest.mark.parametrize("changed", ALIKE)
def test_a_traced_network_gives_what_a_fresh_one_gives_bit_for_bit(changed):
    alone = fit_alone(**changed)
    POOL.clear()
    make(random_state=1, gamma=1.0).fit(X, Y)
    assert np.array_equal(make(**changed).fit(X, Y).predict_proba(X), alone)


OTHER = [
    {"dropout": 0.2},
    {"head_units": (8,)},
    {"preprocessing": None},
    {"batch_norm_momentum": 0.5},
    {"batch_norm_statistics": "frozen"},
    {"optimizer": "sgd"},
    {"optimizer__beta_1": 0.5},
    {"compile__metrics": ["accuracy"]},
    {"image_size": 10},
]


@traces_networks
@pytest.mark.parametrize("changed", OTHER)
def test_another_graph_has_another_key(changed):
    keys = {make(epochs=0, **p).fit(X, Y)._network_key for p in ({}, changed)}
    assert len(keys) == 2


@traces_networks
def test_a_search_over_gamma_traces_once():
    make(backbone=counted_backbone).fit(X, Y).predict_proba(X)
    before = CountedDense.n_calls
    for gamma in (0.0, 1.0, 5.0):
        make(backbone=counted_backbone, gamma=gamma).fit(X, Y).predict_proba(X)
    assert CountedDense.n_calls == before > 0


@traces_networks
def test_estimators_that_live_keep_their_weights():
    first = make().fit(X, Y)
    proba = first.predict_proba(X)
    weights = first.model_.get_weights()
    make(random_state=1).fit(X, Y)
    assert np.array_equal(first.predict_proba(X), proba)
    assert all(map(np.array_equal, first.model_.get_weights(), weights))


def test_weights_set_by_hand_are_those_that_predict():
    classifier = make().fit(X, Y)
    classifier.model_.set_weights([0 * w for w in classifier.model_.get_weights()])
    assert np.allclose(classifier.predict_proba(X), 1 / 3)


def test_two_threads_do_not_disturb_each_other():
    alone = [fit_alone(random_state=seed) for seed in (0, 1)]
    found = {}
    threads = [
        threading.Thread(
            target=lambda s=seed: found.update({s: make(random_state=s).fit(X, Y).predict_proba(X)})
        )
        for seed in (0, 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(found[seed], alone[seed]) for seed in (0, 1))


def test_an_interrupted_fit_leaves_a_network_that_can_be_used_again():
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise KeyboardInterrupt

    alone = fit_alone()
    stopped = make(callbacks=Interrupt())
    with pytest.raises(KeyboardInterrupt):
        stopped.fit(X, Y)
    assert stopped.model_.optimizer.iterations.numpy() if hasattr(stopped, "model_") else False
    assert np.array_equal(make().fit(X, Y).predict_proba(X), alone)


def test_training_goes_on_from_where_the_traced_network_stopped():
    classifier = make(warm_start=True).fit(X, Y)
    n_steps = int(classifier.model_.optimizer.iterations)
    classifier.fit(X, Y)
    assert int(classifier.model_.optimizer.iterations) == 2 * n_steps


def test_an_unpickled_estimator_predicts_the_same():
    classifier = make().fit(X, Y)
    copy = pickle.loads(pickle.dumps(classifier))
    assert np.array_equal(copy.predict_proba(X), classifier.predict_proba(X))
    POOL.clear()
    assert np.array_equal(copy.predict_proba(X), classifier.predict_proba(X))


def test_a_cleared_session_breaks_nothing():
    classifier = make().fit(X, Y)
    proba = classifier.predict_proba(X)
    keras.utils.clear_session()
    assert np.array_equal(make().fit(X, Y).predict_proba(X), proba)


def test_parameters_set_after_the_fit_do_not_change_the_network_that_predicts():
    classifier = make().fit(X, Y)
    proba = classifier.predict_proba(X)
    make(dropout=0.1).fit(X, Y)
    assert np.array_equal(classifier.set_params(dropout=0.1).predict_proba(X), proba)


class TestKey:
    def test_metric_instances_cannot_be_compared(self):
        assert make_key(metrics=[keras.metrics.MeanSquaredError()]) is None

    def test_a_schedule_cannot_be_compared(self):
        schedule = keras.optimizers.schedules.ExponentialDecay(1e-3, 10, 0.9)
        classifier = make(optimizer=keras.optimizers.Adam(schedule), learning_rate_patience=None)
        assert classifier.fit(X, Y)._network_key is None

    @traces_networks
    def test_equal_numbers_of_other_types_differ(self):
        assert make_key(a=1) != make_key(a=True)

    @traces_networks
    def test_the_dtype_policy_is_part_of_it(self):
        before = make_key(a=1)
        keras.config.set_dtype_policy("mixed_bfloat16")
        try:
            assert make_key(a=1) != before
        finally:
            keras.config.set_dtype_policy("float32")


class TestPool:
    def test_an_engine_has_one_user_at_a_time(self):
        pool = NetworkPool()
        with pool.borrow("key", object) as first, pool.borrow("key", object) as second:
            assert first is not second

    def test_an_engine_is_used_again(self):
        pool = NetworkPool()
        with pool.borrow("key", object) as first:
            pass
        with pool.borrow("key", object) as second:
            assert second is first

    def test_without_a_builder_there_may_be_none(self):
        with NetworkPool().borrow("key") as engine:
            assert engine is None

    def test_the_least_recently_used_goes_first(self):
        pool = NetworkPool()
        for key in "abc":
            with pool.borrow(key, object):
                pass
        for key, is_idle in zip("abc", (False, True, True), strict=True):
            with pool.borrow(key) as engine:
                assert (engine is not None) == is_idle
