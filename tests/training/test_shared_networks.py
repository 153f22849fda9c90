"""Networks of the same graph are traced once, and results are those of networks of their own."""

import pickle
import threading

import keras
import numpy as np
import pytest

from imblearn_bbfl import (
    PAPER_STRATEGIES,
    BBFLClassifier,
    clear_shared_networks,
    set_shared_networks,
)
from imblearn_bbfl.classifier import _outputs
from imblearn_bbfl.losses import SparseCategoricalFocalCrossentropy
from imblearn_bbfl.training import _train
from imblearn_bbfl.training._network_key import make_key
from imblearn_bbfl.training._shared_networks import NetworkPool

X = np.random.default_rng(0).integers(0, 256, (60, 8, 8, 3), dtype=np.uint8)
Y = np.arange(60) % 3
CHEAP = {"dropout": 0.3, "head_units": (4,), "epochs": 2, "validation_fraction": 0.2}

traced = pytest.mark.skipif(
    keras.backend.backend() == "torch", reason="PyTorch traces nothing, so nothing is shared"
)


@pytest.fixture
def pool(monkeypatch):
    """Return an empty pool that is used in place of the one that all other tests share."""
    empty = NetworkPool()
    for module in (_outputs, _train):
        monkeypatch.setattr(module, "POOL", empty)
    return empty


@keras.saving.register_keras_serializable("tests")
class CountedDense(keras.layers.Dense):
    """Counts how often its computation is written down."""

    n_calls = 0

    def call(self, inputs, training=None):
        CountedDense.n_calls += 1
        return super().call(inputs)


@keras.saving.register_keras_serializable("tests")
class TemperedLoss(keras.losses.Loss):
    """A loss of a user, with a number that training may change without tracing anew."""

    settings = ("temperature",)

    def __init__(self, temperature=1.0, reduction="sum_over_batch_size", name="tempered"):
        super().__init__(name=name, reduction=reduction)
        self.temperature = temperature

    def call(self, y_true, y_pred):
        return keras.ops.sparse_categorical_crossentropy(
            y_true, y_pred / self.temperature, from_logits=True
        )

    def get_config(self):
        return {**super().get_config(), "temperature": float(self.temperature)}


class UnknownLoss(TemperedLoss):
    """A loss that Keras cannot make from its configuration."""


class UnknownDense(keras.layers.Dense):
    """A layer that Keras cannot make from its configuration."""


def apply_counted(pixels):
    return CountedDense(4, activation="relu")(keras.layers.Flatten()(pixels))


def adapted_to(pixels_seen):
    """Return a function that builds a network which normalizes by what it was shown."""

    def apply_adapted(pixels):
        layer = keras.layers.Normalization()
        layer.adapt(pixels_seen)
        return keras.layers.Flatten()(layer(pixels))

    return apply_adapted


@keras.saving.register_keras_serializable("tests")
class Vocabulary(keras.layers.Layer):
    """Learns from data what its configuration does not have."""

    def adapt(self, data):
        self.seen = data

    def call(self, inputs):
        return inputs


def apply_tiny_cnn(pixels):
    """Apply a convolution, and statistics to keep: the fewer weights, the sooner it is traced."""
    normalize = keras.layers.BatchNormalization(center=False, scale=False)
    return normalize(keras.layers.Conv2D(4, 3, use_bias=False)(pixels))


def make(**params):
    defaults = {"backbone": apply_tiny_cnn, "augmentation": None, "random_state": 0, **CHEAP}
    return BBFLClassifier(**{**defaults, **params})


def make_key_of(**params):
    return make_key(make(epochs=0, **params).fit(X, Y).model_)


@pytest.fixture(scope="module")
def usual_key():
    return make_key_of()


def list_names(params):
    return "-".join(params)


def get_state(classifier):
    """Return all that a fit leaves: weights, seeds, optimizer, history, predictions."""
    variables = [*classifier.model_.variables, *classifier.model_.optimizer.variables]
    arrays = [keras.ops.convert_to_numpy(variable) for variable in variables]
    return [*arrays, *classifier.history_.values(), classifier.predict_proba(X)]


