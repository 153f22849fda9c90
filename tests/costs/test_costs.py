"""What a mistake costs: numbers for each class, from labels and parameters."""

import keras
import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from imblearn_bbfl import losses
from imblearn_bbfl.coding import encode_targets
from imblearn_bbfl.costs import (
    COSINE_SCALE,
    compute_effective_factors,
    compute_factors,
    compute_margins,
    compute_offsets,
    compute_scales,
    make_costs,
    make_loss,
    resolve_alpha,
)
from imblearn_bbfl.training import measure_loss

CLASSES = np.array(["healthy", "mild", "severe"])
CODES = np.array([0, 0, 0, 1, 2, 2])
COUNTS = np.array([5000, 800, 90, 90, 7])
LOGITS = np.array([[-2.0], [0.5], [1.0], [3.0]], dtype="float32")


def test_costs_that_are_not_given_change_nothing():
    costs = make_costs(3)
    assert costs.gamma == 0
    assert costs.factors.tolist() == costs.scales.tolist() == [1, 1, 1]
    assert costs.offsets.tolist() == costs.margins.tolist() == [0, 0, 0]


def test_each_vector_has_its_place():
    vectors = {"factors": [1, 2], "scales": [3, 4], "offsets": [5, 6], "margins": [7, 8]}
    costs = make_costs(2, gamma=9, **vectors)
    assert {name: getattr(costs, name).tolist() for name in vectors} == vectors
    assert costs.gamma == 9


def test_costs_are_copies_of_what_they_are_made_of():
    factors = np.array([1.0, 2.0])
    make_costs(2, factors=factors).factors[:] = 0
    assert factors.tolist() == [1, 2]


@pytest.mark.parametrize("n_classes", [2, 3])
def test_the_loss_has_the_costs_in_full_and_takes_logits(n_classes):
    costs = make_costs(n_classes, gamma=1.5, offsets=np.arange(n_classes))
    config = make_loss(costs).get_config()
    assert config["from_logits"] is True
    assert config["gamma"] == 1.5
    names = ("alpha", "logit_scale", "logit_offset", "margin")
    assert [config[name] for name in names] == [vector.tolist() for vector in costs[1:]]


@pytest.mark.parametrize(
    ("n_classes", "kind"),
    [(2, losses.BinaryFocalCrossentropy), (3, losses.SparseCategoricalFocalCrossentropy)],
)
def test_losses_of_all_methods_have_the_same_settings(n_classes, kind):
    plain = make_loss(make_costs(n_classes))
    other = make_loss(make_costs(n_classes, gamma=2.0, margins=np.ones(n_classes)))
    assert type(plain) is type(other) is kind
    assert (
        plain.settings
        == other.settings
        == (
            "gamma",
            "alpha",
            "logit_scale",
            "logit_offset",
            "margin",
        )
    )


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("weight", [np.ones(4), np.array([1.0, 2.0, 0.5, 4.0])])
def test_the_measured_loss_is_what_keras_reports_for_weighted_rows(n_classes, weight):
    loss = make_loss(make_costs(n_classes, gamma=2.0, factors=[0.5, 2.0, 3.0][:n_classes]))
    logits = LOGITS if n_classes == 2 else np.hstack([0 * LOGITS, LOGITS, 1 - LOGITS])
    targets = encode_targets(CODES[:4], n_classes)
    network = keras.Sequential([keras.Input(logits.shape[1:]), keras.layers.Identity()])
    network.compile(loss=loss, run_eagerly=True)
    expected = network.evaluate(logits, targets, sample_weight=weight, verbose=0)
    assert measure_loss(loss, targets, logits, weight) == pytest.approx(expected, rel=1e-5)


def test_no_class_weight_is_a_one_for_each_class():
    assert compute_factors(None, CODES, CLASSES).tolist() == [1, 1, 1]


