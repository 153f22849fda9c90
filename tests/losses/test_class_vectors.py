"""Scales, offsets and margins: w_y FL_gamma(s * f + a, less m_y at the true class y)."""

import keras
import numpy as np
import pytest
from keras import ops

from imblearn_bbfl.losses import (
    BinaryFocalCrossentropy,
    CategoricalFocalCrossentropy,
    SparseCategoricalFocalCrossentropy,
    binary_focal,
    categorical_focal,
    sparse_categorical_focal,
)
from imblearn_bbfl.probabilities import normalize_log, recover_posterior

RNG = np.random.default_rng(0)
VECTORS = ("alpha", "logit_scale", "logit_offset", "margin")
SETTINGS = {
    n_classes: {
        "alpha": RNG.uniform(0.2, 3, n_classes),
        "logit_scale": RNG.uniform(0.5, 2, n_classes),
        "logit_offset": RNG.normal(0, 2, n_classes),
        "margin": RNG.uniform(0, 1, n_classes),
    }
    for n_classes in (2, 4)
}
LABELS = {n_classes: np.arange(120) % n_classes for n_classes in SETTINGS}
NUMBERS = {n_classes: RNG.normal(0, 4, (120, n_classes)) for n_classes in SETTINGS}
NUMBERS[2][:, 0] = 0  # a single logit f is the pair (0, f)


def formula(labels, logits, gamma, alpha, logit_scale, logit_offset, margin):
    """Return the loss of each row, term by term as it is written, in double precision."""
    rows = np.arange(len(labels))
    logits = np.asarray(logits, dtype=np.float64) * logit_scale + logit_offset
    logits[rows, labels] -= np.asarray(margin)[labels]
    exps = np.exp(logits - logits.max(axis=1, keepdims=True))
    others = exps.copy()
    others[rows, labels] = 0
    p, rest = exps[rows, labels] / exps.sum(axis=1), others.sum(axis=1) / exps.sum(axis=1)
    return -np.asarray(alpha)[labels] * rest**gamma * np.log(p)


def make_case(kind, dtype="float32"):
    """Return a loss class, its labels and logits, the number of each class, and all logits."""
    n_classes = 2 if kind is BinaryFocalCrossentropy else 4
    labels, logits = LABELS[n_classes], NUMBERS[n_classes].astype(dtype)
    if kind is BinaryFocalCrossentropy:
        return labels[:, None].astype(dtype), logits[:, 1:], labels, logits
    if kind is CategoricalFocalCrossentropy:
        return np.eye(n_classes, dtype=dtype)[labels], logits, labels, logits
    return labels, logits, labels, logits


KINDS = [
    BinaryFocalCrossentropy,
    CategoricalFocalCrossentropy,
    SparseCategoricalFocalCrossentropy,
]


@pytest.fixture(params=KINDS, ids=["binary", "categorical", "sparse"])
def kind(request):
    return request.param


def settings_of(kind):
    vectors = SETTINGS[2 if kind is BinaryFocalCrossentropy else 4]
    return {name: vector.tolist() for name, vector in vectors.items()}


def to_numpy(tensor):
    return ops.convert_to_numpy(tensor)


@pytest.mark.parametrize(("dtype", "rtol"), [("float32", 1e-4), ("float64", 1e-6)])
def test_the_loss_is_the_formula(kind, dtype, rtol):
    if dtype == "float64" and keras.backend.backend() != "tensorflow":
        pytest.skip("Keras computes in single precision on JAX and PyTorch")
    y_true, y_pred, labels, logits = make_case(kind, dtype)
    for gamma in (0.0, 0.5, 2.0, 5.0):
        loss = kind(gamma=gamma, from_logits=True, reduction=None, dtype=dtype, **settings_of(kind))
        expected = formula(labels, logits, gamma, **settings_of(kind))
        np.testing.assert_allclose(to_numpy(loss(y_true, y_pred)), expected, rtol=rtol, atol=1e-12)


@pytest.mark.parametrize("name", VECTORS)
def test_each_vector_alone_is_that_of_the_formula(kind, name):
    y_true, y_pred, labels, logits = make_case(kind)
    n_classes = logits.shape[1]
    neutral = {"alpha": 1, "logit_scale": 1, "logit_offset": 0, "margin": 0}
    vectors = {key: np.full(n_classes, float(value)) for key, value in neutral.items()}
    vectors[name] = SETTINGS[n_classes][name]
    loss = kind(from_logits=True, reduction=None, **{name: vectors[name].tolist()})
    expected = formula(labels, logits, 2.0, **vectors)
    np.testing.assert_allclose(to_numpy(loss(y_true, y_pred)), expected, rtol=1e-4, atol=1e-12)


