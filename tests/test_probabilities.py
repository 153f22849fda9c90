"""What a focal loss, factors and another class mix do to a posterior can be undone."""

import keras
import numpy as np
import pytest
from scipy.optimize import minimize

from imblearn_bbfl.probabilities import (
    fit_temperature,
    normalize_log,
    recover_log_posterior,
    recover_posterior,
    resolve_target_prior,
)
from imblearn_bbfl.thresholding import divide_by_prior

GAMMAS = [0.0, 0.3, 0.7, 1.0, 2.0, 5.0]
RNG = np.random.default_rng(0)
CLASSES = np.array(["healthy", "mild", "severe"])
UNIFORM = np.full(3, 1 / 3)


def softmax(logits):
    exps = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


def train_on_one_image(posterior, gamma):
    """Return the output of a network that has learnt all there is: the least mean focal loss."""

    def measure_risk(logits):
        log_v = np.log(softmax(logits))
        return -(posterior * (1 - np.exp(log_v)) ** gamma * log_v).sum()

    start = np.zeros(len(posterior))
    return softmax(minimize(measure_risk, start, method="BFGS", options={"gtol": 1e-12}).x)


@pytest.mark.parametrize("gamma", GAMMAS)
def test_the_posterior_comes_back_from_the_output_of_least_risk(gamma):
    rng = np.random.default_rng(int(10 * gamma))
    errors = []
    for _ in range(8):
        n_classes = rng.integers(2, 6)
        posterior = rng.dirichlet(np.ones(n_classes))
        seen, target = rng.dirichlet(np.full(n_classes, 3.0), size=2)
        in_training = posterior / target * seen
        v = train_on_one_image(in_training / in_training.sum(), gamma)
        recovered = recover_posterior([v], seen_prior=seen, target_prior=target, gamma=gamma)
        errors.append(np.abs(recovered[0] - posterior).max())
    assert max(errors) < 1e-6


def test_the_order_of_focal_outputs_is_that_of_the_posterior_but_not_their_size():
    v = train_on_one_image(np.array([0.1, 0.9]), gamma=2.0)
    assert 0.5 < v[1] < 0.85
    settings = {"seen_prior": [0.5, 0.5], "target_prior": [0.5, 0.5], "gamma": 2.0}
    assert recover_posterior([v], **settings)[0, 1] == pytest.approx(0.9, abs=1e-6)


def test_gamma_zero_is_the_rule_of_bayes():
    proba = RNG.dirichlet(np.ones(4), size=200)
    seen = np.array([0.7, 0.2, 0.09, 0.01])
    recovered = recover_posterior(proba, seen_prior=seen, target_prior=np.full(4, 0.25))
    np.testing.assert_allclose(recovered, divide_by_prior(proba, seen), rtol=1e-12)


@pytest.mark.parametrize("gamma", [0.5, 2.0])
@pytest.mark.parametrize("rest", [9e-3, 1e-3, 2e-2])
def test_nearly_sure_outputs_lose_no_digits(rest, gamma):
    def invert(v):  # the formula as it stands, which is exact enough not too near to 1
        return v / ((1 - v) ** gamma - gamma * (1 - v) ** (gamma - 1) * v * np.log(v))

    priors = {"seen_prior": [1, 1], "target_prior": [1, 1]}
    found = recover_posterior([[1 - rest, rest]], **priors, gamma=gamma)[0]
    assert found[0] / found[1] == pytest.approx(invert(1 - rest) / invert(rest), rel=3e-9)


def test_priors_may_be_counts_of_rows():
    proba = RNG.dirichlet(np.ones(3), size=20)
    shares = recover_posterior(proba, seen_prior=UNIFORM, target_prior=[0.7, 0.2, 0.1], gamma=2.0)
    counts = recover_posterior(proba, seen_prior=[5, 5, 5], target_prior=[70, 20, 10], gamma=2.0)
    np.testing.assert_allclose(counts, shares, rtol=1e-12)


def recover_pair(logits, gamma, log_ratio=(0.0, 0.0)):
    """Return the log posterior of the pair (0, f) for each f."""
    pairs = np.stack([np.zeros_like(logits), logits], axis=1)
    return recover_log_posterior(pairs, np.array(log_ratio), gamma)