def test_balanced_factors_are_those_of_scikit_learn():
    expected = compute_class_weight("balanced", classes=np.arange(3), y=CODES)
    np.testing.assert_allclose(compute_factors("balanced", CODES, CLASSES), expected)


def test_a_class_without_rows_has_the_factor_1_and_counts_for_none_of_the_others():
    present = compute_class_weight("balanced", classes=np.array([0, 2]), y=CODES[CODES != 1])
    factors = compute_factors("balanced", CODES[CODES != 1], CLASSES)
    np.testing.assert_allclose(factors, [present[0], 1, present[1]])


@pytest.mark.parametrize("function", [lambda d: compute_factors(d, CODES, CLASSES), None])
def test_a_dict_has_the_factor_of_each_label_and_1_for_the_others(function):
    function = function or (lambda factors: resolve_alpha(factors, CLASSES))
    assert function({"severe": 5, "healthy": 0.5}).tolist() == [0.5, 1, 5]


@pytest.mark.parametrize(
    ("alpha", "expected"),
    [(None, [1, 1]), (0.75, [0.25, 0.75]), ([1, 3], [1, 3]), (np.array([2.0, 1.0]), [2, 1])],
)
def test_alpha_of_two_classes(alpha, expected):
    assert resolve_alpha(alpha, CLASSES[:2]).tolist() == expected


@pytest.mark.parametrize(
    ("class_weight", "message"),
    [
        ({"sick": 2.0}, r"class_weight has factors for \['sick'\], which are not among"),
        ({"mild": 0.0}, r"class_weight=.* must give each class a positive factor. Leave"),
        ({"mild": -1.0}, r"must give each class a positive factor"),
        ({"mild": np.nan}, r"must give each class a positive factor"),
    ],
)
def test_class_weights_that_are_none_are_refused(class_weight, message):
    with pytest.raises(ValueError, match=message):
        compute_factors(class_weight, CODES, CLASSES)


@pytest.mark.parametrize(
    ("alpha", "n_classes", "message"),
    [
        (0.25, 3, "alpha=0.25 is one number, but y has 3 classes.*Pass one factor per class"),
        (1.0, 2, r"a positive factor. For two classes a float must lie in \(0, 1\)"),
        (np.nan, 2, "must give each class a positive factor"),
        ([1.0, 2.0], 3, "has 2 factors, but y has 3 classes. Pass one factor per class"),
        ([1.0, 2.0, 0.0], 3, "must give each class a positive factor"),
        ({"sick": 2.0}, 3, r"alpha has factors for \['sick'\], which are not among"),
    ],
)
def test_alpha_that_is_none_is_refused(alpha, n_classes, message):
    with pytest.raises(ValueError, match=message):
        resolve_alpha(alpha, CLASSES[:n_classes])


def test_effective_factors_are_of_the_rows_of_the_classes():
    factors = compute_factors("effective", CODES, CLASSES, 0.9)
    np.testing.assert_allclose(factors, compute_effective_factors([3, 1, 2], 0.9))


def test_effective_factors_have_their_default_beta_and_a_1_for_a_class_without_rows():
    factors = compute_factors("effective", CODES, np.array(["a", "b", "c", "without rows"]))
    assert factors.tolist() == compute_effective_factors([3, 1, 2, 0], beta=0.999).tolist()
    assert factors[3] == 1


def test_a_class_of_one_image_counts_in_effective_factors():
    factors = compute_effective_factors([3, 1], beta=0.5)
    np.testing.assert_allclose(factors, np.array([8 / 7, 2]) / np.mean([8 / 7, 2]))


def test_alpha_of_whole_numbers_is_taken_as_floats():
    assert resolve_alpha([1, 2, 3], CLASSES).dtype == np.float64


