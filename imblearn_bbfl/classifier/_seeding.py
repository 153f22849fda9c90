"""Seeds of layers, without touching the user's random state."""

import random
import threading
from contextlib import contextmanager

import numpy as np

_GLOBAL_STATE = threading.Lock()


@contextmanager
def seed_layers(seed):
    """Seed the initial weights and the dropout of layers made in this block.

    Keras draws the seed of each layer from Python's global generator, which is put back after.
    """
    with _GLOBAL_STATE:
        state = random.getstate()
        random.seed(seed)
        try:
            yield
        finally:
            random.setstate(state)


def seed_dropout(network, seed, epoch):
    """Seed the dropout of a network that trains on: Keras' files do not hold where it was."""
    layers = [layer for layer in network.layers if hasattr(layer, "seed_generator")]
    for i, layer in enumerate(layers):
        state = np.random.SeedSequence((seed, epoch, i)).generate_state(2)
        layer.seed_generator.state.assign(state % 2**31)  # PyTorch's is a signed integer
