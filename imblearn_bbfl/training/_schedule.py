"""How the learning rate falls in the course of a phase."""

import math
from contextlib import contextmanager
from functools import partial

import keras

from imblearn_bbfl.training._fit import has_schedule


def make_decay(schedule, n_before, n_epochs, *, warms_up=False):
    """Return the factor of the learning rate as a function of the epoch, if it is known beforehand.

    Parameters
    ----------
    schedule : {"cosine", "plateau"} or None
        ``"cosine"`` is half a period of a cosine, from 1 in the first epoch to next to nothing in
        the last (Loshchilov and Hutter 2017, arXiv:1608.03983).
    n_before : int
        Epochs of the phase that come before what the function is for.
    n_epochs : int
        All epochs of the phase.
    warms_up : bool, default=False
        Whether the first epoch has a tenth of the learning rate: the first steps of Adam are of the
        same length whatever the gradient is, and would spoil what is learnt already.

    Returns
    -------
    decay : callable or None
        Takes the number of an epoch, from 0 after those before.
    """
    if schedule != "cosine":
        return None
    return partial(_fall, n_before, n_epochs, warms_up and n_epochs > 2)


def _fall(n_before, n_epochs, warms_up, epoch):
    position = n_before + epoch
    if warms_up and position == 0:
        return 0.1
    return 0.5 * (1 + math.cos(math.pi * (position - warms_up) / (n_epochs - warms_up)))


@contextmanager
def follow(decay, network, first_epoch):
    """Have the learning rate of a network decay while it trains in this block.

    Parameters
    ----------
    decay : callable or None
        As `make_decay` returns.
    network : keras.Model
        Compiled. It has its learning rate back after the block. An optimizer with a schedule of
        its own keeps to that.
    first_epoch : int
        Number of the first epoch.

    Yields
    ------
    callbacks : list of keras callbacks
        To train with. Their learning rates are in the epochs' logs.
    """
    if decay is None or has_schedule(network):
        yield []
        return
    start = float(keras.ops.convert_to_numpy(network.optimizer.learning_rate))
    try:
        yield [
            keras.callbacks.LearningRateScheduler(
                lambda epoch, rate: start * decay(epoch - first_epoch)
            )
        ]
    finally:
        network.optimizer.learning_rate = start