def assert_equal_bits(one, other):
    for array, expected in zip(one, other, strict=True):
        np.testing.assert_array_equal(array, expected)


def make_focal(gamma, scale, offset, margin):
    return SparseCategoricalFocalCrossentropy(
        gamma=gamma,
        alpha=[1.0, 2.0, 3.0],
        logit_scale=scale,
        logit_offset=offset,
        margin=margin,
        from_logits=True,
    )


ALIKE = [
    {
        "loss": make_focal(0.0, [1.0, 0.5, 2.0], [0.0, 1.0, -1.0], [0.1, 0.2, 0.3]),
        "optimizer": keras.optimizers.Adam(0.1),
        "batch_size": 8,
        "epochs": 3,
        "patience": 1,
        "monitor": "loss",
    },
    {
        "class_weight": "balanced",
        "thresholding": "prior",
        "learning_rate": 1e-2,
        "sampling": None,
        "random_state": 7,
    },
]
OTHER = [
    {"dropout": 0.2},
    {"head_units": (5,)},
    {"preprocessing": None},
    {"batch_norm_momentum": 0.5},
    {"batch_norm_statistics": "frozen"},
    {"optimizer": "sgd"},
    {"optimizer__beta_1": 0.5},
    {"optimizer__clipnorm": 1.0},
    {"optimizer": keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(1e-3, 9))},
    {"compile__steps_per_execution": 2},
    {"backbone": apply_counted},
    {"image_size": 10},
    {"loss": make_focal(2.0, None, None, [0.1, 0.2, 0.3])},
    {"loss": TemperedLoss()},
]


@pytest.mark.slow
@traced
@pytest.mark.parametrize("params", ALIKE, ids=list_names)
def test_a_used_network_gives_what_a_new_one_gives_bit_for_bit(pool, params):
    alone = get_state(make(**params).fit(X, Y))
    make(random_state=1, gamma=1.0).fit(X, Y)
    assert_equal_bits(get_state(make(**params).fit(X, Y)), alone)
    assert len(pool) == 1


@pytest.mark.slow
@traced
@pytest.mark.parametrize("params", ALIKE, ids=list_names)
def test_an_engine_trains_as_the_own_network_would(params):
    params = {"backbone": apply_counted, **params}
    own = make(compile__run_eagerly=True, **params).fit(X, Y)  # has no engine
    make(backbone=apply_counted, random_state=1, gamma=1.0).fit(X, Y)
    lent = make(**params).fit(X, Y)
    np.testing.assert_allclose(lent.history_["loss"], own.history_["loss"], rtol=1e-4)
    np.testing.assert_allclose(lent.predict_proba(X), own.predict_proba(X), atol=1e-3)


@traced
@pytest.mark.parametrize("params", OTHER, ids=list_names)
def test_another_graph_is_another_network(usual_key, params):
    assert make_key_of(**params) not in (None, usual_key)


@traced
def test_the_dtype_is_part_of_the_graph(usual_key):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        assert make_key_of() != usual_key
    finally:
        keras.config.set_dtype_policy("float32")


@traced
def test_a_function_that_builds_another_graph_gets_another_network():
    n_units = 4

    def backbone(pixels):
        return keras.layers.Dense(n_units)(keras.layers.Flatten()(pixels))

    before = make_key_of(backbone=backbone)
    assert make_key_of(backbone=backbone) == before
    n_units = 5
    assert make_key_of(backbone=backbone) != before


@pytest.mark.slow
@traced
def test_float16_leaves_the_optimizer_as_far_as_it_came(pool):
    keras.config.set_dtype_policy("mixed_float16")
    try:
        classifier = make(epochs=1).fit(X, Y)
    finally:
        keras.config.set_dtype_policy("float32")
    assert int(classifier.model_.optimizer.inner_optimizer.iterations) > 0
    assert len(pool) == 1


