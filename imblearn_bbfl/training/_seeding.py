"""Seeds of layers, without touching the user's random state.

Initializers, dropout and other layers that are made without a seed draw one by ``random.randint``,
of Python's global generator. For layers that a function of the user or of `keras.applications`
makes, Keras has no public way to say where their seeds come from:

- ``random.seed`` and ``keras.utils.set_random_seed`` seed the whole process. The user's own random
  numbers would change, and other threads, such as those by which a Dask worker reports that it
  lives, would draw in between, so that the weights depended on chance.
- The argument ``seed`` reaches the layers of our own only.
- ``keras.models.clone_model`` with seeds in the configurations builds each network twice, and
  cannot copy a layer of the user that has no complete configuration.
- Once a layer is built, it no longer knows what its weights were drawn by.

So `seed_layers` replaces ``random.randint`` while layers are made, for the thread that makes them.
The tests of this module fail on the day that Keras draws seeds in another way.
"""

import random
import threading
from contextlib import contextmanager
from typing import NamedTuple

import keras
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
    """Seed the initial weights and the dropout of layers made in this block, in this thread."""
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


@contextmanager
def seed_torch(seed, epoch):
    """Seed PyTorch's own generators in this block, and put them back afterwards.

    On PyTorch, dropout that was given no seed draws from them, where on other backends each layer
    has a state of its own. They are the process', so other threads that draw from them meanwhile
    change the result.
    """
    if keras.backend.backend() != "torch":
        yield
        return
    import torch

    devices = [torch.cuda.current_device()] if torch.cuda.is_available() else []
    with torch.random.fork_rng(devices):
        torch.manual_seed(int(np.random.SeedSequence((seed, epoch)).generate_state(1)[0]))
        yield
