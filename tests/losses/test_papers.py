"""Each method's loss, of the vectors that are computed from counts, is that of its paper."""

import numpy as np
import pytest
from keras import ops

from imblearn_bbfl.coding import encode_targets, narrow_logits
from imblearn_bbfl.costs import (
    compute_effective_factors,
    compute_margins,
    compute_offsets,
    compute_scales,
    make_costs,
    make_loss,
)
from imblearn_bbfl.losses import categorical_focal, sparse_categorical_focal

RNG = np.random.default_rng(0)
N_ROWS = 60
COUNTS = {2: np.array([900, 30]), 5: np.array([5000, 800, 90, 90, 7])}


def log_sum_exp(logits):
    largest = logits.max(axis=1, keepdims=True)
    return np.log(np.exp(logits - largest).sum(axis=1)) + largest[:, 0]


def adjust_logits(y, f, n):
    """Menon et al. 2021, Eq. (10), with tau = 1.3."""
    prior = n / n.sum()
    ratios = (prior / prior[y][:, np.newaxis]) ** 1.3
    rows = np.arange(len(y))
    terms = ratios * np.exp(f - f[rows, y][:, np.newaxis])
    terms[rows, y] = 0
    return np.log1p(terms.sum(axis=1))


def balance_softmax(y, f, n):
    """Ren et al. 2020, Eq. (4): the softmax of n_k exp(f_k)."""
    shares = n * np.exp(f)
    return -np.log(shares[np.arange(len(y)), y] / shares.sum(axis=1))


def count_effectively(y, f, n):
    """Cui et al. 2019, Eq. (9) and their softmax loss; factors sum to the number of classes."""
    factors = (1 - 0.999) / (1 - 0.999**n)
    factors = factors * len(n) / factors.sum()
    return factors[y] * (log_sum_exp(f) - f[np.arange(len(y)), y])


def count_effectively_focal(y, f, n):
    """Cui et al. 2019, Sec. 4.4, of the softmax, with gamma = 2."""
    p = np.exp(f[np.arange(len(y)), y] - log_sum_exp(f))
    return count_effectively(y, f, n) * (1 - p) ** 2


def scale_vectors(y, f, n):
    """Kini et al. 2021, Eq. (5) for many classes, with gamma = .15 and tau = 1.25."""
    logits = (n / n.max()) ** 0.15 * f + 1.25 * np.log(n / n.sum())
    return log_sum_exp(logits) - logits[np.arange(len(y)), y]


def take_margins(y, f, n):
    """Cao et al. 2019, Eq. (10) and (13), of cosines z = f / 30, with C such that max D = .5."""
    rows = np.arange(len(y))
    margins = 1 / n**0.25
    margins = margins * 0.5 / margins.max()
    z = f / 30
    z[rows, y] -= margins[y]
    return log_sum_exp(30 * z) - 30 * z[rows, y]


PAPERS = [
    (adjust_logits, lambda n: {"offsets": compute_offsets(n, tau=1.3)}),
    (balance_softmax, lambda n: {"offsets": compute_offsets(n)}),
    (count_effectively, lambda n: {"factors": compute_effective_factors(n)}),
    (count_effectively_focal, lambda n: {"factors": compute_effective_factors(n), "gamma": 2.0}),
    (
        scale_vectors,
        lambda n: {"scales": compute_scales(n, 0.15), "offsets": compute_offsets(n, 1.25)},
    ),
    (take_margins, lambda n: {"margins": compute_margins(n)}),
]


@pytest.fixture(params=PAPERS, ids=[formula.__name__ for formula, _ in PAPERS])
def paper(request):
    return request.param


@pytest.fixture(params=COUNTS, ids="{} classes".format)
def problem(request):
    """Return class numbers, logits and the number of images of each class."""
    n_classes = request.param
    logits = RNG.uniform(-20, 20, (N_ROWS, n_classes))
    logits[:, 0] *= n_classes > 2  # of two classes, the pair (0, f)
    return RNG.integers(n_classes, size=N_ROWS), logits, COUNTS[n_classes]


def derive(formula, y, f, n):
    """Return the derivative of the summed loss by each logit, by central differences."""
    derivative, step = np.zeros_like(f), 1e-5
    for k in range(f.shape[1]):
        shift = step * (np.arange(f.shape[1]) == k)
        derivative[:, k] = (formula(y, f + shift, n) - formula(y, f - shift, n)) / (2 * step)
    return derivative


def test_each_loss_per_sample_is_that_of_its_paper(paper, problem, double_precision):
    formula, make_vectors = paper
    y, f, n = problem
    costs = make_costs(len(n), **make_vectors(n))
    with double_precision:
        seen = ops.convert_to_tensor(costs.scales * f + costs.offsets, dtype="float64")
        margins = ops.convert_to_tensor(costs.margins, dtype="float64")
        labels = ops.convert_to_tensor(y, dtype="int32")
        factors = ops.convert_to_tensor(np.eye(len(n))[y] * costs.factors, dtype="float64")
        sparse = sparse_categorical_focal(labels, seen, costs.gamma, margins)
        soft = categorical_focal(factors, seen, costs.gamma, margins)
        sparse, soft = (ops.convert_to_numpy(losses) for losses in (sparse, soft))
    expected = formula(y, f.copy(), n)
    np.testing.assert_allclose(costs.factors[y] * sparse, expected, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(soft, expected, rtol=1e-6, atol=1e-12)


def test_each_loss_of_a_network_is_that_of_its_paper_and_so_is_its_gradient(
    paper, problem, gradient
):
    formula, make_vectors = paper
    y, f, n = problem
    loss = make_loss(make_costs(len(n), **make_vectors(n)))
    targets = encode_targets(y, len(n))
    logits = narrow_logits(f).astype("float32")
    losses = ops.convert_to_numpy(loss.call(*map(ops.convert_to_tensor, (targets, logits))))
    np.testing.assert_allclose(losses, formula(y, f.copy(), n), rtol=1e-4, atol=1e-7)
    actual = gradient(lambda z: ops.sum(loss.call(ops.convert_to_tensor(targets), z)), logits)
    expected = derive(formula, y, f, n)[:, -logits.shape[1] :]
    np.testing.assert_allclose(actual, expected, rtol=1e-3, atol=1e-5)


def test_gradients_are_finite_far_out(paper, problem, gradient):
    _, make_vectors = paper
    y, f, n = problem
    loss = make_loss(make_costs(len(n), **make_vectors(n)))
    targets = ops.convert_to_tensor(encode_targets(y, len(n)))
    far = 100 * np.sign(narrow_logits(f)).astype("float32")
    assert np.isfinite(gradient(lambda z: ops.sum(loss.call(targets, z)), far)).all()
