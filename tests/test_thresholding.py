import numpy as np
import pytest
from scipy.stats import norm

from imblearn_bbfl.thresholding import divide_by_prior

RNG = np.random.default_rng(0)
PROBA = RNG.dirichlet(np.ones(4), size=200)
PRIOR = np.array([0.7, 0.2, 0.09, 0.01])


def test_rows_sum_to_1():
    np.testing.assert_allclose(divide_by_prior(PROBA, PRIOR).sum(axis=1), 1, rtol=1e-15)


def test_a_uniform_prior_changes_nothing():
    np.testing.assert_allclose(divide_by_prior(PROBA, np.full(4, 0.25)), PROBA, rtol=1e-14)


def test_the_likelihood_is_recovered_from_probabilities_by_bayes():
    likelihood = RNG.uniform(size=(200, 4))
    joint = likelihood * PRIOR
    proba = joint / joint.sum(axis=1, keepdims=True)
    expected = likelihood / likelihood.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(divide_by_prior(proba, PRIOR), expected, rtol=1e-12)


def test_the_threshold_of_two_classes_is_the_prior_of_the_second():
    second = np.array([0.099, 0.101])
    proba = divide_by_prior(np.column_stack([1 - second, second]), [0.9, 0.1])
    assert proba.argmax(axis=1).tolist() == [0, 1]


def test_the_decision_boundary_between_equal_gaussians_moves_to_the_middle():
    x = np.array([0.99, 1.01])
    joint = norm.pdf(x[:, np.newaxis], loc=[0, 2]) * [0.95, 0.05]
    proba = joint / joint.sum(axis=1, keepdims=True)
    assert proba.argmax(axis=1).tolist() == [0, 0]
    assert divide_by_prior(proba, [0.95, 0.05]).argmax(axis=1).tolist() == [0, 1]


def test_dividing_by_the_product_of_priors_is_dividing_twice():
    twice = divide_by_prior(divide_by_prior(PROBA, PRIOR), PRIOR[::-1])
    np.testing.assert_allclose(divide_by_prior(PROBA, PRIOR * PRIOR[::-1]), twice, rtol=1e-12)


def test_the_prior_may_be_counts_of_rows():
    np.testing.assert_allclose(
        divide_by_prior(PROBA, [700, 200, 90, 10]), divide_by_prior(PROBA, PRIOR), rtol=1e-13
    )


def test_the_order_within_a_class_stays():
    # Of rows that differ in one class and share the rest in proportion.
    share = np.linspace(0.01, 0.99, 50)[:, np.newaxis]
    proba = np.hstack([share, (1 - share) * [0.5, 0.3, 0.2]])
    assert (np.diff(divide_by_prior(proba, PRIOR)[:, 0]) > 0).all()


def test_certain_rows_stay_certain():
    np.testing.assert_array_equal(divide_by_prior(np.eye(4), PRIOR), np.eye(4))


def test_float32_probabilities_give_float64_rows_that_sum_to_1():
    proba = divide_by_prior(PROBA.astype(np.float32), PRIOR.astype(np.float32))
    assert proba.dtype == np.float64
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-15)


def test_the_arguments_are_left_alone():
    proba, prior = PROBA.copy(), PRIOR.copy()
    divide_by_prior(proba, prior)
    np.testing.assert_array_equal(proba, PROBA)
    np.testing.assert_array_equal(prior, PRIOR)


@pytest.mark.parametrize(
    "row", [[0.5, 0.7, -0.2, 0.0], [0.1, np.nan, 0.2, 0.1], [0, 0, 0, 0], [3.0, 1.0, 1.0, 1.0]]
)
def test_what_are_no_probabilities_is_refused_with_its_row(row):
    proba = PROBA.copy()
    proba[7] = row
    with pytest.raises(ValueError, match=r"row 7 is \[.*\]\. Pass what predict_proba returns"):
        divide_by_prior(proba, PRIOR)


@pytest.mark.parametrize(
    "prior", [[1.0, 0.0, 0.5, 0.5], [1, -1, 1, 1], [1, np.nan, 1, 1], [1, np.inf, 1, 1]]
)
def test_a_prior_that_is_not_positive_is_refused(prior):
    with pytest.raises(ValueError, match=r"prior must be positive.*Leave out classes"):
        divide_by_prior(PROBA, prior)


@pytest.mark.parametrize(
    ("proba", "prior"),
    [(PROBA, PRIOR[:3]), (PROBA, PRIOR[:1]), (PROBA, 0.5), (PROBA[:, 0], 0.5), (PROBA[0], PRIOR)],
)
def test_shapes_that_do_not_match_are_refused(proba, prior):
    with pytest.raises(ValueError, match=r"proba has shape .* and prior .*one prior per class"):
        divide_by_prior(proba, prior)
