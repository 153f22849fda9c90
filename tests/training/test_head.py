"""The part of a network from its features to its logits: what its penalty weighs."""

import numpy as np
import pytest

from imblearn_bbfl.backbones import build_network
from imblearn_bbfl.training import build_head


@pytest.mark.parametrize("cosine_scale", [None, 30.0], ids=["dense", "cosines"])
def test_the_penalty_is_of_dense_weights_and_not_of_cosines(cosine_scale):
    network = build_network(
        "mlp", (5,), n_outputs=3, head_units=(4,), cosine_scale=cosine_scale, weights=None
    )
    head = build_head(network, penalty=2.0)
    head.compile(loss="mean_squared_error", run_eagerly=True)
    X = np.ones((2, head.input_shape[1]), "float32")
    logits = head(X)
    loss = float(head.compute_loss(X, logits, logits))
    dense = [network.get_layer("head_dense_0")] + [network.get_layer("logits")] * (not cosine_scale)
    kernels = [layer.get_weights()[0] for layer in dense]
    expected = sum(len(kernel) * (kernel**2).sum() for kernel in kernels)
    assert loss == pytest.approx(expected, rel=1e-5)