@traced
def test_weights_without_decay_stay_without(pool):
    optimizer = keras.optimizers.AdamW(1e-3, weight_decay=0.1)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    model = make(optimizer=optimizer, epochs=0).fit(X, Y).model_
    assert not model.optimizer._use_weight_decay(model.get_layer("logits").bias)
    assert model.optimizer._use_weight_decay(model.get_layer("logits").kernel)
    assert len(pool) == 0


@traced
def test_a_module_of_users_is_not_taken_for_keras(monkeypatch):
    monkeypatch.setattr(UnknownDense, "__module__", "keras_of_mine")

    def backbone(pixels):
        return UnknownDense(4)(keras.layers.Flatten()(pixels))

    assert make_key_of(backbone=backbone) is None


def test_a_network_that_a_callback_wrote_to_hdf5_has_the_key_it_had_or_none(tmp_path):
    network = make(epochs=0).fit(X, Y).model_
    key = make_key(network)
    network.save(tmp_path / "network.h5")  # up to Keras 3.15, takes the optimizer out of `compiled`
    assert make_key(network) in (None, key)


@pytest.mark.slow
@pytest.mark.skipif(keras.backend.backend() == "torch", reason="Keras quantizes there otherwise")
def test_a_network_that_was_quantized_predicts_itself():
    classifier = make().fit(X, Y)
    classifier.model_.quantize("int8")
    proba = keras.ops.softmax(classifier.model_.predict(X, verbose=0))
    np.testing.assert_allclose(classifier.predict_proba(X), proba, atol=1e-5)


@pytest.mark.slow
@traced
def test_what_a_network_normalizes_with_is_that_of_its_engine():
    backbone = adapted_to(np.float32([[[[0.0]]], [[[0.1]]]]).repeat(3, axis=-1))
    own = make(compile__run_eagerly=True, backbone=backbone).fit(X, Y)  # has no engine
    lent = make(backbone=backbone).fit(X, Y)
    np.testing.assert_allclose(lent.history_["loss"], own.history_["loss"], rtol=1e-4)
    proba = keras.ops.softmax(lent.model_.predict(X, verbose=0))
    np.testing.assert_allclose(lent.predict_proba(X), proba, atol=1e-5)


@traced
def test_networks_that_normalize_differently_share_nothing():
    shown = np.random.default_rng(0).random((4, 8, 8, 3), dtype="float32")
    before = make_key_of(backbone=adapted_to(shown))
    assert make_key_of(backbone=adapted_to(shown)) == before
    assert make_key_of(backbone=adapted_to(2 * shown)) not in (None, before)


@traced
@pytest.mark.parametrize(
    "make_layer",
    [
        lambda: UnknownDense(4),
        lambda: keras.layers.Dense(4, activation=lambda x: x),
        lambda: keras.layers.Lambda(lambda x: x + 1),
        Vocabulary,
    ],
    ids=["layer", "activation", "lambda", "vocabulary"],
)
def test_code_that_keras_does_not_know_is_not_shared(make_layer):
    def backbone(pixels):
        return make_layer()(keras.layers.Flatten()(pixels))

    assert make_key_of(backbone=backbone) is None


@traced
@pytest.mark.parametrize(
    "params", [{"metrics": ["accuracy"]}, {"run_eagerly": True}], ids=list_names
)
def test_these_are_not_shared(pool, params):
    make(**{f"compile__{name}": value for name, value in params.items()}, epochs=0).fit(X, Y)
    assert len(pool) == 0


@traced
def test_a_search_over_gamma_traces_once():
    make(backbone=apply_counted).fit(X, Y).predict_proba(X)
    before = CountedDense.n_calls
    for gamma in (0.0, 5.0):
        make(backbone=apply_counted, gamma=gamma).fit(X, Y).predict_proba(X)
    assert CountedDense.n_calls == before


