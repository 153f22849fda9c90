"""Seeds of layers, without touching the user's random state."""

import random
import threading
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

_PATCH = threading.Lock()


class Seeds(NamedTuple):
    """The seeds of one training."""

    network: int
    rows: int
    augmentation: int
    statistics: int


@contextmanager
def seed_layers(seed):
    """Seed the initial weights and the dropout of layers made in this block, in this thread.

    Keras draws the seed of each layer by ``random.randint``, of Python's global generator. Seeding
    that one would not do: other threads draw from it at any moment, such as those by which a Dask
    worker reports that it lives.
    """
    own, this_thread = random.Random(seed), threading.get_ident()

    def draw_own(low, high):
        return (own.randint if threading.get_ident() == this_thread else draw)(low, high)

    with _PATCH:
        draw, random.randint = random.randint, draw_own
        try:
            yield
        finally:
            random.randint = draw


def seed_dropout(network, seed, epoch):
    """Seed what draws in a network that trains on: Keras' files do not hold where it was."""
    states = [v for v in network.variables if v.name == "seed_generator_state"]
    for i, variable in enumerate(states):
        state = np.random.SeedSequence((seed, epoch, i)).generate_state(2)
        variable.assign(state % 2**31)  # PyTorch's is a signed integer