def test_vectors_that_are_none_or_neutral_leave_the_loss_as_it_is(kind):
    y_true, y_pred, *_ = make_case(kind)
    plain = kind(from_logits=True, reduction=None)(y_true, y_pred)
    n_classes = len(settings_of(kind)["margin"])
    neutral = {
        "logit_scale": [1.0] * n_classes,
        "logit_offset": [0.0] * n_classes,
        "margin": [0.0] * n_classes,
    }
    for vectors in (dict.fromkeys(neutral), neutral):
        loss = kind(from_logits=True, reduction=None, **vectors)(y_true, y_pred)
        np.testing.assert_allclose(to_numpy(loss), to_numpy(plain), rtol=1e-5, atol=1e-12)


def test_the_binary_loss_is_the_categorical_one_of_the_pair():
    y_true, y_pred, labels, pair = make_case(BinaryFocalCrossentropy)
    settings = {"from_logits": True, "reduction": None, **settings_of(BinaryFocalCrossentropy)}
    binary = to_numpy(BinaryFocalCrossentropy(**settings)(y_true, y_pred))
    sparse = to_numpy(SparseCategoricalFocalCrossentropy(**settings)(labels, pair))
    np.testing.assert_allclose(binary, sparse, rtol=1e-5, atol=1e-12)
    shares = RNG.uniform(size=(120, 1)).astype("float32")
    soft = to_numpy(BinaryFocalCrossentropy(**settings)(shares, y_pred))
    both = np.hstack([1 - shares, shares])
    expected = to_numpy(CategoricalFocalCrossentropy(**settings)(both, pair))
    np.testing.assert_allclose(soft, expected, rtol=1e-5, atol=1e-12)


def test_the_public_functions_are_one_formula():
    labels, one_hot = LABELS[2], np.eye(2, dtype="float32")[LABELS[2]]
    pair, margins, second, shares = (
        ops.convert_to_tensor(values, dtype="float32")
        for values in (NUMBERS[2], [0.5, 1.5], NUMBERS[2][:, 1], one_hot)
    )
    expected = formula(labels, NUMBERS[2], 2.0, np.ones(2), 1, 0, [0.5, 1.5])
    for losses in (
        binary_focal(shares[:, 1], second, 2.0, margins=margins),
        categorical_focal(shares, pair, 2.0, margins),
        sparse_categorical_focal(ops.convert_to_tensor(labels), pair, 2.0, margins),
    ):
        np.testing.assert_allclose(to_numpy(losses), expected, rtol=1e-4, atol=1e-12)


def test_gradients_are_finite_far_out(kind, gradient):
    scale = np.linspace(-100, 100, 120)[:, None].astype("float32")
    y_true, y_pred, *_ = make_case(kind)
    far = np.clip(scale * np.sign(y_pred), -100, 100)
    for gamma in (0.0, 0.5, 2.0):
        loss = kind(gamma=gamma, from_logits=True, reduction="sum", **settings_of(kind))
        derivative = gradient(lambda z, loss=loss: loss(y_true, z), far)
        assert np.isfinite(derivative).all()
        assert (derivative != 0).any()


def test_variables_give_what_numbers_give_and_are_saved_as_numbers(kind):
    y_true, y_pred, *_ = make_case(kind)
    settings = {"gamma": 1.5, **settings_of(kind)}
    variables = {
        name: keras.Variable(np.float32(value), trainable=False) for name, value in settings.items()
    }
    loss, expected = (
        kind(from_logits=True, reduction=None, **values) for values in (variables, settings)
    )
    np.testing.assert_allclose(
        to_numpy(loss(y_true, y_pred)), to_numpy(expected(y_true, y_pred)), rtol=1e-5, atol=1e-12
    )
    config = loss.get_config()
    for name, value in settings.items():
        np.testing.assert_allclose(config[name], value, rtol=1e-6)
    restored = keras.losses.deserialize(keras.losses.serialize(loss))
    np.testing.assert_allclose(
        to_numpy(restored(y_true, y_pred)), to_numpy(loss(y_true, y_pred)), rtol=1e-6
    )


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="JAX and PyTorch trace in other ways"
)
def test_a_traced_loss_follows_its_variables_without_a_new_trace(kind):
    import tensorflow as tf

    y_true, y_pred, labels, logits = make_case(kind)
    settings = {"gamma": 1.5, **settings_of(kind)}
    variables = {
        name: keras.Variable(np.ones_like(value, dtype="float32"), trainable=False)
        for name, value in settings.items()
    }
    loss = kind(from_logits=True, reduction=None, **variables)
    traced = tf.function(loss)
    traced(y_true, y_pred)
    for name, value in settings.items():
        variables[name].assign(value)
    expected = formula(labels, logits, **settings)
    np.testing.assert_allclose(to_numpy(traced(y_true, y_pred)), expected, rtol=1e-4, atol=1e-12)
    assert traced.experimental_get_tracing_count() == 1


