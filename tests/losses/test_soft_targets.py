"""A soft target costs the sum over the classes k of its share y_k times the loss of class k."""

import numpy as np
import pytest
from keras import ops

from imblearn_bbfl.coding import decode_shares, encode_shares, narrow_logits
from imblearn_bbfl.costs import make_costs, make_soft_loss

RNG = np.random.default_rng(0)
SETTINGS = {
    "gamma": {"gamma": 1.7},
    "factors": {"factors": [0.4, 3.0, 1.2, 0.7]},
    "scales and offsets": {"scales": [1.0, 0.6, 0.9, 0.3], "offsets": [-0.1, -2.0, -3.0, -4.0]},
    "margins": {"margins": [2.0, 9.0, 1.0, 15.0]},
}
SETTINGS["all"] = {name: value for params in SETTINGS.values() for name, value in params.items()}


def cost_of(k, logits, costs):
    """Return what a row costs that is of class k."""
    seen = costs.scales * logits + costs.offsets
    seen[k] -= costs.margins[k]
    log_p = seen[k] - np.log(np.sum(np.exp(seen - seen.max()))) - seen.max()
    return -costs.factors[k] * (1 - np.exp(log_p)) ** costs.gamma * log_p


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("params", SETTINGS.values(), ids=SETTINGS)
def test_a_soft_target_costs_the_sum_of_what_its_shares_cost(n_classes, params, double_precision):
    vectors = {k: v[:n_classes] if isinstance(v, list) else v for k, v in params.items()}
    costs = make_costs(n_classes, **vectors)
    logits = RNG.normal(size=(20, n_classes), scale=4)
    logits[:, 0] *= n_classes > 2  # of two classes, the pair (0, f)
    targets = encode_shares(RNG.dirichlet(np.ones(n_classes), size=20)).astype("float64")
    expected = [
        sum(share * cost_of(k, row.copy(), costs) for k, share in enumerate(shares))
        for row, shares in zip(logits, decode_shares(targets), strict=True)
    ]
    loss = make_soft_loss(costs)
    with double_precision:
        loss = loss.from_config({**loss.get_config(), "dtype": "float64"})
        arrays = targets, narrow_logits(logits)
        tensors = [ops.convert_to_tensor(array, dtype="float64") for array in arrays]
        losses = ops.convert_to_numpy(loss.call(*tensors))
    np.testing.assert_allclose(losses, expected, rtol=1e-7, atol=1e-12)