@pytest.mark.parametrize("gamma", GAMMAS)
def test_the_posterior_rises_with_the_logit_without_a_step(gamma):
    log_posterior = recover_pair(np.linspace(-300, 300, 60001), gamma)
    rises = np.diff(log_posterior[:, 1] - log_posterior[:, 0])
    assert (rises > 0).all()
    assert rises.max() < 0.01 * (1 + gamma) * 1.01  # the slope in the tails


@pytest.mark.parametrize("gamma", GAMMAS)
def test_the_log_posterior_of_sure_outputs_is_that_of_the_formula(gamma):
    # For the pair (0, f) and large f, h(v) of the first goes to e^-f / (1 + gamma f e^-f), that of
    # the second to e^(gamma f) / (1 + gamma).
    logits = np.array([40.0, 100.0, 300.0])
    first, second = recover_pair(logits, gamma).T
    np.testing.assert_allclose(second - first, (1 + gamma) * logits - np.log1p(gamma), rtol=1e-12)


@pytest.mark.parametrize("gamma", GAMMAS)
def test_classes_that_are_ruled_out_or_certain_give_finite_numbers(gamma):
    logits = np.array([np.inf, -np.inf, 3e38, -3e38, 1e5, -1e5])
    log_posterior = recover_pair(logits, gamma, log_ratio=np.log([3.0, 1 / 3]))
    assert np.isfinite(log_posterior).all()
    np.testing.assert_allclose(np.exp(log_posterior).sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_array_equal(log_posterior.argmax(axis=1), logits > 0)
    three = recover_log_posterior(np.array([[0.0, -np.inf, 0.0], [np.inf, 0.0, np.inf]]), 0, gamma)
    np.testing.assert_allclose(np.exp(three), [[0.5, 0, 0.5]] * 2, atol=1e-12)


@pytest.mark.parametrize("gamma", GAMMAS)
def test_probabilities_of_exactly_0_and_1_stay_so(gamma):
    settings = {"seen_prior": [0.8, 0.1, 0.1], "target_prior": UNIFORM, "gamma": gamma}
    np.testing.assert_allclose(recover_posterior(np.eye(3), **settings), np.eye(3), atol=1e-12)


@pytest.mark.parametrize("gamma", [0.0, 0.3, 2.0])
def test_tensors_in_single_precision_give_what_numpy_gives(gamma):
    log_ratio = np.log([3.0, 1 / 3, 1.0, 1e-3])
    near = RNG.uniform(-5, 5, (400, 4))
    far = RNG.uniform(-50, 50, (400, 4))
    logits = np.vstack([near, far, 100 * np.eye(4) - 50]).astype("float32")
    tensor = keras.ops.convert_to_tensor(logits)
    single = recover_log_posterior(tensor, log_ratio, gamma, keras.ops)
    expected = np.exp(recover_log_posterior(logits, log_ratio, gamma))
    np.testing.assert_allclose(np.exp(keras.ops.convert_to_numpy(single)), expected, atol=1e-5)


def test_logits_up_to_a_constant_have_one_normalized_logarithm():
    logits = RNG.normal(0, 3, (20, 4))
    expected = np.log(softmax(logits))
    np.testing.assert_allclose(normalize_log(logits + 1e3), expected, atol=1e-10)


PRIORS = {"seen_prior": [0.5, 0.5], "target_prior": [0.9, 0.1]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"gamma": -1.0}, r"gamma=-1.0 must be a finite number >= 0: the gamma that"),
        ({"gamma": np.nan}, "gamma=nan must be a finite"),
        ({"gamma": np.inf}, "gamma=inf must be a finite"),
        ({"gamma": "2"}, "gamma='2' must be a finite"),
        ({"gamma": [2.0, 1.0]}, r"gamma=\[2.0, 1.0\] must be a finite"),
        ({"seen_prior": [1.0, 0.0]}, r"seen_prior=\[1.0, 0.0\] must be finite and positive"),
        ({"target_prior": [1.5, -0.5]}, r"target_prior=\[1.5, -0.5\] must be finite and positive"),
        ({"target_prior": [np.inf, 1]}, "target_prior.* must be finite and positive"),
        ({"seen_prior": [np.nan, 1]}, "seen_prior.* must be finite and positive"),
        ({"seen_prior": [1.0]}, r"proba has shape \(2, 2\) and seen_prior \(1,\). Pass"),
        ({"target_prior": 0.5}, r"proba has shape \(2, 2\) and target_prior \(\). Pass"),
        ({"proba": [0.2, 0.8]}, r"proba has shape \(2,\) and seen_prior"),
        ({"proba": [[0.2, 0.8], [-1.0, 2.0]]}, r"sum to 1, but row 1 is \[-1.0, 2.0\]. Pass what"),
        ({"proba": [[0.2, 0.8], [0.2, 0.2]]}, r"row 1 is \[0.2, 0.2\]"),
        ({"proba": [[np.nan, 0.8], [0.2, 0.8]]}, r"row 0 is \[nan, 0.8\]"),
    ],
)
def test_bad_input_is_refused(change, message):
    arguments = {"proba": [[0.2, 0.8], [0.5, 0.5]], **PRIORS, "gamma": 2.0} | change
    with pytest.raises(ValueError, match=message):
        recover_posterior(**arguments)