def test_neutral_settings_give_neutral_vectors():
    n = COUNTS
    assert compute_offsets(n, 0.0).tolist() == [0] * 5
    assert not np.signbit(compute_offsets(n, 0.0)).any()
    assert compute_scales(n, 0.0).tolist() == [1] * 5
    assert compute_margins(n, 0.0).tolist() == [0] * 5
    assert compute_effective_factors(n, 0.0).tolist() == [1] * 5


def test_the_vectors_have_the_values_of_the_papers():
    shares = COUNTS / COUNTS.sum()
    np.testing.assert_allclose(compute_offsets(COUNTS), np.log(shares))
    np.testing.assert_allclose(compute_offsets(COUNTS, 1.5), 1.5 * np.log(shares))
    np.testing.assert_allclose(compute_scales(COUNTS), (COUNTS / 5000) ** 0.15)
    np.testing.assert_allclose(compute_scales(COUNTS, 0.3), (COUNTS / 5000) ** 0.3)
    np.testing.assert_allclose(compute_margins(COUNTS), 30 * 0.5 * (7 / COUNTS) ** 0.25)
    np.testing.assert_allclose(compute_margins(COUNTS, 0.2, 10), 2 * (7 / COUNTS) ** 0.25)


@pytest.mark.parametrize("function", [compute_offsets, compute_scales, compute_margins])
def test_shares_do_what_counts_do(function):
    counts = np.append(COUNTS, 0)
    np.testing.assert_allclose(function(counts / counts.sum()), function(counts))


@pytest.mark.parametrize("function", [compute_offsets, compute_scales, compute_margins])
def test_a_class_without_images_counts_as_the_rarest_that_has_some(function):
    vector = function([50, 0, 10])
    assert vector[1] == vector[2] != vector[0]
    assert np.isfinite(vector).all()


def test_a_class_without_images_has_the_factor_1_and_counts_for_none_of_the_others():
    factors = compute_effective_factors([500, 0, 10])
    assert factors[[0, 2]].tolist() == compute_effective_factors([500, 10]).tolist()
    assert factors[1] == 1


def test_effective_factors_lie_between_none_and_inverse_frequency():
    n = COUNTS
    inverse = (1 / n) / np.mean(1 / n)
    np.testing.assert_allclose(compute_effective_factors(n, 1 - 1e-12), inverse, rtol=1e-6)
    ratios = [np.ptp(compute_effective_factors(n, beta)) for beta in (0.0, 0.9, 0.99, 0.9999)]
    assert ratios == sorted(ratios)


def test_the_largest_margin_is_that_of_the_rarest_class_in_units_of_the_logits():
    margins = compute_margins(COUNTS, largest=0.4)
    assert margins.max() == margins[-1] == pytest.approx(0.4 * COSINE_SCALE)


@pytest.mark.parametrize(
    "function", [compute_effective_factors, compute_offsets, compute_scales, compute_margins]
)
@pytest.mark.parametrize(
    "counts",
    [[3, -1], [3, np.nan], [0, 0], [[3, 1]], 3.0, [np.inf, 1], {0: 3, 1: 1}, ["a", "b"]],
    ids=str,
)
def test_counts_that_are_none_are_refused(function, counts):
    with pytest.raises(ValueError, match=r"counts=.* must hold one number >= 0 for each class"):
        function(counts)


@pytest.mark.parametrize(
    ("function", "name"),
    [(compute_offsets, "tau"), (compute_scales, "exponent"), (compute_margins, "largest")],
)
@pytest.mark.parametrize("value", [-0.5, np.nan, np.inf])
def test_settings_that_are_not_finite_or_negative_are_refused(function, name, value):
    with pytest.raises(ValueError, match=rf"^{name}=.* must be a finite number >= 0. Use 0 for no"):
        function([3, 1], value)


@pytest.mark.parametrize("beta", [-0.1, 1.0, np.nan])
def test_beta_out_of_its_range_is_refused(beta):
    with pytest.raises(ValueError, match=r"beta=.* must lie in \[0, 1\)"):
        compute_effective_factors([3, 1], beta)
