"""What holds for all three losses."""

import warnings

import keras
import numpy as np
import pytest
from keras import ops

from imblearn_bbfl import losses

pytestmark = pytest.mark.filterwarnings("ignore:alpha=0.25 is one factor")
REDUCTIONS = ["sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none", None]
NOT_JAX = pytest.mark.skipif(
    keras.backend.backend() == "jax", reason="JAX traces the variables of the model only"
)

ONLY_TENSORFLOW = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="other backends have no such variables"
)


def compiled_model(n_outputs, loss):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(n_outputs)])
    model.compile(optimizer=keras.optimizers.SGD(0.0), loss=loss)
    return model


def assert_close(actual, expected, rtol=1e-5):
    actual, expected = ops.convert_to_numpy(actual), ops.convert_to_numpy(expected)
    np.testing.assert_allclose(actual, expected, rtol=rtol, atol=1e-7)


@pytest.mark.parametrize("from_logits", [True, False])
def test_gamma_zero_is_cross_entropy(case, from_logits):
    y_pred = case.logits if from_logits else case.proba
    loss = case.loss(gamma=0, alpha=None, from_logits=from_logits, reduction=None)
    crossentropy = case.keras_crossentropy(from_logits=from_logits, reduction=None)
    assert_close(loss(case.y_true, y_pred), crossentropy(case.keras_y_true, y_pred), rtol=1e-6)


@pytest.mark.parametrize("from_logits", [True, False])
def test_moderate_logits_give_the_loss_of_keras(case, gamma, from_logits):
    y_pred = case.logits if from_logits else case.proba
    kwargs = {"alpha": 0.25, "gamma": gamma, "from_logits": from_logits, "reduction": None}
    expected = case.keras_focal(**kwargs)(case.keras_y_true, y_pred)
    assert_close(case.loss(**kwargs)(case.y_true, y_pred), expected)


def test_moderate_logits_give_the_gradient_of_keras(case, gamma, gradient):
    kwargs = {"alpha": 0.25, "gamma": gamma, "from_logits": True}
    loss, keras_loss = case.loss(**kwargs), case.keras_focal(**kwargs)
    expected = gradient(lambda z: keras_loss(case.keras_y_true, z), case.logits)
    actual = gradient(lambda z: loss(case.y_true, z), case.logits)
    np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("weighted", [True, False])
def test_reductions_and_sample_weights_are_those_of_keras(case, reduction, weighted):
    sample_weight = np.linspace(0, 2, len(case.logits)) if weighted else None
    kwargs = {"alpha": 0.25, "from_logits": True, "reduction": reduction}
    expected = case.keras_focal(**kwargs)(case.keras_y_true, case.logits, sample_weight)
    assert_close(case.loss(**kwargs)(case.y_true, case.logits, sample_weight), expected)


@pytest.mark.parametrize("container", [list, tuple])
def test_lists_and_tuples_give_what_arrays_give(case, container):
    loss = case.loss(from_logits=True)
    y_true, y_pred = container(case.y_true.tolist()), container(case.logits.tolist())
    assert_close(loss(y_true, y_pred), loss(case.y_true, case.logits))


@ONLY_TENSORFLOW
def test_a_variable_of_tensorflow_gets_the_gradient_of_its_value(case, gradient):
    import tensorflow as tf

    loss, variable = case.loss(from_logits=True), tf.Variable(case.logits)
    with tf.GradientTape() as tape:
        value = loss(tf.Variable(case.y_true), variable)
    expected = gradient(lambda z: loss(case.y_true, z), case.logits)
    np.testing.assert_array_equal(tape.gradient(value, variable), expected)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_result_has_the_dtype_asked_for(case, dtype):
    loss = case.loss(from_logits=True, dtype=dtype)
    assert keras.backend.standardize_dtype(loss(case.y_true, case.logits).dtype) == dtype


def test_float16_mean_of_many_losses_does_not_overflow(case):
    loss = case.loss(gamma=0, from_logits=True, dtype="float16")
    y_true = np.repeat(case.y_true, 1000, axis=0)
    mean = loss(y_true, np.repeat(20 * case.logits, 1000, axis=0))
    assert_close(mean, loss(case.y_true, 20 * case.logits), rtol=1e-2)


def test_serialization_keeps_all_arguments(case):
    kwargs = {"alpha": [0.5] * 2, "gamma": 3.0, "from_logits": True, "label_smoothing": 0.1}
    kwargs |= {"axis": 1, "reduction": "sum", "name": "mine", "dtype": "float16"}
    config = keras.losses.serialize(case.loss(**kwargs))
    restored = keras.losses.deserialize(config)
    assert type(restored) is case.loss
    assert kwargs.items() <= restored.get_config().items()