def test_probabilities_in_half_precision_are_taken():
    proba = RNG.dirichlet(np.ones(100), size=5).astype("float16")
    recovered = recover_posterior(proba, seen_prior=np.ones(100), target_prior=np.ones(100))
    np.testing.assert_allclose(recovered, proba, rtol=2e-2, atol=1e-4)


def resolve(target_prior, data_prior=(0.7, 0.2, 0.1)):
    return resolve_target_prior(target_prior, CLASSES, np.array(data_prior))


@pytest.mark.parametrize(
    ("target_prior", "expected"),
    [
        ("uniform", UNIFORM),
        ("data", [0.7, 0.2, 0.1]),
        ({"severe": 0.1, "healthy": 0.6, "mild": 0.3}, [0.6, 0.3, 0.1]),
        ([0.6, 0.3, 0.1], [0.6, 0.3, 0.1]),
        (np.array([0.6, 0.3, 0.1], dtype="float32"), [0.6, 0.3, 0.1]),
    ],
)
def test_a_target_is_one_share_for_each_class(target_prior, expected):
    prior = resolve(target_prior)
    np.testing.assert_allclose(prior, expected, rtol=1e-6)
    assert prior.sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    ("target_prior", "message"),
    [
        ("prior", "target_prior='prior' is not known. Use 'uniform', 'data', a dict"),
        ("abc", "target_prior='abc' is not known"),
        (0.5, "target_prior=0.5 is not known"),
        ([[0.6, 0.3, 0.1]], "is not known.* one share per class"),
        ([0.6, 0.4], "has 2 shares, but y has 3 classes. Pass one share per class"),
        ([0.6, 0.3, 0.2], r"sums to 1.1, but the shares .* must sum to 1. Divide"),
        ([60, 30, 10], "must give each class a share between 0 and 1"),
        ([0.6, 0.4, 0.0], "must give each class a share between 0 and 1. Give a class that will"),
        ([0.6, 0.4, np.nan], "must give each class a share between 0 and 1"),
        (["0.6", "0.3", "0.1"], "must give each class a share between 0 and 1"),
        ({"healthy": 0.9, "mild": 0.1}, r"shares for \['healthy', 'mild'\], but the classes are"),
        ({"healthy": 0.7, "mild": 0.2, "sick": 0.1}, r"Pass one share for each label of y"),
    ],
)
def test_a_target_that_is_none_is_refused(target_prior, message):
    with pytest.raises(ValueError, match=message):
        resolve(target_prior)


def test_counts_of_the_data_become_shares():
    prior = resolve_target_prior("data", np.array(["a", "b"]), [3, 1])
    assert prior.tolist() == [0.75, 0.25]


def test_shares_that_are_off_by_a_rounding_are_taken_and_sum_to_1():
    prior = resolve_target_prior([0.3, 0.7 + 5e-7], np.array(["a", "b"]), None)
    assert prior.sum() == pytest.approx(1, abs=1e-15)


def test_logits_in_half_precision_are_normalized_in_double():
    log_proba = normalize_log(np.array([[1.0, 2.0, 4.0]], dtype="float16"))
    assert log_proba.dtype == np.float64
    assert np.exp(log_proba).sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("temperature", [0.1, 10.0])
def test_a_temperature_well_within_the_range_is_not_warned_of(temperature):
    share = 1 / (1 + np.exp(-1 / temperature))  # of labels 1, whose logit is 1
    weight = {"sample_weight": [1 - share, share]}
    found = fit_temperature([[0.0, 1.0]] * 2, [0, 1], **weight)
    assert found == pytest.approx(temperature, rel=1e-3)


def test_the_mix_of_the_data_needs_rows_of_each_class():
    with pytest.raises(ValueError, match=r"none of \['severe'\]. Train on rows of them, or pass"):
        resolve("data", data_prior=[0.7, 0.3, 0.0])


