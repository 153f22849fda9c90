"""The layers above the features as a network of their own, with the weights of the whole."""

import keras
import numpy as np

from imblearn_bbfl.training._seeding import seed_layers


def build_head(network):
    """Return the part of a network from its features to its logits, not compiled.

    Parameters
    ----------
    network : keras.Model
        Must have a layer named ``"features"``. What trains the head, trains this network.
    """
    return keras.Model(network.get_layer("features").output, network.output)


def restart_head(head, seed):
    """Draw the weights of a head anew.

    Parameters
    ----------
    head : keras.Model
        Changed in place.
    seed : tuple of int
        Seeds the weights.
    """
    with seed_layers(int(np.random.SeedSequence(seed).generate_state(1)[0])):
        fresh = keras.models.clone_model(head)
    for source, target in zip(fresh.variables, head.variables, strict=True):
        # Keras applies constraints after each step, but not to initial weights.
        constraint = getattr(source, "constraint", None)
        target.assign(source.value if constraint is None else constraint(source.value))