def test_variable_gamma_is_saved_as_its_value(case):
    gamma = keras.Variable(2.0, trainable=False)
    loss = case.loss(gamma=gamma)
    gamma.assign(3.5)
    assert keras.losses.deserialize(keras.losses.serialize(loss)).gamma == 3.5


def test_saved_model_keeps_its_loss(case, tmp_path):
    model = compiled_model(case.logits.shape[1], case.loss(gamma=3.0, from_logits=True))
    model.save(tmp_path / "model.keras")
    restored = keras.models.load_model(tmp_path / "model.keras")
    assert isinstance(restored.loss, case.loss)
    X = np.random.default_rng(0).normal(size=(8, 2))
    expected = model.loss(case.y_true, model(X))
    assert_close(restored.loss(case.y_true, restored(X)), expected)


def losses_of_two_steps(case, gamma, tracked):
    """Return a traced step's loss under gamma 0 and, its weights unchanged, under gamma 2."""
    model = compiled_model(case.logits.shape[1], case.loss(gamma=gamma, from_logits=True))
    if tracked:
        model.gamma = gamma
    X, values = np.ones((8, 2)), []
    for value in (0.0, 2.0):
        gamma.assign(value)
        model.reset_metrics()  # Keras before 3.15 returns the mean of all steps
        values.append(model.train_on_batch(X, case.y_true))
    return [float(value) for value in values], ops.convert_to_numpy(model(X))


@pytest.mark.parametrize("tracked", [pytest.param(False, marks=NOT_JAX), True])
def test_variable_gamma_takes_effect_in_a_traced_step(case, tracked):
    gamma = keras.Variable(0.0, trainable=False)
    values, logits = losses_of_two_steps(case, gamma, tracked)
    for value, expected_gamma in zip(values, (0.0, 2.0), strict=True):
        assert_close(value, case.loss(gamma=expected_gamma, from_logits=True)(case.y_true, logits))


@pytest.mark.parametrize("gamma", [-0.5, np.nan, np.inf, "2", None, [1.0, 2.0]], ids=str)
def test_gamma_out_of_range_is_an_error(case, gamma):
    with pytest.raises(ValueError, match=r"gamma=.* must be a finite number >= 0"):
        case.loss(gamma=gamma)


def test_negative_variable_gamma_is_an_error(case):
    with pytest.raises(ValueError, match=r"gamma=-1.0 must be"):
        case.loss(gamma=keras.Variable(-1.0))


@pytest.mark.parametrize(
    "alpha", [-1.0, [0.5, np.nan], [[1.0, 2.0]], "balanced", ["1", "2"], [1.0, None]], ids=str
)
def test_alpha_out_of_range_is_an_error(case, alpha):
    with pytest.raises(ValueError, match=r"alpha=.* must be None, one finite number"):
        case.loss(alpha=alpha)


def test_alpha_of_wrong_length_is_an_error(case):
    with pytest.raises(ValueError, match="alpha holds 4"):
        case.loss(alpha=[1.0] * 4)(case.y_true, case.logits)


def test_the_ends_of_all_ranges_are_taken(case):
    loss = case.loss(alpha=[0.0, 1.0], gamma=0, label_smoothing=1.0)
    assert (loss.alpha, loss.gamma, loss.label_smoothing) == ([0.0, 1.0], 0.0, 1.0)
    losses.BinaryFocalCrossentropy(apply_class_balancing=True, alpha=1.0)


def test_defaults_are_those_of_keras_but_for_alpha_of_several_classes(case):
    found, expected = (kind().get_config() for kind in (case.loss, case.keras_focal))
    if case.loss is losses.SparseCategoricalFocalCrossentropy:
        expected["name"] = "sparse_categorical_focal_crossentropy"
    if case.loss is not losses.BinaryFocalCrossentropy:
        expected["alpha"] = None
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize("amount", [1.5, -0.1, "0.1", None, [0.1, 0.2]], ids=str)
def test_label_smoothing_out_of_range_is_an_error(case, amount):
    with pytest.raises(ValueError, match=r"label_smoothing=.* must be a number in \[0, 1\]"):
        case.loss(label_smoothing=amount)


def test_factors_in_a_dict_are_refused_with_the_list_to_pass(case):
    with pytest.raises(ValueError, match="Pass a list, in the order of the classes"):
        case.loss(alpha={0: 1.0, 1: 2.0})


@pytest.mark.parametrize("case", ["categorical", "sparse"], indirect=True)
@pytest.mark.parametrize("axis", [2, -3])
def test_an_axis_that_predictions_do_not_have_is_refused(case, axis):
    with pytest.raises(ValueError, match=rf"axis={axis} is no axis of y_pred.* Use axis=-1"):
        case.loss(axis=axis)(case.y_true, case.logits)