@pytest.mark.slow
@traced
@pytest.mark.parametrize("n_classes", [pytest.param(2, marks=pytest.mark.slow), 3])
def test_the_eight_methods_share_one_trace_of_training_and_one_of_prediction(pool, n_classes):
    before = CountedDense.n_calls
    for settings in PAPER_STRATEGIES.values():
        classifier = make(backbone=apply_counted, validation_fraction=0.3, epochs=1, **settings)
        classifier.fit(X[:43], Y[:43] % n_classes).predict(X)
    # JAX traces a step once for each number of rows: 16, 15 (all rows), 14 (under-sampled) and 1
    # (over-sampled) to train, and 12, 32 and 11 to predict.
    n_expected = 2 if keras.backend.backend() == "tensorflow" else 7
    assert CountedDense.n_calls - before == n_expected
    assert len(pool) == 1


@pytest.mark.slow
@traced
def test_a_network_predicts_any_number_of_rows_by_one_trace(pool):
    classifier = make(backbone=apply_counted, epochs=0, warm_start=True).fit(X, Y)
    before = CountedDense.n_calls
    for n_rows in (1, 5, 60):
        classifier.predict(X[:n_rows])
    n_expected = 1 if keras.backend.backend() == "tensorflow" else 4  # 1, 5, 32 and 28
    assert CountedDense.n_calls - before == n_expected


@pytest.mark.slow
@traced
def test_settings_of_a_loss_of_ones_own_change_without_a_new_trace(pool):
    def fit(temperature):
        loss = TemperedLoss(temperature)
        return get_state(make(backbone=apply_counted, loss=loss, epochs=1).fit(X, Y))

    alone = fit(2.0)
    pool.clear()
    other = fit(0.5)
    before = CountedDense.n_calls
    assert_equal_bits(fit(2.0), alone)
    assert CountedDense.n_calls == before
    assert not np.array_equal(alone[0], other[0])


@traced
def test_a_loss_that_keras_does_not_know_is_not_shared():
    assert make_key_of(loss=UnknownLoss()) is None


@pytest.fixture
def traces():
    """Return a function that counts what fits trace; the number of shared networks is restored."""

    def count(n_fits):
        before = CountedDense.n_calls
        for _ in range(n_fits):
            make(backbone=apply_counted, validation_fraction=None, epochs=1).fit(X, Y)
        return CountedDense.n_calls - before

    clear_shared_networks()
    yield count
    set_shared_networks(4)
    clear_shared_networks()


@pytest.mark.slow
@traced
def test_set_shared_networks_says_how_many_fits_share(traces):
    alone = traces(1)
    assert traces(2) == 0
    set_shared_networks(0)
    assert traces(2) == 2 * alone
    set_shared_networks(1)
    assert traces(2) == alone


@pytest.mark.slow
@traced
def test_after_clear_shared_networks_a_fit_traces_anew(traces):
    alone = traces(1)
    clear_shared_networks()
    assert traces(2) == alone


@pytest.mark.parametrize("n_networks", [-1, 1.5, True, "4", None])
def test_set_shared_networks_takes_whole_numbers_only(n_networks):
    with pytest.raises(ValueError, match=r"must be a whole number >= 0\. Use 0 to share none"):
        set_shared_networks(n_networks)


@pytest.mark.slow
@traced
@pytest.mark.parametrize("warm_start", [False, True])
def test_a_network_that_is_trained_on_is_traced_once(warm_start):
    classifier = make(backbone=apply_counted, warm_start=warm_start, validation_fraction=None)
    train = classifier.fit if warm_start else classifier.partial_fit
    train(X, Y)
    before = CountedDense.n_calls
    train(X, Y)
    assert CountedDense.n_calls == before


@pytest.mark.slow
def test_a_fitted_classifier_keeps_its_weights():
    first = make().fit(X, Y)
    expected = get_state(first)
    make(random_state=1).fit(X, Y)
    assert_equal_bits(get_state(first), expected)


@pytest.mark.slow
def test_weights_that_a_user_sets_are_those_that_predict():
    classifier = make().fit(X, Y)
    classifier.model_.set_weights([0 * weight for weight in classifier.model_.get_weights()])
    np.testing.assert_allclose(classifier.predict_proba(X), 1 / 3)