def test_settings_name_what_is_a_number_and_from_config_brings_it_back(kind):
    loss = kind(from_logits=True, gamma=3.0, **settings_of(kind))
    one = 0.25 if kind is BinaryFocalCrossentropy else 1.0
    assert loss.settings == ("gamma", *VECTORS)
    assert kind(alpha=one).settings == ("gamma",)  # one number for all classes is no vector
    copy = kind.from_config(loss.get_config())
    assert copy.get_config() == loss.get_config()


@pytest.mark.parametrize("name", VECTORS)
@pytest.mark.parametrize("as_variable", [False, True])
def test_a_vector_of_another_length_is_refused(kind, name, as_variable):
    y_true, y_pred, _, logits = make_case(kind)
    n_classes = logits.shape[1]
    vector = [1.0] * (n_classes + 1)
    vector = keras.Variable(vector, trainable=False) if as_variable else vector
    with pytest.raises(ValueError, match=rf"{name} holds {n_classes + 1}.* {n_classes} classes"):
        kind(from_logits=True, **{name: vector})(y_true, y_pred)


@pytest.mark.parametrize("name", VECTORS)
def test_a_variable_of_one_number_is_refused_where_each_class_has_one(kind, name):
    variable = keras.Variable(1.0, trainable=False)
    with pytest.raises(ValueError, match=rf"{name} is a Variable of shape \(\), but must hold one"):
        kind(**{name: variable})


@pytest.mark.parametrize("name", VECTORS[1:])
@pytest.mark.parametrize("value", [1.0, [[1.0, 2.0]], [1.0, np.nan], [np.inf, 1.0]])
def test_what_is_not_one_finite_number_per_class_is_refused(kind, name, value):
    with pytest.raises(ValueError, match=rf"{name}=.* or one finite number per class. Use {name}="):
        kind(**{name: value})


@pytest.mark.parametrize("n_classes", [2, 4])
def test_the_loss_knows_the_way_back_from_its_logits_to_the_posterior(n_classes):
    # Of what the loss sees, s * f + a.
    kind = BinaryFocalCrossentropy if n_classes == 2 else SparseCategoricalFocalCrossentropy
    vectors = {**SETTINGS[n_classes], "margin": None}
    loss = kind(gamma=2.0, from_logits=True, **vectors)
    logits, ratio = NUMBERS[n_classes], np.log(RNG.dirichlet(np.ones(n_classes)))
    seen = logits * vectors["logit_scale"] + vectors["logit_offset"]
    expected = np.log(
        recover_posterior(
            np.exp(normalize_log(seen)),
            seen_prior=np.ones(n_classes),
            target_prior=np.exp(ratio),
            gamma=2.0,
        )
    )
    np.testing.assert_allclose(loss.recover_log_posterior(logits, ratio), expected, rtol=1e-7)
    tensor = loss.recover_log_posterior(
        ops.convert_to_tensor(logits, dtype="float32"), ratio, xp=ops
    )
    assert ops.is_tensor(tensor)
    np.testing.assert_allclose(np.exp(to_numpy(tensor)), np.exp(expected), atol=1e-5)


def test_the_factors_of_a_loss_are_what_it_multiplies_each_class_by():
    factors = [2.0, 5.0]
    for loss, expected in [
        (BinaryFocalCrossentropy(), None),
        (BinaryFocalCrossentropy(apply_class_balancing=True, alpha=0.75), [0.25, 0.75]),
        (BinaryFocalCrossentropy(alpha=factors), factors),
        (SparseCategoricalFocalCrossentropy(alpha=1.0), None),
        (SparseCategoricalFocalCrossentropy(alpha=keras.Variable(factors)), factors),
    ]:
        assert loss.class_factors == expected


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"margin": [0.5, 1 / 3]}, r"margin=\[0.5, 0.333\] and label_smoothing=0.0"),
        ({"label_smoothing": 0.1}, "margin=None and label_smoothing=0.1"),
    ],
)
def test_where_there_is_no_way_back_the_loss_says_so(settings, named):
    loss = BinaryFocalCrossentropy(from_logits=True, **settings)
    with pytest.raises(ValueError, match=f"With {named} no way leads .* Use target_prior=None"):
        loss.recover_log_posterior(NUMBERS[2], np.zeros(2))


def test_margins_of_zero_leave_the_way_back():
    loss = BinaryFocalCrossentropy(from_logits=True, margin=[0.0, 0.0])
    assert np.isfinite(loss.recover_log_posterior(NUMBERS[2], np.zeros(2))).all()