def model_with_activation(case, dtype="float32"):
    """Return a model whose outputs are probabilities."""
    n_outputs = case.logits.shape[1]
    activation = "sigmoid" if n_outputs == 1 else "softmax"
    layer = keras.layers.Dense(n_outputs, activation=activation, dtype=dtype)
    return keras.Sequential([keras.Input((2,)), layer])


@pytest.mark.parametrize("dtype", ["float32", "mixed_float16"])
def test_probabilities_of_an_activation_taken_for_logits_are_warned_of_once(case, dtype):
    loss, proba = case.loss(from_logits=True), model_with_activation(case, dtype)(np.ones((8, 2)))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")  # else Python itself says it once for each line
        for _ in range(2):
            loss(case.y_true, proba)
    messages = [str(w.message) for w in caught if "from_logits=True" in str(w.message)]
    assert len(messages) == 1
    assert "Leave the activation out of the last layer, or use from_logits=False" in messages[0]


def test_a_loss_may_be_made_while_a_step_is_traced(case):
    """As where its class is passed to `compile`, which Keras makes a loss of in the first step."""
    made = []

    def measure(proba):
        made.append(case.loss(gamma=1.0))
        return made[-1](case.y_true, proba)

    keras.layers.Lambda(measure)(keras.Input(batch_shape=case.proba.shape))
    assert made[-1].get_config() == case.loss(gamma=1.0).get_config()


@pytest.mark.skipif(keras.backend.backend() == "jax", reason="JAX's traced arrays are not marked")
def test_probabilities_taken_for_logits_are_warned_of_in_training(case):
    model = model_with_activation(case)
    model.compile("sgd", case.loss(from_logits=True))
    with pytest.warns(UserWarning, match="comes from a softmax or sigmoid activation"):
        model.train_on_batch(np.ones((8, 2)), case.y_true)


@pytest.mark.filterwarnings("error::UserWarning")
def test_neither_logits_nor_probabilities_that_are_expected_are_warned_of(case):
    case.loss(from_logits=True)(case.y_true, case.logits)
    case.loss()(case.y_true, model_with_activation(case)(np.ones((8, 2))))


def test_logits_taken_for_probabilities_are_an_error(case):
    with pytest.raises(ValueError, match=r"must hold probabilities. Use from_logits=True.* -"):
        case.loss()(case.y_true, case.logits)


@pytest.mark.parametrize("wrong", [-1, 1.5, 255, np.nan])
def test_labels_beyond_their_range_are_an_error(case, wrong):
    y_true = case.y_true.astype(float)
    y_true[3] = wrong
    with pytest.raises(ValueError, match=rf"^y_true must hold .* from 0 to .*holds {wrong}\.$"):
        case.loss(from_logits=True)(y_true, case.logits)


def test_labels_beyond_their_range_stop_training_or_make_its_loss_nan(case):
    y_true = case.y_true.astype(float)
    y_true[3] = 255
    model = compiled_model(case.logits.shape[1], case.loss(from_logits=True))
    if keras.backend.backend() == "jax":
        assert np.isnan(model.train_on_batch(np.ones((8, 2)), y_true))
    else:
        with pytest.raises(Exception, match=r"y_true must hold .*numbers from 0"):
            model.train_on_batch(np.ones((8, 2)), y_true)


@ONLY_TENSORFLOW
@pytest.mark.slow
def test_labels_beyond_their_range_make_the_loss_nan_under_xla(case):
    import tensorflow as tf

    y_true = case.y_true.astype("float32")
    y_true[3] = 255
    compute = tf.function(case.loss(from_logits=True, reduction=None), jit_compile=True)
    np.testing.assert_array_equal(np.isnan(compute(y_true, case.logits)), np.arange(8) == 3)


def test_labels_that_half_precision_rounds_beyond_1_are_taken(case):
    if case.y_true.dtype == int:
        pytest.skip("integer labels are not rounded")
    loss = case.loss(from_logits=True)
    assert_close(loss(1.0005 * case.y_true, case.logits), loss(case.y_true, case.logits), rtol=1e-3)


@pytest.mark.filterwarnings("error::UserWarning")
@pytest.mark.parametrize("alpha", [None, 0.25])
def test_the_default_alphas_of_keras_are_taken_without_a_warning(alpha):
    losses.CategoricalFocalCrossentropy(alpha=alpha)
    losses.BinaryFocalCrossentropy(alpha=alpha)


@pytest.mark.parametrize(
    ("loss", "alpha"),
    [
        (losses.SparseCategoricalFocalCrossentropy, 0.25),
        (losses.CategoricalFocalCrossentropy, 0.5),
        (losses.CategoricalFocalCrossentropy, 2),
    ],
)
def test_one_alpha_for_all_classes_is_warned_of(loss, alpha):
    with pytest.warns(UserWarning, match=rf"alpha={alpha} is one factor .* one factor per class"):
        loss(alpha=alpha)