def draw_posterior(temperature, ratio=1.0, n_rows=20_000):
    """Return logits that are too sure by a factor, and class numbers drawn by the posterior."""
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(n_rows, 3))
    posterior = softmax(logits) * ratio
    cumulated = (posterior / posterior.sum(axis=1, keepdims=True)).cumsum(axis=1)
    return logits * temperature, (rng.random((n_rows, 1)) > cumulated).sum(axis=1)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
def test_the_temperature_that_probabilities_are_off_by_is_found(temperature):
    assert fit_temperature(*draw_posterior(temperature)) == pytest.approx(temperature, rel=0.05)


def test_the_class_mix_of_the_rows_is_taken_into_account():
    ratio = np.array([10.0, 1.0, 0.1])
    logits, codes = draw_posterior(2.0, ratio)
    assert fit_temperature(logits, codes, log_ratio=np.log(ratio)) == pytest.approx(2, rel=0.05)
    assert fit_temperature(logits, codes) > 3


def test_a_ratio_of_classes_weighs_for_and_not_against_them():
    log_proba = np.log(np.random.default_rng(0).dirichlet([1, 1], size=50))
    log_ratio = np.log([9.0, 1.0])
    posterior = np.exp(normalize_log(log_proba + log_ratio))  # of the rows: the temperature is 1
    rows, codes = np.divmod(np.arange(100), 2)
    settings = {"log_ratio": log_ratio, "sample_weight": posterior.ravel()}
    assert fit_temperature(log_proba[rows], codes, **settings) == pytest.approx(1, abs=1e-3)


def test_rows_count_by_their_weight():
    logits, codes = draw_posterior(2.0, n_rows=300)
    weight = np.arange(300) % 3
    repeated = np.repeat(np.arange(300), weight)
    expected = fit_temperature(logits[repeated], codes[repeated])
    assert fit_temperature(logits, codes, sample_weight=weight) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    ("codes", "temperature", "cause"),
    [([0, 1], 0.05, "are all the most probable"), ([1, 0], 20, "tell nothing")],
)
def test_rows_that_no_temperature_fits_are_warned_of(codes, temperature, cause):
    with pytest.warns(UserWarning, match=f"end of the range .*{cause}"):
        found = fit_temperature([[1.0, 0.0], [0.0, 1.0]], codes)
    assert found == pytest.approx(temperature, rel=1e-2)


@pytest.mark.parametrize(
    ("log_proba", "codes", "message"),
    [
        ([[0.0, -np.inf]], [0], "must be finite"),
        ([0.0, 1.0], [0, 1], "has shape"),
        ([[0.0, 1.0]], [0, 1], "has shape"),
        (np.zeros((0, 2)), [], "of one or more"),
        ([[0.2, 0.8], [0.5, 0.5]], [0, 1], r"holds probabilities.* Pass their logarithms"),
        ([[0.0, 1.0]], ["sick"], "from 0 to 1, but holds <U4. For labels, pass np.searchsorted"),
        ([[0.0, 1.0]], [2], "from 0 to 1, but holds numbers from 2 to 2"),
        ([[0.0, 1.0]], [-1], "from 0 to 1, but holds numbers from -1 to -1"),
        ([[0.0, 1.0]], [1.0], "from 0 to 1, but holds float64"),
    ],
)
def test_a_temperature_refuses(log_proba, codes, message):
    with pytest.raises(ValueError, match=message):
        fit_temperature(log_proba, codes)


def test_a_posterior_in_a_network_is_in_single_precision_and_symbolic():
    logits = keras.KerasTensor((None, 3))
    found = recover_log_posterior(logits, np.zeros(3), 2.0, keras.ops)
    assert (found.shape, found.dtype) == ((None, 3), "float32")


@pytest.mark.parametrize("gamma", [0.0, 2.0])
def test_a_posterior_in_single_precision_is_finite_far_out(gamma):
    rows = np.float32([[np.inf, 0.0, -np.inf], [300.0, 0.0, -300.0], [3e38, -3e38, 0.0]])
    ratio, logits = np.log([1.0, 2.0, 3.0]), keras.ops.convert_to_tensor(rows)
    found = keras.ops.convert_to_numpy(recover_log_posterior(logits, ratio, gamma, keras.ops))
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    assert found.argmax(axis=1).tolist() == [0, 0, 0]