@pytest.mark.slow
def test_predictions_are_those_of_the_own_network(pool):
    classifier = make(epochs=0).fit(X, Y)
    make(epochs=0, random_state=1).fit(X, Y)  # leaves its weights in the shared network
    proba, features = classifier.predict_proba(X), classifier.transform(X)
    pool.clear()
    np.testing.assert_array_equal(classifier.predict_proba(X), proba)
    np.testing.assert_array_equal(classifier.transform(X), features)


def test_another_network_set_by_hand_is_the_one_that_predicts():
    first, other = (make(epochs=0, random_state=seed).fit(X, Y) for seed in (0, 1))
    expected = other.predict_proba(X)
    first.model_ = keras.models.clone_model(other.model_)
    first.model_.set_weights(other.model_.get_weights())
    np.testing.assert_allclose(first.predict_proba(X), expected, rtol=1e-5)


@pytest.mark.slow
def test_training_goes_on_where_it_stopped():
    classifier = make(validation_fraction=None).fit(X, Y)
    n_steps = int(classifier.model_.optimizer.iterations)
    classifier.set_params(warm_start=True).fit(X, Y)
    assert int(classifier.model_.optimizer.iterations) == 2 * n_steps


class Interrupt(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        raise KeyboardInterrupt


def test_an_interrupted_fit_leaves_its_network_as_far_as_it_came():
    one_epoch = make(epochs=1, validation_fraction=None).fit(X, Y)
    stopped = make(callbacks=Interrupt(), validation_fraction=None)
    with pytest.raises(KeyboardInterrupt):
        stopped.fit(X, Y)
    assert_equal_bits(stopped.model_.get_weights(), one_epoch.model_.get_weights())


@traced
def test_a_network_whose_training_failed_is_not_used_again(pool):
    def fail(logs):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(callbacks=keras.callbacks.LambdaCallback(on_train_begin=fail)).fit(X, Y)
    assert len(pool) == 0


class Change(keras.callbacks.Callback):
    def on_train_end(self, logs=None):
        self.model.optimizer.learning_rate = keras.optimizers.schedules.CosineDecay(1e-3, 9)


@pytest.mark.slow
@traced
def test_a_network_that_a_callback_changed_is_not_used_again(pool):
    unchanged = make().fit(X, Y)
    changed = make(callbacks=Change()).fit(X, Y)
    assert len(pool) == 0
    assert_equal_bits(changed.model_.get_weights(), unchanged.model_.get_weights())


@pytest.mark.slow
def test_a_file_that_a_callback_writes_holds_the_network(tmp_path):
    path = tmp_path / "network.keras"
    classifier = make(callbacks=keras.callbacks.ModelCheckpoint(path), epochs=1).fit(X, Y)
    network = keras.saving.load_model(path)
    assert_equal_bits(network.get_weights(), classifier.model_.get_weights())


@pytest.mark.slow
def test_two_threads_do_not_disturb_each_other():
    alone = [get_state(make(random_state=seed).fit(X, Y)) for seed in (0, 1)]
    together = [make(random_state=seed) for seed in (0, 1)]
    threads = [threading.Thread(target=each.fit, args=(X, Y)) for each in together]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for classifier, expected in zip(together, alone, strict=True):
        assert_equal_bits(get_state(classifier), expected)


def test_an_unpickled_classifier_predicts_the_same():
    classifier = make(epochs=0).fit(X, Y)
    copy = pickle.loads(pickle.dumps(classifier))
    np.testing.assert_array_equal(copy.predict_proba(X), classifier.predict_proba(X))


@pytest.mark.slow
def test_a_cleared_session_breaks_nothing(pool):
    classifier = make().fit(X, Y)
    expected = get_state(classifier)
    keras.utils.clear_session()
    assert_equal_bits(get_state(classifier), expected)
    assert_equal_bits(get_state(make().fit(X, Y)), expected)


@pytest.mark.slow
@traced
def test_the_least_recently_used_goes_first(pool):
    pool.resize(2)
    for units in (4, 5, 4, 6):
        make(backbone="mlp", head_units=(units,), epochs=0).fit(X[:, 0, 0, :], Y)
    widths = [engine.network.get_layer("head_dense_0").units for _, engine in pool._idle]
    assert widths == [4, 6]
